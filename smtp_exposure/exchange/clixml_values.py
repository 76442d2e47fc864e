"""Primitive values of Export-Clixml documents: text to values ([MS-PSRP] 2.2.5.1)."""

import base64
import re
import sys
from collections.abc import Callable
from typing import Any

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NUMBER = re.compile(r"\s*-?[0-9]+\s*")
_BOOLEANS = {"true": True, "false": False}


def read_text(text: str) -> str:
    """Undo the escapes of a text; equal ones become one, for exports repeat themselves."""
    if "_x" in text:
        # Surrogates come as two escapes ([MS-PSRP] 2.2.5.3.2); a lone one becomes U+FFFD.
        text = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return sys.intern(text)


def _boolean(text: str) -> bool:
    return _BOOLEANS[text.strip().lower()]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) and not _NUMBER.fullmatch(text):
        raise ValueError("no number")
    return int(text)


def _bytes(text: str) -> bytes:
    return base64.b64decode("".join(text.split()), validate=True)


PRIMITIVES: dict[str, Callable[[str], Any]] = {
    "B": _boolean,
    "BA": _bytes,
    **dict.fromkeys(("By", "SB", "U16", "I16", "U32", "I32", "U64", "I64"), _number),
    **dict.fromkeys(("S", "C", "DT", "TS", "D", "Sg", "Db", "G", "URI", "Version"), read_text),
    **dict.fromkeys(("XD", "SBK", "SS", "T", "ToString"), read_text),
}
"""Elements without others in them, and how their text is read; the last two are not values."""
