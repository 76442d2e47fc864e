"""What a TCP port shows to a stranger."""

import re
from dataclasses import dataclass
from enum import Enum


class PortState(Enum):
    """How a port answers. Any accepted connection makes it reachable."""

    OPEN = "open"
    MUTE = "open, says nothing"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    SILENT = "silent"


class Protocol(Enum):
    """What the first bytes look like."""

    SMTP = "SMTP"
    POP3 = "POP3"
    IMAP = "IMAP"
    TLS = "TLS"
    SSH = "SSH"
    HTTP = "HTTP"
    OTHER = "other"


# Ports whose protocol begins with the client's ClientHello (RFC 8314, 3.2 and 3.3). Not 465:
# Exchange speaks clear-text SMTP there (facts sheet, 1.4).
TLS_FIRST = frozenset({993, 995})

_SIGNS = (
    (Protocol.SMTP, re.compile(rb"[2-5]\d\d[ -].*|[2-5]\d\d\r?\n", re.DOTALL)),
    (Protocol.POP3, re.compile(rb"(?:\+OK|-ERR)\b.*", re.DOTALL)),
    (Protocol.IMAP, re.compile(rb"\* (?:OK|BYE|PREAUTH|NO|BAD)\b.*", re.DOTALL | re.IGNORECASE)),
    # RFC 8446, 5.1: a record of type alert or handshake, then the version 3.x.
    (Protocol.TLS, re.compile(rb"[\x15\x16]\x03[\x00-\x04].*", re.DOTALL)),
    (Protocol.SSH, re.compile(rb"SSH-.*", re.DOTALL)),
    (Protocol.HTTP, re.compile(rb"HTTP/.*", re.DOTALL)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortObservation:
    """What trying one port came to; `is_control` marks the random high port (SYN proxies)."""

    port: int
    state: PortState
    first_bytes: bytes = b""
    protocol: Protocol | None = None
    errno: int | None = None
    detail: str = ""
    attempts: int = 1
    started: float = 0.0
    seconds: float = 0.0
    own_address: str | None = None
    is_control: bool = False

    @property
    def is_reachable(self) -> bool:
        """Whether a connection was accepted."""
        return self.state in (PortState.OPEN, PortState.MUTE)


def guess_protocol(first_bytes: bytes) -> Protocol | None:
    """Tell a protocol by what a server says first; None if it says nothing."""
    if not first_bytes:
        return None
    matching = (protocol for protocol, sign in _SIGNS if sign.fullmatch(first_bytes))
    return next(matching, Protocol.OTHER)
