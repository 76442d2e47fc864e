"""What Exchange setup leaves on a server: connectors, certificates and services.

Values of real Exchange 2019 output and of Microsoft's "Receive connectors".
"""

from lab.state import FULL_IPV4, Certificate, ReceiveConnector, Server, Service

BASIC = ("Tls", "Integrated", "BasicAuth", "BasicAuthRequireTLS")
ALL_BUT_EXTERNAL = (*BASIC, "ExchangeServer")


def default_frontend_name(server: str) -> str:
    """Return the name of the connector that serves port 25 of a new server."""
    return f"Default Frontend {server}"


def hub_connectors(name: str, fqdn: str) -> tuple[ReceiveConnector, ...]:
    """Return the receive connectors of a new server's Transport service."""
    return (
        ReceiveConnector(
            name=f"Default {name}",
            fqdn=fqdn,
            transport_role="HubTransport",
            bindings=("0.0.0.0:2525", "[::]:2525"),
            auth_mechanism=ALL_BUT_EXTERNAL,
            permission_groups=("ExchangeUsers", "ExchangeServers", "ExchangeLegacyServers"),
            max_inbound_connection_per_source=None,
            size_enabled="EnabledWithoutValue",
        ),
        ReceiveConnector(
            name=f"Client Proxy {name}",
            fqdn=fqdn,
            transport_role="HubTransport",
            bindings=("[::]:465", "0.0.0.0:465"),
            auth_mechanism=ALL_BUT_EXTERNAL,
            permission_groups=("ExchangeUsers", "ExchangeServers"),
            message_rate_limit=5,
            enable_auth_gssapi=True,
        ),
    )


def default_frontend(name: str, fqdn: str) -> ReceiveConnector:
    """Return the connector that serves port 25 of a new server."""
    return ReceiveConnector(
        name=default_frontend_name(name),
        fqdn=fqdn,
        bindings=("[::]:25", "0.0.0.0:25"),
        auth_mechanism=ALL_BUT_EXTERNAL,
        permission_groups=("AnonymousUsers", "ExchangeServers", "ExchangeLegacyServers"),
        protocol_logging_level="Verbose",
        domain_secure_enabled=True,
    )


def frontend_connectors(name: str, fqdn: str) -> tuple[ReceiveConnector, ...]:
    """Return the receive connectors of a new server's Front End Transport service."""
    return (
        default_frontend(name, fqdn),
        ReceiveConnector(
            name=f"Outbound Proxy Frontend {name}",
            fqdn=fqdn,
            bindings=("[::]:717", "0.0.0.0:717"),
            auth_mechanism=ALL_BUT_EXTERNAL,
            permission_groups=("ExchangeServers",),
            protocol_logging_level="Verbose",
            domain_secure_enabled=True,
            tarpit_seconds=0,
        ),
        ReceiveConnector(
            name=f"Client Frontend {name}",
            fqdn=fqdn,
            bindings=("[::]:587", "0.0.0.0:587"),
            auth_mechanism=BASIC,
            permission_groups=("ExchangeUsers",),
            message_rate_limit=5,
            enable_auth_gssapi=True,
        ),
    )


def edge_receive_connector(name: str, fqdn: str) -> ReceiveConnector:
    """Return the one receive connector of a new Edge Transport server.

    Edge Transport has no front end; which TransportRole its object shows is not documented.
    """
    return ReceiveConnector(
        name=f"Default internal receive connector {name}",
        fqdn=fqdn,
        transport_role="HubTransport",
        bindings=("0.0.0.0:25",),
        remote_ip_ranges=(FULL_IPV4,),
        auth_mechanism=("Tls", "ExchangeServer"),
        permission_groups=("AnonymousUsers", "ExchangeServers", "Partners"),
        message_rate_limit=600,
    )


def certificates(name: str, fqdn: str) -> tuple[Certificate, ...]:
    """Return the certificates that setup signs itself."""
    return (
        Certificate(
            subject="CN=Microsoft Exchange Server Auth Certificate",
            valid_from_days=-200,
            lifetime_days=1800,
            services=("SMTP",),
        ),
        Certificate(
            subject=f"CN={name}",
            names=(name, fqdn),
            valid_from_days=-200,
            lifetime_days=1826,
            services=("IMAP", "POP", "IIS", "SMTP"),
        ),
        Certificate(
            subject=f"CN=WMSvc-SHA2-{name}",
            valid_from_days=-200,
            lifetime_days=3650,
        ),
    )


def services(*, pop: str = "Manual", imap: str = "Manual") -> tuple[Service, ...]:
    """Return the services that matter here; setup leaves POP and IMAP stopped, and manual."""
    running = {
        "MSExchangeFrontEndTransport": "Microsoft Exchange Frontend Transport",
        "MSExchangeTransport": "Microsoft Exchange Transport",
        "MSExchangeDelivery": "Microsoft Exchange Mailbox Transport Delivery",
        "MSExchangeSubmission": "Microsoft Exchange Mailbox Transport Submission",
        "WinRM": "Windows Remote Management (WS-Management)",
    }
    stopped = {
        "MSExchangePop3": ("Microsoft Exchange POP3", pop),
        "MSExchangePOP3BE": ("Microsoft Exchange POP3 Backend", pop),
        "MSExchangeImap4": ("Microsoft Exchange IMAP4", imap),
        "MSExchangeIMAP4BE": ("Microsoft Exchange IMAP4 Backend", imap),
    }
    return (
        *(Service(name=name, display_name=shown) for name, shown in running.items()),
        *(
            Service(name=name, display_name=shown, status="Stopped", start_type=start_type)
            for name, (shown, start_type) in stopped.items()
        ),
    )


def edge_services() -> tuple[Service, ...]:
    """Return the services of an Edge Transport server: no POP, no IMAP, no front end."""
    return (
        Service(name="ADAM_MSExchange", display_name="Microsoft Exchange ADAM"),
        Service(name="MSExchangeTransport", display_name="Microsoft Exchange Transport"),
        Service(
            name="MSExchangeEdgeCredential", display_name="Microsoft Exchange Credential Service"
        ),
    )


def mailbox_server(name: str, fqdn: str, address: str) -> Server:
    """Return a Mailbox server as setup leaves it."""
    return Server(
        name=name,
        fqdn=fqdn,
        addresses=(address,),
        receive_connectors=hub_connectors(name, fqdn) + frontend_connectors(name, fqdn),
        certificates=certificates(name, fqdn),
        services=services(),
    )
