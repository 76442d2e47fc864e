"""What fills the placeholders of remedies, from the observed values (pure)."""

from collections.abc import Iterable

from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Family
from smtp_exposure.exchange.connectors import SMTP_PORT, ReceiveConnector
from smtp_exposure.exchange.flags import AuthMechanism, names
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.hybrid import with_cloud
from smtp_exposure.exchange.perimeter import DEPRECATED
from smtp_exposure.remedy.powershell import quote, quote_all

Blanks = dict[str, str]

WILDCARDS = {Family.IPV4: f"0.0.0.0:{SMTP_PORT}", Family.IPV6: f"[::]:{SMTP_PORT}"}


def inside_of(front_door: FrontDoor, connector: ReceiveConnector) -> AddressSet:
    """What a connector's ranges hold without the Internet: what else it serves."""
    observed, perimeter = connector.remote_ip_ranges, front_door.perimeter
    harmless = [item.interval for item in observed if not perimeter.internet.touches(item.interval)]
    return (AddressSet.of(harmless) | (connector.addresses & perimeter.internal)) - DEPRECATED


def to_narrow(front_door: FrontDoor, connector: ReceiveConnector) -> Blanks:
    """Take the Internet out of a connector's ranges; what else it serves stays."""
    return _ranges(connector.identity, inside_of(front_door, connector))


def to_serve_inside(front_door: FrontDoor, default_frontend: ReceiveConnector) -> Blanks:
    """As to_narrow; and it gets the internal ranges and the known servers (INT-01-3, -4)."""
    kept = inside_of(front_door, default_frontend) | front_door.perimeter.internal
    return _ranges(default_frontend.identity, kept - DEPRECATED)


def _ranges(identity: str, ranges: AddressSet) -> Blanks:
    return {"identity": quote(identity), "ranges": quote_all(ranges.notations())}


def to_bind(connector: ReceiveConnector, families: Iterable[Family]) -> Blanks:
    """Add the wildcards of families to a connector's bindings."""
    bindings = (*map(str, connector.bindings), *(WILDCARDS[family] for family in families))
    return {"identity": quote(connector.identity), "bindings": quote_all(bindings)}


def to_complete(
    connector: ReceiveConnector, lacking: AddressSet, families: Iterable[Family]
) -> Blanks:
    """Add addresses to a connector's ranges, and the wildcards of families to its bindings."""
    ranges = _ranges(connector.identity, connector.addresses | lacking)
    return ranges | to_bind(connector, families)


def to_make(front_door: FrontDoor, wanted: AddressSet) -> Blanks:
    """Make an Internet connector for all that it is to serve; Edge servers know no roles."""
    return _ranges(front_door.internet_connector_identity, wanted) | {
        "server": quote(front_door.server.name),
        "name": quote(front_door.internet_connector_name),
        "role": "" if front_door.is_edge else " -TransportRole FrontendTransport",
    }


def to_offer_nothing(front_door: FrontDoor, connector: ReceiveConnector) -> Blanks:
    """Leave a connector STARTTLS alone; an Edge server's also serves servers, without a password."""
    kept = {AuthMechanism.TLS}
    if front_door.is_edge:
        kept |= connector.auth_mechanism & {AuthMechanism.EXCHANGE_SERVER}
    return {"identity": quote(connector.identity), "mechanisms": names(frozenset(kept))}


def to_name(connector: ReceiveConnector, hosts: Iterable[str]) -> Blanks:
    """Name a connector after the mail host; left open where several would do."""
    found = sorted(hosts)
    blanks = {"identity": quote(connector.identity)}
    return blanks | ({"mail host": quote(found[0])} if len(found) == 1 else {})


def for_reason(reason: str) -> Blanks:
    """Say why there is no remedy yet."""
    return {"reason": quote(reason)}


def for_server(front_door: FrontDoor, connector: ReceiveConnector) -> Blanks:
    """Name the server and the connector."""
    return {"identity": quote(connector.identity)} | on_server(front_door)


def on_server(front_door: FrontDoor) -> Blanks:
    """Name the server; what is there, the finding's subject tells."""
    return {"server": quote(front_door.server.name)}


def to_trust_cloud(
    identity: str, capabilities: Iterable[str], certificate_names: Iterable[str]
) -> Blanks:
    """Add what cloud mail needs to the capabilities; the first certificate's name, if there is one."""
    known = {"identity": quote(identity), "capabilities": quote_all(with_cloud(capabilities))}
    name = next(iter(certificate_names), None)
    return known | ({"certificate name": quote(name)} if name else {})


def from_user(connector: ReceiveConnector, user: str) -> Blanks:
    """Take something from a user on a connector, by the name that the server shows."""
    return {"identity": quote(connector.identity), "user": quote(user)}


def to_present(connector: ReceiveConnector, certificate_name: str) -> Blanks:
    """Give a connector the TlsCertificateName of another."""
    return {
        "identity": quote(connector.identity),
        "certificate name": quote(certificate_name),
    }
