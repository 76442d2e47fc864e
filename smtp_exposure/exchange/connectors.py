"""Receive connectors as Get-ReceiveConnector shows them (facts sheet, 2)."""

from enum import Enum
from functools import cached_property

from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Binding, Family, IPRange, parse_binding, parse_ranges
from smtp_exposure.exchange.flags import (
    AUTH_NUMBERS,
    GROUP_NUMBERS,
    AuthMechanism,
    PermissionGroup,
    flags,
)
from smtp_exposure.exchange.objects import (
    EnumValue,
    ExchangeObject,
    Property,
    Value,
    as_bool,
    as_list,
    as_text,
    shown,
)

SMTP_PORT = 25


class TransportRole(Enum):
    """Which service owns a connector's listener (facts sheet, 2.2)."""

    FRONTEND_TRANSPORT = "FrontendTransport"
    HUB_TRANSPORT = "HubTransport"


_ROLE_NUMBERS = {16384: TransportRole.FRONTEND_TRANSPORT, 32: TransportRole.HUB_TRANSPORT}

_OFFERING_AUTHENTICATION = frozenset(AuthMechanism) - {AuthMechanism.TLS}
_OFFERING_ON_EDGE = frozenset(
    {
        AuthMechanism.INTEGRATED,
        AuthMechanism.BASIC_AUTH,
        AuthMechanism.BASIC_AUTH_REQUIRE_TLS,
    }
)


def parse_transport_role(value: Value) -> TransportRole:
    """Read TransportRole from text or number. Raises ValueError."""
    text = as_text(value).strip()
    for number, role in _ROLE_NUMBERS.items():
        if text.lower() in (role.value.lower(), str(number)):
            if isinstance(value, EnumValue) and value.number != number:
                raise ValueError(f"text {shown(text)} and number {value.number} disagree")
            return role
    raise ValueError(f"{shown(value)} is no transport role of a receive connector")


def parse_logging_level(value: Value) -> str:
    """Read ProtocolLoggingLevel from text or number (facts sheet, 2.2)."""
    return {"0": "None", "1": "Verbose"}.get(as_text(value).strip(), as_text(value).strip())


class ReceiveConnector(ExchangeObject):
    """One receive connector; a property that can't be read raises when it is asked for."""

    cmdlet = "Get-ReceiveConnector"

    enabled = Property("Enabled", as_bool)
    transport_role = Property("TransportRole", parse_transport_role)
    bindings = Property("Bindings", lambda value: tuple(map(parse_binding, as_list(value))))
    remote_ip_ranges = Property("RemoteIPRanges", lambda value: parse_ranges(as_list(value)))
    auth_mechanism = Property("AuthMechanism", flags(AUTH_NUMBERS))
    permission_groups = Property("PermissionGroups", flags(GROUP_NUMBERS))
    require_tls = Property("RequireTLS", as_bool)
    fqdn = Property("Fqdn", as_text)
    banner = Property("Banner", as_text)
    tls_certificate_name = Property("TlsCertificateName", as_text)
    tls_domain_capabilities = Property("TlsDomainCapabilities", as_list)
    enable_auth_gssapi = Property("EnableAuthGSSAPI", as_bool)
    max_message_size = Property("MaxMessageSize", as_text)
    protocol_logging_level = Property("ProtocolLoggingLevel", parse_logging_level)

    @property
    def identity(self) -> str:
        """Server and name with a backslash between, as Exchange writes it."""
        return self.word("Identity") or f"{self.server_name}\\{self.name}"

    @property
    def name(self) -> str:
        """The connector's name without its server."""
        return self.word("Name") or self.word("Identity").rpartition("\\")[2]

    @property
    def server_name(self) -> str:
        """The server's Exchange name; empty where the export does not tell."""
        server, backslash, _ = self.word("Identity").partition("\\")
        return self.word("Server") or (server if backslash else "")

    @property
    def label(self) -> str:
        """The identity, which names the connector in every message."""
        return self.identity

    @cached_property
    def addresses(self) -> AddressSet:
        """All remote addresses of its ranges, whether or not it listens for their family."""
        return AddressSet.of(item.interval for item in self.remote_ip_ranges)

    def ranges_of(self, family: Family) -> tuple[IPRange, ...]:
        """The ranges that count for a binding of this family (facts sheet, 3.1)."""
        return tuple(item for item in self.remote_ip_ranges if item.interval.family is family)

    def bindings_on(self, port: int) -> tuple[Binding, ...]:
        """The bindings on a port."""
        return tuple(item for item in self.bindings if item.port == port)

    def listens_on(self, port: int) -> bool:
        """Tell whether it is bound to a port, enabled or not."""
        return bool(self.bindings_on(port))

    def offers_authentication(self, *, on_edge: bool) -> frozenset[AuthMechanism]:
        """What it offers to sign in with (checklist, "Offers authentication")."""
        return self.auth_mechanism & (_OFFERING_ON_EDGE if on_edge else _OFFERING_AUTHENTICATION)

    def admits(self, group: PermissionGroup) -> bool:
        """Tell whether a permission group is set."""
        return group in self.permission_groups
