"""A state as Export-Clixml files, one for each cmdlet."""

from collections.abc import Callable, Iterable
from pathlib import Path

from lab import connectors, organization_objects, server_objects
from lab.clixml import Obj, document
from lab.state import Organization


def write(organization: Organization, folder: Path) -> None:
    """Write what every cmdlet answers; a cmdlet that answers nothing gets no file."""
    folder.mkdir(parents=True, exist_ok=True)
    for cmdlet, answer in _CMDLETS.items():
        objects = tuple(answer(organization))
        if objects:
            path = folder / f"{cmdlet}.xml"
            path.write_text(document(objects), encoding="utf-8-sig", newline="\r\n")


def _receive_connectors(organization: Organization) -> Iterable[Obj]:
    return (
        connectors.receive_connector(organization, server, connector)
        for server in organization.servers
        for connector in server.receive_connectors
    )


def _exchange_servers(organization: Organization) -> Iterable[Obj]:
    servers = organization.servers
    return (organization_objects.exchange_server(organization, server) for server in servers)


def _accepted_domains(organization: Organization) -> Iterable[Obj]:
    domains = organization.accepted_domains
    return (organization_objects.accepted_domain(organization, domain) for domain in domains)


def _certificates(organization: Organization) -> Iterable[Obj]:
    return (
        server_objects.exchange_certificate(organization, server, certificate)
        for server in organization.servers
        for certificate in server.certificates
    )


def _permissions(organization: Organization) -> Iterable[Obj]:
    return (
        entry
        for server in organization.servers
        for connector in server.receive_connectors
        for entry in server_objects.permissions(organization, server, connector)
    )


def _services(organization: Organization) -> Iterable[Obj]:
    return (
        server_objects.service(organization, server, service)
        for server in organization.servers
        for service in server.services
    )


def _send_connectors(organization: Organization) -> Iterable[Obj]:
    return (connectors.send_connector(organization, it) for it in organization.send_connectors)


def _organization_config(organization: Organization) -> Iterable[Obj]:
    return [organization_objects.organization_config(organization)]


def _transport_config(organization: Organization) -> Iterable[Obj]:
    return [organization_objects.transport_config(organization)]


def _network_connections(organization: Organization) -> Iterable[Obj]:
    servers = organization.servers
    return (server_objects.network_connection_info(organization, server) for server in servers)


_CMDLETS: dict[str, Callable[[Organization], Iterable[Obj]]] = {
    "Get-ExchangeServer": _exchange_servers,
    "Get-ReceiveConnector": _receive_connectors,
    "Get-ADPermission": _permissions,
    "Get-ExchangeCertificate": _certificates,
    "Get-Service": _services,
    "Get-NetworkConnectionInfo": _network_connections,
    "Get-AcceptedDomain": _accepted_domains,
    "Get-SendConnector": _send_connectors,
    "Get-OrganizationConfig": _organization_config,
    "Get-TransportConfig": _transport_config,
    "Get-HybridConfiguration": organization_objects.hybrid_configuration,
}
