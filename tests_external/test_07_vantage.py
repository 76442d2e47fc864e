"""Step 7: who saw whom, and whether the connector that answered is the one that should."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address

from smtp_exposure.both.prediction import (
    Shown,
    nearest,
    predict,
    predicted,
    shown_in,
    strangers_among,
)
from smtp_exposure.checklist import Target, check, examine_addresses
from smtp_exposure.errors import Undecided
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.verdicts import Finding, Level, NotAssessed, Severity, Why


@check(
    "EXT-07-1",
    step=7,
    severity=Severity.CRITICAL,
    target=Target.MAIL_DOMAIN,
    fix="""
    On the device that translates (load balancer, firewall): let port 25 keep the clients'
    addresses, without source NAT; the server's way back must then lead through that device.
    Until then every stranger gets what the device's own address gets: no scope helps.
    """,
)
def test_the_server_sees_strangers_as_strangers(approach: Approach) -> Iterator[Finding]:
    """The address that the server says it saw is an Internet address.

    Behind a device that translates sources (SNAT) every outsider has an inside address: Exchange
    takes the whole Internet for the inside, and the scoped Default Frontend answers it.
    """
    told = [probe for probe in approach.probes if approach.seen_address(probe) is not None]
    if not told and all(map(approach.answers_smtp, approach.probes)):
        raise NotAssessed("no server tells which address it saw")

    def rule(probe: AddressProbe) -> Iterator[Finding]:
        seen, own = approach.seen_address(probe), approach.own_address(probe)
        if not probe.has_route:
            raise Undecided("no route for this address family: look from a machine that has one")
        if seen is None and not approach.answers_smtp(probe):
            raise Undecided("nothing greeted on port 25 (see EXT-02-1)")
        if seen is None or approach.is_internet(seen):
            return
        surely_outside = approach.was_outside(probe) is True
        yield Finding(
            subject=approach.subject(probe),
            observed=f"the server saw {seen}; the probe's own address is {own}",
            expected="an Internet address",
            detail="a device translates the addresses of outsiders (SNAT)"
            if surely_outside
            else "SNAT in front of the server, a hairpin, or the probe is inside",
            level=Level.DEVIATION if surely_outside else Level.INCONCLUSIVE,
        )

    yield from examine_addresses(approach, rule)


@check("EXT-07-2", step=7, severity=Severity.HIGH, target=Target.MAIL_DOMAIN)
def test_the_probe_was_outside(approach: Approach) -> Iterator[Finding]:
    """The probe ran from outside, as the server saw it.

    From inside a server shows its inner face, and everything else said here would be about that.
    """

    def rule(probe: AddressProbe) -> Iterator[Finding]:
        if not probe.has_route:
            raise Undecided("no route for this address family: look from a machine that has one")
        approach.require_outside(probe)
        if approach.was_outside(probe) is None:
            raise Undecided("nothing answered, so nothing tells from where the probe was seen")
        yield from ()

    yield from examine_addresses(approach, rule)


@check(
    "EXT-07-3",
    step=7,
    severity=Severity.HIGH,
    target=Target.MAIL_DOMAIN,
    fix="""
    Read the inside again, beside the look from outside. Where they still differ, find what else
    answers at this address: another server, a device in front, a node that was left unchanged.
    """,
)
def test_the_predicted_connector_answered(
    approach: Approach, front_doors: tuple[FrontDoor, ...]
) -> Iterator[Finding]:
    """The connector that answered is the one that the inside half predicts for the probe.

    Every conversation is compared: name, greeting, SIZE, what is offered, and the certificate inside
    TLS. Where they differ, a device in between, another server, or a change since the inside was read
    makes one of the two halves tell about something else.
    """
    facing = tuple(door for door in front_doors if door.is_internet_facing)
    if not facing:
        raise NotAssessed("the internal half was not asked for", Why.NOT_ASKED)

    def rule(probe: AddressProbe) -> Iterator[Finding]:
        approach.require_outside(probe)
        seen = approach.seen_address(probe) or approach.own_address(probe)
        if seen is None:
            raise Undecided("the server does not tell which address it saw")
        if not approach.answers_smtp(probe):
            # Facts sheet, 3.2: without a connector the server turns the client away.
            if probe.opened and not any(predicted(door, seen) for door in facing):
                return
            raise Undecided("nothing greeted on port 25 (see EXT-02-1)")
        yield from _differing(approach, probe, facing, seen)

    yield from examine_addresses(approach, rule)


def _differing(
    approach: Approach,
    probe: AddressProbe,
    facing: tuple[FrontDoor, ...],
    seen: IPv4Address | IPv6Address,
) -> Iterator[Finding]:
    answers = shown_in(probe.opened)
    if not answers or any(shown.said.masked for shown in answers):
        raise Undecided("no EHLO was answered, or a device overwrote words of the reply")
    predictions = predict(facing, seen)
    strangers = strangers_among(answers, predictions)
    found: dict[str, dict[str, None]] = {}
    for shown in answers:
        best = nearest(predictions, shown)
        # Beside a predicted node another one is a note; what it offers counts all the same.
        differs = best.other_offers(shown) if shown in strangers else best.differences(shown)
        found.setdefault(best.identity, {}).update(dict.fromkeys(differs))
    for identity, differences in found.items():
        if differences:
            yield Finding(
                subject=approach.subject(probe),
                observed="; ".join(differences),
                expected=f"as predicted from inside: what {identity} offers to {seen}",
            )
    if strangers or len({shown.said.host for shown in answers}) > 1:
        yield _pool(approach.subject(probe), answers)


def _pool(subject: str, answers: Iterable[Shown]) -> Finding:
    """Several servers behind one address."""
    names = sorted({shown.said.host or "nothing" for shown in answers})
    certificates = sorted({shown.certificate for shown in answers if shown.certificate})
    return Finding(
        subject=subject,
        observed=f"called {', '.join(names)}; certificates {', '.join(certificates) or 'none'}",
        expected="one server",
        detail="pool: only the inside half covers each node",
        level=Level.NOTE,
    )
