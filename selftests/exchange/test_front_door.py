"""A server's Default Frontend and Internet connectors (checklist, "Words")."""

# ruff: noqa: S104 - addresses are data here

from collections.abc import Iterable

import pytest

from selftests.exchange.builders import (
    ALL_IPV4,
    ALL_IPV6,
    AUTH_31,
    connector,
    default_frontend,
    front_door,
    permission,
    without,
)
from smtp_exposure.errors import MissingEvidence, Undecided
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.flags import AuthMechanism
from smtp_exposure.expectations import Expectations, ServerExpectation
from smtp_exposure.verdicts import NotAssessed

INTERNET = connector()
INTERNAL = connector("Relay", ["10.1.0.0/16"])


def name_of(found: ReceiveConnector | None) -> str | None:
    return found.name.strip() if found else None


def names_of(found: Iterable[ReceiveConnector]) -> list[str]:
    return [item.name for item in found]


def on_server(*, internet_facing: bool = True, edge: bool = False) -> Expectations:
    """A profile that says something of the server, in another case."""
    said = ServerExpectation(name="eX01", internet_facing=internet_facing, edge=edge)
    return Expectations(servers={"ex01": said})


@pytest.mark.parametrize(
    ("connectors", "found"),
    [
        ([default_frontend(), INTERNET], "Default Frontend EX01"),
        ([default_frontend("DEFAULT FRONTEND ex01 ")], "DEFAULT FRONTEND ex01"),
        ([default_frontend(Enabled=False), INTERNET], "Default Frontend EX01"),
        (
            [default_frontend(AuthMechanism="Tls"), default_frontend("Other")],
            "Default Frontend EX01",
        ),
        ([default_frontend("Inside"), INTERNET], "Inside"),
        ([default_frontend("Inside", Enabled=False), INTERNET], "Inside"),
        ([default_frontend("Default Frontend EX02"), INTERNET], "Default Frontend EX02"),
        ([INTERNET, INTERNAL], None),
        ([], None),
        ([default_frontend("Hub", TransportRole="HubTransport")], None),
        ([default_frontend("Client", bindings=["0.0.0.0:587"])], None),
    ],
)
def test_finds_the_default_frontend_by_name_or_by_what_only_it_has(
    connectors: list[ReceiveConnector], found: str | None
) -> None:
    assert name_of(front_door(*connectors).found_default_frontend) == found


def test_several_candidates_are_undecided_by_name() -> None:
    door = front_door(default_frontend("One"), default_frontend("Two"), INTERNET)
    with pytest.raises(Undecided, match=r"EX01\\One, EX01\\Two; name it in a profile"):
        _ = door.found_default_frontend


@pytest.mark.parametrize(("named", "found"), [("two", "Two"), ("Two", "Two"), ("Three", None)])
def test_the_profile_names_the_default_frontend(named: str, found: str | None) -> None:
    expected = Expectations(default_frontend=named)
    door = front_door(
        default_frontend("One"), default_frontend("Two"), default_frontend(), expected=expected
    )
    assert name_of(door.found_default_frontend) == found


def test_without_a_default_frontend_other_checks_do_not_apply() -> None:
    with pytest.raises(NotAssessed, match="no Default Frontend"):
        _ = front_door(INTERNET).default_frontend


def test_an_edge_server_has_no_default_frontend() -> None:
    edge = without(default_frontend("Default internal receive connector EX01"), "TransportRole")
    door = front_door(edge, role="Edge")
    assert door.found_default_frontend is None
    with pytest.raises(NotAssessed, match="no front end"):
        _ = door.default_frontend


HALVES = ("0.0.0.0-127.255.255.255", "128.0.0.0-255.255.255.255")


@pytest.mark.parametrize(
    ("one", "is_internet"),
    [
        (INTERNET, True),
        (connector(ranges=[ALL_IPV4]), True),
        (connector(ranges=[ALL_IPV6]), True),
        (connector(ranges=["0.0.0.0/0"]), True),
        (connector(ranges=["::/0"]), True),
        (connector(ranges=HALVES), True),
        (connector(ranges=["::/1", "8000::/1"]), True),
        (connector(ranges=HALVES[:1]), False),
        (connector(ranges=["0.0.0.0-255.255.255.254"]), False),
        (connector(ranges=["0.0.0.1-255.255.255.255"]), False),
        (connector(ranges=["0.0.0.0"]), False),
        (connector(ranges=()), False),
        (connector(Enabled=False), False),
        (connector(TransportRole="HubTransport"), False),
        (connector(bindings=["0.0.0.0:587", "[::]:2525"]), False),
        (connector(bindings=["192.0.2.1:25"]), True),
        (connector(AuthMechanism="Tls, BasicAuth", PermissionGroups="Custom"), True),
    ],
)
def test_an_internet_connector_serves_a_whole_family_on_port_25(
    one: ReceiveConnector,
    is_internet: bool,
) -> None:
    found = front_door(default_frontend(), one).found_internet_connectors
    assert names_of(found) == (["Internet"] if is_internet else [])


def test_the_default_frontend_is_never_an_internet_connector() -> None:
    door = front_door(default_frontend(ranges=[ALL_IPV4, ALL_IPV6]), INTERNET)
    assert names_of(door.internet_connectors) == ["Internet"]


def test_a_renamed_default_frontend_is_none_either() -> None:
    door = front_door(default_frontend("Inside", ranges=[ALL_IPV4]))
    assert door.found_internet_connectors == ()


def test_an_unknown_default_frontend_leaves_the_internet_connector_undecided() -> None:
    door = front_door(default_frontend("One"), default_frontend("Two", ranges=[ALL_IPV4]))
    with pytest.raises(Undecided):
        _ = door.found_internet_connectors


def test_every_connector_that_serves_the_internet_is_one() -> None:
    door = front_door(default_frontend(), INTERNET, connector("IPv6", [ALL_IPV6]), INTERNAL)
    assert names_of(door.internet_connectors) == ["Internet", "IPv6"]


@pytest.mark.parametrize(
    ("ranges", "found"),
    [
        (["192.0.2.0/24"], ["Internet"]),
        (["192.0.2.0/25", "192.0.2.128/25"], ["Internet"]),
        ([ALL_IPV4], ["Internet"]),
        (["192.0.2.0/25"], []),
        (["198.51.100.0/24"], []),
    ],
)
def test_with_vendor_ranges_it_serves_exactly_those(ranges: list[str], found: list[str]) -> None:
    vendor = Expectations(internet=AddressSet.parse(["192.0.2.0/24"]))
    door = front_door(default_frontend(), connector(ranges=ranges), expected=vendor)
    assert names_of(door.found_internet_connectors) == found


@pytest.mark.parametrize(("named", "found"), [("relay", ["Relay"]), ("Missing", [])])
def test_the_profile_names_the_internet_connector(named: str, found: list[str]) -> None:
    door = front_door(
        default_frontend(), INTERNET, INTERNAL, expected=Expectations(internet_connector=named)
    )
    assert names_of(door.found_internet_connectors) == found


def test_without_an_internet_connector_other_checks_do_not_apply() -> None:
    with pytest.raises(NotAssessed, match="no Internet connector"):
        _ = front_door(default_frontend(), INTERNAL).internet_connectors


def test_a_server_that_faces_no_internet_needs_no_internet_connector() -> None:
    door = front_door(INTERNET, expected=on_server(internet_facing=False))
    assert not door.is_internet_facing
    with pytest.raises(NotAssessed, match="does not face the Internet"):
        _ = door.internet_connectors


ROLELESS = without(connector(ranges=[ALL_IPV4], bindings=["0.0.0.0:25"]), "TransportRole")


@pytest.mark.parametrize(
    ("connectors", "role", "expected", "is_edge"),
    [
        ([INTERNET], "Mailbox", Expectations(), False),
        ([INTERNET], "Mailbox, ClientAccess", Expectations(), False),
        ([ROLELESS], "Edge", Expectations(), True),
        ([ROLELESS], "edge", Expectations(), True),
        ([INTERNET], None, Expectations(), False),
        ([ROLELESS], None, on_server(edge=True), True),
        ([ROLELESS], "Mailbox", on_server(edge=True), True),
    ],
)
def test_knows_an_edge_server(
    connectors: list[ReceiveConnector],
    role: str | None,
    expected: Expectations,
    is_edge: bool,
) -> None:
    assert front_door(*connectors, role=role, expected=expected).is_edge is is_edge


def test_without_get_exchange_server_a_roleless_server_is_undecided_by_name() -> None:
    with pytest.raises(MissingEvidence, match=r"missing: Get-ExchangeServer .*EX01"):
        _ = front_door(ROLELESS, role=None).found_internet_connectors


def test_on_an_edge_server_every_connector_faces_clients() -> None:
    door = front_door(ROLELESS, role="Edge")
    assert names_of(door.internet_connectors) == ["Internet"]
    assert len(door.endpoints(25)) == 1


def test_an_edge_server_may_offer_exchange_server_authentication() -> None:
    edge = without(default_frontend(AuthMechanism=AUTH_31), "TransportRole")
    assert AuthMechanism.EXCHANGE_SERVER not in front_door(edge, role="Edge").offers(edge)
    assert AuthMechanism.EXCHANGE_SERVER in front_door(edge).offers(edge)


def test_connectors_that_nobody_read_are_missing() -> None:
    door = front_door(INTERNET)
    with pytest.raises(MissingEvidence, match="Get-ADPermission"):
        door.access(INTERNET)
    assert front_door(INTERNET, permissions=[permission()]).access(INTERNET).entries
