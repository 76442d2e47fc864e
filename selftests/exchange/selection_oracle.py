"""Who answers one address, by facts sheet 3.1 word for word, with nothing of the library.

Slow and literal on purpose: one remote address, one local address, two tables.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SATURATED = 2**128 - 1
LAST = {4: 2**32 - 1, 6: SATURATED}

Range = tuple[int, int, int]
"""IP version, first and last address."""
Local = tuple[int, int | None, int]
"""IP version, address (None is the wildcard), port."""


@dataclass(frozen=True)
class Spec:
    """A receive connector in numbers."""

    name: str
    bindings: tuple[Local, ...]
    ranges: tuple[Range, ...]
    role: str = "FrontendTransport"
    enabled: bool = True
    offers: bool = False


@dataclass(frozen=True)
class Answer:
    """Who may answer, and whether it may also be nobody."""

    names: frozenset[str]
    or_nobody: bool


def size(item: Range) -> int:
    """How many addresses a range has, as Exchange counts (2.3)."""
    return min(item[2] - item[1] + 1, SATURATED)


def best(table: list[tuple[Range, Spec]], remote: int) -> tuple[int, frozenset[str]] | None:
    """3.1.4: in each table the containing range with the smallest size; 3.1.5: ties stay open."""
    containing = [(item, spec) for item, spec in table if item[1] <= remote <= item[2]]
    if not containing:
        return None
    smallest = min(size(item) for item, _ in containing)
    return smallest, frozenset(spec.name for item, spec in containing if size(item) == smallest)


def service_answer(service: list[Spec], local: Local, remote: int) -> frozenset[str]:
    """Which connectors of one service may answer at a local endpoint."""
    version, address, port = local
    exact: list[tuple[Range, Spec]] = []
    wildcard: list[tuple[Range, Spec]] = []
    for spec in service:
        own = [item for item in spec.ranges if item[0] == version]  # 3.1.2
        if address is not None and local in spec.bindings:
            exact += [(item, spec) for item in own]
        if (version, None, port) in spec.bindings:
            wildcard += [(item, spec) for item in own]
    first, second = best(exact, remote), best(wildcard, remote)
    if first is None or second is None:
        chosen = first or second
        return chosen[1] if chosen else frozenset()
    return second[1] if second[0] < first[0] else first[1]  # 3.1.4: equal: exact local IP wins


def services(specs: Iterable[Spec], *, by_role: bool) -> list[list[Spec]]:
    """3.1.1: each process loads the enabled connectors of its own role."""
    enabled = [spec for spec in specs if spec.enabled]
    roles = {spec.role for spec in enabled}
    return (
        [[one for one in enabled if one.role == role] for role in roles] if by_role else [enabled]
    )


def answer(specs: Iterable[Spec], local: Local, remote: int, *, by_role: bool = True) -> Answer:
    """Who may answer a remote address of the local endpoint's family."""
    version, _, port = local
    found = [
        service_answer(service, local, remote)
        for service in services(specs, by_role=by_role)
        if any(one in spec.bindings for spec in service for one in (local, (version, None, port)))
    ]
    return Answer(frozenset().union(*found), not all(found))


def endpoints(specs: Iterable[Spec], port: int) -> set[Local]:
    """The local endpoints that somebody listens on."""
    return {one for spec in specs if spec.enabled for one in spec.bindings if one[2] == port}


def points(specs: Iterable[Spec], version: int) -> Iterator[int]:
    """Every boundary of every range, and the addresses beside it."""
    ends = {0, LAST[version]}
    ends |= {
        end for spec in specs for item in spec.ranges if item[0] == version for end in item[1:]
    }
    around = {end + step for end in ends for step in (-1, 0, 1)}
    yield from sorted(number for number in around if 0 <= number <= LAST[version])


def clashes(one: Spec, two: Spec, version: int) -> bool:
    """Facts sheet, 3.3: whether Exchange refuses the two side by side, in one family."""
    pairs = [
        (a, b)
        for a in one.bindings
        for b in two.bindings
        if a[0] == b[0] == version and a[2] == b[2] and (a[1] == b[1] or None in (a[1], b[1]))
    ]
    for _, low, high in (item for item in one.ranges if item[0] == version):
        for _, first, last in (item for item in two.ranges if item[0] == version):
            equal = (low, high) == (first, last)
            meet = low <= last and first <= high
            nested = (low <= first and last <= high) or (first <= low and high <= last)
            if equal and any(a == b for a, b in pairs):
                return True
            if pairs and meet and not nested:
                return True
    return False
