"""The greeting: who the server says it is (RFC 5321, 4.2: 220, domain, text)."""

import re
from dataclasses import dataclass
from functools import lru_cache

_HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?\.)*[A-Za-z0-9_-]+\.?|\[[^\]\s]+\]"
)
_SOFTWARE = re.compile(r"(?:Microsoft|ESMTP|SMTP)\b", re.IGNORECASE)
_READY = re.compile(r"^(.*?)\s+ready\s+at\s+(.+)$", re.IGNORECASE)
# RFC 5322, 3.3, as Exim and Sendmail put it at the end of their greeting.
_DATE = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)?(?: [+-]\d{4}.*)?$"
)
_MASKED = re.compile(r"[*\s\d]*\*{4,}[*\s\d]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What a greeting announces; a custom banner may name neither host nor software."""

    text: str
    host: str | None
    software: str | None
    date: str | None
    masked: bool


@lru_cache(maxsize=4_096)
def parse_greeting(text: str) -> Greeting:
    """Read a greeting's text, with or without its 220 in front."""
    words = re.sub(r"^220(?:[ -]|$)", "", text.strip()).strip()
    if _MASKED.fullmatch(words):
        # A firewall that inspects SMTP overwrites the greeting with stars.
        return Greeting(text=text, host=None, software=None, date=None, masked=True)
    first, _, tail = words.partition(" ")
    host = first if _names_host(first, tail) else None
    software, date = _software_and_date(tail.strip() if host else words)
    if host is None:
        software = None
    return Greeting(text=text, host=host, software=software, date=date, masked=False)


def _names_host(word: str, tail: str) -> bool:
    # RFC 5321, 4.2: the domain comes first. A single label counts only where what follows shows
    # that it is one ("myexchangeserver Microsoft ESMTP ...", not "Authorized use only"). A banner
    # that begins with its protocol or maker names nobody.
    if not _HOST.fullmatch(word) or _SOFTWARE.fullmatch(word):
        return False
    return (
        "." in word.rstrip(".") or word.startswith("[") or not tail or bool(_SOFTWARE.match(tail))
    )


def _software_and_date(words: str) -> tuple[str | None, str | None]:
    if ready := _READY.match(words):
        return ready[1].strip() or None, ready[2].strip()
    date = _DATE.search(words)
    software = (words[: date.start()] if date else words).strip(" ;,-")
    return software or None, date[0] if date else None
