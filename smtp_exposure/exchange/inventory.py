"""Organisations and their servers, with what each cmdlet told of them (immutable after reading)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from smtp_exposure.errors import ExposureError, MissingEvidence
from smtp_exposure.exchange.addresses import Interval
from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.objects import (
    ExchangeObject,
    Property,
    Value,
    as_bool,
    as_list,
    as_text,
)

T = TypeVar("T", bound=ExchangeObject)


_STATUSES = {1: "Stopped", 2: "StartPending", 3: "StopPending", 4: "Running", 7: "Paused"}
_START_TYPES = {0: "Boot", 1: "System", 2: "Automatic", 3: "Manual", 4: "Disabled"}


def parse_status(value: Value) -> str:
    """Read a ServiceControllerStatus from text or number (facts sheet, 7)."""
    return _STATUSES.get(value, str(value)) if isinstance(value, int) else as_text(value)


def parse_start_type(value: Value) -> str:
    """Read a ServiceStartMode from text or number; CIM writes Automatic as `Auto`."""
    text = _START_TYPES.get(value, str(value)) if isinstance(value, int) else as_text(value)
    return "Automatic" if text.lower() == "auto" else text


class ExchangeServer(ExchangeObject):
    """A server as Get-ExchangeServer shows it."""

    cmdlet = "Get-ExchangeServer"

    name = Property("Name", as_text)
    fqdn = Property("Fqdn", as_text)
    server_role = Property("ServerRole", as_text)
    admin_display_version = Property("AdminDisplayVersion", as_text)


class AcceptedDomain(ExchangeObject):
    """An accepted domain (facts sheet, 4.4)."""

    cmdlet = "Get-AcceptedDomain"

    domain_name = Property("DomainName", as_text)
    domain_type = Property("DomainType", as_text)
    match_sub_domains = Property("MatchSubDomains", as_bool)


class ADPermission(ExchangeObject):
    """One access control entry on a receive connector (facts sheet, 4.3)."""

    cmdlet = "Get-ADPermission"

    user = Property("User", as_text)
    deny = Property("Deny", as_bool)
    is_inherited = Property("IsInherited", as_bool)
    extended_rights = Property("ExtendedRights", as_list)


class Service(ExchangeObject):
    """A Windows service (facts sheet, 7); services that it depends on are none of its own."""

    cmdlet = "Get-Service"

    status = Property("Status", parse_status)
    start_type = Property("StartType", parse_start_type)

    @property
    def name(self) -> str:
        """The service name, which Windows compares without case."""
        return self.word("Name") or self.word("ServiceName")


class SendConnector(ExchangeObject):
    """A send connector."""

    cmdlet = "Get-SendConnector"

    cloud_services_mail_enabled = Property("CloudServicesMailEnabled", as_bool)


class OrganizationConfig(ExchangeObject):
    """The settings of an organisation."""

    cmdlet = "Get-OrganizationConfig"


class HybridConfiguration(ExchangeObject):
    """The hybrid wizard's object; that it exists means hybrid."""

    cmdlet = "Get-HybridConfiguration"

    receiving_transport_servers = Property("ReceivingTransportServers", as_list)
    edge_transport_servers = Property("EdgeTransportServers", as_list)
    tls_certificate_name = Property("TlsCertificateName", as_text)


class TransportConfig(ExchangeObject):
    """The transport settings of an organisation."""

    cmdlet = "Get-TransportConfig"


class NetworkConnectionInfo(ExchangeObject):
    """One network adapter of a server."""

    cmdlet = "Get-NetworkConnectionInfo"

    ip_addresses = Property("IPAddresses", as_list)


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """What one cmdlet told: its objects, or why there are none to judge by."""

    cmdlet: str
    items: tuple[T, ...] = ()
    problem: ExposureError | None = None

    def read(self) -> tuple[T, ...]:
        """The objects; raises what stands in the way of reading them."""
        if self.problem is not None:
            raise self.problem
        return self.items

    @property
    def is_present(self) -> bool:
        """Tell whether there is evidence, be it of nothing."""
        return self.problem is None


def missing(kind: type[T], detail: str = "") -> Section[T]:
    """A section that the evidence lacks."""
    return Section(kind.cmdlet, problem=MissingEvidence(kind.cmdlet, detail))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Server:
    """One Exchange server and what is its own; `name` is its Exchange name."""

    name: str
    asked: str
    fqdn: str | None = None
    details: ExchangeServer | None = None
    receive_connectors: Section[ReceiveConnector]
    permissions: Section[ADPermission]
    certificates: Section[ExchangeCertificate]
    services: Section[Service]

    @property
    def target(self) -> str:
        """How results.json names it: the Exchange name in capitals."""
        return self.name.upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAddress:
    """An address that Exchange says one of its servers has, and where it says so."""

    interval: Interval
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Organization:
    """An Exchange organisation; `name` is empty where the evidence does not tell."""

    name: str
    servers: tuple[Server, ...]
    known_addresses: tuple[KnownAddress, ...]
    accepted_domains: Section[AcceptedDomain]
    send_connectors: Section[SendConnector]
    config: Section[OrganizationConfig]
    transport_config: Section[TransportConfig]
    hybrid: Section[HybridConfiguration]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Everything that was read of Exchange in one run."""

    organizations: tuple[Organization, ...] = ()
    notes: tuple[str, ...] = ()
    as_of: datetime | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def servers(self) -> tuple[Server, ...]:
        """All servers of all organisations."""
        return tuple(server for item in self.organizations for server in item.servers)

    def organization_of(self, server: Server) -> Organization:
        """The organisation that a server belongs to."""
        return next(item for item in self.organizations if server in item.servers)
