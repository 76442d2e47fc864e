"""What an organisation expects of its servers; without a profile, the article's values.

The article's list of internal ranges, with its misprint mended and without the deprecated
`fec0::/10` (facts sheet, 9.1 and 9.2).
"""

from dataclasses import dataclass, field

from smtp_exposure.exchange.addresses import AddressSet, Family, whole
from smtp_exposure.exchange.inventory import KnownAddress

INTERNAL_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """The profile's values (product.md, "The profile"); `internet` None means everyone."""

    internal: AddressSet = field(default_factory=lambda: AddressSet.parse(INTERNAL_RANGES))
    internet: AddressSet | None = None
    default_frontend: str | None = None
    internet_connector: str | None = None
    ports_outside: frozenset[int] = frozenset({25})
    known_addresses: tuple[KnownAddress, ...] = ()
    edge_servers: frozenset[str] = frozenset()
    internal_servers: frozenset[str] = frozenset()

    @property
    def internet_ranges(self) -> AddressSet:
        """What an Internet connector's ranges hold together: everything, or the vendor's."""
        return whole(Family.IPV4) | whole(Family.IPV6) if self.internet is None else self.internet
