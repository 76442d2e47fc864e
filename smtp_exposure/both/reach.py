"""Whether the outside look proves a server's ports unreachable (checklist, INT-07-3)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from smtp_exposure.errors import ExposureError, Undecided
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.records.mail_exchangers import bare_name
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.verdicts import Finding, NotAssessed, trouble


def reached(
    front_door: FrontDoor,
    facing: Sequence[FrontDoor],
    approaches: Sequence[Approach],
    ports: Sequence[int],
) -> Iterator[Finding]:
    """The ports of hosts tied to a server that were reached, or are not proved out of reach.

    `facing` are all servers that face the Internet. Raises Undecided where no host is tied.
    """
    tied = list(_tied(front_door, facing, approaches))
    if not tied:
        raise Undecided("no probed host is tied to this server; name its public_hosts in a profile")
    yield from _unseen(approach for approach, _ in tied)
    for approach, probe in tied:
        try:
            approach.require_outside(probe)
        except Undecided as problem:
            yield trouble(approach.subject(probe), problem)
        else:
            yield from _not_closed(approach, probe, ports)


def _not_closed(approach: Approach, probe: AddressProbe, ports: Sequence[int]) -> Iterator[Finding]:
    tried = {item.port: item for item in probe.ports if not item.is_control}
    for port in ports:
        subject, found = approach.subject(probe, port), tried.get(port)
        anyhow = found is None or probe.is_accepted_anyhow(found)
        if found is not None and found.is_reachable and not anyhow:
            yield Finding(
                subject=subject,
                observed=f"{found.state.value} from outside, and a connector there offers sign-in",
                expected="refused, unreachable or silent",
            )
        elif found is None or anyhow or not approach.path_is_proved(probe, found):
            yield trouble(subject, Undecided("not proved unreachable"))


def _unseen(approaches: Iterable[Approach]) -> Iterator[Finding]:
    for approach in dict.fromkeys(approaches):
        for item in approach.unseen:
            yield trouble(item.subject, Undecided(f"not looked at: {item.observed}"))


def _tied(
    front_door: FrontDoor, facing: Sequence[FrontDoor], approaches: Sequence[Approach]
) -> Iterator[tuple[Approach, AddressProbe]]:
    """Addresses of the server's own hosts; of all hosts where it is the only server outside."""
    names = hosts_of(front_door)
    alone = len(facing) == 1
    for approach in approaches:
        try:
            probes = approach.probes
        except (NotAssessed, ExposureError):
            continue  # the external half says what is wrong with this domain
        for probe in probes:
            said = {bare_name(one.host or "") for one in probe.capabilities(Phase.BEFORE_TLS)}
            if alone or names & (set(probe.hosts) | said):
                yield approach, probe


def hosts_of(front_door: FrontDoor) -> frozenset[str]:
    """The hosts by which a server is known outside: the profile's, else what it calls itself.

    That is its own name, and the Fqdn of its Internet connectors.
    """
    named = front_door.expected.server(front_door.server.name).public_hosts
    if not named:
        named = (front_door.server.fqdn or "",)
        with suppress(ExposureError):
            named += tuple(item.fqdn for item in front_door.found_internet_connectors)
    return frozenset(bare_name(name) for name in named if name)
