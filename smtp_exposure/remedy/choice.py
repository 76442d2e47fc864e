"""Which of several remedies mends a finding, by what is there (pure).

A remedy is chosen while judging. What can't be read then must not keep a check from its verdict: the
remedy says so instead.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from smtp_exposure.errors import ExposureError
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Family
from smtp_exposure.exchange.connectors import SMTP_PORT, ReceiveConnector, TransportRole
from smtp_exposure.exchange.flags import AuthMechanism
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.inventory import HybridConfiguration
from smtp_exposure.remedy import blanks
from smtp_exposure.remedy.blanks import Blanks

SCOPE = "Set-ReceiveConnector -Identity <identity> -RemoteIPRanges <ranges>"
NO_SIGN_IN = "Set-ReceiveConnector -Identity <identity> -AuthMechanism <mechanisms>"
NOBODY_INSIDE = """\
# It answers nobody inside, so it can't be narrowed; who signs in to it from outside then can't.
"""
MAKE_ONE_NEXT = """
# Then at once INT-02-1: until there is an Internet connector, nobody outside is answered."""
SCOPE_FIRST = """\
# Scope Default Frontend first (INT-01-2); while it holds these ranges Exchange refuses this.
"""
ROLE_FIRST = """\
# First INT-02-3: <identity> has the role HubTransport on port 25, and Exchange
# refuses to let a front-end connector have it too. Then judge again."""
MAKE = """\
New-ReceiveConnector -Server <server> -Name <name> -Usage Internet<role> `
    -Bindings '0.0.0.0:25','[::]:25'
Set-ReceiveConnector -Identity <identity> -RemoteIPRanges <ranges>"""
INTERNET_FIRST = """\
# First the Internet connector (INT-01-2, INT-02-1): it is to answer Exchange Online in place of
# Default Frontend, and takes over what that one knows:
"""
TRUST_CLOUD = "Set-ReceiveConnector -Identity <identity> -TlsDomainCapabilities <capabilities>"
PRESENT = " `\n    -TlsCertificateName <certificate name>"
NAME = "Set-ReceiveConnector -Identity <identity> -Fqdn <mail host>"
SIGN_IN_FIRST = """\
# First INT-03-2: with ExchangeServer in AuthMechanism Exchange refuses any but the server's own name.
"""
NOT_KNOWN = "# What mends this can't be told yet: <reason>"


class Remedy(NamedTuple):
    """A finding's own remedy, and what fills its placeholders when it is shown."""

    fix: str
    blanks: Callable[[], Blanks]


def to_scope(front_door: FrontDoor, default_frontend: ReceiveConnector) -> Remedy:
    """Let Default Frontend answer the inside alone, and say what is next where that is not yet done."""
    is_last = front_door.is_internet_facing and _internet_connectors(front_door) == ()
    fix = SCOPE + (MAKE_ONE_NEXT if is_last else "")
    return Remedy(fix, partial(blanks.to_serve_inside, front_door, default_frontend))


def against_sign_in(front_door: FrontDoor, connector: ReceiveConnector) -> Remedy:
    """Keep strangers from the sign-in of a connector that answers them.

    One for the Internet's mail keeps its addresses and loses the sign-in; so does one that has
    nothing else to serve. Every other one is narrowed: what is inside may need the sign-in.
    """
    try:
        if connector is front_door.found_default_frontend:
            return to_scope(front_door, connector)
        serves_inside = bool(blanks.inside_of(front_door, connector))
    except ExposureError as problem:
        return _not_known(problem)
    is_internets = connector in (_internet_connectors(front_door) or ())
    is_internets = is_internets or front_door.has_internet_name(connector)
    if serves_inside and not is_internets:
        return Remedy(SCOPE, partial(blanks.to_narrow, front_door, connector))
    fix = NO_SIGN_IN if is_internets else NOBODY_INSIDE + NO_SIGN_IN
    return Remedy(fix, partial(blanks.to_offer_nothing, front_door, connector))


def to_name(connector: ReceiveConnector, hosts: Iterable[str]) -> Remedy:
    """Name a connector after the mail host (facts sheet, 2.5: not beside ExchangeServer)."""
    fix = NAME
    with suppress(ExposureError):
        if AuthMechanism.EXCHANGE_SERVER in connector.auth_mechanism:
            fix = SIGN_IN_FIRST + NAME
    return Remedy(fix, partial(blanks.to_name, connector, hosts))


def to_answer(front_door: FrontDoor, wanted: AddressSet) -> Remedy:
    """Have an Internet connector for addresses: complete the one there is, or make one."""
    try:
        hub = _hub_on_port_25(front_door)
        if hub is not None:
            return Remedy(ROLE_FIRST, partial(blanks.for_server, front_door, hub))
        default = front_door.found_default_frontend
        is_open = default is not None and default.addresses & front_door.perimeter.internet
        found = front_door.found_internet_connectors
        named = (item for item in front_door.connectors if front_door.has_internet_name(item))
        there = next(iter(found), None) or next(named, None)
        if there is None:
            remedy = Remedy(MAKE, partial(blanks.to_make, front_door, wanted))
        else:
            others = [item for item in found if item.enabled and item is not there]
            remedy = _completed(there, others, wanted)
    except ExposureError as problem:
        return _not_known(problem)
    return remedy._replace(fix=(SCOPE_FIRST if is_open else "") + remedy.fix)


def _completed(
    there: ReceiveConnector, others: list[ReceiveConnector], wanted: AddressSet
) -> Remedy:
    """Add to a connector what it and the others lack together."""
    lacking = wanted - AddressSet.of(i for item in (there, *others) for i in item.addresses)
    served = {family for item in others for family in _bound(item) & {*item.addresses.families}}
    unbound = [family for family in wanted.families if family not in served | _bound(there)]
    options = {
        " -Enabled $true": not there.enabled,
        " -Bindings <bindings>": bool(unbound),
        " -RemoteIPRanges <ranges>": bool(lacking),
    }
    return Remedy(
        "Set-ReceiveConnector -Identity <identity>"
        + "".join(option for option, is_needed in options.items() if is_needed),
        partial(blanks.to_complete, there, lacking, unbound),
    )


def to_trust_cloud(front_door: FrontDoor, connector: ReceiveConnector) -> Remedy:
    """Let the connector that is to answer Exchange Online know it: an Internet connector."""
    try:
        takes_over = connector is front_door.found_default_frontend
        found = front_door.found_internet_connectors if takes_over else (connector,)
    except ExposureError as problem:
        return _not_known(problem)
    identity = found[0].identity if found else front_door.internet_connector_identity
    known = (*found[:1], connector)
    hybrid = front_door.organization.hybrid.items
    fix = (INTERNET_FIRST if takes_over else "") + TRUST_CLOUD
    return Remedy(
        fix if _certificate_names(found[:1]) else fix + PRESENT,
        partial(
            blanks.to_trust_cloud,
            identity,
            _capabilities(known),
            _certificate_names((*known, *hybrid)),
        ),
    )


def _capabilities(connectors: Iterable[ReceiveConnector]) -> list[str]:
    """What connectors know of their peers, as far as it was read."""
    found: list[str] = []
    for item in connectors:
        with suppress(ExposureError):
            found += item.tls_domain_capabilities
    return found


def _certificate_names(items: Iterable[ReceiveConnector | HybridConfiguration]) -> list[str]:
    """The names of certificates that were given to these, as far as they were read."""
    found: list[str] = []
    for item in items:
        with suppress(ExposureError):
            found += [item.tls_certificate_name] if item.tls_certificate_name else []
    return found


def _bound(connector: ReceiveConnector) -> set[Family]:
    return {binding.family for binding in connector.bindings_on(SMTP_PORT)}


def _hub_on_port_25(front_door: FrontDoor) -> ReceiveConnector | None:
    """A connector that competes with front-end ones for the port; an Edge server has no roles."""
    hub = TransportRole.HUB_TRANSPORT
    for connector in () if front_door.is_edge else front_door.connectors:
        if connector.listens_on(SMTP_PORT) and connector.transport_role is hub:
            return connector
    return None


def _internet_connectors(front_door: FrontDoor) -> tuple[ReceiveConnector, ...] | None:
    """The Internet connectors; None where that can't be told."""
    try:
        return front_door.found_internet_connectors
    except ExposureError:
        return None


def _not_known(problem: ExposureError) -> Remedy:
    return Remedy(NOT_KNOWN, partial(blanks.for_reason, str(problem)))
