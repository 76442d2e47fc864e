"""Documents of the collection script survive every way of transport, or are refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selftests.exchange.collection_documents import (
    DOCUMENT,
    EXPECTED,
    LINES,
    changed,
    frame,
    joined,
    plain,
    refusal,
)
from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.exchange import collection
from smtp_exposure.exchange.collection import parse_collection

ACCEPTED = {
    "plain": plain(),
    "plain with a byte order mark": b"\xef\xbb\xbf" + plain(),
    "plain UTF-16": plain().decode().encode("utf-16"),
    "plain and indented": json.dumps(DOCUMENT, indent=4).encode(),
    "framed": joined(LINES),
    "framed, Unix line ends": joined(LINES, "\n"),
    "framed in one line": joined(frame(plain(), width=10**6)),
    "framed, UTF-16": joined(LINES).decode().encode("utf-16"),
    "framed, UTF-16 big endian": b"\xfe\xff" + joined(LINES).decode().encode("utf-16-be"),
    "framed, UTF-8 with a byte order mark": b"\xef\xbb\xbf" + joined(LINES),
    "noise before and after": b"WARNING: {x}\r\n" + joined(LINES) + b"PS C:\\> exit\r\n",
    "noise that looks like JSON": b"{\r\n" + joined(LINES),
    "noise without a line end": b"PS C:\\> " + joined(LINES),
    "noise in code page 850": "Ärger\r\n".encode("cp850") + joined(LINES),
    "noise in code page 932": "警告\r\n".encode("cp932") + joined(LINES),
    "a console of 40 columns": joined(
        [line[at : at + 40] for line in LINES for at in range(0, len(line), 40)]
    ),
    "indented by a log": joined(["  " + line + " " for line in LINES]),
}


@pytest.mark.parametrize("data", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_reads_every_way_of_transport(data: bytes) -> None:
    assert parse_collection(data, "x") == EXPECTED


DAMAGED = {
    "empty": (b"", "neither JSON nor one framed collection"),
    "something else": (b"Access is denied.\r\n", "Access is denied."),
    "cut within the lines": (joined(LINES)[:-40], "cut off"),
    "no begin mark": (joined(LINES[1:]), "neither JSON nor one framed"),
    "short checksum": (joined([LINES[0][:-4] + ">>>", *LINES[1:]]), "bytes, "),
    "truncated begin mark": (joined(["<<<BEGIN 71", *LINES[1:]]), "0 begin marks"),
    "begin mark without length": (
        joined(frame(plain(), announced="0" * 66 + " " + "0" * 66)),
        "begin mark is damaged",
    ),
    "two collections": (joined(LINES) * 2, "2 begin marks"),
    "a lost line": (joined(LINES[:2] + LINES[3:]), "bytes, "),
    "a doubled line": (joined(LINES[:2] + LINES[1:]), "bytes, "),
    "swapped lines": (joined([LINES[0], LINES[2], LINES[1], *LINES[3:]]), "checksum"),
    "a changed character": (joined([LINES[0], "A" + LINES[1][1:], *LINES[2:]]), "checksum"),
    "noise within": (
        joined([*LINES[:2], "WARNING: x", *LINES[2:]]),
        "line 3 of the frame is not base64: 'WARNING: x'",
    ),
    "padding lost": (joined(frame(b"{}")).replace(b"=", b""), "not base64"),
    "length wrong": (joined(frame(b"{}", announced=f"3 {'0' * 64}")), "2 bytes, 3 are announced"),
    "checksum wrong": (joined(frame(b"{}", announced=f"2 {'0' * 64}")), "checksum"),
    "framed code page 850": (joined(frame('{"ä"'.encode("cp850"))), "byte 2 of the text is not"),
    "plain code page 850": ('{"ä"'.encode("cp850"), "byte 2 of the text is not"),
    "plain UTF-16, cut": (plain().decode().encode("utf-16")[:-1], "is not utf-16"),
    "not JSON": (b'{"format": }', "JSON: Expecting value: line 1 column 12"),
    "JSON cut": (plain()[:-1], "JSON: "),
    "JSON twice": (plain() * 2, "Extra data"),
    "no object": (joined(frame(b"[]")), "document: [] is no object"),
    "a key twice": (b'{"format": 1, "format": 1}', "a key stands twice"),
    "a number without end": (b'{"format": ' + b"9" * 5000 + b"}", "JSON: "),
}


@pytest.mark.parametrize(("data", "told"), DAMAGED.values(), ids=DAMAGED.keys())
def test_refuses_damage_on_one_line_with_source_and_place(data: bytes, told: str) -> None:
    message = refusal(data)
    assert message.startswith("ex01.json: ")
    assert told in message
    assert "\n" not in message


def test_refuses_more_bytes_than_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "MAX_BYTES", len(plain()) - 1)
    assert "more than" in refusal(plain())


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=8,
)


def as_value(value: object) -> object:
    return tuple(map(as_value, value)) if isinstance(value, list) else value


@given(VALUES, st.integers(1, 2000), st.sampled_from(["utf-8", "utf-16", "cp437"]))
def test_any_value_survives_a_frame(value: object, width: int, encoding: str) -> None:
    lines = frame(changed("sections/0/items/0/Comment", value), width)
    read = parse_collection("\r\n".join(lines).encode(encoding), "x")
    assert read.sections[0].items[0]["Comment"] == as_value(value)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_model_or_a_refusal(data: bytes) -> None:
    for tried in (data, b"{" + data, joined(frame(data)), joined(LINES)[:200] + data):
        with pytest.raises(UnreadableEvidence):
            parse_collection(tried, "x")


@given(st.integers(0, len(joined(LINES)) - 1), st.integers(0, 255))
def test_a_changed_byte_is_noticed_or_harmless(at: int, byte: int) -> None:
    data = joined(LINES)
    try:
        read = parse_collection(data[:at] + bytes([byte]) + data[at + 1 :], "x")
    except UnreadableEvidence:
        return
    assert read == EXPECTED
