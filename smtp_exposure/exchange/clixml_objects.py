"""Objects of an Export-Clixml document, built from its elements as they start and end."""

from collections.abc import Callable, Container, Mapping
from typing import Any

from smtp_exposure.exchange.clixml_values import read_text
from smtp_exposure.exchange.psobjects import PSObject, TypeNames, plain

MAX_DEPTH = 200
"""Nested elements; real exports at depth 3 stay below 40."""

TOO_DEEP = f"elements are nested more than {MAX_DEPTH} deep"

Attributes = dict[str, str]

_LISTS = frozenset({"LST", "IE", "QUE", "STK"})
_KNOWN, _PART = 1, 2
"""Roles: an object of a kind that is asked for; something that such an object consists of."""

_Sink = Callable[[str, Any], object]
_Frame = tuple[PSObject, _Sink, str, int, int | None, str, str]


class Builder:
    """What was built so far, and where the element at hand stands; raises ValueError for damage.

    `sink` takes a finished value to what it stands in. `unread` is a number in an element of which
    only objects are wanted, since others may refer to them: how many elements are open within.
    """

    def __init__(self, kinds: Container[str]) -> None:
        self.top: list[Any] = []
        self.names = _Names()
        self.sink: _Sink = _into(self.top)
        self.unread: int | None = None
        self._kinds = kinds
        self._types: dict[str, tuple[TypeNames, bool]] = {}
        self._objects: dict[str, Any] = {}
        self._stack: list[_Frame] = []
        self.owner: PSObject = _Nowhere()
        self._container = ""
        self._role = 0
        self.type_names: list[str] = []

    def enter(self, container: str, name: str = "", number: str = "") -> None:
        """Go into an element that holds others."""
        if len(self._stack) > MAX_DEPTH:
            raise ValueError(TOO_DEEP)
        frame = self.owner, self.sink, self._container, self._role, self.unread, name, number
        self._stack.append(frame)
        self._container = container

    def leave(self) -> tuple[str, str]:
        """Go back to what an element stands in; returns its name and its number."""
        (self.owner, self.sink, self._container, self._role, self.unread, name, number) = (
            self._stack.pop()
        )
        return name, number

    def stay(self) -> None:
        """End an element that never holds others."""

    def start_unread(self, element: str, _: Attributes) -> None:
        """Go into an element of which only objects are wanted."""
        self.enter(element)
        self.sink = _drop
        self.unread = 0

    def start_object(self, element: str, attributes: Attributes) -> None:
        """Go into an object."""
        number = attributes.get("RefId", "")
        self.enter(element, self.names[attributes.get("N", "")], number)
        self.owner = built = PSObject()
        self.sink = built.take
        self._role = _PART if self._role else 0
        self.unread = None
        if number:  # before its children: one of them may refer to it
            self._objects[number] = built

    def end_object(self) -> None:
        """Take a finished object to what it stands in."""
        built, role = self.owner, self._role
        name, number = self.leave()
        value: Any = built
        if self._role and (built.items is None or self._container not in _LISTS):
            value = plain(built)
        if role == _PART and number:
            self._objects[number] = value
        self.sink(name, value)

    def same_object(self, _: str, attributes: Attributes) -> None:
        """Take an object that came before."""
        value = _found(self._objects, attributes)
        if self._role:
            value = plain(value, nested=self._container in _LISTS)
        self.sink(self.names[attributes.get("N", "")], value)

    def nothing(self, _: str, attributes: Attributes) -> None:
        """Take PowerShell's $null."""
        self.sink(self.names[attributes.get("N", "")], None)

    def start_types(self, element: str, attributes: Attributes) -> None:
        """Go into a list of type names."""
        self.enter(element, number=attributes.get("RefId", ""))
        self.type_names = []

    def end_types(self) -> None:
        """Give the object its types, and keep them for others."""
        _, number = self.leave()
        names = TypeNames(self.type_names)
        self._types[number] = names, names.kind in self._kinds
        self._take_types(*self._types[number])

    def same_types(self, _: str, attributes: Attributes) -> None:
        """Give the object the types of one that came before."""
        self._take_types(*_found(self._types, attributes))

    def _take_types(self, names: TypeNames, known: bool) -> None:
        self.owner.types = names
        if known:
            self._role = _KNOWN

    def start_properties(self, element: str, attributes: Attributes) -> None:
        """Go into an object's properties; a part's text is its plain value, so that is enough."""
        owner = self.owner
        if self._role == _PART and owner.text is not None:
            self.start_unread(element, attributes)
            return
        self.enter(element)
        owner.properties = properties = dict(owner.properties)
        self.sink = properties.setdefault

    def start_list(self, element: str, _: Attributes) -> None:
        """Go into the items of a list."""
        self.owner.items = items = list[Any]()
        self.enter(element)
        self.sink = _into(items)

    def start_table(self, element: str, _: Attributes) -> None:
        """Go into the entries of a hashtable."""
        self.owner.rows = []
        self.enter(element)
        self.sink = _drop

    def start_entry(self, element: str, _: Attributes) -> None:
        """Go into one entry of a hashtable."""
        row: dict[str, Any] = {}
        if self.owner.rows is None:
            self.owner.rows = []
        self.owner.rows.append(row)
        self.enter(element)
        self.sink = row.__setitem__


class _Nowhere(PSObject):
    """Where the values of a document stand that belong to no object."""

    def __setattr__(self, name: str, value: object) -> None:
        raise ValueError("this element stands outside an object")


class _Names(dict[str, str]):
    """Names of properties by how a document escapes them: there are few."""

    def __missing__(self, name: str) -> str:
        self[name] = read = read_text(name)
        return read


def _drop(_: str, __: Any) -> None:
    pass


def _into(items: list[Any]) -> _Sink:
    return lambda _, value: items.append(value)


def _found(table: Mapping[str, Any], attributes: Attributes) -> Any:
    identifier = attributes.get("RefId", "")
    if identifier not in table:
        raise ValueError(f"reference to {identifier[:40]!r}, which is nowhere defined")
    return table[identifier]


STARTS: dict[str, Callable[[Builder, str, Attributes], None]] = {
    "Obj": Builder.start_object,
    "Ref": Builder.same_object,
    "TN": Builder.start_types,
    "TNRef": Builder.same_types,
    "Nil": Builder.nothing,
    "Props": Builder.start_properties,
    "MS": Builder.start_properties,
    "DCT": Builder.start_table,
    "En": Builder.start_entry,
    **dict.fromkeys(_LISTS, Builder.start_list),
}
"""What to do where an element starts that is no primitive."""

ENDS: dict[str, Callable[[Builder], object]] = {
    **dict.fromkeys(("Objs", "Props", "MS", "DCT", "En", *_LISTS), Builder.leave),
    **dict.fromkeys(("Ref", "TNRef", "Nil"), Builder.stay),
    "Obj": Builder.end_object,
    "TN": Builder.end_types,
}
"""What to do where it ends."""
