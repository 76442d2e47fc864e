"""The text forms in which people publish SMTP dialogues, each turned into the same lines.

Known: telnet and openssl sessions, `fetchmail -v`, Exchange's SMTP receive protocol log (facts
sheet, 5.6), nmap's output, and a greeting wrapped by a script.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from smtp_exposure.smtp.ehlo import SERVER_WORDS


class Speaker(Enum):
    """Who says a line; marks are those of Exchange's protocol log, seen from the server."""

    SERVER = ">"
    CLIENT = "<"
    REMARK = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a dialogue: what was said, and a remark's context."""

    speaker: Speaker
    text: str
    context: str = ""


_VERBS = r"(?:EHLO|HELO|STARTTLS|MAIL|RCPT|AUTH|DATA|RSET|QUIT)\b"
_COMMAND = re.compile(rf"(?:>\s*)?({_VERBS}.*)", re.IGNORECASE)
_REPLY = re.compile(r"[2-5]\d\d(?:[ -].*)?")
_BANNER = re.compile(r"\[\+\] Banner: (220[ -].*)")
_FETCHMAIL = re.compile(r"fetchmail: SMTP([<>]) (.*)")
_TLS_CLIENT = re.compile(r"openssl s_client .*-starttls smtp")
_WITH_ARGUMENTS = frozenset({
    "SIZE", "AUTH", "X-EXPS", "X-EXCHANGEAUTH", "XPROXYTO", "X-MESSAGECONTEXT", "XSESSIONPARAMS",
})  # fmt: skip
_KEYWORDS = SERVER_WORDS | frozenset({
    "SIZE", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "STARTTLS", "AUTH", "8BITMIME",
    "BINARYMIME", "CHUNKING", "SMTPUTF8", "VRFY", "ETRN", "HELP",
})  # fmt: skip


def dialogue_lines(text: str) -> Iterator[Line]:
    """Give the lines of a published dialogue in whichever of the known forms it is."""
    if re.search(r"^#Fields: ", text, re.MULTILINE):
        return (line for line, _ in log_records(text))
    if "smtp-commands:" in text:
        return _nmap_lines(text)
    if _FETCHMAIL.search(text):
        return _fetchmail_lines(text)
    return _session_lines(text)


def log_records(text: str) -> Iterator[tuple[Line, dict[str, str]]]:
    """Give the records of a protocol log, each as a line and with its named fields."""
    fields: list[str] = []
    for row in csv.reader(text.lstrip("\ufeff").splitlines()):
        if row and row[0].startswith("#"):
            if row[0].startswith("#Fields: "):
                fields = [row[0].removeprefix("#Fields: "), *row[1:]]
            continue
        record = dict(zip(fields, row, strict=False))
        if record.get("event") in {speaker.value for speaker in Speaker}:
            speaker = Speaker(record["event"])
            data = record.get("data", "").strip()
            for piece in _unfolded(data) if speaker is Speaker.SERVER else (data,):
                yield Line(speaker=speaker, text=piece, context=record.get("context", "")), record


def _unfolded(reply: str) -> Iterator[str]:
    # Facts sheet, 5.6: a multi-line reply is logged as one, its lines joined by blanks.
    start = re.match(r"250\s+(\S+ Hello \[[^\]]*\])\s*(.*)", reply)
    if not start:
        yield reply
        return
    yield f"250-{start[1]}"
    for capability in _capabilities_in(start[2].split()):
        yield f"250-{capability}"
    yield "250 "


def _capabilities_in(words: list[str]) -> list[str]:
    found: list[list[str]] = []
    for word in words:
        is_argument = found and word.upper().partition("=")[0] not in _KEYWORDS
        if is_argument and found[-1][0].upper().partition("=")[0] in _WITH_ARGUMENTS:
            found[-1].append(word)
        else:
            found.append([word])
    return [" ".join(capability) for capability in found]


def _fetchmail_lines(text: str) -> Iterator[Line]:
    for match in _FETCHMAIL.finditer(text):
        # fetchmail marks what it receives with "<", a server's log what it sends with ">".
        speaker = Speaker.SERVER if match[1] == "<" else Speaker.CLIENT
        yield Line(speaker=speaker, text=match[2].strip())


def _nmap_lines(text: str) -> Iterator[Line]:
    for line in text.splitlines():
        words = line.lstrip("|_ ").strip()
        if words.startswith("smtp-commands:"):
            yield Line(speaker=Speaker.CLIENT, text="EHLO nmap")
            for part in words.removeprefix("smtp-commands:").split(","):
                if part.strip():
                    yield Line(speaker=Speaker.SERVER, text=f"250-{part.strip()}")
            yield Line(speaker=Speaker.SERVER, text="250 ")
        else:
            yield Line(speaker=Speaker.REMARK, text=words)


def _session_lines(text: str) -> Iterator[Line]:
    in_message = False
    for line in (raw.strip() for raw in _unwrapped(text)):
        if in_message:
            in_message = line != "."
        elif command := _COMMAND.fullmatch(line):
            yield Line(speaker=Speaker.CLIENT, text=command[1])
        elif _REPLY.fullmatch(line):
            in_message = line.startswith("354")
            yield Line(speaker=Speaker.SERVER, text=line)
        elif _TLS_CLIENT.search(line):
            # Such a client says EHLO and STARTTLS itself, and shows only what comes after.
            yield Line(speaker=Speaker.CLIENT, text="STARTTLS")
            yield Line(speaker=Speaker.SERVER, text="220 (openssl s_client)")


def _unwrapped(text: str) -> Iterator[str]:
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if banner := _BANNER.match(line):
            tail = lines[number + 1] if number + 1 < len(lines) else ""
            yield banner[1].strip() + (f" {tail.strip()}" if tail.startswith(" ") else "")
        else:
            yield line
