"""Step 4: the Internet connector calls itself by the name that the MX record has."""

from collections.abc import Iterator

from smtp_exposure.checklist import check, examine
from smtp_exposure.exchange.banners import announced_host
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.remedy.choice import to_name
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.verdicts import Finding, Level, NotAssessed, Severity, Why


def _mail_hosts(front_door: FrontDoor, approaches: tuple[Approach, ...]) -> frozenset[str]:
    """The profile's mail host, else the MX hosts that the external half found."""
    hosts = front_door.expected.mail_hosts(front_door.server.name) or frozenset(
        host.name for approach in approaches for host in approach.hosts if host.skipped is None
    )
    if not hosts:
        raise NotAssessed(
            "no name to compare with: give mail_host in a profile, or the external half",
            Why.NOT_ASKED,
        )
    return hosts


@check("INT-04-1", step=4, severity=Severity.MEDIUM)
def test_the_fqdn_is_the_mail_hosts_name(
    front_door: FrontDoor, approaches: tuple[Approach, ...]
) -> Iterator[Finding]:
    """The Fqdn of its Internet connector is a mail host name that leads to this server.

    Receivers compare what a server calls itself with its MX record. The server's own name tells
    strangers what the inside is called, and the certificate is looked up by this name.
    """

    def rule(connector: ReceiveConnector) -> Iterator[Finding]:
        name = connector.fqdn.rstrip(".").lower()
        hosts = _mail_hosts(front_door, approaches)
        if name not in hosts:
            yield Finding(
                subject=connector.identity,
                observed=f"Fqdn is {connector.fqdn or 'empty'}",
                expected=" or ".join(sorted(hosts)),
                **to_name(connector, hosts)._asdict(),
            )

    yield from examine(front_door.internet_connectors, rule, name=lambda item: item.identity)


@check(
    "INT-04-2",
    step=4,
    severity=Severity.MEDIUM,
    fix="Set-ReceiveConnector -Identity <identity> -Banner $null",
)
def test_the_banner_names_the_mail_host(
    front_door: FrontDoor, approaches: tuple[Approach, ...]
) -> Iterator[Finding]:
    """The Banner of its Internet connector is empty, or announces a mail host name.

    A Banner replaces the greeting and so hides a right Fqdn (the article's note).
    """

    def rule(connector: ReceiveConnector) -> Iterator[Finding]:
        if not connector.banner.strip():
            return
        host = announced_host(connector.banner)
        if host is None:
            yield Finding(
                subject=connector.identity,
                observed=f"Banner is {connector.banner!r}, which names no host",
                expected="an empty Banner, or one that names the mail host",
                detail="a fixed text is what the Exchange 2019 STIG asks for (V-259707)",
                level=Level.NOTE,
            )
        elif host not in _mail_hosts(front_door, approaches):
            yield Finding(
                subject=connector.identity,
                observed=f"Banner announces {host}",
                expected=" or ".join(sorted(_mail_hosts(front_door, approaches))),
            )

    yield from examine(front_door.internet_connectors, rule, name=lambda item: item.identity)
