"""What fills the placeholders of remedies, from the observed values (pure)."""

from collections.abc import Iterable

from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.perimeter import DEPRECATED
from smtp_exposure.remedy.powershell import quote, quote_all

Blanks = dict[str, str]


def to_narrow(front_door: FrontDoor, connector: ReceiveConnector) -> Blanks:
    """Take the Internet out of a connector's ranges; what else it serves stays.

    Default Frontend also gets the internal ranges and the known servers (INT-01-3, -4).
    """
    observed, perimeter = connector.remote_ip_ranges, front_door.perimeter
    harmless = [item.interval for item in observed if not perimeter.internet.touches(item.interval)]
    kept = AddressSet.of(harmless) | (connector.addresses & perimeter.internal)
    if connector is front_door.found_default_frontend:
        kept |= perimeter.internal
    kept -= DEPRECATED
    blanks = {"identity": quote(connector.identity)}
    return blanks | ({"ranges": quote_all(kept.notations())} if kept else {})


def to_widen(front_door: FrontDoor) -> Blanks:
    """Give the expected Internet ranges to the Internet connector, there or yet to be made."""
    found = front_door.found_internet_connectors
    name = front_door.expected.internet_connector or "Internet (anonymous SMTP)"
    identity = found[0].identity if found else f"{front_door.server.name}\\{name}"
    return {
        "identity": quote(identity),
        "server": quote(front_door.server.name),
        "ranges": quote_all(front_door.expected.internet_ranges.notations()),
    }


def to_name(connector: ReceiveConnector, hosts: Iterable[str]) -> Blanks:
    """Name a connector after the mail host; left open where several would do."""
    names = sorted(hosts)
    blanks = {"identity": quote(connector.identity)}
    return blanks | ({"mail host": quote(names[0])} if len(names) == 1 else {})


def for_server(front_door: FrontDoor, connector: ReceiveConnector) -> Blanks:
    """Name the server and the connector."""
    return {
        "identity": quote(connector.identity),
        "server": quote(front_door.server.name),
    }


def to_present(connector: ReceiveConnector, certificate_name: str) -> Blanks:
    """Give a connector the TlsCertificateName of another."""
    return {
        "identity": quote(connector.identity),
        "certificate name": quote(certificate_name),
    }
