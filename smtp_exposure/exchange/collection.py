"""The document of the collection script: bytes, framed or plain, to a model.

The format is that of smtp_exposure/gateways/scripts/collect.ps1, which prints the document as
base64 lines between two marks, or writes it as a file. Damage is refused with its place.
"""

import base64
import binascii
import codecs
import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TypeAlias

from smtp_exposure.errors import UnreadableEvidence

FORMAT = "smtp-exposure-collection"
VERSION = 1

MAX_BYTES = 64 * 1024 * 1024  # a connector with its permissions takes about 10 KB
MAX_NESTING = 16  # the script writes seven levels, and 5.1 may wrap each list once more

Value: TypeAlias = bool | int | float | str | tuple["Value", ...] | None

_BEGIN = re.compile(r"<<<BEGIN([0-9a-f\s]{66,200})>>>")  # a narrow console may break the line
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BASE64_LINE = re.compile(r"\s*[A-Za-z0-9+/]*={0,2}\s*")
_ANNOUNCED = re.compile(r"([0-9]{1,10})([0-9a-f]{64})")
_CMDLET = re.compile(r"Get-[A-Za-z]+")
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")
_NESTING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}
_MAX_MESSAGE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedSection:
    """What one cmdlet returned; a property that an object lacks is not in its row.

    `unread` names servers or connectors asked in vain; an `error` without them is of everything.
    """

    cmdlet: str
    error: str | None
    absent: frozenset[str]
    items: tuple[Mapping[str, Value], ...]
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One run of the collection script, on `server`, at the time `taken`."""

    taken: datetime | None
    server: str | None
    sections: tuple[CollectedSection, ...]


class _Damaged(Exception):
    """Something can't be read; the message says what, and where."""


def parse_collection(data: bytes, source: str) -> Collection:
    """Read a document of the collection script, with or without its frame."""
    try:
        return _parse_document(_Node(_load_json(_document_text(data)), "document"))
    except _Damaged as problem:
        raise UnreadableEvidence(f"{source}: {problem}") from None


def _document_text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _Damaged(f"more than {MAX_BYTES} bytes")
    encoding = "utf-16" if data[:2] in _UTF16_MARKS else "utf-8-sig"
    text = data.decode(encoding, "replace")  # a frame is ASCII, whatever stands around it
    # In JSON no line begins like a mark, but a text in it may hold one.
    if re.search("^<<<BEGIN", text, re.MULTILINE) or not text.lstrip().startswith("{"):
        return _decode_text(_unframe(text), "utf-8")
    return _decode_text(data, encoding)


def _decode_text(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise _Damaged(f"byte {problem.start} of the text is not {encoding}") from None


def _unframe(text: str) -> bytes:
    begins = list(_BEGIN.finditer(text))
    if len(begins) != 1:
        shown = f"{len(begins)} begin marks; it begins with {text.strip()[:40]!a}"
        raise _Damaged(f"neither JSON nor one framed collection: {shown}")
    announced = _ANNOUNCED.fullmatch("".join(begins[0][1].split()))
    end = text.find("<<<END>>>", begins[0].end())
    if announced is None:
        raise _Damaged("the begin mark is damaged")
    if end < 0:
        raise _Damaged("cut off before the end mark")
    payload = _decode_lines(text[begins[0].end() : end], text.count("\n", 0, begins[0].end()) + 1)
    if len(payload) != int(announced[1]):
        raise _Damaged(f"the frame holds {len(payload)} bytes, {int(announced[1])} are announced")
    if hashlib.sha256(payload).hexdigest() != announced[2]:
        raise _Damaged("the frame's checksum is wrong: a line was changed, or lines were swapped")
    return payload


def _decode_lines(body: str, first: int) -> bytes:
    for number, line in enumerate(body.split("\n"), first):
        if not _BASE64_LINE.fullmatch(line):
            raise _Damaged(f"line {number} of the frame is not base64: {line.strip()[:40]!a}")
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except binascii.Error as problem:
        raise _Damaged(f"the frame is not base64: {problem}") from None


def _load_json(text: str) -> object:
    depth = 0
    for token in _NESTING.finditer(text):
        depth += _STEP.get(token[0], 0)
        if depth > MAX_NESTING:
            raise _Damaged(f"JSON, character {token.start()}: nested too deeply")
    try:
        return json.loads(text, object_pairs_hook=_object)
    except ValueError as problem:  # names line and column; or a number has too many digits
        raise _Damaged(f"JSON: {problem}") from None


def _object(pairs: list[tuple[str, Any]]) -> object:
    """Build an object; Windows PowerShell 5.1 may have wrapped a list into one."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Damaged(f"JSON: a key stands twice among {', '.join(found)[:80]!a}")
    match found:
        case {"value": list(listed), "Count": count} if len(found) == 2 and count == len(listed):
            return listed
    return found


@dataclass(frozen=True, slots=True)
class _Node:
    """A value of the document, and where it stands."""

    value: object
    place: str

    def refuse(self, wanted: str) -> _Damaged:
        return _Damaged(f"{self.place}: {self.value!a:.60} is no {wanted}")

    def fields(self) -> dict[str, "_Node"]:
        if not isinstance(self.value, dict):
            raise self.refuse("object")
        return {
            _Node(name, self.place).text(): _Node(value, f"{self.place}.{ascii(name)[1:-1]:.60}")
            for name, value in self.value.items()
        }

    def field(self, name: str) -> "_Node":
        found = self.fields().get(name)
        if found is None:
            raise _Damaged(f"{self.place} lacks {name}")
        return found

    def each(self) -> tuple["_Node", ...]:
        if not isinstance(self.value, list):
            raise self.refuse("list")
        return tuple(_Node(one, f"{self.place}[{at}]") for at, one in enumerate(self.value))

    def text(self) -> str:
        """Read a text that can be written again: JSON can spell halves of characters."""
        if not isinstance(self.value, str) or _HALF_CHARACTER.search(self.value):
            raise self.refuse("text")
        return self.value

    def text_or_nothing(self) -> str:
        return "" if self.value is None else self.text()

    def row(self) -> Mapping[str, Value]:
        return MappingProxyType({name: node.plain() for name, node in self.fields().items()})

    def plain(self) -> Value:
        match self.value:
            case None | bool() | int():
                return self.value
            case float() if math.isfinite(self.value):
                return self.value
            case str():
                return self.text()
            case list():
                return tuple(one.plain() for one in self.each())
        raise self.refuse("value")


def _parse_document(document: _Node) -> Collection:
    form, version = document.field("format"), document.field("version")
    if (form.value, repr(version.value)) != (FORMAT, str(VERSION)):
        shown = f"{form.value!a:.60}, version {version.value!a:.60}"
        raise _Damaged(f"{shown}, can't be read, only {FORMAT}, version {VERSION}")
    sections = tuple(map(_parse_section, document.field("sections").each()))
    if len({section.cmdlet for section in sections}) != len(sections):
        raise _Damaged("document.sections: a cmdlet stands twice")
    return Collection(
        taken=_parse_time(document.field("taken")),
        server=document.field("server").text_or_nothing() or None,
        sections=sections,
    )


def _parse_time(node: _Node) -> datetime | None:
    if node.value is None:
        return None
    try:
        taken = datetime.fromisoformat(node.text())
        if taken.tzinfo is not None:
            return taken.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise node.refuse("time with its offset")


def _parse_section(section: _Node) -> CollectedSection:
    cmdlet = section.field("cmdlet")
    if not _CMDLET.fullmatch(cmdlet.text()):
        raise cmdlet.refuse("Get- cmdlet")
    section = _Node(section.value, f"{section.place} ({cmdlet.text()})")
    errors, okay = section.field("errors").each(), section.field("ok")
    if okay.value is not (not errors):
        raise _Damaged(f"{okay.place}: {okay.value!a:.60} contradicts {len(errors)} errors")
    return CollectedSection(
        cmdlet=cmdlet.text(),
        error="; ".join(map(_error_line, errors)) or None,
        absent=frozenset(name.text() for name in section.field("absent").each()),
        items=tuple(item.row() for item in section.field("items").each()),
        unread=frozenset(one.field("target").text_or_nothing() for one in errors) - {""},
    )


def _error_line(error: _Node) -> str:
    """Show an error of the script on one line, bounded; its type tells missing from denied."""
    target, kind, name, message = (
        " ".join(error.field(key).text_or_nothing().split())[:_MAX_MESSAGE]
        for key in ("target", "type", "id", "message")
    )
    return (f"{target}: " if target else "") + f"{kind}: {message} [{name}]"
