"""What is inside and what is the Internet, for one organisation (checklist, "Words")."""

from dataclasses import dataclass
from functools import cache

from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Family
from smtp_exposure.exchange.inventory import KnownAddress, Organization
from smtp_exposure.expectations import Expectations

# Checklist, "Internet": not Python's is_private or is_global. 100.64/10, documentation and
# benchmarking ranges count as Internet.
_INTERNET = AddressSet.parse(["2000::/3"]) | (
    AddressSet.parse(["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"])
    .complement()
    .of_family(Family.IPV4)
)

DEPRECATED = AddressSet.parse(["fec0::/10"])
"""Site-local addresses, which the article lists (RFC 3879)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Perimeter:
    """The internal space and the Internet as one organisation has them."""

    internal: AddressSet
    internet: AddressSet
    expected_internet: AddressSet
    known_addresses: tuple[KnownAddress, ...]


@cache
def internet_without(internal: AddressSet) -> AddressSet:
    """The Internet less an internal space (checklist, "Words")."""
    return _INTERNET - internal


def draw_perimeter(organization: Organization, expected: Expectations) -> Perimeter:
    """Draw the line: the expected internal ranges, and the addresses of known servers."""
    known = (*organization.known_addresses, *expected.known_addresses)
    internal = expected.internal | AddressSet.of(item.interval for item in known)
    internet = internet_without(internal)
    vendor = expected.internet
    return Perimeter(
        internal=internal,
        internet=internet,
        expected_internet=internet if vendor is None else vendor,
        known_addresses=known,
    )
