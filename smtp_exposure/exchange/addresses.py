"""IP addresses as intervals: RemoteIPRanges in every notation, and local bindings.

Facts sheet, 2.3. Families never mix: the IPv6 space does not hold the IPv4 space.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import NamedTuple


class Family(IntEnum):
    """The two address families, by their IP version."""

    IPV4 = 4
    IPV6 = 6

    @property
    def last(self) -> int:
        """The family's highest address as a number."""
        return (1 << (32 if self is Family.IPV4 else 128)) - 1

    def text(self, number: int) -> str:
        """Write an address of this family as RFC 5952 and RFC 791 do."""
        if self is Family.IPV6:
            return str(IPv6Address(number))
        return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    def __str__(self) -> str:
        return f"IPv{self.value}"


class Interval(NamedTuple):
    """All addresses of one family from `low` to `high`, both included; a tuple, as there are many."""

    family: Family
    low: int
    high: int

    @property
    def size(self) -> int:
        """How many addresses, as Exchange counts: it saturates at 2^128 - 1 (facts, 2.3)."""
        return min(self.high - self.low + 1, Family.IPV6.last)

    def __str__(self) -> str:
        return f"{self.family.text(self.low)}-{self.family.text(self.high)}"

    @property
    def notation(self) -> str:
        """As one may type it into RemoteIPRanges: CIDR where it is a network, else `lo-hi`."""
        length = self.family.last.bit_length() - (self.high - self.low).bit_length()
        aligned = not self.low & (self.high - self.low)
        if self.low == self.high:
            return self.family.text(self.low)
        if length and aligned and (self.high - self.low + 1).bit_count() == 1:
            return f"{self.family.text(self.low)}/{length}"
        return str(self)


class IPRange(NamedTuple):
    """One entry of RemoteIPRanges: the text as shown, and the addresses it means."""

    text: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Binding:
    """A local address and port that a connector listens on; `address` is None for a wildcard."""

    family: Family
    address: int | None
    port: int

    def __str__(self) -> str:
        host = self.family.text(self.address or 0)
        return f"{host}:{self.port}" if self.family is Family.IPV4 else f"[{host}]:{self.port}"


_IPV4 = re.compile(r"\.".join([r"(0|[1-9][0-9]{0,2})"] * 4))


def parse_address(text: str) -> tuple[Family, int]:
    """Read one IP address; an IPv6 zone (`%13`) is dropped. Raises ValueError."""
    bare = text.strip()
    octets = _IPV4.fullmatch(bare)
    if octets:
        # The usual case, which ipaddress reads at a third of the speed.
        first, second, third, fourth = map(int, octets.groups())
        if max(first, second, third, fourth) < 256:
            return Family.IPV4, first << 24 | second << 16 | third << 8 | fourth
    try:
        if ":" in bare:
            return Family.IPV6, int(IPv6Address(bare.partition("%")[0]))
        return Family.IPV4, int(IPv4Address(bare))
    except AddressValueError as problem:
        raise ValueError(f"{text!r} is no IP address: {problem}") from None


@lru_cache(maxsize=65536)  # connectors of many servers have the same ranges
def parse_range(text: str) -> IPRange:
    """Read one entry of RemoteIPRanges: single, `lo-hi`, CIDR (host bits allowed), `ip(mask)`.

    The first of `-`, `/`, `(` separates (facts sheet, 2.3). Raises ValueError.
    """
    bare = text.strip()
    for mark, read in _NOTATIONS:
        first, found, rest = bare.partition(mark)
        if found:
            return IPRange(bare, read(text, first, rest))
    family, number = parse_address(bare)
    return IPRange(bare, Interval(family, number, number))


def parse_ranges(texts: Iterable[str]) -> tuple[IPRange, ...]:
    """Read a list of ranges; a list that was cut short (`...`) is refused. Raises ValueError."""
    return tuple(parse_range(text) for text in texts)


def _low_high(text: str, low_text: str, high_text: str) -> Interval:
    family, low = parse_address(low_text)
    other, high = parse_address(high_text)
    if family is not other:
        raise ValueError(f"{text!r} mixes IPv4 and IPv6")
    if high < low:
        raise ValueError(f"{text!r} ends below its start")
    return Interval(family, low, high)


def _network(text: str, base: str, length: str) -> Interval:
    family, address = parse_address(base)
    bits = family.last.bit_length()
    if not re.fullmatch(r"[0-9]{1,3}", length.strip()) or int(length) > bits:
        raise ValueError(f"{text!r} has no prefix length from 0 to {bits}")
    host = (1 << (bits - int(length))) - 1
    return Interval(family, address & ~host, address | host)


def _masked(text: str, base: str, mask_text: str) -> Interval:
    if not mask_text.endswith(")"):
        raise ValueError(f"{text!r} is no range of IP addresses")
    family, address = parse_address(base)
    other, mask = parse_address(mask_text[:-1])
    host = family.last ^ mask
    if family is not other or host & (host + 1):
        raise ValueError(f"{text!r} has no contiguous network mask")
    return Interval(family, address & mask, address & mask | host)


_NOTATIONS = (("-", _low_high), ("/", _network), ("(", _masked))


def parse_binding(text: str) -> Binding:
    """Read a local binding as shown: `0.0.0.0:25`, `[::]:25`, `192.0.2.10:25`. Raises ValueError."""
    host, colon, port = text.strip().rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        raise ValueError(f"{text!r} is no address with a port")
    bracketed = host.startswith("[") and host.endswith("]")
    if bracketed != (":" in host):
        raise ValueError(f"{text!r}: an IPv6 address stands in brackets, an IPv4 address does not")
    family, address = parse_address(host.removeprefix("[").removesuffix("]"))
    return Binding(family, address or None, int(port))
