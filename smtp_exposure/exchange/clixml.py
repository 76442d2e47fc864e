"""Export-Clixml documents, as [MS-PSRP] 2.2.5 and facts sheet 2.8 describe them: bytes to objects.

Hostile input is refused with its place: DTDs and entities, deep nesting, unknown references.
`SerializationData` (.NET binary formatter) is skipped and never decoded.
"""

from collections.abc import Callable, Container
from typing import Any, BinaryIO
from xml.parsers import expat

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.exchange.clixml_objects import (
    ENDS,
    MAX_DEPTH,
    STARTS,
    TOO_DEEP,
    Attributes,
    Builder,
)
from smtp_exposure.exchange.clixml_values import PRIMITIVES

NEVER_READ = "SerializationData"
"""A property in .NET's binary format."""

NO_EXPORT = " (neither a whole Export-Clixml file nor the JSON that collect.ps1 writes)"

_PIECE = 256 * 1024


def read_clixml(stream: BinaryIO, source: str, kinds: Container[str] = ()) -> list[Any]:
    """Read a document in UTF-8 or UTF-16. Raises UnreadableEvidence naming source and place.

    Objects of the kinds given come with plain properties; what these consist of besides, which is
    most of a large export, is left out.
    """
    return _Reader(source, kinds).read(stream)


class _Reader:
    """Handlers of the parser's events; they find the primitives and leave the rest to a builder."""

    def __init__(self, source: str, kinds: Container[str]) -> None:
        self.source = source
        self.builder = Builder(kinds)
        self.primitive: Callable[[str], Any] | None = None  # reads the element at hand
        self.attributes: Attributes = {}
        self.chunks: list[str] = []
        self.add_text = self.chunks.append
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.begin
        self.parser.StartDoctypeDeclHandler = self.doctype

    def read(self, stream: BinaryIO) -> list[Any]:
        try:
            while piece := stream.read(_PIECE):
                self.parser.Parse(piece, False)
            self.parser.Parse(b"", True)
        except expat.ExpatError as problem:
            raise UnreadableEvidence(
                f"{self.source}, line {problem.lineno}, column {problem.offset + 1}: "
                f"{expat.errors.messages[problem.code]}{'' if self.builder.top else NO_EXPORT}"
            ) from None
        except (ValueError, LookupError) as problem:  # damage, or an encoding unknown to Python
            line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
            raise UnreadableEvidence(
                f"{self.source}, line {line}, column {column}: {problem}"
            ) from None
        finally:
            # The parser and this reader hold each other; what was read is large.
            self.parser.StartElementHandler = self.parser.EndElementHandler = None
            self.parser.CharacterDataHandler = self.parser.StartDoctypeDeclHandler = None
        return self.builder.top

    def doctype(self, *_: object) -> None:
        raise ValueError("a document type declaration has no place in Export-Clixml")

    def begin(self, element: str, _: Attributes) -> None:
        if element != "Objs":
            raise ValueError(f"this is no Export-Clixml file: it begins with <{element[:40]}>")
        self.builder.enter(element)
        self.handle(self.start, self.end)

    def handle(self, start: Callable[[str, Attributes], None], end: Callable[[str], None]) -> None:
        self.parser.StartElementHandler, self.parser.EndElementHandler = start, end

    def start(self, element: str, attributes: Attributes) -> None:
        if self.primitive is not None:
            raise ValueError(f"<{element[:40]}> stands within a value")
        self.primitive = PRIMITIVES.get(element)
        if self.primitive is not None:
            self.attributes = attributes
            self.parser.CharacterDataHandler = self.add_text
            return
        STARTS.get(element, Builder.start_unread)(self.builder, element, attributes)
        if self.builder.unread is not None:
            self.handle(self.start_unread, self.end_unread)

    def end(self, element: str) -> None:
        read = self.primitive
        if read is None:
            ENDS[element](self.builder)
            if self.builder.unread is not None:
                self.handle(self.start_unread, self.end_unread)
            return
        self.primitive = self.parser.CharacterDataHandler = None
        text = "".join(self.chunks)
        self.chunks.clear()
        name = self.builder.names[self.attributes.get("N", "")]
        try:
            value: Any = read(text) if name != NEVER_READ else None
        except (ValueError, KeyError):
            raise ValueError(f"<{element}> holds {text[:40]!r}") from None
        if element == "ToString":
            self.builder.owner.text = value
        elif element == "T":
            self.builder.type_names.append(value)
        elif name != NEVER_READ:
            self.builder.sink(name, value)

    def start_unread(self, element: str, attributes: Attributes) -> None:
        if element == "Obj":
            self.handle(self.start, self.end)
            self.start(element, attributes)
            return
        self.builder.unread = (self.builder.unread or 0) + 1
        if self.builder.unread > MAX_DEPTH:
            raise ValueError(TOO_DEEP)

    def end_unread(self, _: str) -> None:
        if self.builder.unread:
            self.builder.unread -= 1
        else:
            self.builder.leave()
            self.handle(self.start, self.end)
