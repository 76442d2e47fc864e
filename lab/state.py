"""What a stand-in Exchange organisation consists of, in Microsoft's words and spellings.

Plain values only: lab/clixml.py and the modules around it render them, lab/scenarios vary them.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from lab.network import Network

FULL_IPV4 = "0.0.0.0-255.255.255.255"
FULL_IPV6 = "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"


def midnight() -> datetime:
    """Return today's midnight in UTC, the time all dates of a state count from."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ace:
    """One access control entry of a receive connector, as Get-ADPermission shows it."""

    user: str
    right: str | None
    deny: bool = False
    inherited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveConnector:
    """A receive connector; the defaults are those of the default connectors on port 25."""

    name: str
    fqdn: str
    bindings: tuple[str, ...]
    auth_mechanism: tuple[str, ...]
    permission_groups: tuple[str, ...]
    transport_role: str = "FrontendTransport"
    remote_ip_ranges: tuple[str, ...] = (FULL_IPV6, FULL_IPV4)
    enabled: bool = True
    banner: str = ""
    tls_certificate_name: str | None = None
    tls_domain_capabilities: tuple[str, ...] = ()
    require_tls: bool = False
    domain_secure_enabled: bool = False
    enable_auth_gssapi: bool = False
    suppress_x_anonymous_tls: bool = False
    protocol_logging_level: str = "None"
    max_inbound_connection_per_source: int | None = 20
    max_logon_failures: int = 3
    max_protocol_errors: int | None = 5
    max_message_size_mb: int = 36
    message_rate_limit: int | None = None
    size_enabled: str = "Enabled"
    smtp_utf8_enabled: bool = True
    tarpit_seconds: int = 5
    extra_aces: tuple[Ace, ...] = ()
    """Entries beside those that the permission groups stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate in a server's machine store; names are written as .NET prints them."""

    subject: str
    names: tuple[str, ...] = ()
    issuer: str | None = None
    """The authority that signed it; None: it signed itself."""
    valid_from_days: int = -30
    lifetime_days: int = 365
    services: tuple[str, ...] = ()
    has_private_key: bool = True
    presents_chain: bool = True
    """Whether its server sends the issuing authority's certificate along."""

    @property
    def tls_certificate_name(self) -> str:
        """The text that names this certificate on a connector."""
        return f"<I>{self.issuer or self.subject}<S>{self.subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A Windows service."""

    name: str
    display_name: str
    status: str = "Running"
    start_type: str = "Automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """An Exchange server with what is its own."""

    name: str
    fqdn: str
    addresses: tuple[str, ...]
    receive_connectors: tuple[ReceiveConnector, ...]
    certificates: tuple[Certificate, ...]
    services: tuple[Service, ...]
    edge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedDomain:
    """A domain that the organisation takes mail for."""

    name: str
    domain_name: str
    domain_type: str = "Authoritative"
    match_sub_domains: bool = False
    default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SendConnector:
    """A connector that carries mail out."""

    name: str
    address_space: str = "SMTP:*;1"
    fqdn: str | None = None
    smart_hosts: tuple[str, ...] = ()
    cloud_services_mail_enabled: bool = False
    tls_certificate_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridConfiguration:
    """What the hybrid wizard noted about the tie to Exchange Online."""

    domains: tuple[str, ...]
    receiving_servers: tuple[str, ...]
    on_premises_smart_host: str
    tls_certificate_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHost:
    """One MX record and where its host leads: public addresses, and the servers behind them.

    One that isn't in the MX is a host of ours behind somebody else's.
    """

    domain: str
    host: str
    addresses: tuple[str, ...]
    servers: tuple[str, ...]
    preference: int = 10
    is_in_mx: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A whole Exchange organisation, and a client somewhere in the Internet."""

    name: str = "Corp Example"
    forest: str = "corp.example"
    netbios: str = "CORP"
    servers: tuple[Server, ...]
    accepted_domains: tuple[AcceptedDomain, ...]
    mail_hosts: tuple[MailHost, ...]
    send_connectors: tuple[SendConnector, ...]
    hybrid: HybridConfiguration | None = None
    network: Network = field(default_factory=Network)
    recipients: tuple[str, ...] | None = None
    """Known addresses; None: recipients aren't looked up when mail is received."""
    client_address: str = "198.51.100.77"
    client_address_ipv6: str = "2001:db8:51::77"
    as_of: datetime = field(default_factory=midnight)
