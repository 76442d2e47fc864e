"""The state that the article wants, its misprint mended, and the small edits that vary it."""

from dataclasses import replace
from typing import Any

from lab import defaults
from lab.network import Network, Way
from lab.scenario import scenario
from lab.state import (
    FULL_IPV4,
    FULL_IPV6,
    AcceptedDomain,
    Certificate,
    MailHost,
    Organization,
    ReceiveConnector,
    SendConnector,
    Server,
)

DOMAIN = "corp.example"
MAIL_HOST = f"mail.{DOMAIN}"
INTERNET = "Internet (anonymous SMTP)"
INTERNAL_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
CERTIFICATE = Certificate(
    subject=f"CN={MAIL_HOST}",
    names=(MAIL_HOST, f"autodiscover.{DOMAIN}"),
    issuer="CN=Lab Issuing CA 1, O=Lab Trust Limited, L=Salford, S=Greater Manchester, C=GB",
    services=("IIS", "SMTP"),
)


@scenario()
def compliant() -> Organization:
    """Everything is as the article wants it, its misprint mended."""
    return organization(compliant_server("EX01", "10.1.2.20"))


def organization(*servers: Server) -> Organization:
    """Return the organisation of these servers, which stand behind one MX host.

    Each has public addresses of its own; only port 25 gets through to them.
    """
    addresses = {
        address: server.name
        for number, server in enumerate(servers, start=25)
        for address in (f"203.0.113.{number}", f"2001:db8:25::{number}")
    }
    return Organization(
        servers=servers,
        accepted_domains=(AcceptedDomain(name=DOMAIN, domain_name=DOMAIN, default=True),),
        mail_hosts=(
            MailHost(
                domain=DOMAIN,
                host=MAIL_HOST,
                addresses=tuple(addresses),
                servers=tuple(server.name for server in servers),
            ),
        ),
        network=Network(
            ways=tuple(Way(address=each, servers=(name,)) for each, name in addresses.items())
        ),
        send_connectors=(SendConnector(name="To the Internet", fqdn=MAIL_HOST),),
    )


def fresh_server(name: str, address: str) -> Server:
    """Return a Mailbox server as setup leaves it."""
    return defaults.mailbox_server(name, f"{name.lower()}.{DOMAIN}", address)


def compliant_server(name: str, address: str) -> Server:
    """Return a Mailbox server on which every step was done."""
    fresh = fresh_server(name, address)
    scoped = tuple(
        replace(
            connector,
            remote_ip_ranges=INTERNAL_RANGES,
            tls_certificate_name=CERTIFICATE.tls_certificate_name,
        )
        if connector.name == defaults.default_frontend_name(name)
        else connector
        for connector in fresh.receive_connectors
    )
    return replace(
        fresh,
        receive_connectors=(*scoped, internet_connector()),
        certificates=(*fresh.certificates, CERTIFICATE),
        services=defaults.services(pop="Disabled", imap="Disabled"),
    )


def internet_connector() -> ReceiveConnector:
    """Return the connector that takes anonymous mail from the Internet."""
    return ReceiveConnector(
        name=INTERNET,
        fqdn=MAIL_HOST,
        bindings=("0.0.0.0:25", "[::]:25"),
        remote_ip_ranges=(FULL_IPV4, FULL_IPV6),
        auth_mechanism=("Tls",),
        permission_groups=("AnonymousUsers",),
        tls_certificate_name=CERTIFICATE.tls_certificate_name,
        protocol_logging_level="Verbose",
    )


def scanner_connector(name: str, *ranges: str, **changes: Any) -> ReceiveConnector:
    """Return a connector on which devices sign in, for these ranges only."""
    connector = ReceiveConnector(
        name=name,
        fqdn=f"ex01.{DOMAIN}",
        bindings=("0.0.0.0:25",),
        remote_ip_ranges=ranges,
        auth_mechanism=("Tls", "Integrated"),
        permission_groups=("ExchangeUsers",),
    )
    return replace(connector, **changes)


def with_server(**changes: Any) -> Organization:
    """Return the compliant state, its server changed."""
    state = compliant()
    return replace(state, servers=(replace(state.servers[0], **changes),))


def with_connector(name: str, **changes: Any) -> Organization:
    """Return the compliant state, one connector changed."""
    connectors = compliant().servers[0].receive_connectors
    return with_server(
        receive_connectors=tuple(
            replace(each, **changes) if each.name == name else each for each in connectors
        )
    )


def with_internet_connector(**changes: Any) -> Organization:
    """Return the compliant state, its Internet connector changed."""
    return with_connector(INTERNET, **changes)


def with_default_frontend(**changes: Any) -> Organization:
    """Return the compliant state, its Default Frontend changed."""
    return with_connector(defaults.default_frontend_name("EX01"), **changes)


def without_connector(name: str) -> Organization:
    """Return the compliant state, one connector removed."""
    connectors = compliant().servers[0].receive_connectors
    return with_server(receive_connectors=tuple(each for each in connectors if each.name != name))


def with_further(*connectors: ReceiveConnector) -> Organization:
    """Return the compliant state with further connectors."""
    return with_server(receive_connectors=(*compliant().servers[0].receive_connectors, *connectors))
