"""An Exchange object as a bag of properties, and descriptors that read one property each.

A property is parsed when a check asks for it. So a value that can't be read, or that the export
lacks, troubles exactly the checks that need it.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, NamedTuple, Self, TypeVar, overload

from smtp_exposure.errors import MissingEvidence, UnreadableEvidence

T = TypeVar("T")


class EnumValue(NamedTuple):
    """A .NET enum: the text decides, the number is a cross-check (facts sheet, 2.4)."""

    text: str
    number: int


Value = None | bool | int | float | str | bytes | EnumValue | tuple[Any, ...]


class ExchangeObject:
    """One object that a cmdlet returned; subclasses declare the properties they read."""

    cmdlet: ClassVar[str]

    def __init__(self, properties: Mapping[str, Value], source: str = "") -> None:
        self.properties = properties
        self.source = source

    @property
    def label(self) -> str:
        """What a message calls this object."""
        return self.word("Identity") or self.word("Name") or "an object without a name"

    def word(self, name: str) -> str:
        """A property that names something; empty where it is absent.

        Raises UnreadableEvidence where it is no text.
        """
        try:
            return as_text(self.properties.get(name)).strip()
        except ValueError as problem:
            raise UnreadableEvidence(f"{self.source}: {self.cmdlet}: {name}: {problem}") from None


class Property(Generic[T]):
    """Reads one property of an object, once, with the parser given.

    Raises MissingEvidence where the export lacks it or the parser raises LookupError, and
    UnreadableEvidence where the parser raises ValueError.
    """

    def __init__(self, name: str, parse: Callable[[Value], T]) -> None:
        self.name = name
        self.parse = parse

    def __set_name__(self, owner: type, attribute: str) -> None:
        self.attribute = attribute

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...
    @overload
    def __get__(self, owner: ExchangeObject, kind: type) -> T: ...
    def __get__(self, owner: ExchangeObject | None, kind: type) -> Self | T:
        if owner is None:
            return self
        try:
            value = self.parse(owner.properties[self.name])
        except LookupError:
            lacking = f"property {self.name} of {owner.label}"
            raise MissingEvidence(owner.cmdlet, lacking) from None
        except ValueError as problem:
            raise UnreadableEvidence(
                f"{owner.cmdlet}: {self.name} of {owner.label} can't be read: {problem}"
            ) from None
        owner.__dict__[self.attribute] = value  # looked up before this descriptor next time
        return value


def not_nothing(parse: Callable[[Value], T]) -> Callable[[Value], T]:
    """Take nothing for a property that was left out: for values that are never nothing."""

    def parse_something(value: Value) -> T:
        if value is None:
            raise LookupError
        return parse(value)

    return parse_something


def as_text(value: Value) -> str:
    """Read a value as text; nothing and an empty string are both empty (facts sheet, 2.2)."""
    match value:
        case None:
            return ""
        case EnumValue(text=text):
            return text
        case str():
            return value
        case bool() | int() | float():
            return str(value)
    raise ValueError(f"{shown(value)} is no text")


def as_bool(value: Value) -> bool:
    """Read a Boolean, also as the text `True` or `False` of a text export."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise ValueError(f"{shown(value)} is neither True nor False")


def as_bytes(value: Value) -> bytes:
    """Read a byte array."""
    if isinstance(value, bytes):
        return value
    raise ValueError(f"{shown(value)} is no byte array")


def as_list(value: Value) -> tuple[str, ...]:
    """Read a list of texts, also where an export joined them with commas or blanks."""
    match value:
        case None:
            return ()
        case str():
            return tuple(value.strip().strip("{}").replace(",", " ").split())
        case EnumValue():
            raise ValueError(f"{shown(value)} is no list")
        case tuple():
            return tuple(as_text(item).strip() for item in value)
    raise ValueError(f"{shown(value)} is no list")


def shown(value: object) -> str:
    """Show a value in a message, bounded and on one line."""
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."
