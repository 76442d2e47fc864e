"""Step 7: who answers whom, proved over all addresses."""

from collections.abc import Iterator
from dataclasses import replace

from smtp_exposure.both.reach import reached
from smtp_exposure.checklist import check, examine
from smtp_exposure.exchange.connectors import SMTP_PORT, ReceiveConnector
from smtp_exposure.exchange.exposure import Exposure, exposures, unanswered
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.hybrid import CLOUD_CAPABILITY, require_cloud_mail, trusts_cloud
from smtp_exposure.remedy.choice import Remedy, against_sign_in, to_answer, to_trust_cloud
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.verdicts import Finding, Level, NotAssessed, Severity, Why

CLIENT_PORTS = (587, 717, 465, 2525)


@check("INT-07-1", step=7, severity=Severity.CRITICAL)
def test_nobody_outside_reaches_a_sign_in(front_door: FrontDoor) -> Iterator[Finding]:
    """For every Internet address, the connector that answers on port 25 offers no authentication.

    This is the exposure itself, computed by Exchange's own rules over the whole space of both
    families: a hole is an address from which passwords can be tried.
    """
    front_door.require_internet_facing()
    remedies: dict[ReceiveConnector, Remedy] = {}
    for item in exposures(front_door, SMTP_PORT):
        if item.connector not in remedies:
            remedies[item.connector] = against_sign_in(front_door, item.connector)
        yield replace(_exposed(item), **remedies[item.connector]._asdict())


def _exposed(item: Exposure) -> Finding:
    return Finding(
        subject=str(item.interval),
        observed=f"{item.who} answers on {item.where} and {item.what}",
        expected="a connector that offers no authentication",
        detail=item.why_open,
        level=item.level,
    )


@check("INT-07-2", step=7, severity=Severity.HIGH)
def test_nobody_outside_is_left_without_an_answer(front_door: FrontDoor) -> Iterator[Finding]:
    """None of the expected Internet addresses is left without a connector on port 25.

    Mail from an address that no connector answers is refused, and nobody sees it go.
    """
    front_door.require_internet_facing()
    surely = unanswered(front_door, SMTP_PORT)
    wanted = front_door.expected.internet_ranges
    remedy = to_answer(front_door, wanted)._asdict() if surely else {}
    for interval in surely:
        yield Finding(
            subject=str(interval),
            observed="no connector answers these addresses",
            expected="an Internet connector answers them",
            **remedy,
        )
    for interval in unanswered(front_door, SMTP_PORT, surely=False) - surely:
        yield Finding(
            subject=str(interval),
            observed="no connector answers these addresses if the other service owns the port",
            expected="one service, and an Internet connector of its role",
            level=Level.INCONCLUSIVE,
        )


@check(
    "INT-07-3",
    step=7,
    severity=Severity.MEDIUM,
    fix="# On the firewall in front: nobody on the Internet may reach <identity>.",
)
def test_sign_in_on_other_ports_is_out_of_reach(
    front_door: FrontDoor, front_doors: tuple[FrontDoor, ...], approaches: tuple[Approach, ...]
) -> Iterator[Finding]:
    """Sign-in on ports 587, 717, 465 and 2525 is proved to be out of the Internet's reach.

    The article leaves these connectors as they are and relies on the firewall; only a probe from
    outside can tell whether the firewall does its part.
    """
    front_door.require_internet_facing()
    closed = [port for port in CLIENT_PORTS if port not in front_door.expected.ports_outside]
    found = {port: list(exposures(front_door, port)) for port in closed}
    offering = [port for port, items in found.items() if any(map(_is_certain, items))]
    if not offering:
        for items in found.values():
            yield from map(_exposed, items)
        return
    if not approaches:
        raise NotAssessed(
            f"sign-in is offered on ports {', '.join(map(str, offering))}; only the external half "
            "can prove them unreachable, and it was not asked for",
            Why.NOT_ASKED,
        )
    facing = tuple(door for door in front_doors if door.is_internet_facing)
    yield from reached(front_door, facing, approaches, offering)


def _is_certain(item: Exposure) -> bool:
    return item.level is Level.DEVIATION


@check("INT-07-4", step=7, severity=Severity.HIGH)
def test_exchange_online_is_known_by_its_certificate(front_door: FrontDoor) -> Iterator[Finding]:
    """In a hybrid organisation the connector that answers Exchange Online knows it for a partner.

    After the article's change a new connector answers Exchange Online. Without
    TlsDomainCapabilities and TlsCertificateName mail from the organisation's own cloud mailboxes
    comes in as a stranger's: scored as spam, its senders not internal (facts sheet, 9.12).
    """
    front_door.require_internet_facing()
    require_cloud_mail(front_door.organization, front_door.server)
    online = front_door.expected.exchange_online
    answering = tuple(front_door.answering(online, SMTP_PORT))
    if not answering:
        everyone = online | front_door.expected.internet_ranges
        yield Finding(
            subject=str(online.intervals[0]),
            observed="no connector answers Exchange Online",
            expected="an Internet connector answers it",
            **to_answer(front_door, everyone)._asdict(),
        )

    def rule(connector: ReceiveConnector) -> Iterator[Finding]:
        for lacking in trusts_cloud(connector):
            yield Finding(
                subject=connector.identity,
                observed=lacking,
                expected=f"{CLOUD_CAPABILITY}, and a certificate",
                **to_trust_cloud(front_door, connector)._asdict(),
            )

    yield from examine(answering, rule, name=lambda item: item.identity)
