"""Receive and send connectors as Get-ReceiveConnector and Get-SendConnector return them."""

from collections.abc import Callable

from lab import values
from lab.clixml import Obj, Value
from lab.directory import CONFIGURATION_OBJECT, connector_id, entry, entry_id, server_id
from lab.state import Organization, ReceiveConnector, SendConnector, Server
from lab.values import CONFIGURATION, DATA

# In the order of Exchange 2019.
_PROPERTIES: dict[str, Callable[[ReceiveConnector], Value]] = {
    "AuthMechanism": lambda it: values.flags(
        f"{CONFIGURATION}.AuthMechanisms", values.AUTH_MECHANISMS, it.auth_mechanism
    ),
    "Banner": lambda it: it.banner,
    "BinaryMimeEnabled": lambda _: True,
    "Bindings": lambda it: values.multi_valued(
        f"{DATA}.IPBinding", map(values.ip_binding, it.bindings)
    ),
    "ChunkingEnabled": lambda _: True,
    "SmtpUtf8Enabled": lambda it: it.smtp_utf8_enabled,
    "DomainSecureEnabled": lambda it: it.domain_secure_enabled,
    "SuppressXAnonymousTls": lambda it: it.suppress_x_anonymous_tls,
    "Fqdn": lambda it: values.fqdn(it.fqdn),
    "TlsCertificateName": lambda it: values.x509_identifier(it.tls_certificate_name),
    "Comment": lambda _: "",
    "Enabled": lambda it: it.enabled,
    "MessageRateLimit": lambda it: values.unlimited(it.message_rate_limit),
    "MaxInboundConnectionPerSource": lambda it: values.unlimited(
        it.max_inbound_connection_per_source
    ),
    "MaxLogonFailures": lambda it: it.max_logon_failures,
    "MaxMessageSize": lambda it: values.megabytes(it.max_message_size_mb),
    "MaxProtocolErrors": lambda it: values.unlimited(it.max_protocol_errors),
    "PermissionGroups": lambda it: values.flags(
        f"{DATA}.PermissionGroups", values.PERMISSION_GROUPS, it.permission_groups
    ),
    "ProtocolLoggingLevel": lambda it: values.flags(
        f"{DATA}.ProtocolLoggingLevel", {"None": 0, "Verbose": 1}, [it.protocol_logging_level]
    ),
    "RemoteIPRanges": lambda it: values.multi_valued(
        f"{DATA}.IPRange", map(values.ip_range, it.remote_ip_ranges)
    ),
    "RequireTLS": lambda it: it.require_tls,
    "EnableAuthGSSAPI": lambda it: it.enable_auth_gssapi,
    "ExtendedProtectionPolicy": lambda _: values.enum(
        f"{CONFIGURATION}.ExtendedProtectionPolicySetting", "None", 0
    ),
    "TlsDomainCapabilities": lambda it: values.multi_valued(
        f"{DATA}.SmtpReceiveDomainCapabilities",
        map(values.domain_capabilities, it.tls_domain_capabilities),
    ),
    "TransportRole": lambda it: values.flags(
        f"{CONFIGURATION}.ServerRole", values.SERVER_ROLES, [it.transport_role]
    ),
    "SizeEnabled": lambda it: values.flags(
        f"{DATA}.SizeMode", {"Enabled": 1, "EnabledWithoutValue": 2}, [it.size_enabled]
    ),
    "TarpitInterval": lambda it: values.time_span(it.tarpit_seconds),
}


def receive_connector(organization: Organization, server: Server, it: ReceiveConnector) -> Obj:
    """Return what Get-ReceiveConnector does."""
    properties = {name: render(it) for name, render in _PROPERTIES.items()}
    properties["Server"] = server_id(organization, server)
    types = (f"{CONFIGURATION}.ReceiveConnector", *CONFIGURATION_OBJECT)
    return entry(organization, types, connector_id(organization, server, it), properties)


def send_connector(organization: Organization, it: SendConnector) -> Obj:
    """Return what Get-SendConnector does."""
    properties: dict[str, Value] = {
        "DNSRoutingEnabled": not it.smart_hosts,
        "SmartHosts": values.multi_valued(
            f"{DATA}.SmartHost",
            (Obj((f"{DATA}.SmartHost", "System.Object"), host) for host in it.smart_hosts),
        ),
        "Port": 25,
        "FrontendProxyEnabled": False,
        "CloudServicesMailEnabled": it.cloud_services_mail_enabled,
        "Fqdn": values.fqdn(it.fqdn) if it.fqdn else None,
        "TlsCertificateName": values.x509_identifier(it.tls_certificate_name),
        "RequireTLS": it.cloud_services_mail_enabled,
        "Enabled": True,
        "AddressSpaces": values.multi_valued(
            f"{DATA}.AddressSpace",
            [Obj((f"{DATA}.AddressSpace", "System.Object"), it.address_space)],
        ),
        "SourceTransportServers": values.multi_valued(
            f"{DATA}.Directory.ADObjectId",
            (server_id(organization, server) for server in organization.servers),
        ),
    }
    identity = entry_id(organization, it.name, "Connections", "Exchange Routing Group")
    types = (f"{CONFIGURATION}.SmtpSendConnectorConfig", *CONFIGURATION_OBJECT)
    return entry(organization, types, identity, properties)
