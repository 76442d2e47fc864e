"""Who answers which address of the whole address space: one server's map as data (pure).

States are judged as the exposure proof judges them (see smtp_exposure/exchange/exposure.py).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from smtp_exposure.errors import ExposureError
from smtp_exposure.exchange.address_sets import AddressSet, whole
from smtp_exposure.exchange.addresses import Family, Interval
from smtp_exposure.exchange.connectors import SMTP_PORT, ReceiveConnector
from smtp_exposure.exchange.flags import names
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.perimeter import Perimeter


class Place(Enum):
    """Where an address is, seen from the organisation (checklist, "Words")."""

    INTERNET = "Internet"
    INSIDE = "inside"
    SPECIAL = "neither"


class State(Enum):
    """What a sender at an address finds; the value is its letter on the map. Worst first."""

    OFFERED = "X"
    UNDECIDED = "?"
    NOBODY = "N"
    ANONYMOUS = "A"
    CLOSED = "C"
    INSIDE = "I"
    SPECIAL = "·"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(State).index(self)

    @property
    def words(self) -> str:
        """What the letter stands for."""
        return _WORDS[self]


_WORDS = {
    State.OFFERED: "authentication offered to the Internet",
    State.UNDECIDED: "undecided: the evidence leaves open who answers, or what is offered",
    State.NOBODY: "nobody answers: mail is refused",
    State.ANONYMOUS: "anonymous only",
    State.CLOSED: "nobody answers, and nobody has to",
    State.INSIDE: "inside: the internal space",
    State.SPECIAL: "neither Internet nor inside",
}

Winners = tuple[tuple[ReceiveConnector, ...], bool]
"""The connectors any of which may answer, and whether it may be that none does."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring addresses in one state."""

    interval: Interval
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Who answers some addresses of one place on one local binding."""

    place: Place
    binding: str
    connectors: tuple[str, ...]
    offers: str
    state: State
    addresses: AddressSet


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressMap:
    """Who answers whom on port 25 of a server, or the problem that keeps anyone from telling.

    The stretches cover both families without a gap; on several bindings the worst state counts.
    """

    server: str
    stretches: tuple[Stretch, ...] = ()
    answers: tuple[Answer, ...] = ()
    problem: str | None = None
    is_internet_facing: bool = True

    def count(self, state: State, family: Family) -> int:
        """How many addresses of a family are in a state."""
        return sum(
            item.interval.high - item.interval.low + 1
            for item in self.stretches
            if item.state is state and item.interval.family is family
        )

    def has(self, state: State) -> bool:
        """Tell whether any address is in a state."""
        return any(item.state is state for item in self.stretches)


def draw(front_door: FrontDoor) -> AddressMap:
    """Draw a server's map; evidence that is missing or unreadable becomes its problem."""
    try:
        return _drawn(front_door)
    except ExposureError as problem:
        return AddressMap(server=front_door.server.target, problem=str(problem))


def _drawn(front_door: FrontDoor) -> AddressMap:
    answers = tuple(_answers(front_door))
    return AddressMap(
        server=front_door.server.target,
        stretches=_stretches(answers),
        answers=tuple(sorted(answers, key=_order)),
        is_internet_facing=front_door.is_internet_facing,
    )


def _order(answer: Answer) -> tuple[int, int, int, str, Interval]:
    first = answer.addresses.intervals[0]
    places = list(Place)
    return places.index(answer.place), first.family, answer.state.rank, answer.binding, first


def _answers(front_door: FrontDoor) -> Iterator[Answer]:
    places = _places(front_door.perimeter)
    for (binding, winners), reached in _reached(front_door).items():
        state, offers = _standing(front_door, winners)
        for place, space in places.items():
            for part, own_state in _told_apart(front_door, place, reached & space, state):
                yield Answer(
                    place=place,
                    binding=binding,
                    connectors=_named(winners),
                    offers=offers,
                    state=own_state,
                    addresses=part,
                )


def _places(perimeter: Perimeter) -> Mapping[Place, AddressSet]:
    return {
        Place.INTERNET: perimeter.internet,
        Place.INSIDE: perimeter.internal,
        Place.SPECIAL: (perimeter.internet | perimeter.internal).complement(),
    }


def _reached(front_door: FrontDoor) -> dict[tuple[str, Winners], AddressSet]:
    """The addresses that the same connectors answer on the same binding."""
    reached: dict[tuple[str, Winners], list[Interval]] = defaultdict(list)
    for endpoint in front_door.endpoints(SMTP_PORT):
        for segment in endpoint.segments:
            winners = segment.winners, segment.or_nobody
            reached[str(endpoint.binding), winners].append(segment.interval)
    bound = {item.binding.family for item in front_door.endpoints(SMTP_PORT)}
    for family in (family for family in Family if family not in bound):
        reached[f"no {family} binding", ((), False)].extend(whole(family))
    return {key: AddressSet.of(intervals) for key, intervals in reached.items()}


def _named(winners: Winners) -> tuple[str, ...]:
    connectors, or_nobody = winners
    return (*(one.identity for one in connectors), *(["nobody"] if or_nobody else []))


def _standing(front_door: FrontDoor, winners: Winners) -> tuple[State, str]:
    """What an Internet address finds at these connectors, and what they offer to sign in with."""
    connectors, or_nobody = winners
    if not connectors:
        return State.NOBODY, "no connector"
    offers: list[str] = []
    for connector in connectors:
        try:
            offers.append(names(front_door.offers(connector)))
        except ExposureError:
            offers.append("unknown")
    told = " or ".join(dict.fromkeys("nothing" if item == "None" else item for item in offers))
    if or_nobody or "unknown" in offers:
        return State.UNDECIDED, told
    if "None" in offers:
        return (State.ANONYMOUS if set(offers) == {"None"} else State.UNDECIDED), told
    return State.OFFERED, told


def _told_apart(
    front_door: FrontDoor, place: Place, addresses: AddressSet, state: State
) -> Iterator[tuple[AddressSet, State]]:
    """Only Internet addresses have a state of their own; unanswered ones may be meant to be so."""
    expected = front_door.perimeter.expected_internet
    if place is not Place.INTERNET:
        parts = {State[place.name]: addresses}
    elif state is State.NOBODY:
        parts = {state: addresses & expected, State.CLOSED: addresses - expected}
    else:
        parts = {state: addresses}
    yield from ((part, own_state) for own_state, part in parts.items() if part)


def _stretches(answers: tuple[Answer, ...]) -> tuple[Stretch, ...]:
    """Lay all bindings over each other: any that answers counts, and the worst of those."""
    found: dict[State, list[Interval]] = defaultdict(list)
    for answer in answers:
        found[answer.state].extend(answer.addresses)
    answering = (State.OFFERED, State.UNDECIDED, State.ANONYMOUS)
    taken = AddressSet()
    stretches: list[Stretch] = []
    for state in (*answering, State.NOBODY, State.CLOSED, State.INSIDE, State.SPECIAL):
        own = AddressSet.of(found[state]) - taken
        taken |= own
        stretches += [Stretch(interval, state) for interval in own]
    return tuple(sorted(stretches, key=lambda item: item.interval))
