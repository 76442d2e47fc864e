"""Pairs of receive connectors that Exchange refuses to have side by side (facts sheet, 3.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from smtp_exposure.exchange.addresses import Binding, Family, IPRange
from smtp_exposure.exchange.connectors import ReceiveConnector


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two ranges of two connectors that compete on one endpoint; the first pair that was found."""

    left: ReceiveConnector
    left_range: IPRange
    right: ReceiveConnector
    right_range: IPRange
    binding: Binding

    @property
    def how(self) -> str:
        """The words between the two ranges."""
        same = self.left_range.interval == self.right_range.interval
        return "equals" if same else "partly overlaps"


def find_clashes(connectors: Sequence[ReceiveConnector]) -> Iterator[Clash]:
    """Find each pair of connectors with clashing bindings and equal or partly overlapping ranges.

    Allowed are: one range wholly inside another; equal ranges of a wildcard and a specific binding.
    """
    for family in Family:
        shared = _clashing_bindings(connectors, family)
        reported: set[tuple[int, int]] = set()
        for left, left_range, right, right_range in _competing(connectors, family, shared):
            pair = (left, right)
            binding, identical = shared[pair]
            equal = left_range.interval == right_range.interval
            if pair in reported or (equal and not identical):
                continue
            reported.add(pair)
            yield Clash(
                left=connectors[left],
                left_range=left_range,
                right=connectors[right],
                right_range=right_range,
                binding=binding,
            )


def _clashing_bindings(
    connectors: Sequence[ReceiveConnector], family: Family
) -> dict[tuple[int, int], tuple[Binding, bool]]:
    """For each pair that clashes: a binding, and whether both have exactly that one."""
    shared: dict[tuple[int, int], tuple[Binding, bool]] = {}
    for right, two in enumerate(connectors):
        for left, one in enumerate(connectors[:right]):
            pairs = [
                (a if a.address is not None else b, a == b)
                for a in one.bindings
                for b in two.bindings
                if a.family is b.family is family
                and a.port == b.port
                and (a.address == b.address or None in (a.address, b.address))
            ]
            if pairs:
                shared[left, right] = max(pairs, key=lambda pair: pair[1])
    return shared


def _competing(
    connectors: Sequence[ReceiveConnector],
    family: Family,
    shared: dict[tuple[int, int], tuple[Binding, bool]],
) -> Iterator[tuple[int, IPRange, int, IPRange]]:
    """Ranges of clashing pairs that are equal or partly overlap, by a sweep over their starts."""
    clashing = {index for pair in shared for index in pair}
    ranges = sorted(
        ((item, index) for index in clashing for item in connectors[index].ranges_of(family)),
        key=lambda pair: (pair[0].interval.low, -pair[0].interval.high),
    )
    open_ranges: list[tuple[IPRange, int]] = []
    for item, index in ranges:
        low, high = item.interval.low, item.interval.high
        open_ranges = [pair for pair in open_ranges if pair[0].interval.high >= low]
        for other, owner in open_ranges:
            pair = (min(owner, index), max(owner, index))
            nested = other.interval != item.interval and other.interval.high >= high
            if pair in shared and not nested:
                first, second = (other, item) if owner < index else (item, other)
                yield pair[0], first, pair[1], second
        open_ranges.append((item, index))
