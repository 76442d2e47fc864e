"""Step 6: nobody relays through the server without signing in."""

from collections.abc import Iterator
from functools import partial

from smtp_exposure.checklist import Target, check, examine
from smtp_exposure.errors import ExposureError
from smtp_exposure.exchange.accepted_domains import accepts, is_wildcard
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.flags import AuthMechanism, names
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.inventory import AcceptedDomain, Inventory
from smtp_exposure.exchange.permissions import Right
from smtp_exposure.remedy import blanks
from smtp_exposure.remedy.choice import against_sign_in
from smtp_exposure.verdicts import Finding, Level, Severity, trouble

INHERITED = """\
# <identity> inherits the right of <user>:
# take it away where it was given, on a container above the connector."""


@check(
    "INT-06-1",
    step=6,
    severity=Severity.CRITICAL,
    fix="""
    Get-ReceiveConnector -Identity <identity> | Remove-ADPermission -User <user> `
        -ExtendedRights 'ms-Exch-SMTP-Accept-Any-Recipient'
    """,
)
def test_anonymous_sessions_cannot_relay(front_door: FrontDoor) -> Iterator[Finding]:
    """No connector that answers an Internet address lets anonymous sessions send to any recipient.

    With that right, whoever reaches the connector sends to the whole Internet through the server.
    """
    front_door.server.permissions.read()
    outside, unread = front_door.answering_internet

    def rule(connector: ReceiveConnector) -> Iterator[Finding]:
        entry = front_door.access(connector).allows_anonymous(Right.ACCEPT_ANY_RECIPIENT)
        if entry is None:
            return
        yield Finding(
            subject=connector.identity,
            observed=f"{entry.user} has ms-Exch-SMTP-Accept-Any-Recipient"
            + (", inherited" if entry.inherited else ""),
            expected="no such right on a connector that answers Internet addresses",
            detail="" if connector in outside else "it answers no Internet address",
            level=Level.DEVIATION if connector in outside else Level.NOTE,
            fix=INHERITED if entry.inherited else "",
            blanks=partial(blanks.from_user, connector, entry.user),
        )

    for connector in front_door.connectors:
        try:
            yield from rule(connector)
        except ExposureError as problem:
            if connector in outside:
                yield trouble(connector.identity, problem)
    yield from unread


@check("INT-06-2", step=6, severity=Severity.CRITICAL)
def test_strangers_are_not_trusted_as_servers(front_door: FrontDoor) -> Iterator[Finding]:
    """No connector that answers an Internet address is ExternalAuthoritative.

    It treats each peer as an authenticated server: anybody relays, and forges internal senders.
    """

    def rule(connector: ReceiveConnector) -> Iterator[Finding]:
        if AuthMechanism.EXTERNAL_AUTHORITATIVE in connector.auth_mechanism:
            yield Finding(
                subject=connector.identity,
                observed=f"AuthMechanism is {names(connector.auth_mechanism)}",
                expected="ExternalAuthoritative on connectors for internal addresses only",
                **against_sign_in(front_door, connector)._asdict(),
            )

    outside, unread = front_door.answering_internet
    yield from examine(outside, rule, name=lambda connector: connector.identity)
    yield from unread


@check(
    "INT-06-3",
    step=6,
    severity=Severity.CRITICAL,
    target=Target.ORGANIZATION,
    fix="Remove-AcceptedDomain -Identity <identity>",
)
def test_no_accepted_domain_is_a_wildcard(inventory: Inventory) -> Iterator[Finding]:
    """No accepted domain is a wildcard: neither every domain, nor a whole top-level domain.

    Mail for an accepted domain is taken from anybody; a wildcard makes the server an open relay.
    """

    def rule(domain: AcceptedDomain) -> Iterator[Finding]:
        if is_wildcard(domain):
            yield Finding(
                subject=domain.label,
                observed=f"{domain.domain_name} is accepted as {domain.domain_type}",
                expected="the organisation's own domains",
            )

    for organization in inventory.organizations:
        try:
            domains = organization.accepted_domains.read()
        except ExposureError as problem:
            yield trouble(organization.name, problem)
        else:
            yield from examine(domains, rule, name=lambda domain: domain.label)


@check(
    "INT-06-4",
    step=6,
    severity=Severity.HIGH,
    target=Target.DOMAIN,
    fix="New-AcceptedDomain -Name <identity> -DomainName <identity> -DomainType Authoritative",
)
def test_the_domain_is_accepted(domain: str, inventory: Inventory) -> Iterator[Finding]:
    """The mail domain is an accepted domain.

    Mail for a domain that is not on the list is refused: the Internet connector does not relay.
    """
    problems: list[ExposureError] = []
    for organization in inventory.organizations:
        try:
            domains = organization.accepted_domains.read()
        except ExposureError as problem:
            problems.append(problem)
            continue
        for item in domains:
            try:
                if accepts(item, domain):
                    return
            except ExposureError as problem:
                problems.append(problem)
    yield from (trouble(domain, unread) for unread in problems)
    if not problems:
        yield Finding(
            subject=domain,
            observed="no accepted domain holds it",
            expected="an accepted domain of this name, or one that matches its subdomains",
        )
