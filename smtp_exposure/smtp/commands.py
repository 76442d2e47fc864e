"""The only commands that may ever go out, and their bytes.

Every gateway that writes to an SMTP server takes its bytes from `wire_form`. So the promises hold
in one place: no DATA and no BDAT, no credential, no user name (docs/product.md, "Promises").
"""

import re
from functools import lru_cache

# RFC 5321, 4.5.3.1.4: 512 octets with the verb and CRLF.
_LONGEST = 510
_PRINTABLE = re.compile(r"[\x20-\x7e]+")
_ALLOWED = tuple(
    re.compile(form)
    for form in (
        r"EHLO \S+",
        r"HELO \S+",
        r"STARTTLS",
        # RFC 4954, 4: an initial response would be a credential; so nothing follows the mechanism.
        r"AUTH (?:LOGIN|NTLM)",
        # RFC 4954, 4: "*" alone cancels the exchange that a 334 opened.
        r"\*",
        r"MAIL FROM:<[^<>]*>",
        r"RCPT TO:<[^<>]+>",
        r"RSET",
        r"QUIT",
    )
)


class ForbiddenCommand(ValueError):
    """A line that is not on the allow-list was about to be sent; a defect of ours."""


@lru_cache(maxsize=4_096)
def wire_form(line: str) -> bytes:
    """Give the bytes of a command line. Raises ForbiddenCommand for all that isn't allowed."""
    allowed = any(form.fullmatch(line) for form in _ALLOWED)
    if not allowed or not _PRINTABLE.fullmatch(line) or len(line) > _LONGEST:
        raise ForbiddenCommand(f"not a command that may be sent: {line[:80]!r}")
    return line.encode("ascii") + b"\r\n"
