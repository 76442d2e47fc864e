"""What a connector's Banner announces (facts sheet, 2.5)."""

import re

_HOST = re.compile(r"(?=.{1,253}$)([A-Za-z0-9_-]{1,63}\.)+[A-Za-z0-9_-]{1,63}\.?")


def announced_host(banner: str) -> str | None:
    """The host that a Banner's first line names after its code, in lower case; None for a text.

    RFC 5321, 4.2: the greeting's first word is the server's domain. A word without a dot is none.
    """
    first = banner.strip().splitlines()[0] if banner.strip() else ""
    words = re.sub(r"^220[ -]?", "", first).split()
    return words[0].rstrip(".").lower() if words and _HOST.fullmatch(words[0]) else None
