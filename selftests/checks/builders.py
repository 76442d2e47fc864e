"""A compliant front door from raw property values, as cmdlets export them, and what judging it says.

A case changes one property of one object.
"""

import inspect
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from lab import certificates
from lab.scenarios.compliant import CERTIFICATE
from lab.state import Certificate
from selftests.checks.registry import CHECKS, Seen, prove
from smtp_exposure.exchange.assembly import assemble
from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.inventory import (
    AcceptedDomain,
    ADPermission,
    ExchangeServer,
    Inventory,
    NetworkConnectionInfo,
    Service,
)
from smtp_exposure.exchange.objects import EnumValue, ExchangeObject
from smtp_exposure.exchange.perimeter import draw_perimeter
from smtp_exposure.exchange.recognition import Folder
from smtp_exposure.expectations import Expectations, ServerExpectation
from smtp_exposure.verdicts import Verdict, Why

ALL_IPV4 = "0.0.0.0-255.255.255.255"
ALL_IPV6 = "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
INTERNAL = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
WILDCARDS = ("[::]:25", "0.0.0.0:25")
DEFAULT_FRONTEND = "EX01\\Default Frontend EX01"
INTERNET = "EX01\\Internet (anonymous SMTP)"
ANONYMOUS = "NT AUTHORITY\\ANONYMOUS LOGON"
SUBMIT = "ms-Exch-SMTP-Submit"
MAIL_HOST = "mail.corp.example"
TLS_NAME = CERTIFICATE.tls_certificate_name

MOMENT = datetime(2026, 11, 24, tzinfo=UTC)
"""When everything is judged."""

GONE = object()
"""As a property's value: the export lacks the property."""

Properties = Mapping[str, Any]
# Facts sheet, 2.4: spelt out here, so that a slip in the library's table can't agree with itself.
AUTH = {
    "Tls": 1,
    "Integrated": 2,
    "BasicAuth": 4,
    "BasicAuthRequireTLS": 8,
    "ExchangeServer": 16,
    "ExternalAuthoritative": 32,
}
GROUPS = {
    "AnonymousUsers": 1,
    "ExchangeUsers": 2,
    "ExchangeServers": 4,
    "ExchangeLegacyServers": 8,
    "Partners": 16,
    "Custom": 32,
}
ROLES = {"FrontendTransport": 16384, "HubTransport": 32}


def enum(numbers: Mapping[str, int], *members: str) -> EnumValue:
    """Write a flag enum as an export has it: text and number."""
    text = ", ".join(sorted(members, key=numbers.__getitem__)) or "None"
    return EnumValue(text, sum(numbers[member] for member in members))


def auth(*members: str) -> EnumValue:
    """An AuthMechanism."""
    return enum(AUTH, *members)


def groups(*members: str) -> EnumValue:
    """A set of PermissionGroups."""
    return enum(GROUPS, *members)


def role(member: str) -> EnumValue:
    """A TransportRole."""
    return enum(ROLES, member)


ALL_BUT_EXTERNAL = auth(*list(AUTH)[:5])
BASIC = auth(*list(AUTH)[:4])


def connector(name: str, changes: Properties | None = None, server: str = "EX01") -> Properties:
    """A receive connector that answers nobody by sign-in on port 25, with some properties changed."""
    return {
        "AuthMechanism": auth("Tls"),
        "Banner": "",
        "Bindings": WILDCARDS,
        "Enabled": True,
        "Fqdn": "mail.corp.example",
        "Identity": f"{server}\\{name}",
        "Name": name,
        "PermissionGroups": groups("AnonymousUsers"),
        "ProtocolLoggingLevel": EnumValue("Verbose", 1),
        "RemoteIPRanges": (ALL_IPV6, ALL_IPV4),
        "RequireTLS": False,
        "Server": server,
        "TlsCertificateName": None,
        "TlsDomainCapabilities": (),
        "TransportRole": role("FrontendTransport"),
    } | dict(changes or {})


def scanners(*ranges: str, **changes: Any) -> Properties:
    """A further connector on which devices sign in, for some ranges."""
    own = {
        "RemoteIPRanges": ranges,
        "AuthMechanism": auth("Tls", "Integrated"),
        "PermissionGroups": groups("ExchangeUsers"),
    }
    return connector("Scanners", own | changes)


def _default_connectors() -> dict[str, dict[str, Any]]:
    """The connectors of a server on which every step was done, by name (facts sheet, 1.1)."""
    own = {"Fqdn": "ex01.corp.example"}
    every = {"AuthMechanism": ALL_BUT_EXTERNAL}
    hub = {"TransportRole": role("HubTransport")}
    servers = groups("ExchangeServers")
    users = groups("ExchangeUsers")
    both = groups("ExchangeUsers", "ExchangeServers")
    default = groups("AnonymousUsers", "ExchangeServers", "ExchangeLegacyServers")
    changes: dict[str, dict[str, Any]] = {
        "Default EX01": hub | every | {"Bindings": _on(2525), "PermissionGroups": both},
        "Client Proxy EX01": hub | every | {"Bindings": _on(465), "PermissionGroups": both},
        "Default Frontend EX01": every | {"RemoteIPRanges": INTERNAL, "PermissionGroups": default},
        "Outbound Proxy Frontend EX01": every | {"Bindings": _on(717), "PermissionGroups": servers},
        "Client Frontend EX01": {
            "AuthMechanism": BASIC,
            "Bindings": _on(587),
            "PermissionGroups": users,
        },
    }
    made = {name: dict(connector(name, own | change)) for name, change in changes.items()}
    made["Default Frontend EX01"] |= {"TlsCertificateName": TLS_NAME}
    named = {"TlsCertificateName": TLS_NAME}
    return made | {"Internet (anonymous SMTP)": dict(connector("Internet (anonymous SMTP)", named))}


def _on(port: int) -> tuple[str, str]:
    return f"[::]:{port}", f"0.0.0.0:{port}"


def entry(user: str = ANONYMOUS, right: str = SUBMIT, **changes: Any) -> ADPermission:
    """One access control entry on the Internet connector."""
    own: dict[str, Any] = {
        "Identity": INTERNET,
        "User": user,
        "ExtendedRights": (right,) if right else None,
    }
    return ADPermission(own | {"AccessRights": (), "Deny": False, "IsInherited": False} | changes)


def administrators(identity: str = INTERNET) -> ADPermission:
    """The inherited entry of those who run Exchange: it lets them do everything."""
    user = "CORP\\Organization Management"
    return entry(user, "", Identity=identity, AccessRights=("GenericAll",), IsInherited=True)


ADMINISTRATORS = administrators()


def certificate(
    like: Certificate = CERTIFICATE, changes: Properties | None = None
) -> ExchangeCertificate:
    """A certificate in the server's store, as the server itself exports it."""
    raw = {
        "RawData": certificates.der(certificates.issue(like, MOMENT)),
        "Services": ", ".join(like.services) or "None",
        "HasPrivateKey": like.has_private_key,
        "Server": "EX01",
    }
    return ExchangeCertificate(_present(raw | dict(changes or {})))


def service(name: str, status: object = "Stopped", start_type: object = "Disabled") -> Service:
    """A Windows service."""
    raw: dict[str, Any] = {"Name": name, "Status": status, "StartType": start_type}
    return Service(raw | {"MachineName": "EX01"})


SERVICES = (
    service("MSExchangeTransport", "Running", "Automatic"),
    service("MSExchangeFrontEndTransport", "Running", "Automatic"),
    service("MSExchangePop3"),
    service("MSExchangePOP3BE"),
    service("MSExchangeImap4"),
    service("MSExchangeIMAP4BE"),
)


def front_door(
    *,
    default: Properties | None = None,
    internet: Properties | None = None,
    without: Iterable[str] = (),
    further: Iterable[Properties] = (),
    on_client_ports: Properties | None = None,
    addresses: Iterable[str] = ("10.1.2.20",),
    server: Properties | None = None,
    permissions: Iterable[ADPermission] = (entry(), ADMINISTRATORS),
    store: Iterable[ExchangeCertificate] | None = None,
    services: Iterable[Service] = SERVICES,
    others: Iterable[ExchangeObject] = (),
    expected: Expectations | None = None,
) -> FrontDoor:
    """A compliant server, changed in what is given.

    `permissions` are those of the Internet connector, `store` its certificates; None: its own one.
    """
    raw = {name: dict(item) for name, item in _default_connectors().items() if name not in without}
    _change(raw, "Default Frontend EX01", default)
    _change(raw, "Internet (anonymous SMTP)", internet)
    for name in (
        "Default EX01",
        "Client Proxy EX01",
        "Outbound Proxy Frontend EX01",
        "Client Frontend EX01",
    ):
        _change(raw, name, on_client_ports)
    found = [ReceiveConnector(_present(item)) for item in (*raw.values(), *further)]
    details = {"Name": "EX01", "Fqdn": "ex01.corp.example", "ServerRole": "Mailbox"}
    details |= dict(server or {})
    others_entries = [administrators(item.identity) for item in found if item.identity != INTERNET]
    objects: list[ExchangeObject] = [*found, *permissions, *others_entries, *others, *services]
    objects += [certificate()] if store is None else store
    if details["ServerRole"] is not GONE:
        objects.append(ExchangeServer(details))
    if list(addresses):
        adapter: dict[str, Any] = {"IPAddresses": tuple(addresses), "Server": "EX01"}
        objects.append(NetworkConnectionInfo(adapter))
    (organization,) = assemble([Folder(objects=objects)]).organizations
    wanted = expected or Expectations()
    return FrontDoor(
        server=next(item for item in organization.servers if item.name == "EX01"),
        organization=organization,
        expected=wanted,
        perimeter=draw_perimeter(organization, wanted),
        moment=MOMENT,
    )


def _change(raw: dict[str, dict[str, Any]], name: str, changes: Properties | None) -> None:
    if changes:
        raw[name] |= dict(changes)


def _present(properties: Properties) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not GONE}


def of_server(**said: Any) -> Expectations:
    """What a profile says of the server."""
    return Expectations(servers={"ex01": ServerExpectation(name="EX01", **said)})


EDGE = {"ServerRole": "Edge"}


def edge_door(expected: Expectations | None = None, **changes: Any) -> FrontDoor:
    """An Edge server with its one connector, changed in what is given (facts sheet, 1.2)."""
    own = {
        "Bindings": ("0.0.0.0:25",),
        "RemoteIPRanges": (ALL_IPV4,),
        "AuthMechanism": auth("Tls", "ExchangeServer"),
        "PermissionGroups": groups("AnonymousUsers", "ExchangeServers", "Partners"),
        "TransportRole": GONE,
    }
    name = "Default internal receive connector EX01"
    made = connector(name, own | changes)
    everything = list(_default_connectors())
    return front_door(without=everything, further=[made], server=EDGE, expected=expected)


def domain(name: str, changes: Properties | None = None) -> AcceptedDomain:
    """An accepted domain."""
    own = {"Name": name, "DomainName": name, "DomainType": EnumValue("Authoritative", 0)}
    raw = own | {"Identity": name, "MatchSubDomains": False, "Default": False}
    return AcceptedDomain(_present(raw | dict(changes or {})))


def inventory(*domains: AcceptedDomain) -> Inventory:
    """What was read of an organisation with these accepted domains."""
    made = ReceiveConnector(connector("Default Frontend EX01"))
    return assemble([Folder(objects=[made, *domains])])


def expect(
    check: str, verdict: Verdict, *seen: Seen, why: Why | None = None, **evidence: Any
) -> None:
    """Assert what a check from inside comes to."""
    needed = inspect.signature(CHECKS[check][1].judgement).parameters
    if "approaches" in needed:  # the other half, where a case does without it
        evidence.setdefault("approaches", ())
    if "front_doors" in needed:
        evidence.setdefault("front_doors", (evidence["front_door"],))
    prove(check, verdict, *seen, why=why, **evidence)


def compliant(check: str, front_door: FrontDoor, *notes: Seen) -> None:
    """Assert that a check finds nothing but these notes."""
    expect(check, Verdict.COMPLIANT, *notes, front_door=front_door)


def deviates(check: str, front_door: FrontDoor, *seen: Seen) -> None:
    """Assert that a check finds exactly this, and that it deviates."""
    expect(check, Verdict.DEVIATES, *seen, front_door=front_door)


def inconclusive(check: str, front_door: FrontDoor, *seen: Seen) -> None:
    """Assert that a check finds exactly this, and that it proves neither."""
    expect(check, Verdict.INCONCLUSIVE, *seen, front_door=front_door)


def error(check: str, front_door: FrontDoor, *seen: Seen) -> None:
    """Assert that a check could not read what it needs."""
    expect(check, Verdict.ERROR, *seen, front_door=front_door)


def not_applicable(check: str, front_door: FrontDoor) -> None:
    """Assert that a check does not apply."""
    expect(check, Verdict.NOT_ASSESSED, why=Why.NOT_APPLICABLE, front_door=front_door)
