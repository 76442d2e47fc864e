"""CLIXML, the XML of Export-Clixml: how values are laid out, whatever they mean."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://schemas.microsoft.com/powershell/2004/04"


class Int64(int):
    """A number that .NET holds in 64 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Obj:
    """A serialized object; the same instance met again becomes a Ref, as in PowerShell."""

    types: tuple[str, ...]
    text: str | None = None
    number: int | None = None
    items: "tuple[Value, ...] | None" = None
    props: "Mapping[str, Value]" = field(default_factory=dict)
    notes: "Mapping[str, Value]" = field(default_factory=dict)


Scalar = str | bool | int | float | bytes | datetime | UUID | None
Value = Obj | Scalar

_SPECIAL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def text_of(raw: str) -> str:
    """Escape text as PowerShell does: control characters as _xHHHH_, then XML."""
    return escape(_SPECIAL.sub(lambda found: f"_x{ord(found[0]):04X}_", raw))


_SCALARS: dict[type, tuple[str, Callable[[Any], str]]] = {
    str: ("S", text_of),
    bool: ("B", lambda value: str(value).lower()),
    int: ("I32", str),
    Int64: ("I64", lambda value: str(int(value))),
    float: ("Db", lambda value: format(value, ".17g")),
    bytes: ("BA", lambda value: base64.b64encode(value).decode("ascii")),
    datetime: ("DT", lambda value: value.isoformat().replace("+00:00", "Z")),
    UUID: ("G", str),
}


def document(objects: Iterable[Value]) -> str:
    """Write objects as one Export-Clixml document."""
    writer = _Writer()
    lines = [line for value in objects for line in writer.lines(value, None, "  ")]
    return "\n".join([f'<Objs Version="1.1.0.1" xmlns="{NAMESPACE}">', *lines, "</Objs>", ""])


class _Writer:
    """Remembers what was written: objects and type lists are numbered apart."""

    def __init__(self) -> None:
        self._objects: dict[Obj, int] = {}
        self._type_lists: dict[tuple[str, ...], int] = {}

    def lines(self, value: Value, name: str | None, pad: str) -> Iterator[str]:
        """Yield one value, under its property name if it has one."""
        called = "" if name is None else f" N={quoteattr(name)}"
        if value is None:
            yield f"{pad}<Nil{called} />"
        elif not isinstance(value, Obj):
            tag, text = _SCALARS[type(value)]
            yield f"{pad}<{tag}{called}>{text(value)}</{tag}>"
        elif value in self._objects:
            yield f'{pad}<Ref{called} RefId="{self._objects[value]}" />'
        else:
            number = self._objects.setdefault(value, len(self._objects))
            yield f'{pad}<Obj{called} RefId="{number}">'
            yield from self._body(value, pad + "  ")
            yield f"{pad}</Obj>"

    def _body(self, value: Obj, pad: str) -> Iterator[str]:
        yield from self._types(value.types, pad)
        if value.text is not None:
            text = text_of(value.text)
            yield f"{pad}<ToString>{text}</ToString>" if text else f"{pad}<ToString />"
        if value.number is not None:
            yield f"{pad}<I32>{value.number}</I32>"
        if value.items is not None:
            yield from self._list(value.items, pad)
        yield from self._members("Props", value.props, pad)
        yield from self._members("MS", value.notes, pad)

    def _types(self, types: tuple[str, ...], pad: str) -> Iterator[str]:
        if types in self._type_lists:
            yield f'{pad}<TNRef RefId="{self._type_lists[types]}" />'
            return
        number = self._type_lists.setdefault(types, len(self._type_lists))
        yield f'{pad}<TN RefId="{number}">'
        yield from (f"{pad}  <T>{text_of(each)}</T>" for each in types)
        yield f"{pad}</TN>"

    def _list(self, items: tuple[Value, ...], pad: str) -> Iterator[str]:
        if not items:
            yield f"{pad}<LST />"
            return
        yield f"{pad}<LST>"
        for item in items:
            yield from self.lines(item, None, pad + "  ")
        yield f"{pad}</LST>"

    def _members(self, tag: str, members: Mapping[str, Value], pad: str) -> Iterator[str]:
        if members:
            yield f"{pad}<{tag}>"
            for name, value in members.items():
                yield from self.lines(value, name, pad + "  ")
            yield f"{pad}</{tag}>"
