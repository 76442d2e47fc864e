"""Step 1: Default Frontend serves the inside only, and still serves it well."""

from collections.abc import Callable, Iterator

from smtp_exposure.checklist import check, examine
from smtp_exposure.errors import MissingEvidence
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Family, IPRange
from smtp_exposure.exchange.connectors import SMTP_PORT, ReceiveConnector, TransportRole
from smtp_exposure.exchange.flags import AuthMechanism, PermissionGroup, names
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.perimeter import DEPRECATED
from smtp_exposure.remedy.choice import SCOPE, to_scope
from smtp_exposure.verdicts import Finding, Severity

ENABLE = "Set-ReceiveConnector -Identity <identity> -Enabled $true"
DISABLED = "it is disabled"
MISPRINT = AddressSet.parse(["172.160.0.0/12"])


@check(
    "INT-01-1",
    step=1,
    severity=Severity.HIGH,
    fix="# Put it back as set-up makes it, by hand: compare with a server set up afresh.",
)
def test_the_default_frontend_is_in_service(front_door: FrontDoor) -> Iterator[Finding]:
    """Its Default Frontend exists, is enabled, has the role FrontendTransport and listens on port 25.

    The article splits this connector in two. Where it is gone, renamed or switched off, nobody knows
    which connector serves the inside, and each later statement about it hangs in the air.
    """
    front_door.require_front_end()
    connector = front_door.found_default_frontend
    wanted = front_door.expected.default_frontend or f"Default Frontend {front_door.server.name}"
    if connector is None:
        yield Finding(
            subject=f"{front_door.server.name}\\{wanted}",
            observed="there is no such connector, and no other that can only be it",
            expected="one front-end connector on port 25 with ExchangeServer in AuthMechanism",
        )
        return
    yield from examine(
        _FAULTS,
        lambda fault: _faulty(connector, fault),
        name=lambda _: connector.identity,
    )


_FAULTS: dict[str, Callable[[ReceiveConnector], bool]] = {
    DISABLED: lambda item: not item.enabled,
    "its role is not FrontendTransport": lambda item: (
        item.transport_role is not TransportRole.FRONTEND_TRANSPORT
    ),
    f"its bindings have no port {SMTP_PORT}": lambda item: not item.listens_on(SMTP_PORT),
}


def _faulty(connector: ReceiveConnector, fault: str) -> Iterator[Finding]:
    if _FAULTS[fault](connector):
        yield Finding(
            subject=connector.identity,
            observed=fault,
            expected=f"enabled, FrontendTransport, port {SMTP_PORT}",
            fix=ENABLE if fault == DISABLED else "",
        )


@check("INT-01-2", step=1, severity=Severity.CRITICAL, fix=SCOPE)
def test_the_default_frontend_is_closed_to_the_internet(front_door: FrontDoor) -> Iterator[Finding]:
    """The RemoteIPRanges of its Default Frontend hold no Internet address.

    Default Frontend offers sign-in. Whoever it answers can try passwords and lock accounts out.
    """
    connector = front_door.default_frontend
    internet = front_door.perimeter.internet
    for item in connector.remote_ip_ranges:
        exposed = AddressSet((item.interval,)) & internet
        if exposed:
            yield Finding(
                subject=connector.identity,
                observed=f"{item.text} holds the Internet addresses {exposed}",
                expected="internal addresses only",
                detail=_misprint(item),
                **to_scope(front_door, connector)._asdict(),
            )


def _misprint(item: IPRange) -> str:
    if AddressSet((item.interval,)) != MISPRINT:
        return ""
    return "this is the article's misprint of 172.16.0.0/12 (RFC 1918, section 3)"


@check("INT-01-3", step=1, severity=Severity.MEDIUM, fix=SCOPE)
def test_the_default_frontend_serves_the_internal_ranges(
    front_door: FrontDoor,
) -> Iterator[Finding]:
    """The RemoteIPRanges of its Default Frontend hold all internal ranges.

    Printers, applications and servers at an address that is missing fall to the anonymous connector
    and can no longer sign in. The usual answer is to allow sign-in there: the hole opens again.
    """
    connector = front_door.default_frontend
    for interval in front_door.expected.internal - connector.addresses:
        yield Finding(
            subject=connector.identity,
            observed=f"{interval} is not among its ranges",
            expected=f"all of {front_door.expected.internal}",
            **to_scope(front_door, connector)._asdict(),
        )


@check("INT-01-4", step=1, severity=Severity.MEDIUM, fix=SCOPE)
def test_the_default_frontend_serves_all_exchange_servers(
    front_door: FrontDoor,
) -> Iterator[Finding]:
    """The RemoteIPRanges of its Default Frontend hold the addresses of all known Exchange servers.

    Mail from an Exchange or Edge server that is not among them comes in as anonymous: it loses its
    authentication and its organisation headers (facts sheet, 9.4).
    """
    connector = front_door.default_frontend
    known = front_door.perimeter.known_addresses
    if not known:
        raise MissingEvidence("Get-NetworkConnectionInfo", "addresses of the Exchange servers")
    unserved = AddressSet.of(item.interval for item in known) - connector.addresses
    for address in known if unserved else ():
        if unserved.touches(address.interval):
            yield Finding(
                subject=connector.identity,
                observed=f"{address.interval} of {address.owner} is not among its ranges",
                expected="the addresses of all Exchange and Edge servers",
                **to_scope(front_door, connector)._asdict(),
            )


@check("INT-01-5", step=1, severity=Severity.ADVICE, fix=SCOPE)
def test_the_default_frontend_has_no_deprecated_range(front_door: FrontDoor) -> Iterator[Finding]:
    """The RemoteIPRanges of its Default Frontend hold no deprecated range.

    The article lists fec0::/10. RFC 3879 took site-local addresses out of use: no host has one.
    """
    connector = front_door.default_frontend
    for item in connector.remote_ip_ranges:
        if DEPRECATED.holds(AddressSet((item.interval,))):
            yield Finding(
                subject=connector.identity,
                observed=f"{item.text} is site-local, deprecated by RFC 3879",
                expected="fc00::/7 alone for internal IPv6 addresses (RFC 4193)",
                **to_scope(front_door, connector)._asdict(),
            )


@check(
    "INT-01-6",
    step=1,
    severity=Severity.HIGH,
    fix="""
    # Put back what is missing by hand: AuthMechanism and PermissionGroups of Default Frontend are
    # never set by a script here. Compare: Get-ReceiveConnector -Identity <identity> | Format-List
    """,
)
def test_the_default_frontend_still_serves_inside(front_door: FrontDoor) -> Iterator[Finding]:
    """Its Default Frontend still listens on both families and lets servers and users sign in.

    That takes Tls, Integrated and ExchangeServer in AuthMechanism, and the group ExchangeServers.

    The article narrows who is answered, and nothing else. Servers and devices inside rely on the
    rest; without it their mail stops or comes in as anonymous.
    """
    connector = front_door.default_frontend
    aspects = (_unbound, _without_mechanisms, _without_servers)
    yield from examine(
        aspects, lambda aspect: aspect(front_door, connector), name=lambda _: connector.identity
    )


def _unbound(front_door: FrontDoor, connector: ReceiveConnector) -> Iterator[Finding]:
    bound = {binding.family for binding in connector.bindings_on(SMTP_PORT)}
    for family in front_door.expected.internal.families:
        if family not in bound:
            yield Finding(
                subject=connector.identity,
                observed=f"no {family} binding on port {SMTP_PORT}",
                expected="0.0.0.0:25" if family is Family.IPV4 else "[::]:25",
            )


def _without_mechanisms(_: FrontDoor, connector: ReceiveConnector) -> Iterator[Finding]:
    needed = frozenset({AuthMechanism.TLS, AuthMechanism.INTEGRATED, AuthMechanism.EXCHANGE_SERVER})
    lacking = needed - connector.auth_mechanism
    if lacking:
        yield Finding(
            subject=connector.identity,
            observed=f"AuthMechanism lacks {names(lacking)}",
            expected=names(needed),
        )


def _without_servers(_: FrontDoor, connector: ReceiveConnector) -> Iterator[Finding]:
    if not connector.admits(PermissionGroup.EXCHANGE_SERVERS):
        yield Finding(
            subject=connector.identity,
            observed=f"PermissionGroups is {names(connector.permission_groups)}",
            expected=PermissionGroup.EXCHANGE_SERVERS.value,
        )
