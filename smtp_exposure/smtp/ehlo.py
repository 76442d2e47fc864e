"""The EHLO reply: which extensions a server offers, and whom it thinks it speaks to.

Sources: RFC 5321, 4.1.1.1 (form); RFC 4954, 3 (AUTH); RFC 1870 (SIZE); the facts sheet, 5.1 and
5.2 (Exchange's own keywords).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from smtp_exposure.smtp.replies import Reply

# Facts sheet, 5.2: words between Exchange servers. An anonymous connector offers none of them.
SERVER_WORDS = frozenset({
    "X-ANONYMOUSTLS", "X-EXPS", "X-EXCHANGEAUTH", "XEXCH50", "XRDST", "XSHADOW", "XSHADOWREQUEST",
    "XOORG", "XPROXY", "XPROXYFROM", "XPROXYTO", "X-MESSAGECONTEXT", "XSESSIONPARAMS", "XATTR",
    "XSYSPROBE", "XMSGID", "XORIGFROM", "XORAR", "XLONGADDR",
})  # fmt: skip

# Firewalls that inspect SMTP overwrite a keyword, keeping its length: XXXXXXXA, XXXX.
_MASKED = re.compile(r"X{3,}[A-Z]?|\*{3,}")
_PEER = re.compile(r"\[([^\]\s]+)\]")
_HOST = re.compile(r"[A-Za-z0-9_.:\[\]-]+")
_KEYWORD = re.compile(r"([^\s=]+)(?:(\s*=\s*|\s+)(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One line of an EHLO reply: the keyword in capitals, its arguments as written."""

    keyword: str
    arguments: tuple[str, ...]
    text: str
    equals: bool = False

    @property
    def is_masked(self) -> bool:
        """Whether a middlebox overwrote the keyword or an argument."""
        return any(_MASKED.fullmatch(word) for word in (self.keyword, *self.arguments))


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What one EHLO reply says. `peer` is what stands in brackets behind Hello, as written."""

    host: str | None
    peer: str | None
    lines: tuple[Capability, ...]

    def has(self, keyword: str) -> bool:
        """Whether a keyword is offered, in any letter case."""
        return any(line.keyword == keyword.upper() for line in self.lines)

    @property
    def auth(self) -> tuple[str, ...]:
        """Mechanisms of `AUTH ...` lines (RFC 4954, 3), in capitals, in order."""
        return self._mechanisms("AUTH", equals=False)

    @property
    def auth_equals(self) -> tuple[str, ...]:
        """Mechanisms of the old form `AUTH=...`, kept by servers for ancient clients."""
        return self._mechanisms("AUTH", equals=True)

    @property
    def x_exps(self) -> tuple[str, ...]:
        """Mechanisms of X-EXPS, Exchange's own keyword."""
        return self._mechanisms("X-EXPS", equals=None)

    @property
    def has_bare_auth(self) -> bool:
        """AUTH without any mechanism: Exchange holds Basic back until TLS. It is not "no AUTH"."""
        return self.has("AUTH") and not (self.auth or self.auth_equals)

    @property
    def offers_sign_in(self) -> bool:
        """Whether anything to sign in with is offered by name: AUTH, `AUTH=` or X-EXPS."""
        return bool(self.auth or self.auth_equals) or self.has("X-EXPS")

    @property
    def masked(self) -> tuple[str, ...]:
        """Lines that a middlebox overwrote; what they said is unknown."""
        return tuple(line.text for line in self.lines if line.is_masked)

    @property
    def server_words(self) -> tuple[str, ...]:
        """Server-to-server keywords that are offered."""
        return tuple(line.keyword for line in self.lines if line.keyword in SERVER_WORDS)

    @property
    def starttls(self) -> bool:
        """Whether STARTTLS is offered (RFC 3207)."""
        return self.has("STARTTLS")

    @property
    def pipelining(self) -> bool:
        """Whether commands may be sent in groups (RFC 2920)."""
        return self.has("PIPELINING")

    @property
    def size(self) -> int | None:
        """The announced limit in octets (RFC 1870, 4); None if absent or without a number."""
        values = (
            line.arguments[0] for line in self.lines if line.keyword == "SIZE" and line.arguments
        )
        return next((int(value) for value in values if re.fullmatch(r"[0-9]{1,20}", value)), None)

    @property
    def seen_address(self) -> IPv4Address | IPv6Address | None:
        """The address that the server says it saw, if it is one."""
        return read_address(self.peer) if self.peer else None

    def _mechanisms(self, keyword: str, *, equals: bool | None) -> tuple[str, ...]:
        chosen = (
            line for line in self.lines if line.keyword == keyword and equals in (None, line.equals)
        )
        return tuple(dict.fromkeys(word.upper() for line in chosen for word in line.arguments))


@lru_cache(maxsize=4_096)
def parse_ehlo(reply: Reply) -> Capabilities:
    """Read the reply to EHLO (or HELO): the first line greets, each further one offers."""
    return parse_ehlo_lines(reply.lines)


def parse_ehlo_lines(lines: tuple[str, ...]) -> Capabilities:
    """Read the lines of an EHLO reply without their codes."""
    first = lines[0].strip() if lines else ""
    host, _, tail = first.partition(" ")
    # Exim writes `Hello <what the client called itself> [address]`: the last bracket counts.
    brackets: list[str] = _PEER.findall(tail)
    return Capabilities(
        host=host if _HOST.fullmatch(host) else None,
        peer=brackets[-1] if brackets else None,
        lines=tuple(parse_capability(line) for line in lines[1:] if line.strip()),
    )


def parse_capability(line: str) -> Capability:
    """Read one line: `SIZE 37748736`, `AUTH=LOGIN`, `STARTTLS`; case and blanks don't matter."""
    text = " ".join(line.split())
    match = _KEYWORD.match(text)
    if match is None:
        return Capability(keyword=text.upper(), arguments=(), text=text)
    return Capability(
        keyword=match[1].upper(),
        arguments=tuple((match[3] or "").split()),
        text=text,
        equals="=" in (match[2] or ""),
    )


@lru_cache(maxsize=4_096)
def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address or address literal (RFC 5321, 4.1.3); an IPv4-mapped one becomes IPv4."""
    bare = text.strip("[]")
    bare = bare[5:] if bare.lower().startswith("ipv6:") else bare
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
