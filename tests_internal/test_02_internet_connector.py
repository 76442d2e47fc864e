"""Step 2: a front-end connector of its own takes mail from the Internet."""

from collections.abc import Iterator
from functools import partial

from smtp_exposure.checklist import check, examine
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Family
from smtp_exposure.exchange.clashes import find_clashes
from smtp_exposure.exchange.connectors import SMTP_PORT, ReceiveConnector, TransportRole
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.remedy import blanks
from smtp_exposure.remedy.choice import to_answer
from smtp_exposure.verdicts import Finding, Level, Severity


@check("INT-02-1", step=2, severity=Severity.HIGH)
def test_an_internet_connector_serves_everyone(front_door: FrontDoor) -> Iterator[Finding]:
    """An Internet connector's ranges hold every IPv4 and every IPv6 address, or the profile's ranges.

    Without one, mail from outside reaches a connector made for the inside, which offers sign-in, or
    none at all. The wizard for an Internet connector leaves IPv6 out of the ranges.
    """
    front_door.require_front_end()
    front_door.require_internet_facing()
    wanted = front_door.expected.internet_ranges
    found = front_door.found_internet_connectors
    served = AddressSet.of(
        interval for item in found if item.enabled for interval in item.addresses
    )
    remedy = {} if served.holds(wanted) else to_answer(front_door, wanted)._asdict()
    if not found:
        yield Finding(
            subject=front_door.internet_connector_identity,
            observed="no enabled front-end connector on port 25 holds the whole space of a family",
            expected=f"a connector beside Default Frontend with the ranges {wanted}",
            **remedy,
        )
    for interval in (wanted - served) if found else ():
        yield Finding(
            subject=found[0].identity,
            observed=f"{interval} is in no range of {_listed(found)}",
            expected=str(wanted),
            **remedy,
        )


def _listed(connectors: tuple[ReceiveConnector, ...]) -> str:
    return ", ".join(connector.identity for connector in connectors)


@check(
    "INT-02-2",
    step=2,
    severity=Severity.HIGH,
    fix="Set-ReceiveConnector -Identity <identity> -Bindings <bindings>",
)
def test_the_internet_connector_listens_on_both_families(
    front_door: FrontDoor,
) -> Iterator[Finding]:
    """An Internet connector is bound to port 25 for IPv4 and for IPv6.

    A range counts only for a binding of its own family: `::/0` without a binding to `[::]:25` is
    dead, and senders of that family are answered by another connector or by none.
    """
    front_door.require_front_end()
    connectors = front_door.internet_connectors
    unbound: dict[ReceiveConnector, list[Family]] = {}
    for family in front_door.expected.internet_ranges.families:
        wanted = front_door.expected.internet_ranges.of_family(family)
        serving = [item for item in connectors if item.addresses.holds(wanted)] or connectors
        bound = {binding.family for item in serving for binding in item.bindings_on(SMTP_PORT)}
        if family not in bound:
            unbound.setdefault(serving[0], []).append(family)
    for connector, families in unbound.items():
        for family in families:
            yield Finding(
                subject=connector.identity,
                observed=f"no {family} binding on port {SMTP_PORT}",
                expected=f"{blanks.WILDCARDS[family]}, or a specific {family} address",
                blanks=partial(blanks.to_bind, connector, families),
            )


@check(
    "INT-02-3",
    step=2,
    severity=Severity.HIGH,
    fix="""
    Set-ReceiveConnector -Identity <identity> -TransportRole FrontendTransport
    # And on <server> itself:
    Restart-Service MSExchangeTransport, MSExchangeFrontEndTransport
    """,
)
def test_no_hub_connector_listens_on_port_25(front_door: FrontDoor) -> Iterator[Finding]:
    """No connector of the role HubTransport is bound to port 25.

    It is the cmdlet's default role. Two services then compete for the port, and whichever starts
    first answers: sporadic refusals, queues that fill, a set-up that aborts (facts sheet, 3.3).
    """

    def rule(connector: ReceiveConnector) -> Iterator[Finding]:
        if not connector.listens_on(SMTP_PORT):
            return
        if connector.transport_role is not TransportRole.HUB_TRANSPORT:
            return
        harmless = front_door.is_edge or not connector.enabled
        yield Finding(
            subject=connector.identity,
            observed="HubTransport, bound to " + ", ".join(map(str, connector.bindings_on(25))),
            expected="FrontendTransport on port 25",
            detail=_why_harmless(front_door.is_edge) if harmless else "",
            level=Level.NOTE if harmless else Level.DEVIATION,
            blanks=partial(blanks.for_server, front_door, connector),
        )

    if front_door.is_edge:
        return
    yield from examine(front_door.connectors, rule, name=lambda item: item.identity)


def _why_harmless(edge: bool) -> str:
    return "an Edge server has one transport service" if edge else "it is disabled"


@check(
    "INT-02-4",
    step=2,
    severity=Severity.MEDIUM,
    fix="""
    # Which of the two is to answer? The other one keeps the rest of its ranges:
    Set-ReceiveConnector -Identity <identity> -RemoteIPRanges <ranges>
    """,
)
def test_no_two_connectors_claim_the_same_addresses(front_door: FrontDoor) -> Iterator[Finding]:
    """No two connectors with clashing bindings have equal or partly overlapping ranges.

    Exchange refuses such a pair; where one exists all the same, which connector answers is not
    defined, and set-up of the next update may abort (facts sheet, 3.3).
    """
    readable: list[ReceiveConnector] = []

    def rule(connector: ReceiveConnector) -> tuple[Finding, ...]:
        _ = connector.bindings, connector.remote_ip_ranges, connector.enabled
        readable.append(connector)
        return ()

    yield from examine(front_door.connectors, rule, name=lambda item: item.identity)
    for clash in find_clashes(readable):
        idle = not (clash.left.enabled and clash.right.enabled)
        yield Finding(
            subject=clash.left.identity,
            observed=f"{clash.left_range.text} {clash.how} {clash.right_range.text} of "
            f"{clash.right.identity} on {clash.binding}",
            expected="ranges that are apart, or one wholly inside the other",
            detail="one of the two is disabled" if idle else "",
            level=Level.NOTE if idle else Level.DEVIATION,
        )
