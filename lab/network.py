"""What lies between the Internet and the servers: addresses, firewall, other machines, DNS."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.state import Certificate, Server

SMTP_PORTS = (25, 465, 587, 717, 2525)
PORTS = (25, 110, 143, 443, 465, 475, 476, 477, 587, 717, 993, 995, 2525)
"""Those about which a firewall says something; others are never open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A mail server of another make that stands in front of Exchange."""

    name: str
    certificate: "Certificate"
    relays: str = "nothing"
    """Or "everything", or "percent": user%other.example@own.example is sent on to the other."""
    mailboxes: tuple[str, ...] = ("postmaster",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a public address leads, and what the firewall lets through to it.

    Several servers are a pool, in turn. A gateway answers in their place.
    """

    address: str
    servers: tuple[str, ...] = ()
    gateway: Gateway | None = None
    open_ports: tuple[int, ...] = (25,)
    closed: str = "silent"
    accepts_everything: bool = False
    """The firewall answers every SYN itself, and then says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interference:
    """What a machine on the way does to SMTP."""

    source: str | None = None
    """The address that it puts in place of every client's (SNAT)."""
    masks: bool = False
    """It writes XXXXXXXA over words of EHLO and commands that it doesn't know."""
    strips: tuple[str, ...] = ()
    """Words that it takes out of every reply to EHLO."""
    swallows_greeting: bool = False
    starttls: str = ""
    """"refused": 454 in place of the server's answer; "failing": the handshake breaks."""
    greylist_seconds: float | None = None
    """How long an unknown sender is put off; None: not at all."""
    old_tls: bool = False
    """TLS 1.0 and 1.1 are accepted too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the DNS says beyond the MX, address and PTR records that follow from the rest."""

    aliases: tuple[tuple[str, str], ...] = ()
    """Host and canonical host: the addresses belong to the latter."""
    failures: tuple[tuple[str, str, str], ...] = ()
    """Name, type, and SERVFAIL, REFUSED or SILENT."""
    texts: tuple[tuple[str, str], ...] = ()
    reverse: tuple[tuple[str, str | None], ...] = ()
    """Addresses whose PTR record is another, or missing."""
    tlsa: str = ""
    """Which hosts have a TLSA record: "" none, "right", or "stale" (of another key)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyHost:
    """A web server that publishes an MTA-STS policy."""

    domain: str
    address: str
    policy: str

    @property
    def name(self) -> str:
        """The host's name, fixed by RFC 8461, 3.2."""
        return f"mta-sts.{self.domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Everything outside Exchange that decides what a stranger sees.

    Addresses of mail hosts that no way names lead to the mail host's servers, port 25 open.
    """

    ways: tuple[Way, ...] = ()
    interference: Interference = Interference()
    names: Names = Names()
    policy_hosts: tuple[PolicyHost, ...] = ()
    other_servers: "tuple[Server, ...]" = ()
    """Exchange servers of nobody's organisation: left over, forgotten."""
