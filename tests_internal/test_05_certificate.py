"""Step 5: the Internet connector has a certificate for STARTTLS."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from smtp_exposure.checklist import check, examine
from smtp_exposure.exchange.certificates import ExchangeCertificate, days_needed
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.tls_certificate import presented
from smtp_exposure.remedy import blanks
from smtp_exposure.smtp.certificates import running_out
from smtp_exposure.verdicts import Finding, Level, NotAssessed, Severity

COMFORTABLE = timedelta(days=60)
# Facts sheet, 6.1: servers use the default SMTP certificate among themselves.
GIVE_IT = """
# Then give it to SMTP (answer No where it asks to replace the default certificate), and name it.
Enable-ExchangeCertificate -Server <server> -Thumbprint <thumbprint> -Services SMTP
$certificate = Get-ExchangeCertificate -Server <server> -Thumbprint <thumbprint>
Set-ReceiveConnector -Identity <identity> -TlsCertificateName `
    "<I>$($certificate.Issuer)<S>$($certificate.Subject)"
"""


@check(
    "INT-05-1",
    step=5,
    severity=Severity.HIGH,
    fix="# On <server>: have the certificate in the store, with its private key." + GIVE_IT,
)
def test_the_certificate_for_starttls_is_in_order(front_door: FrontDoor) -> Iterator[Finding]:
    """The certificate that its Internet connector presents is in the store, valid, and for SMTP.

    Without one STARTTLS is not offered, and nothing says so but event 12014. A renewal by another
    authority changes the issuer, and TlsCertificateName no longer finds it.
    """
    connectors = front_door.internet_connectors
    certificates = front_door.server.certificates.read()

    def rule(connector: ReceiveConnector) -> Iterator[Finding]:
        choice = presented(connector, front_door.server, certificates, front_door.moment)
        for fault in choice.faults(front_door.moment):
            yield Finding(
                subject=connector.identity,
                observed=fault,
                expected="a valid certificate with private key and the service SMTP",
                blanks=partial(blanks.for_server, front_door, connector),
            )
        choice.require_readable()

    yield from examine(connectors, rule, name=lambda item: item.identity)


@check(
    "INT-05-2",
    step=5,
    severity=Severity.ADVICE,
    fix="Set-ReceiveConnector -Identity <identity> -TlsCertificateName <certificate name>",
)
def test_both_connectors_present_one_certificate(front_door: FrontDoor) -> Iterator[Finding]:
    """The TlsCertificateName of its Internet connector equals Default Frontend's, where that has one.

    The article copies it. Two certificates on purpose are fine; one forgotten at the next renewal
    is not.
    """
    connectors = front_door.internet_connectors
    wanted = front_door.default_frontend.tls_certificate_name

    def rule(connector: ReceiveConnector) -> Iterator[Finding]:
        if wanted and connector.tls_certificate_name.lower() != wanted.lower():
            yield Finding(
                subject=connector.identity,
                observed=f"TlsCertificateName is {connector.tls_certificate_name or 'unset'}",
                expected=wanted,
                blanks=partial(blanks.to_present, connector, wanted),
            )

    yield from examine(connectors, rule, name=lambda item: item.identity)


@check(
    "INT-05-3",
    step=5,
    severity=Severity.MEDIUM,
    fix="# Renew it for the names that it is to cover, and have the new one on <server>." + GIVE_IT,
)
def test_the_certificate_covers_the_name_and_lasts(front_door: FrontDoor) -> Iterator[Finding]:
    """The certificate that its Internet connector presents covers the Fqdn, and will not run out soon.

    Enough are 30 days, or a third of the lifetime where that is shorter. Senders that check names
    refuse a certificate for another name, and all do so once it has run out.
    """
    connectors = front_door.internet_connectors
    certificates = front_door.server.certificates.read()
    judged: list[ExchangeCertificate] = []

    def rule(connector: ReceiveConnector) -> Iterator[Finding]:
        best = presented(connector, front_door.server, certificates, front_door.moment).best
        if best is not None:
            judged.append(best)
            host = connector.fqdn or front_door.server.fqdn or ""
            named = partial(blanks.for_server, front_door, connector)
            faults = (
                *_wrong_name(best, host, connector.identity),
                *_running_out(best, front_door.moment),
            )
            yield from (replace(fault, blanks=named) for fault in faults)

    yield from examine(connectors, rule, name=lambda item: item.identity)
    if not judged:
        raise NotAssessed("there is no certificate to judge (see INT-05-1)")


def _wrong_name(best: ExchangeCertificate, host: str, whose: str) -> Iterator[Finding]:
    if not best.covers(host):
        yield Finding(
            subject=best.thumbprint,
            observed=f"it is for {', '.join(best.names) or 'no name'}, not for {host}",
            expected=f"a certificate that covers {host}, the Fqdn of {whose}",
        )


def _running_out(best: ExchangeCertificate, moment: datetime) -> Iterator[Finding]:
    left = best.not_after - moment
    needed = days_needed(best)
    is_long = (best.not_after - best.not_before) / 3 >= COMFORTABLE
    if left >= COMFORTABLE or (left >= needed and not is_long):
        return
    yield Finding(
        subject=best.thumbprint,
        observed=running_out(best.not_after, moment),
        expected=f"at least {needed.days} days left",
        level=Level.DEVIATION if left < needed else Level.NOTE,
    )
