"""Hand-built evidence: one valid object each, of which a test changes what it is about.

And random servers, in the numbers of selftests/exchange/selection_oracle.py.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from hypothesis import strategies as st

from selftests.exchange.selection_oracle import Local, Range, Spec
from smtp_exposure.exchange.addresses import Binding, Family, Interval
from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.inventory import (
    AcceptedDomain,
    ADPermission,
    ExchangeServer,
    HybridConfiguration,
    Organization,
    OrganizationConfig,
    Section,
    SendConnector,
    Server,
    Service,
    TransportConfig,
    missing,
)
from smtp_exposure.exchange.objects import EnumValue, ExchangeObject, Value
from smtp_exposure.exchange.perimeter import draw_perimeter
from smtp_exposure.exchange.recognition import Folder
from smtp_exposure.expectations import Expectations

T = TypeVar("T", bound=ExchangeObject)

SERVER = "EX01"
ALL_IPV4 = "0.0.0.0-255.255.255.255"
ALL_IPV6 = "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
ARTICLE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
AUTH_31 = EnumValue("Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer", 31)
ANONYMOUS = r"NT AUTHORITY\ANONYMOUS LOGON"
ANY_RECIPIENT = "ms-Exch-SMTP-Accept-Any-Recipient"
SUBMIT = "ms-Exch-SMTP-Submit"
SERVICE = Service({"Name": "MSExchangePop3", "MachineName": "."})
MOMENT = datetime(2025, 2, 3, 8, 15, tzinfo=UTC)


def distinguished_name(name: str, server: str = SERVER, organization: str = "Corp") -> str:
    """The DN of a receive connector, as facts sheet 2.1 shows it."""
    return (
        f"CN={name},CN=SMTP Receive Connectors,CN=Protocols,CN={server},CN=Servers,"
        "CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,"
        f"CN={organization},CN=Microsoft Exchange,CN=Services,CN=Configuration,"
        f"DC={organization.lower()},DC=example"
    )


def connector(
    name: str = "Internet",
    ranges: Iterable[str] = (ALL_IPV6, ALL_IPV4),
    bindings: Iterable[str] = ("[::]:25", "0.0.0.0:25"),
    *,
    server: str = SERVER,
    **changes: Value,
) -> ReceiveConnector:
    """An Internet connector as the article wants it; changes are properties by name."""
    properties: dict[str, Value] = {
        "Identity": f"{server}\\{name}",
        "Name": name,
        "Server": server,
        "Enabled": True,
        "TransportRole": EnumValue("FrontendTransport", 16384),
        "Bindings": tuple(bindings),
        "RemoteIPRanges": tuple(ranges),
        "AuthMechanism": EnumValue("Tls", 1),
        "PermissionGroups": EnumValue("AnonymousUsers", 1),
        "RequireTLS": False,
    }
    return ReceiveConnector(properties | changes, "export.xml")


def at(server: str, organization: str = "Corp", name: str = "Internet") -> ReceiveConnector:
    """A connector of a server of an organisation."""
    dn = distinguished_name(name, server, organization)
    return connector(name, server=server, DistinguishedName=dn)


def default_frontend(
    name: str = f"Default Frontend {SERVER}",
    ranges: Iterable[str] = ARTICLE,
    bindings: Iterable[str] = ("[::]:25", "0.0.0.0:25"),
    **changes: Value,
) -> ReceiveConnector:
    """The Default Frontend, scoped as the article wants it."""
    groups = EnumValue("AnonymousUsers, ExchangeServers, ExchangeLegacyServers", 13)
    own: dict[str, Value] = {"AuthMechanism": AUTH_31, "PermissionGroups": groups}
    return altered(connector(name, ranges, bindings), own | changes)


def altered(item: T, properties: Mapping[str, Value]) -> T:
    """An object with some properties changed or added."""
    return type(item)({**item.properties, **properties}, item.source)


def without(item: ReceiveConnector, *names: str) -> ReceiveConnector:
    """A connector of which the export lacks some properties."""
    kept = {name: value for name, value in item.properties.items() if name not in names}
    return ReceiveConnector(kept, item.source)


def permission(
    user: str = ANONYMOUS,
    *rights: str,
    identity: str = f"{SERVER}\\Internet",
    deny: bool = False,
    inherited: bool = False,
    **changes: Value,
) -> ADPermission:
    """One access control entry as Get-ADPermission shows it."""
    properties: dict[str, Value] = {
        "Identity": identity,
        "User": user,
        "Deny": deny,
        "IsInherited": inherited,
        "AccessRights": ("ExtendedRight",),
        "ExtendedRights": rights,
    }
    return ADPermission(properties | changes, "export.xml")


def server(
    *connectors: ReceiveConnector,
    name: str = SERVER,
    role: str | None = "Mailbox",
    permissions: Iterable[ADPermission] | None = None,
) -> Server:
    """A server with these connectors; role None: nobody ran Get-ExchangeServer."""
    details = ExchangeServer({"Name": name, "ServerRole": role}) if role else None
    entries = tuple(permissions or ())
    return Server(
        name=name,
        asked=name,
        details=details,
        receive_connectors=Section(ReceiveConnector.cmdlet, connectors),
        permissions=missing(ADPermission)
        if permissions is None
        else Section(ADPermission.cmdlet, entries),
        certificates=missing(ExchangeCertificate),
        services=missing(Service),
    )


def organization(*servers: Server) -> Organization:
    """An organisation of which nothing but its servers was read."""
    return Organization(
        name="corp",
        servers=servers,
        known_addresses=(),
        accepted_domains=missing(AcceptedDomain),
        send_connectors=missing(SendConnector),
        config=missing(OrganizationConfig),
        transport_config=missing(TransportConfig),
        hybrid=missing(HybridConfiguration),
    )


def front_door(
    *connectors: ReceiveConnector,
    expected: Expectations | None = None,
    role: str | None = "Mailbox",
    permissions: Iterable[ADPermission] | None = None,
) -> FrontDoor:
    """One server's way in, in an organisation of its own."""
    wanted = expected or Expectations()
    one = server(*connectors, role=role, permissions=permissions)
    whole = organization(one)
    return FrontDoor(
        server=one,
        organization=whole,
        expected=wanted,
        perimeter=draw_perimeter(whole, wanted),
        moment=MOMENT,
    )


def folder(*objects: ExchangeObject, read: Iterable[str] = ()) -> Folder:
    """What the files of one folder hold."""
    found = Folder(read=set(read))
    found.objects.extend(objects)
    return found


# Boundaries near each other, so that random ranges are often equal, nested or partly overlapping.
_PLACES = {
    4: [0, 1, *range(0x08000000, 0x08000006), 0x0A000000, 0x0A000003, 2**32 - 2, 2**32 - 1],
    6: [0, 1, *range(0x2001 << 112, (0x2001 << 112) + 6), 0xFC00 << 112, 2**128 - 2, 2**128 - 1],
}
_LOCALS: list[Local] = [
    *((4, None, 25), (4, 0x0A000001, 25), (4, 0x0A000002, 25)),
    *((6, None, 25), (6, 0x20010DB8 << 96 | 1, 25), (4, None, 587), (6, None, 587)),
]


def ranges() -> st.SearchStrategy[Range]:
    """A range whose ends lie near those of others."""
    return st.sampled_from((4, 6)).flatmap(
        lambda version: st.tuples(*[st.sampled_from(_PLACES[version])] * 2).map(
            lambda ends: (version, min(ends), max(ends))
        )
    )


def specs(max_size: int = 6) -> st.SearchStrategy[list[Spec]]:
    """A server's connectors, in numbers; the names are those of their places."""
    one = st.tuples(
        st.lists(st.sampled_from(_LOCALS), min_size=1, max_size=3, unique=True).map(tuple),
        st.lists(ranges(), max_size=4).map(tuple),
        st.sampled_from(["FrontendTransport"] * 3 + ["HubTransport"]),
        st.sampled_from([True] * 4 + [False]),
        st.booleans(),
    )
    return st.lists(one, max_size=max_size).map(
        lambda rows: [Spec(f"C{number}", *row) for number, row in enumerate(rows)]
    )


def built(listed: list[Spec]) -> list[ReceiveConnector]:
    """The connectors that the numbers describe, as an export writes them."""
    return [
        connector(
            spec.name,
            (str(Interval(Family(version), low, high)) for version, low, high in spec.ranges),
            (
                str(Binding(Family(version), address, port))
                for version, address, port in spec.bindings
            ),
            Enabled=spec.enabled,
            TransportRole=spec.role,
            AuthMechanism="Tls, BasicAuth" if spec.offers else "Tls",
        )
        for spec in listed
    ]
