"""Models to plain JSON and back, by their type hints; so evidence can be judged again later.

Bytes become text of the same numbers (Latin-1): exact, and still readable in a file. Unknown keys
are ignored. A missing one is UnreadableEvidence, as is anything else: every key is written, and a
default in its place would judge what nobody saw.
"""

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from smtp_exposure.errors import UnreadableEvidence

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
T = TypeVar("T")


def plain(value: object) -> object:
    """Turn a model, or what one holds, into what JSON has; the outermost level only.

    The encoder of `json` goes down by itself, and is faster at it.
    """
    return _form_of(type(value))(value)  # type: ignore[arg-type]  # every type can be hashed


@cache
def _form_of(kind: type[Any]) -> Callable[[Any], object]:
    if issubclass(kind, bytes):
        return lambda value: value.decode("latin-1")
    if issubclass(kind, Enum):
        return lambda member: member.value
    if is_dataclass(kind):
        names = tuple(field.name for field in fields(kind))
        return lambda value: {name: getattr(value, name) for name in names}
    raise TypeError(f"{kind.__name__} has no JSON form")


encoded = json.JSONEncoder(ensure_ascii=False, check_circular=False, default=plain).encode
"""A document that may hold models, as one line of JSON; frozen models can't hold themselves."""


def model(kind: type[T], value: object, path: str = "$") -> T:
    """Turn JSON back into a model of that type. Raises UnreadableEvidence naming the place."""
    if not is_dataclass(kind):
        raise TypeError(f"{kind!r} is no model")
    if not isinstance(value, Mapping):
        raise UnreadableEvidence(f"{path}: an object was expected, found {_named(value)}")
    arguments = {}
    for field, hint in _fields(kind):
        if field.name not in value:
            raise UnreadableEvidence(f"{path}: {field.name} is missing")
        arguments[field.name] = _read(hint, value[field.name], f"{path}.{field.name}")
    return kind(**arguments)


@cache
def _fields(kind: type[Any]) -> tuple[tuple[Field[Any], Any], ...]:
    hints = get_type_hints(kind)
    return tuple((field, hints[field.name]) for field in fields(kind))


def _read(hint: Any, value: object, path: str) -> Any:
    origin = get_origin(hint)
    if origin in (types.UnionType, Union):
        return _read_optional(hint, value, path)
    if origin is tuple:
        if not isinstance(value, list):
            raise UnreadableEvidence(f"{path}: a list was expected, found {_named(value)}")
        item = get_args(hint)[0]
        return tuple(_read(item, entry, f"{path}[{at}]") for at, entry in enumerate(value))
    if is_dataclass(hint):
        return model(hint, value, path)  # type: ignore[arg-type]  # hints are types, not instances
    return _read_scalar(hint, value, path)


def _read_optional(hint: Any, value: object, path: str) -> Any:
    if value is None and type(None) in get_args(hint):
        return None
    (inner,) = (argument for argument in get_args(hint) if argument is not type(None))
    return _read(inner, value, path)


def _read_scalar(hint: Any, value: object, path: str) -> Any:
    try:
        if hint is bytes and isinstance(value, str):
            return value.encode("latin-1")
        if issubclass(hint, Enum):
            return hint(value)
    except ValueError:
        raise UnreadableEvidence(f"{path}: {_named(value)} is not possible here") from None
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise UnreadableEvidence(f"{path}: {hint.__name__} was expected, found {_named(value)}")
    return value


def _named(value: object) -> str:
    return f"{value!r:.60}"
