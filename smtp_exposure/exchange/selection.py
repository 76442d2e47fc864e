"""Which receive connector answers whom: Exchange's selection, exactly, over all addresses.

Facts sheet, 3.1. For one local endpoint the whole address space of its family is cut into segments
within which the same connectors win. A sweep over the ranges' ends keeps the open ranges in a heap
by what makes them win, so n ranges cost O(n log n).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

from smtp_exposure.exchange.addresses import Binding, Interval
from smtp_exposure.exchange.connectors import ReceiveConnector, TransportRole

Rank = tuple[int, bool]
"""What decides: the range's size, then whether its binding is the wildcard. The least wins."""


class Segment(NamedTuple):
    """Addresses for which the same connectors win; several only where Exchange's rules tie.

    `or_nobody`: a service that may own the endpoint has no connector for these addresses.
    """

    interval: Interval
    winners: tuple[ReceiveConnector, ...]
    or_nobody: bool


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A local address and port with the segments of the remote addresses of its family."""

    binding: Binding
    segments: tuple[Segment, ...]


def answers(
    connectors: Iterable[ReceiveConnector], port: int, *, by_role: bool = True
) -> tuple[Endpoint, ...]:
    """Tell, for each local endpoint on a port, who answers every remote address.

    With `by_role` the front-end and the hub service select apart, and where both listen on one
    endpoint either may own it (facts sheet, 3.3), so the winners of both are named. An Edge server
    has one service. Raises MissingEvidence or UnreadableEvidence for a property that is needed.
    """
    services: dict[TransportRole | None, list[ReceiveConnector]] = defaultdict(list)
    for connector in connectors:
        if connector.enabled and connector.listens_on(port):
            services[connector.transport_role if by_role else None].append(connector)
    bindings = sorted(
        {
            binding
            for group in services.values()
            for one in group
            for binding in one.bindings_on(port)
        },
        key=lambda binding: (binding.family, binding.address or -1),
    )
    return tuple(
        Endpoint(binding, _united([_select(group, binding) for group in services.values()]))
        for binding in bindings
    )


def _select(connectors: list[ReceiveConnector], local: Binding) -> list[Segment]:
    """Segments of one service on one endpoint; none if the service does not listen there."""
    events: list[tuple[int, int, Rank, int]] = []
    listening = False
    for index, connector in enumerate(connectors):
        bound = {
            binding.address
            for binding in connector.bindings_on(local.port)
            if binding.family is local.family and binding.address in (None, local.address)
        }
        listening = listening or bool(bound)
        for address in bound:
            wildcard = address is None and local.address is not None
            for item in connector.ranges_of(local.family):
                rank = (item.interval.size, wildcard)
                events.append((item.interval.low, 1, rank, index))
                events.append((item.interval.high + 1, -1, rank, index))
    if not listening:
        return []
    named: dict[tuple[int, ...], tuple[ReceiveConnector, ...]] = {}
    segments: list[Segment] = []
    for start, end, winners in _sweep(sorted(events), local.family.last):
        who = named.get(winners)
        if who is None:
            who = named[winners] = tuple(connectors[index] for index in winners)
        segments.append(Segment(Interval(local.family, start, end), who, not who))
    return segments


def _sweep(
    events: list[tuple[int, int, Rank, int]], last: int
) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Maximal runs of addresses with the same winners, from ranges that open and close."""
    live: dict[Rank, dict[int, int]] = {}  # open ranges: how many each connector has of a rank
    heap: list[Rank] = []
    start = 0
    winners: tuple[int, ...] = ()
    position, count = 0, len(events)
    while position < count:
        here = events[position][0]
        while position < count and events[position][0] == here:
            _open_or_close(events[position], live, heap)
            position += 1
        while heap and not live[heap[0]]:
            del live[heappop(heap)]
        now = tuple(sorted(live[heap[0]])) if heap else ()
        if now != winners:
            if here > start:
                yield start, here - 1, winners
            start, winners = here, now
    if start <= last:
        yield start, last, winners


def _open_or_close(
    event: tuple[int, int, Rank, int], live: dict[Rank, dict[int, int]], heap: list[Rank]
) -> None:
    _, change, rank, index = event
    owners = live.get(rank)
    if owners is None:
        owners = live[rank] = {}
        heappush(heap, rank)
    left = owners.get(index, 0) + change
    if left:
        owners[index] = left
    else:
        del owners[index]


def _merged(segments: Iterable[Segment]) -> list[Segment]:
    merged: list[Segment] = []
    for segment in segments:
        last = merged[-1] if merged else None
        same = last and (last.winners, last.or_nobody) == (segment.winners, segment.or_nobody)
        if last and same:
            joined = Interval(last.interval.family, last.interval.low, segment.interval.high)
            merged[-1] = Segment(joined, last.winners, last.or_nobody)
        else:
            merged.append(segment)
    return merged


def _united(services: list[list[Segment]]) -> tuple[Segment, ...]:
    """Lay the segments of services that share an endpoint over each other."""
    layers = [segments for segments in services if segments]
    united = layers[0] if layers else []
    for layer in layers[1:]:
        united = _merged(_overlaid(united, layer))
    return tuple(united)


def _overlaid(left: list[Segment], right: list[Segment]) -> Iterator[Segment]:
    i = j = 0
    while i < len(left) and j < len(right):
        a, b = left[i].interval, right[j].interval
        low, high = max(a.low, b.low), min(a.high, b.high)
        yield Segment(
            Interval(a.family, low, high),
            left[i].winners + right[j].winners,
            left[i].or_nobody or right[j].or_nobody,
        )
        i += a.high == high
        j += b.high == high
