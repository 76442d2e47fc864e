"""A compliant front door, made of what cmdlets export (exported.py), and what judging it says."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from selftests.checks.exported import (
    ADMINISTRATORS,
    ALL_IPV4,
    GONE,
    INTERNET,
    INTERNET_CONNECTOR,
    MOMENT,
    Properties,
    administrators,
    auth,
    certificate,
    connector,
    default_connectors,
    entry,
    groups,
    present,
    service,
)
from selftests.checks.registry import CHECKS, Seen, prove
from smtp_exposure.exchange.assembly import assemble
from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.inventory import (
    AcceptedDomain,
    ADPermission,
    ExchangeServer,
    Inventory,
    NetworkConnectionInfo,
    Service,
)
from smtp_exposure.exchange.objects import ExchangeObject
from smtp_exposure.exchange.perimeter import draw_perimeter
from smtp_exposure.exchange.recognition import Folder
from smtp_exposure.expectations import Expectations, ServerExpectation
from smtp_exposure.verdicts import Verdict, Why

INTERNET_IPV4 = [
    "1.0.0.0-9.255.255.255",
    "11.0.0.0-126.255.255.255",
    "128.0.0.0-169.253.255.255",
    "169.255.0.0-172.15.255.255",
    "172.32.0.0-192.167.255.255",
    "192.169.0.0-223.255.255.255",
]
GLOBAL_IPV6 = "2000::-3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
"""With INTERNET_IPV4: all that counts as the Internet, in the words of a finding."""

SERVICES = (
    service("MSExchangeTransport", "Running", "Automatic"),
    service("MSExchangeFrontEndTransport", "Running", "Automatic"),
    service("MSExchangePop3"),
    service("MSExchangePOP3BE"),
    service("MSExchangeImap4"),
    service("MSExchangeIMAP4BE"),
)

ON_CLIENT_PORTS = (
    "Default EX01",
    "Client Proxy EX01",
    "Outbound Proxy Frontend EX01",
    "Client Frontend EX01",
)
"""The connectors of ports other than 25."""


def front_door(
    *,
    default: Properties | None = None,
    internet: Properties | None = None,
    without: Iterable[str] = (),
    further: Iterable[Properties] = (),
    on_client_ports: Properties | None = None,
    addresses: Iterable[str] = ("10.1.2.20",),
    server: Properties | None = None,
    permissions: Iterable[ADPermission] = (entry(), ADMINISTRATORS),
    store: Iterable[ExchangeCertificate] | None = None,
    services: Iterable[Service] = SERVICES,
    others: Iterable[ExchangeObject] = (),
    expected: Expectations | None = None,
) -> FrontDoor:
    """A compliant server, changed in what is given.

    `permissions` are those of the Internet connector, `store` its certificates; None: its own one.
    """
    changes = {"Default Frontend EX01": default, INTERNET_CONNECTOR: internet}
    changes |= dict.fromkeys(ON_CLIENT_PORTS, on_client_ports)
    found = _connectors(changes, without, further)
    others_entries = [administrators(item.identity) for item in found if item.identity != INTERNET]
    objects: list[ExchangeObject] = [*found, *permissions, *others_entries, *others, *services]
    objects += [certificate()] if store is None else store
    return _door([*objects, *_about_server(server or {}, tuple(addresses))], expected)


def _connectors(
    changes: Mapping[str, Properties | None], without: Iterable[str], further: Iterable[Properties]
) -> list[ReceiveConnector]:
    """The connectors of a compliant server, some of them changed or left out, and further ones."""
    raw = {name: item for name, item in default_connectors().items() if name not in without}
    for name, changed in changes.items():
        if changed:
            raw[name] |= changed
    return [ReceiveConnector(present(item)) for item in (*raw.values(), *further)]


def _about_server(changes: Properties, addresses: tuple[str, ...]) -> Iterator[ExchangeObject]:
    """What cmdlets say of the server itself, and of its network adapter."""
    details = {"Name": "EX01", "Fqdn": "ex01.corp.example", "ServerRole": "Mailbox", **changes}
    if details["ServerRole"] is not GONE:
        yield ExchangeServer(details)
    if addresses:
        yield NetworkConnectionInfo({"IPAddresses": addresses, "Server": "EX01"})


def _door(objects: list[ExchangeObject], expected: Expectations | None) -> FrontDoor:
    """The front door of EX01, as these objects make it."""
    (organization,) = assemble([Folder(objects=objects)]).organizations
    wanted = expected or Expectations()
    return FrontDoor(
        server=next(item for item in organization.servers if item.name == "EX01"),
        organization=organization,
        expected=wanted,
        perimeter=draw_perimeter(organization, wanted),
        moment=MOMENT,
    )


def of_server(**said: Any) -> Expectations:
    """What a profile says of the server."""
    return Expectations(servers={"ex01": ServerExpectation(name="EX01", **said)})


EDGE = {"ServerRole": "Edge"}


def edge_door(expected: Expectations | None = None, **changes: Any) -> FrontDoor:
    """An Edge server with its one connector, changed in what is given (facts sheet, 1.2)."""
    own = {
        "Bindings": ("0.0.0.0:25",),
        "RemoteIPRanges": (ALL_IPV4,),
        "AuthMechanism": auth("Tls", "ExchangeServer"),
        "PermissionGroups": groups("AnonymousUsers", "ExchangeServers", "Partners"),
        "TransportRole": GONE,
    }
    name = "Default internal receive connector EX01"
    made = connector(name, own | changes)
    everything = list(default_connectors())
    return front_door(without=everything, further=[made], server=EDGE, expected=expected)


def inventory(*domains: AcceptedDomain) -> Inventory:
    """What was read of an organisation with these accepted domains."""
    made = ReceiveConnector(connector("Default Frontend EX01"))
    return assemble([Folder(objects=[made, *domains])])


def expect(
    check: str, verdict: Verdict, *seen: Seen, why: Why | None = None, **evidence: Any
) -> None:
    """Assert what a check from inside comes to."""
    needed = inspect.signature(CHECKS[check][1].judgement).parameters
    if "approaches" in needed:  # the other half, where a case does without it
        evidence.setdefault("approaches", ())
    if "front_doors" in needed:
        evidence.setdefault("front_doors", (evidence["front_door"],))
    prove(check, verdict, *seen, why=why, **evidence)


def compliant(check: str, front_door: FrontDoor, *notes: Seen) -> None:
    """Assert that a check finds nothing but these notes."""
    expect(check, Verdict.COMPLIANT, *notes, front_door=front_door)


def deviates(check: str, front_door: FrontDoor, *seen: Seen) -> None:
    """Assert that a check finds exactly this, and that it deviates."""
    expect(check, Verdict.DEVIATES, *seen, front_door=front_door)


def inconclusive(check: str, front_door: FrontDoor, *seen: Seen) -> None:
    """Assert that a check finds exactly this, and that it proves neither."""
    expect(check, Verdict.INCONCLUSIVE, *seen, front_door=front_door)


def error(check: str, front_door: FrontDoor, *seen: Seen) -> None:
    """Assert that a check could not read what it needs."""
    expect(check, Verdict.ERROR, *seen, front_door=front_door)


def not_applicable(check: str, front_door: FrontDoor) -> None:
    """Assert that a check does not apply."""
    expect(check, Verdict.NOT_ASSESSED, why=Why.NOT_APPLICABLE, front_door=front_door)
