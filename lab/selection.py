"""Which connector answers: Exchange's own rules, for one connection (facts sheet, 3.1)."""

import ipaddress
from collections.abc import Iterator

from lab.state import ReceiveConnector, Server

_WILDCARDS = {4: "0.0.0.0", 6: "::"}  # noqa: S104 - an Exchange binding, not one of ours


def interval(text: str) -> tuple[int, int, int]:
    """Return family, lowest and highest address of a RemoteIPRanges entry in any notation."""
    if "-" in text:
        low, high = (ipaddress.ip_address(end.strip()) for end in text.split("-"))
        return low.version, int(low), int(high)
    network = ipaddress.ip_network(text.replace("(", "/").rstrip(")"), strict=False)
    return network.version, int(network[0]), int(network[-1])


def select(server: Server, local: str, port: int, client: str) -> ReceiveConnector | None:
    """Return the connector that serves a client; None: no connector does."""
    loaded = _loaded(server, local, port)
    found = [
        (size, not exact, place, connector)
        for place, connector in enumerate(loaded)
        for exact in _bindings_met(connector, local, port)
        for size in _sizes(connector, client)
    ]
    # The smallest range wins, then the exact local address, then whatever was loaded first.
    return min(found, key=lambda each: each[:3])[3] if found else None


def is_bound(server: Server, local: str, port: int) -> bool:
    """Return whether the server listens there at all."""
    return bool(_loaded(server, local, port))


def _loaded(server: Server, local: str, port: int) -> list[ReceiveConnector]:
    """Return the enabled connectors of the process that owns the port, bound to that address.

    Where both services claim a port, the first to start owns it: here the Front End's.
    """
    bound = [
        each
        for each in server.receive_connectors
        if each.enabled and [*_bindings_met(each, local, port)]
    ]
    front = [each for each in bound if each.transport_role == "FrontendTransport"]
    return bound if server.edge else front or bound


def _bindings_met(connector: ReceiveConnector, local: str, port: int) -> Iterator[bool]:
    """Yield True for a binding of exactly that address, False for the family's wildcard."""
    wanted = ipaddress.ip_address(local)
    for binding in connector.bindings:
        host, _, number = binding.rpartition(":")
        address = ipaddress.ip_address(host.strip("[]"))
        if int(number) != port:
            continue
        if address == wanted:
            yield True
        elif str(address) == _WILDCARDS[wanted.version]:
            yield False


def _sizes(connector: ReceiveConnector, client: str) -> Iterator[int]:
    # Ranges of the other family never count: client and binding are of one family.
    peer = ipaddress.ip_address(client)
    for text in connector.remote_ip_ranges:
        family, low, high = interval(text)
        if family == peer.version and low <= int(peer) <= high:
            yield high - low
