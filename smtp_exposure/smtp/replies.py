"""SMTP replies: from bytes, whole or in pieces, to code, enhanced code and lines.

Sources: RFC 5321, 4.2 (form of replies) and 4.5.3.1.5 (length); RFC 2034, 4, and RFC 3463, 2
(enhanced status codes).
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.smtp.visible import visible

MAX_LINE = 8_192
MAX_REPLY = 65_536

# RFC 5321, 4.2: Reply-code = %x32-35 %x30-35 %x30-39; real servers use 6 to 9 in the middle too.
_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_TABBED = re.compile(rb"([2-5][0-9]{2})(\t)(.*)", re.DOTALL)
# RFC 2034, 4: status-code = class "." subject "." detail, then a blank or the end.
_ENHANCED = re.compile(r"([245])\.\d{1,3}\.\d{1,3}(?=\s|$)")
_LONGEST_BY_STANDARD = 512
_FLAWLESS = re.compile(rb"[\t\x20-\x7e]*\r\n")


class Flaw(Enum):
    """What is wrong with the form of a reply; the reply is kept all the same."""

    NO_CODE = "no reply code"
    MIXED_CODES = "codes differ between lines"
    BAD_SEPARATOR = "no blank or hyphen after the code"
    BARE_LF = "line ends in a bare LF"
    BARE_CR = "bare CR inside a line"
    CONTROL = "control characters"
    NON_ASCII = "bytes outside ASCII"
    LONG_LINE = "line longer than 512 octets"
    ENHANCED_CLASS = "enhanced code of another class than the code"
    CUT_OFF = "ended before the last line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply. `lines` hold the text behind the code, with control characters made visible."""

    raw: bytes
    code: int | None
    enhanced: str | None
    lines: tuple[str, ...]
    flaws: tuple[Flaw, ...] = ()

    @property
    def text(self) -> str:
        """All lines as one, as a report shows it: `550 5.7.1 Unable to relay`."""
        words = " ".join(line for line in self.lines if line)
        return words if self.code is None else f"{self.code} {words}".rstrip()

    @property
    def accepts(self) -> bool:
        """2xx: the command was carried out (RFC 5321, 4.2.1)."""
        return self.code is not None and 200 <= self.code < 300

    @property
    def asks_for_more(self) -> bool:
        """3xx: the server waits for the next part of the command."""
        return self.code is not None and 300 <= self.code < 400

    @property
    def is_temporary(self) -> bool:
        """4xx: try again later."""
        return self.code is not None and 400 <= self.code < 500

    @property
    def refuses(self) -> bool:
        """5xx: refused for good."""
        return self.code is not None and 500 <= self.code < 600


def parse_reply(raw: bytes) -> Reply:
    """Read the bytes of exactly one reply. Raises UnreadableEvidence for none or several."""
    assembler = ReplyAssembler()
    assembler.feed(raw if raw.endswith(b"\n") else raw + b"\r\n")
    reply = assembler.next()
    rest = assembler.take_rest()
    if reply is None and rest:
        return _reply_of(rest, extra=(Flaw.CUT_OFF,))
    if reply is None or rest:
        raise UnreadableEvidence(f"not exactly one reply: {visible(raw[:200])!r}")
    return reply


class ReplyAssembler:
    """Puts replies together from whatever pieces arrive; bounded in memory."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._scanned = 0

    def feed(self, data: bytes) -> None:
        """Add bytes that arrived."""
        self._buffer += data

    def next(self) -> Reply | None:
        """Take the next whole reply, or None while it is incomplete.

        Raises UnreadableEvidence when a line or the reply outgrows its cap.
        """
        while (end := self._buffer.find(b"\n", self._scanned)) >= 0:
            line = bytes(self._buffer[self._scanned : end + 1])
            first = self._scanned == 0
            self._scanned = end + 1
            self._refuse_excess(line)
            if _ends_reply(line, first=first):
                return self._take()
        self._refuse_excess(bytes(self._buffer[self._scanned :]))
        return None

    def take_rest(self) -> bytes:
        """Take what is left over: unasked, or the beginning of a reply."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        self._scanned = 0
        return rest

    def _take(self) -> Reply:
        raw = bytes(self._buffer[: self._scanned])
        del self._buffer[: self._scanned]
        self._scanned = 0
        return _reply_of(raw)

    def _refuse_excess(self, line: bytes) -> None:
        if len(line) > MAX_LINE:
            raise UnreadableEvidence(f"a line of more than {MAX_LINE} octets: {visible(line[:80])}")
        if self._scanned > MAX_REPLY or len(self._buffer) - self._scanned > MAX_REPLY:
            raise UnreadableEvidence(f"a reply of more than {MAX_REPLY} octets")


def _ends_reply(line: bytes, *, first: bool) -> bool:
    match = _LINE.fullmatch(line.rstrip(b"\r\n"))
    if match is None:
        # Noise inside a multi-line reply doesn't end it; noise in front is an answer by itself.
        return first or _TABBED.match(line) is not None
    return match[2] != b"-"


@lru_cache(maxsize=4_096)  # most servers say most things in the same words
def _reply_of(raw: bytes, extra: tuple[Flaw, ...] = ()) -> Reply:
    found = set(extra)
    codes: list[int] = []
    lines: list[str] = []
    for line in _split(raw):
        body = line.rstrip(b"\n").removesuffix(b"\r")
        found |= _flaws_of(line, body)
        match = _LINE.fullmatch(body) or _TABBED.fullmatch(body)
        if match is None:
            found.add(Flaw.NO_CODE)
        else:
            codes.append(int(match[1]))
            found |= {Flaw.BAD_SEPARATOR} if match[2] == b"\t" else set()
        lines.append(visible(body if match is None else match[3] or b""))
    code = codes[-1] if codes else None
    found |= {Flaw.MIXED_CODES} if len(set(codes)) > 1 else set()
    enhanced = _ENHANCED.match(lines[0]) if lines and code is not None else None
    found |= {Flaw.ENHANCED_CLASS} if enhanced and enhanced[1] != str(code)[0] else set()
    return Reply(
        raw=raw,
        code=code,
        enhanced=enhanced[0] if enhanced else None,
        lines=tuple(lines),
        flaws=tuple(flaw for flaw in Flaw if flaw in found),
    )


def _split(raw: bytes) -> list[bytes]:
    # Only LF ends a line here: bytes.splitlines would split at a bare CR as well.
    return [piece + b"\n" for piece in raw.removesuffix(b"\n").split(b"\n")]


def _flaws_of(line: bytes, body: bytes) -> set[Flaw]:
    if _FLAWLESS.fullmatch(line) and len(line) <= _LONGEST_BY_STANDARD:
        return set()
    marks = {
        Flaw.BARE_LF: not line.endswith(b"\r\n"),
        Flaw.BARE_CR: b"\r" in body,
        Flaw.CONTROL: any(byte < 32 and byte not in b"\t\r" for byte in body) or b"\x7f" in body,
        Flaw.NON_ASCII: not body.isascii(),
        Flaw.LONG_LINE: len(line) > _LONGEST_BY_STANDARD,
    }
    return {flaw for flaw, present in marks.items() if present}
