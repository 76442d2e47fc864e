"""What stands beside the connectors: certificates, permissions, accepted domains, services, hybrid.

Each function gives what is in order unless a case changes something. A section that is given
replaces the one of selftests/checks/builders.py, so that it can also be empty, or unread.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from selftests.checks.builders import front_door
from selftests.checks.exported import ANONYMOUS, INTERNET, entry
from selftests.exchange import der
from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.inventory import (
    AcceptedDomain,
    ADPermission,
    ExchangeServer,
    HybridConfiguration,
    Section,
    SendConnector,
    Service,
    missing,
)
from smtp_exposure.exchange.objects import EnumValue, ExchangeObject, Value
from smtp_exposure.expectations import Expectations

MAIL_HOST = der.MAIL_HOST
NAME = f"<I>{der.AUTHORITY_TEXT}<S>CN={MAIL_HOST}"
"""The TlsCertificateName of the certificates that `der` makes unless told otherwise."""

RELAY = "ms-Exch-SMTP-Accept-Any-Recipient"
FROM_EVERYWHERE = (
    INTERNET,
    "EX01\\Default EX01",
    "EX01\\Client Proxy EX01",
    "EX01\\Outbound Proxy Frontend EX01",
    "EX01\\Client Frontend EX01",
)
"""The connectors that answer Internet addresses on some port."""

STARTS = {"Automatic": 2, "Manual": 3, "Disabled": 4}
STATUSES = {"Stopped": 1, "Running": 4}


def holding(door: FrontDoor, **sections: Any) -> FrontDoor:
    """A server of which other things were read."""
    return replace(door, server=replace(door.server, **sections))


def relay(user: str = ANONYMOUS, identity: str = INTERNET, **changes: Any) -> ADPermission:
    """An entry that lets somebody send to any recipient."""
    return entry(user, RELAY, **{"Identity": identity} | changes)


def with_permissions(door: FrontDoor, *further: ADPermission, unread: str = "") -> FrontDoor:
    """What was read for each connector that answers the Internet but one, and further entries."""
    plain = [entry(Identity=name) for name in FROM_EVERYWHERE if name != unread]
    return holding(door, permissions=Section(ADPermission.cmdlet, (*plain, *further)))


def with_certificates(
    *store: ExchangeCertificate,
    name: Value = NAME,
    days_later: int = 0,
    was_read: bool = True,
    expected: Expectations | None = None,
    **changes: Any,
) -> FrontDoor:
    """A server with these certificates, judged some days later than usual.

    Changes are those of its Internet connector.
    """
    own = {"TlsCertificateName": name, "Fqdn": MAIL_HOST} | changes
    door = front_door(internet=own, default={"TlsCertificateName": name}, expected=expected)
    later = replace(door, moment=door.moment + timedelta(days=days_later))
    return holding(later, certificates=certificates(*store) if was_read else UNREAD_STORE)


def certificates(*store: ExchangeCertificate) -> Section[ExchangeCertificate]:
    """A store that was read."""
    return Section(ExchangeCertificate.cmdlet, store)


UNREAD_STORE = missing(ExchangeCertificate)


def accepted(name: str, **changes: Any) -> AcceptedDomain:
    """An accepted domain."""
    kind = EnumValue("Authoritative", 0)
    own: dict[str, Any] = {"Name": name, "DomainName": name, "DomainType": kind}
    return AcceptedDomain(own | {"MatchSubDomains": False} | changes)


def service(name: str, status: str = "Stopped", start: str = "Disabled", **other: Value) -> Service:
    """A service as Get-Service shows it on its own server."""
    own: dict[str, Value] = {
        "Name": name,
        "Status": EnumValue(status, STATUSES.get(status, 0)),
        "StartType": EnumValue(start, STARTS.get(start, 0)),
        "MachineName": ".",
    }
    return Service(own | other)


OFF = ("MSExchangePop3", "MSExchangePOP3BE", "MSExchangeImap4", "MSExchangeIMAP4BE")
ALWAYS = ("MSExchangeFrontEndTransport", "MSExchangeTransport")


def with_services(
    *changed: Service, without: Iterable[str] = (), whole: bool = True, **other: Any
) -> FrontDoor:
    """A server with its services, some changed or left out; `whole` with those always there."""
    made = {name: service(name, "Running", "Automatic") for name in (ALWAYS if whole else ())}
    made |= {name: service(name) for name in OFF if name not in set(without)}
    listed = tuple((made | {item.name: item for item in changed}).values())
    return holding(front_door(**other), services=Section(Service.cmdlet, listed))


def hybrid(**changes: Value) -> list[ExchangeObject]:
    """What the hybrid wizard leaves: its object, and a connector that sends to the cloud."""
    return [
        HybridConfiguration({"Identity": "Hybrid Configuration"} | changes),
        SendConnector({"Identity": "Outbound to Office 365", "CloudServicesMailEnabled": True}),
    ]


def another_server(name: str = "EX02") -> ExchangeServer:
    """A further server of the organisation."""
    fqdn = f"{name.lower()}.corp.example"
    return ExchangeServer({"Name": name, "Fqdn": fqdn, "ServerRole": "Mailbox"})


def lacking(item: Any, *names: str) -> Any:
    """An object of which the export lacks some properties."""
    kept: Mapping[str, Value] = {
        name: value for name, value in item.properties.items() if name not in names
    }
    return type(item)(kept, item.source)
