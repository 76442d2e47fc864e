"""The exposure proof: Internet addresses that reach a sign-in, and those that reach nobody.

Checklist, INT-07-1 and INT-07-2, by the selection of facts sheet section 3.1.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from smtp_exposure.errors import ExposureError
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Interval
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.flags import names
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.verdicts import Level, trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A maximal interval of Internet addresses whose connector offers sign-in, or may."""

    interval: Interval
    connector: ReceiveConnector
    who: str
    where: str
    what: str
    level: Level
    why_open: str = ""


def exposures(front_door: FrontDoor, port: int) -> Iterator[Exposure]:
    """Every Internet address from which a sign-in can be reached on a port, as maximal intervals.

    Where Exchange's rules leave open which of several connectors answers, some of them offering
    sign-in, the level is inconclusive; where all of them do, it is a deviation.
    """
    for (winners, or_nobody), places in _answers(front_door, port).items():
        judged = _judge(front_door, winners, or_nobody=or_nobody)
        if judged is None:
            continue
        level, connector, what, why = judged
        by_interval: dict[Interval, list[str]] = defaultdict(list)
        for place, intervals in places.items():
            for interval in AddressSet.of(intervals) & front_door.perimeter.internet:
                by_interval[interval].append(place)
        for interval in sorted(by_interval):
            yield Exposure(
                interval=interval,
                connector=connector,
                who=" or ".join(winner.identity for winner in winners),
                where=" and ".join(by_interval[interval]),
                what=what,
                level=level,
                why_open=why,
            )


def _answers(front_door: FrontDoor, port: int) -> "dict[Answer, dict[str, list[Interval]]]":
    """For each set of winners: the local bindings on which they win, and whom they answer."""
    reached: dict[Answer, dict[str, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    for endpoint in front_door.endpoints(port):
        place = str(endpoint.binding)
        for interval, winners, or_nobody in endpoint.segments:
            if winners:
                reached[winners, or_nobody][place].append(interval)
    return reached


Answer = tuple[tuple[ReceiveConnector, ...], bool]
Judged = tuple[Level, ReceiveConnector, str, str]


def _judge(
    front_door: FrontDoor, winners: tuple[ReceiveConnector, ...], *, or_nobody: bool
) -> Judged | None:
    """What it means that one of these answers; None if none of them offers sign-in."""
    offering: list[tuple[ReceiveConnector, str]] = []
    unknown: list[tuple[ReceiveConnector, ExposureError]] = []
    for winner in winners:
        try:
            offered = front_door.offers(winner)
        except ExposureError as problem:
            unknown.append((winner, problem))
        else:
            if offered:
                offering.append((winner, f"offers {names(offered)}"))
    if offering and len(offering) == len(winners) and not or_nobody:
        return (Level.DEVIATION, *offering[0], "")
    if offering:
        why = "these connectors tie or compete for the port, and Exchange's choice is not defined"
        return (Level.INCONCLUSIVE, *offering[0], why)
    if unknown:
        connector, reason = unknown[0]
        found = trouble(connector.identity, reason)
        return (found.level, connector, "may offer authentication", found.observed)
    return None


def unanswered(front_door: FrontDoor, port: int, *, surely: bool = True) -> AddressSet:
    """The expected Internet addresses that no binding of a port has a connector for.

    With `surely` false also those that have none if the other of two services owns the port.
    """
    return front_door.perimeter.expected_internet - AddressSet.of(
        segment.interval
        for endpoint in front_door.endpoints(port)
        for segment in endpoint.segments
        if segment.winners and (surely or not segment.or_nobody)
    )
