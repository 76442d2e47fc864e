"""What an organisation expects of its servers; without a profile, the article's values.

The article's list of internal ranges, with its misprint mended and without the deprecated
`fec0::/10` (facts sheet, 9.1 and 9.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from smtp_exposure.exchange.address_sets import AddressSet, whole
from smtp_exposure.exchange.addresses import Family
from smtp_exposure.exchange.inventory import KnownAddress

INTERNAL_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
EXCHANGE_ONLINE_AS_OF = date(2025, 1, 28)
EXCHANGE_ONLINE_RANGES = (
    "40.92.0.0/15",
    "40.107.0.0/16",
    "52.100.0.0/14",
    "104.47.0.0/17",
    "2a01:111:f400::/48",
    "2a01:111:f403::/48",
)
"""Where Exchange Online sends from, as Microsoft's address list had it on that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerExpectation:
    """What the profile says of one server."""

    name: str
    internet_facing: bool = True
    edge: bool = False
    public_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainExpectation:
    """What the profile says of one mail domain."""

    name: str
    mail_host: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A deviation that somebody answers for, until a day (product.md, "The profile")."""

    check: str
    target: str
    subject: str
    reason: str
    approver: str
    expires: date
    covers: str = "deviates"
    evidence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """The profile's values (product.md, "The profile"); `internet` None means everyone."""

    internal: AddressSet = field(default_factory=lambda: AddressSet.parse(INTERNAL_RANGES))
    internet: AddressSet | None = None
    foreign_mx: tuple[str, ...] = ()
    exchange_online: AddressSet = field(
        default_factory=lambda: AddressSet.parse(EXCHANGE_ONLINE_RANGES)
    )
    default_frontend: str | None = None
    internet_connector: str | None = None
    mail_host: str | None = None
    ports_outside: frozenset[int] = frozenset({25})
    pop: bool = False
    imap: bool = False
    recipient: str | None = None
    foreign_domain: str = "example.com"
    vantage: str = "auto"
    known_addresses: tuple[KnownAddress, ...] = ()
    servers: Mapping[str, ServerExpectation] = field(default_factory=dict)
    domains: tuple[DomainExpectation, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    @property
    def internet_ranges(self) -> AddressSet:
        """What an Internet connector's ranges hold together: everything, or the vendor's."""
        return whole(Family.IPV4) | whole(Family.IPV6) if self.internet is None else self.internet

    def server(self, name: str) -> ServerExpectation:
        """What is expected of a server; names are compared without case."""
        return self.servers.get(name.lower()) or ServerExpectation(name=name)

    def mail_hosts(self, server: str) -> frozenset[str]:
        """The names under which mail finds a server, in lower case."""
        named = [self.mail_host, *(item.mail_host for item in self.domains)]
        hosts = (*self.server(server).public_hosts, *named)
        return frozenset(host.rstrip(".").lower() for host in hosts if host)
