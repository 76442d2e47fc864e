"""An address map cut into aligned blocks, as a picture shows it (pure)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from smtp_exposure.exchange.addresses import Family, Interval
from smtp_exposure.report.address_map import AddressMap, State, Stretch


@dataclass(frozen=True, slots=True)
class Block:
    """An aligned part of a family's space, with the stretches in it."""

    interval: Interval
    parts: tuple[Stretch, ...]

    @property
    def shares(self) -> tuple[tuple[State, float], ...]:
        """Its states, worst first, and which part of its addresses is in each."""
        sizes: dict[State, int] = defaultdict(int)
        for part in self.parts:
            sizes[part.state] += part.interval.high - part.interval.low + 1
        size = self.interval.high - self.interval.low + 1
        return tuple((state, sizes[state] / size) for state in State if state in sizes)

    @property
    def states(self) -> tuple[State, ...]:
        """Its states, worst first."""
        return tuple(state for state, _ in self.shares)


def blocks(address_map: AddressMap, family: Family, prefix: int) -> tuple[Block, ...]:
    """Cut a family's space into blocks of one prefix length, in ascending order."""
    size = (family.last + 1) >> prefix
    parts: list[list[Stretch]] = [[] for _ in range(1 << prefix)]
    for item in (item for item in address_map.stretches if item.interval.family is family):
        for number in range(item.interval.low // size, item.interval.high // size + 1):
            low = max(item.interval.low, number * size)
            high = min(item.interval.high, number * size + size - 1)
            parts[number].append(Stretch(Interval(family, low, high), item.state))
    return tuple(
        Block(Interval(family, number * size, number * size + size - 1), tuple(own))
        for number, own in enumerate(parts)
    )


def merged(of_family: tuple[Block, ...]) -> Iterator[tuple[int, Block]]:
    """Merge neighbouring blocks in the same states, and tell how many went into each."""
    start = 0
    for number, block in enumerate(of_family):
        following = of_family[number + 1] if number + 1 < len(of_family) else None
        if following is None or following.states != block.states:
            yield number + 1 - start, _joined(of_family[start : number + 1])
            start = number + 1


def _joined(run: tuple[Block, ...]) -> Block:
    parts: list[Stretch] = []
    for part in (part for block in run for part in block.parts):
        if parts and parts[-1].state is part.state:
            low = parts[-1].interval.low
            joined = Interval(part.interval.family, low, part.interval.high)
            parts[-1] = Stretch(joined, part.state)
        else:
            parts.append(part)
    interval = Interval(run[0].interval.family, run[0].interval.low, run[-1].interval.high)
    return Block(interval, tuple(parts))
