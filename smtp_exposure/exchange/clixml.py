"""Export-Clixml documents, as [MS-PSRP] 2.2.5 and facts sheet 2.8 describe them: bytes to objects.

Hostile input is refused with its place: DTDs and entities, deep nesting, unknown references.
`SerializationData` (.NET binary formatter) is skipped and never decoded.
"""

import base64
import re
from typing import Any
from xml.parsers import expat

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.exchange.objects import EnumValue, Value

MAX_DEPTH = 200
"""Nested elements; real exports at depth 3 stay below 40."""

NO_EXPORT = " (this is no whole Export-Clixml file)"

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NUMBERS = frozenset({"By", "SB", "U16", "I16", "U32", "I32", "U64", "I64"})
_LISTS = frozenset({"LST", "IE", "QUE", "STK"})
_CONTAINERS = frozenset({"Obj", "Objs", "Props", "MS", "TN", "DCT", "En"}) | _LISTS


class PSObject:
    """A serialised object; an object may refer to itself, so never walk it without a bound."""

    __slots__ = ("entries", "items", "properties", "text", "types", "value")

    def __init__(self) -> None:
        self.types: tuple[str, ...] = ()
        self.text: str | None = None
        self.properties: dict[str, Any] = {}
        self.items: list[Any] | None = None
        self.entries: list[tuple[Any, Any]] | None = None
        self.value: Any = None

    @property
    def kind(self) -> str:
        """The last word of the first type name: live, `Deserialized.` and `Selected.` alike."""
        # `#` follows where Select-Object or the type system added something of its own.
        return re.split("[`#]", self.types[0])[0].rpartition(".")[2] if self.types else ""


def read_clixml(data: bytes, source: str) -> list[Any]:
    """Read a document in UTF-8 or UTF-16. Raises UnreadableEvidence naming source and place."""
    return _Reader(source).read(data)


def plain(value: Any, *, nested: bool = False) -> Value:
    """Turn a serialised value into a property's plain value; lists within lists become text."""
    if not isinstance(value, PSObject):
        return value  # type: ignore[no-any-return]  # primitives are plain already
    if isinstance(value.value, int) and any(name.endswith("System.Enum") for name in value.types):
        return EnumValue(value.text or str(value.value), value.value)
    if value.items is not None and not nested:
        return tuple(plain(item, nested=True) for item in value.items)
    if value.value is not None:
        return value.value  # type: ignore[no-any-return]
    address = value.properties.get("IPAddressToString")
    return value.text if value.text is not None else address if isinstance(address, str) else None


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.top: list[Any] = []
        self.types: dict[str, tuple[str, ...]] = {}
        self.objects: dict[str, PSObject] = {}
        self.stack: list[tuple[str, str, Any]] = []  # element, name, what it builds
        self.owners: list[PSObject] = []  # the objects among them
        self.chunks: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.chunks.append
        self.parser.StartDoctypeDeclHandler = self.doctype

    def read(self, data: bytes) -> list[Any]:
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as problem:
            raise UnreadableEvidence(
                f"{self.source}, line {problem.lineno}, column {problem.offset + 1}: "
                f"{expat.errors.messages[problem.code]}{'' if self.top else NO_EXPORT}"
            ) from None
        except (ValueError, LookupError) as problem:  # an encoding that Python has no use for
            raise self.refuse(str(problem)) from None
        finally:
            # The parser and this reader hold each other; what was read is large.
            self.parser.StartElementHandler = self.parser.EndElementHandler = None
            self.parser.CharacterDataHandler = self.parser.StartDoctypeDeclHandler = None
            self.objects.clear()
        return self.top

    def refuse(self, why: str) -> UnreadableEvidence:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        return UnreadableEvidence(f"{self.source}, line {line}, column {column}: {why}")

    def doctype(self, *_: object) -> None:
        raise self.refuse("a document type declaration has no place in Export-Clixml")

    def start(self, element: str, attributes: dict[str, str]) -> None:
        if not self.stack and element != "Objs":
            raise self.refuse(f"this is no Export-Clixml file: it begins with <{element[:40]}>")
        if len(self.stack) >= MAX_DEPTH:
            raise self.refuse(f"elements are nested more than {MAX_DEPTH} deep")
        name = _unescape(attributes.get("N", ""))
        built: Any = attributes
        if element == "Obj":
            built = PSObject()
            self.owners.append(built)
            if "RefId" in attributes:  # before its children: one of them may refer to it
                self.objects[attributes["RefId"]] = built
        elif element == "TN":
            built = (attributes.get("RefId", ""), [])
        elif element in _LISTS:
            self.owner().items = []
        elif element == "DCT":
            self.owner().entries = []
        elif element == "En":
            built = {}
        self.stack.append((element, name, built))
        self.chunks.clear()

    def owner(self) -> PSObject:
        """The object that the element at hand belongs to."""
        if not self.owners:
            raise self.refuse("this element stands outside an object")
        return self.owners[-1]

    def end(self, element: str) -> None:
        _, name, built = self.stack.pop()
        text = "".join(self.chunks)
        self.chunks.clear()
        if element == "T":
            if self.stack and self.stack[-1][0] == "TN":
                self.stack[-1][2][1].append(_unescape(text))
        elif element == "TN":
            identifier, names = built
            self.types[identifier] = self.owner().types = tuple(names)
        elif element == "TNRef":
            self.owner().types = self.lookup(self.types, built)
        elif element == "ToString":
            self.owner().text = _unescape(text)
        elif element == "En":
            entries = self.owner().entries
            if entries is not None:
                entries.append((built.get("Key"), built.get("Value")))
        elif element == "Obj":
            self.owners.pop()
            self.deliver(name, built)
        elif element not in _CONTAINERS:
            self.deliver(name, self.scalar(element, built, name, text))

    def lookup(self, table: dict[str, Any], attributes: dict[str, str]) -> Any:
        identifier = attributes.get("RefId", "")
        if identifier not in table:
            raise self.refuse(f"reference to {identifier[:40]!r}, which is nowhere defined")
        return table[identifier]

    def scalar(self, element: str, attributes: dict[str, str], name: str, text: str) -> Any:
        if element == "Ref":
            return self.lookup(self.objects, attributes)
        if element == "Nil" or name == "SerializationData":
            return None
        try:
            return _primitive(element, text)
        except (ValueError, KeyError):
            raise self.refuse(f"<{element}> holds {text[:40]!r}") from None

    def deliver(self, name: str, value: Any) -> None:
        """Hand a finished value to what it stands in."""
        container, _, built = self.stack[-1]
        if container == "Objs":
            self.top.append(value)
        elif container in ("Props", "MS"):
            if name != "SerializationData":
                self.owner().properties.setdefault(name, value)
        elif container in _LISTS:
            items = self.owner().items
            if items is not None:
                items.append(value)
        elif container == "En":
            built[name] = value
        elif container == "Obj":
            built.value = value


def _primitive(element: str, text: str) -> Any:
    if element == "B":
        return {"true": True, "false": False}[text.strip().lower()]
    if element in _NUMBERS:
        if not re.fullmatch(r"\s*-?[0-9]+\s*", text):
            raise ValueError("no number")
        return int(text)
    if element == "BA":
        return base64.b64decode("".join(text.split()), validate=True)
    return _unescape(text)


def _unescape(text: str) -> str:
    if "_x" not in text:
        return text
    # Surrogates come as two escapes ([MS-PSRP] 2.2.5.3.2); a lone one becomes U+FFFD.
    plain_text = _ESCAPE.sub(_character, text)
    return plain_text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))
