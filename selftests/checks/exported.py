"""Objects as Exchange's own cmdlets export them, by their raw property values.

A case changes one property of one object.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lab import certificates
from lab.scenarios.compliant import CERTIFICATE
from lab.state import Certificate
from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.inventory import AcceptedDomain, ADPermission, Service
from smtp_exposure.exchange.objects import EnumValue

ALL_IPV4 = "0.0.0.0-255.255.255.255"
ALL_IPV6 = "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
INTERNAL = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
WILDCARDS = ("[::]:25", "0.0.0.0:25")
DEFAULT_FRONTEND = "EX01\\Default Frontend EX01"
INTERNET_CONNECTOR = "Internet (anonymous SMTP)"
INTERNET = f"EX01\\{INTERNET_CONNECTOR}"
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


HUB = role("HubTransport")
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


SCANNERS = "EX01\\Scanners"


def scanners(*ranges: str, **changes: Any) -> Properties:
    """A further connector on which devices sign in, for some ranges."""
    own = {
        "RemoteIPRanges": ranges,
        "AuthMechanism": auth("Tls", "Integrated"),
        "PermissionGroups": groups("ExchangeUsers"),
    }
    return connector("Scanners", own | changes)


def default_connectors() -> dict[str, dict[str, Any]]:
    """The connectors of a server on which every step was done, by name (facts sheet, 1.1)."""
    own = {"Fqdn": "ex01.corp.example"}
    every = {"AuthMechanism": ALL_BUT_EXTERNAL}
    hub = {"TransportRole": HUB}
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
    return made | {INTERNET_CONNECTOR: dict(connector(INTERNET_CONNECTOR, named))}


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


def present(properties: Properties) -> dict[str, Any]:
    """Properties without those that the export lacks."""
    return {name: value for name, value in properties.items() if value is not GONE}


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
    return ExchangeCertificate(present(raw | dict(changes or {})))


def service(name: str, status: object = "Stopped", start_type: object = "Disabled") -> Service:
    """A Windows service."""
    raw: dict[str, Any] = {"Name": name, "Status": status, "StartType": start_type}
    return Service(raw | {"MachineName": "EX01"})


def domain(name: str, changes: Properties | None = None) -> AcceptedDomain:
    """An accepted domain."""
    own = {"Name": name, "DomainName": name, "DomainType": EnumValue("Authoritative", 0)}
    raw = own | {"Identity": name, "MatchSubDomains": False, "Default": False}
    return AcceptedDomain(present(raw | dict(changes or {})))
