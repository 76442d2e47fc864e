"""IP addresses as intervals: RemoteIPRanges in every notation, and exact sets of addresses.

Facts sheet, 2.3. Families never mix: the IPv6 space does not hold the IPv4 space.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from operator import attrgetter


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
        return str(IPv4Address(number) if self is Family.IPV4 else IPv6Address(number))

    def __str__(self) -> str:
        return f"IPv{self.value}"


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """All addresses of one family from `low` to `high`, both included."""

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


_ORDER = attrgetter("family", "low", "high")


@dataclass(frozen=True, slots=True)
class IPRange:
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


@lru_cache(maxsize=65536)
def parse_address(text: str) -> tuple[Family, int]:
    """Read one IP address; an IPv6 zone (`%13`) is dropped. Raises ValueError."""
    bare = text.strip()
    try:
        if ":" in bare:
            return Family.IPV6, int(IPv6Address(bare.partition("%")[0]))
        return Family.IPV4, int(IPv4Address(bare))
    except AddressValueError as problem:
        raise ValueError(f"{text!r} is no IP address: {problem}") from None


def parse_range(text: str) -> IPRange:
    """Read one entry of RemoteIPRanges: single, `lo-hi`, CIDR (host bits allowed), `ip(mask)`.

    The first of `-`, `/`, `(` separates (facts sheet, 2.3). Raises ValueError.
    """
    match re.split(r"([-/(])", text.strip(), maxsplit=1):
        case [single]:
            family, low = parse_address(single)
            return IPRange(text.strip(), Interval(family, low, low))
        case [low_text, "-", high_text]:
            return IPRange(text.strip(), _low_high(text, low_text, high_text))
        case [base, "/", length]:
            return IPRange(text.strip(), _network(text, base, length))
        case [base, "(", mask] if mask.endswith(")"):
            return IPRange(text.strip(), _masked(text, base, mask[:-1]))
    raise ValueError(f"{text!r} is no range of IP addresses")


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
    family, address = parse_address(base)
    other, mask = parse_address(mask_text)
    host = family.last ^ mask
    if family is not other or host & (host + 1):
        raise ValueError(f"{text!r} has no contiguous network mask")
    return Interval(family, address & mask, address & mask | host)


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


@dataclass(frozen=True, slots=True)
class AddressSet:
    """A set of addresses of both families: disjoint intervals, sorted, none touching the next."""

    intervals: tuple[Interval, ...] = ()

    @classmethod
    def of(cls, intervals: Iterable[Interval]) -> "AddressSet":
        """Unite intervals in any order, overlapping or not."""
        merged: list[Interval] = []
        for item in sorted(intervals, key=_ORDER):
            last = merged[-1] if merged else None
            if last and last.family is item.family and item.low <= last.high + 1:
                if item.high > last.high:
                    merged[-1] = Interval(item.family, last.low, item.high)
            else:
                merged.append(item)
        return cls(tuple(merged))

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "AddressSet":
        """Unite ranges written in any notation. Raises ValueError."""
        return cls.of(item.interval for item in parse_ranges(texts))

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.intervals)

    def __or__(self, other: "AddressSet") -> "AddressSet":
        return AddressSet.of((*self.intervals, *other.intervals))

    def __and__(self, other: "AddressSet") -> "AddressSet":
        return AddressSet(tuple(_overlaps(self.intervals, other.intervals)))

    def __sub__(self, other: "AddressSet") -> "AddressSet":
        return self & other.complement()

    def complement(self) -> "AddressSet":
        """All addresses of both families that are not in this set."""
        gaps: list[Interval] = []
        for family in Family:
            start = 0
            for item in (item for item in self.intervals if item.family is family):
                if item.low > start:
                    gaps.append(Interval(family, start, item.low - 1))
                start = item.high + 1
            if start <= family.last:
                gaps.append(Interval(family, start, family.last))
        return AddressSet(tuple(gaps))

    def touches(self, interval: Interval) -> bool:
        """Tell whether any address of an interval is in this set."""
        return bool(_near(interval, self.intervals))

    def holds(self, other: "AddressSet") -> bool:
        """Tell whether every address of the other set is in this one."""
        for wanted in other.intervals:
            near = _near(wanted, self.intervals)
            if not near or near[0].low > wanted.low or near[0].high < wanted.high:
                return False
        return True

    def of_family(self, family: Family) -> "AddressSet":
        """The addresses of one family."""
        return AddressSet(tuple(item for item in self.intervals if item.family is family))

    def notations(self) -> tuple[str, ...]:
        """The intervals as one may type them into RemoteIPRanges."""
        return tuple(item.notation for item in self.intervals)

    @property
    def families(self) -> tuple[Family, ...]:
        """The families that have addresses in this set."""
        return tuple(family for family in Family if self.of_family(family))

    def __str__(self) -> str:
        return ", ".join(map(str, self.intervals)) or "none"


def _overlaps(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> Iterator[Interval]:
    if len(left) > len(right):
        left, right = right, left
    if len(left) == 1 and len(right) > 1:
        right = _near(left[0], right)
    i = j = 0
    while i < len(left) and j < len(right):
        a, b = left[i], right[j]
        if a.family is b.family:
            low, high = max(a.low, b.low), min(a.high, b.high)
            if low <= high:
                yield Interval(a.family, low, high)
        if (a.family, a.high) < (b.family, b.high):
            i += 1
        else:
            j += 1


def _near(interval: Interval, sorted_intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """The part of sorted disjoint intervals that may touch one interval."""
    family = interval.family
    first = bisect_left(
        sorted_intervals, (family, interval.low), key=lambda item: (item.family, item.high)
    )
    last = bisect_right(
        sorted_intervals, (family, interval.high), key=lambda item: (item.family, item.low)
    )
    return sorted_intervals[first:last]


def whole(family: Family) -> AddressSet:
    """Every address of a family."""
    return AddressSet((Interval(family, 0, family.last),))
