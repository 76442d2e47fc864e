"""Which port of which public address leads to whom."""

from collections.abc import Iterator
from itertools import cycle
from typing import Protocol

from lab import presented
from lab.front_door import ExchangePort
from lab.gateway_session import GatewayPort
from lab.network import PORTS, SMTP_PORTS, PolicyHost, Way
from lab.other_ports import MailboxPort, MailboxTransportPort, PolicyPort, SilentPort
from lab.selection import is_bound, select
from lab.session import Terms
from lab.state import Certificate, Organization, Server
from lab.wire import Wire

_MAILBOX_PORTS = {
    110: ("MSExchangePop3", "MSExchangePOP3BE", False),
    995: ("MSExchangePop3", "MSExchangePOP3BE", True),
    143: ("MSExchangeImap4", "MSExchangeIMAP4BE", False),
    993: ("MSExchangeImap4", "MSExchangeIMAP4BE", True),
}
_POLICY_AUTHORITY = (
    "CN=Lab Issuing CA 1, O=Lab Trust Limited, L=Salford, S=Greater Manchester, C=GB"
)


class Port(Protocol):
    """Whatever serves a connection."""

    async def serve(self, wire: Wire) -> None:
        """Serve one connection; it is closed afterwards."""


class Pool:
    """Several ports that take connections in turn."""

    def __init__(self, *ports: Port) -> None:
        self._next = cycle(ports)

    async def serve(self, wire: Wire) -> None:
        """Let the next one serve the connection."""
        await next(self._next).serve(wire)


def all_ways(organization: Organization) -> dict[str, Way]:
    """Return the way behind each public address of a mail host."""
    said = {way.address: way for way in organization.network.ways}
    derived = {
        address: Way(address=address, servers=host.servers)
        for host in organization.mail_hosts
        for address in host.addresses
    }
    return derived | said


def client_towards(organization: Organization, address: str) -> str:
    """Return the address under which the client appears at a server."""
    own = organization.client_address
    if ":" in address:
        own = organization.client_address_ipv6
    return organization.network.interference.source or own


def certificate_at(organization: Organization, way: Way) -> Certificate | None:
    """Return the certificate that the client is shown on port 25 of a way."""
    if way.gateway:
        return way.gateway.certificate
    server = _servers(organization, way)[0]
    client = client_towards(organization, way.address)
    connector = select(server, _local(server, way.address), 25, client)
    return presented.choose(server, connector) if connector else None


def endpoints(terms: Terms) -> Iterator[tuple[str, int, Port | str]]:
    """Yield address, port, and who serves it or how it is closed."""
    organization = terms.organization
    for way in all_ways(organization).values():
        for port in PORTS:
            yield way.address, port, _behind(terms, way, port)
    for host in organization.network.policy_hosts:
        yield host.address, 443, _policy_port(terms, host)


def _behind(terms: Terms, way: Way, port: int) -> Port | str:
    if port not in way.open_ports:
        return SilentPort() if way.accepts_everything else way.closed
    if way.gateway:
        return GatewayPort(terms=terms, gateway=way.gateway) if port == 25 else "refused"
    found = [
        served
        for server in _servers(terms.organization, way)
        if (served := _server_port(terms, server, way.address, port)) is not None
    ]
    if not found:
        return "refused"
    return Pool(*found) if len(found) > 1 else found[0]


def _server_port(terms: Terms, server: Server, address: str, port: int) -> Port | None:
    if port in _MAILBOX_PORTS:
        return _mailbox_port(terms, server, port)
    if 475 <= port <= 477 and not server.edge:
        return MailboxTransportPort(host=server.fqdn)
    local = _local(server, address)
    if port not in SMTP_PORTS or not is_bound(server, local, port):
        return None
    client = client_towards(terms.organization, address)
    return ExchangePort(terms=terms, server=server, local=local, port=port, client=client)


def _mailbox_port(terms: Terms, server: Server, port: int) -> Port | None:
    front, back, is_tls = _MAILBOX_PORTS[port]
    running = {each.name for each in server.services if each.status == "Running"}
    if front not in running:
        return None
    return MailboxPort(
        terms=terms,
        certificate=presented.own_certificate(server),
        speaks_imap=front == "MSExchangeImap4",
        is_tls=is_tls,
        has_back_end=back in running,
    )


def _policy_port(terms: Terms, host: PolicyHost) -> Port:
    certificate = Certificate(
        subject=f"CN={host.name}", names=(host.name,), issuer=_POLICY_AUTHORITY
    )
    return PolicyPort(terms=terms, host=host, certificate=certificate)


def _servers(organization: Organization, way: Way) -> list[Server]:
    known = (*organization.servers, *organization.network.other_servers)
    found = {server.name: server for server in known}
    return [found[name] for name in way.servers]


def _local(server: Server, address: str) -> str:
    """Return the server's own address behind a public one; IPv6 isn't translated."""
    return address if ":" in address else server.addresses[0]
