"""Exact sets of IP addresses of both families, as disjoint intervals."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from smtp_exposure.exchange.addresses import Family, Interval, parse_ranges


@dataclass(frozen=True, slots=True)
class AddressSet:
    """A set of addresses of both families: disjoint intervals, sorted, none touching the next."""

    intervals: tuple[Interval, ...] = ()

    @classmethod
    def of(cls, intervals: Iterable[Interval]) -> "AddressSet":
        """Unite intervals in any order, overlapping or not."""
        merged: list[Interval] = []
        ordered = iter(sorted(intervals))
        run = next(ordered, None)
        if run is None:
            return cls()
        family, start, end = run
        for item in ordered:
            if item.family is family and item.low <= end + 1:
                end = max(end, item.high)
            else:
                merged.append(Interval(family, start, end))
                family, start, end = item
        return cls((*merged, Interval(family, start, end)))

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
    """The part of sorted disjoint intervals that touches one interval."""
    family, low, high = interval
    first = bisect_left(sorted_intervals, (family, low))
    if first and sorted_intervals[first - 1][::2] >= (family, low):
        first -= 1
    return sorted_intervals[first : bisect_left(sorted_intervals, (family, high + 1))]


def whole(family: Family) -> AddressSet:
    """Every address of a family."""
    return AddressSet((Interval(family, 0, family.last),))
