"""Step 1: Default Frontend is found, in service, and has what Exchange's own servers need."""

import pytest

from selftests.checks.builders import (
    compliant,
    deviates,
    edge_door,
    error,
    front_door,
    inconclusive,
    not_applicable,
    of_server,
)
from selftests.checks.exported import (
    ALL_BUT_EXTERNAL,
    BASIC,
    DEFAULT_FRONTEND,
    GONE,
    HUB,
    INTERNAL,
    INTERNET_CONNECTOR,
    auth,
    connector,
    groups,
)
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.objects import EnumValue
from smtp_exposure.expectations import Expectations

STEP = [f"INT-01-{number}" for number in range(1, 7)]
RENAMED = {"Name": "Old inbound", "Identity": "EX01\\Old inbound"}


@pytest.mark.parametrize("check", STEP)
def test_a_scoped_default_frontend_complies(check: str) -> None:
    compliant(check, front_door())


@pytest.mark.parametrize("check", STEP)
def test_an_edge_server_has_no_default_frontend(check: str) -> None:
    not_applicable(check, edge_door())


def test_the_profile_says_that_a_server_is_edge() -> None:
    not_applicable("INT-01-1", front_door(expected=of_server(edge=True)))


@pytest.mark.parametrize("check", STEP[1:])
def test_without_default_frontend_the_rest_does_not_apply(check: str) -> None:
    not_applicable(check, front_door(without=["Default Frontend EX01"]))


@pytest.mark.parametrize(
    "named",
    [RENAMED, {"Name": "DEFAULT FRONTEND ex01"}, {"Name": " Default Frontend EX01 "}],
    ids=["renamed", "letter case", "blanks"],
)
def test_finds_default_frontend_under_another_name(named: dict[str, str]) -> None:
    compliant("INT-01-1", front_door(default=named))


def test_finds_default_frontend_by_the_profiles_name() -> None:
    expected = Expectations(default_frontend="Old inbound")
    compliant("INT-01-1", front_door(default=RENAMED, expected=expected))


@pytest.mark.parametrize(
    ("changes", "observed"),
    [
        ({"Enabled": False}, "disabled"),
        ({"Enabled": "False"}, "disabled"),
        ({"TransportRole": HUB}, "role is not FrontendTransport"),
        ({"TransportRole": 32}, "role is not FrontendTransport"),
        ({"Bindings": ("[::]:26", "0.0.0.0:26")}, "no port 25"),
    ],
)
def test_names_what_keeps_default_frontend_out_of_service(
    changes: dict[str, object], observed: str
) -> None:
    deviates("INT-01-1", front_door(default=changes), (DEFAULT_FRONTEND, observed))


def test_names_the_connector_that_is_gone() -> None:
    door = front_door(without=["Default Frontend EX01"])
    deviates("INT-01-1", door, (DEFAULT_FRONTEND, "there is no such connector"))


def test_names_the_profiles_connector_that_is_gone() -> None:
    door = front_door(expected=Expectations(default_frontend="Inside"))
    deviates("INT-01-1", door, ("EX01\\Inside", "there is no such connector"))


@pytest.mark.parametrize("check", STEP)
def test_several_candidates_prove_nothing(check: str) -> None:
    twin = connector("Also inbound", {"AuthMechanism": ALL_BUT_EXTERNAL})
    door = front_door(default=RENAMED, further=[twin])
    inconclusive(check, door, ("", "EX01\\Old inbound, EX01\\Also inbound"))


def test_a_server_whose_role_was_not_read_proves_nothing() -> None:
    bare = connector("Default Frontend EX01", {"TransportRole": GONE})
    names = ["Default EX01", "Client Proxy EX01", "Default Frontend EX01"]
    names += ["Outbound Proxy Frontend EX01", "Client Frontend EX01", INTERNET_CONNECTOR]
    door = front_door(without=names, further=[bare], server={"ServerRole": GONE})
    inconclusive("INT-01-1", door, ("", "missing: Get-ExchangeServer"))


@pytest.mark.parametrize(
    ("check", "lacking"),
    [
        ("INT-01-1", "Enabled"),
        ("INT-01-1", "TransportRole"),
        ("INT-01-1", "Bindings"),
        ("INT-01-2", "RemoteIPRanges"),
        ("INT-01-3", "RemoteIPRanges"),
        ("INT-01-4", "RemoteIPRanges"),
        ("INT-01-5", "RemoteIPRanges"),
        ("INT-01-6", "AuthMechanism"),
        ("INT-01-6", "PermissionGroups"),
        ("INT-01-6", "Bindings"),
    ],
)
def test_a_missing_property_is_named(check: str, lacking: str) -> None:
    door = front_door(default={lacking: GONE})
    named = f"missing: Get-ReceiveConnector (property {lacking} of {DEFAULT_FRONTEND})"
    inconclusive(check, door, (None, named))


@pytest.mark.parametrize(
    ("check", "unreadable"),
    [
        ("INT-01-1", {"Enabled": "perhaps"}),
        ("INT-01-1", {"TransportRole": "Cafeteria"}),
        ("INT-01-1", {"Bindings": ("0.0.0.0:smtp",)}),
        ("INT-01-2", {"RemoteIPRanges": ("10.0.0.0/33",)}),
        ("INT-01-2", {"RemoteIPRanges": "{10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16...}"}),
        ("INT-01-3", {"RemoteIPRanges": ("10.0.0.9-10.0.0.1",)}),
        ("INT-01-4", {"RemoteIPRanges": ("10.0.0.0-fc00::",)}),
        ("INT-01-6", {"AuthMechanism": auth("Tls")._replace(number=2)}),
        ("INT-01-6", {"PermissionGroups": "ExchangeServers, Strangers"}),
    ],
)
def test_an_unreadable_property_is_an_error(check: str, unreadable: dict[str, object]) -> None:
    (name,) = unreadable
    door = front_door(default=unreadable)
    error(check, door, (None, f"{name} of {DEFAULT_FRONTEND} can't be read"))


@pytest.mark.parametrize(
    ("lacking", "wrong", "check"),
    [
        ("Enabled", {"TransportRole": HUB}, "INT-01-1"),
        ("Bindings", {"AuthMechanism": BASIC}, "INT-01-6"),
        ("PermissionGroups", {"AuthMechanism": BASIC}, "INT-01-6"),
    ],
)
def test_what_is_known_to_deviate_outweighs_what_is_missing(
    lacking: str, wrong: dict[str, object], check: str
) -> None:
    door = front_door(default={lacking: GONE, **wrong})
    telling = {"INT-01-1": "role is not", "INT-01-6": "lacks ExchangeServer"}[check]
    deviates(check, door, (DEFAULT_FRONTEND, telling), (None, f"property {lacking}"))


@pytest.mark.parametrize(
    "value",
    [
        31,
        "31",
        "ExchangeServer, Integrated, Tls",
        "tls,integrated,exchangeserver",
        "TLS, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer",
        ("Tls", "Integrated", "ExchangeServer"),
        EnumValue("Tls, Integrated, ExchangeServer", 19),
    ],
)
def test_flags_are_read_from_number_and_text_in_any_order(value: object) -> None:
    compliant("INT-01-6", front_door(default={"AuthMechanism": value}))


@pytest.mark.parametrize("lacking", ["Tls", "Integrated", "ExchangeServer"])
def test_names_the_mechanism_that_was_taken_away(lacking: str) -> None:
    kept = auth(*({"Tls", "Integrated", "ExchangeServer", "BasicAuth"} - {lacking}))
    door = front_door(default={"AuthMechanism": kept})
    deviates("INT-01-6", door, (DEFAULT_FRONTEND, f"AuthMechanism lacks {lacking} |"))


def test_names_all_mechanisms_that_were_taken_away() -> None:
    door = front_door(default={"AuthMechanism": auth()})
    deviates("INT-01-6", door, (DEFAULT_FRONTEND, "lacks Tls, Integrated, ExchangeServer"))


def test_names_the_group_that_was_taken_away() -> None:
    door = front_door(default={"PermissionGroups": groups("AnonymousUsers", "ExchangeUsers")})
    deviates("INT-01-6", door, (DEFAULT_FRONTEND, "PermissionGroups is AnonymousUsers, Exchange"))


@pytest.mark.parametrize(
    ("bindings", "family"),
    [(("0.0.0.0:25",), "IPv6"), (("[::]:25",), "IPv4"), (("0.0.0.0:25", "[::]:26"), "IPv6")],
)
def test_names_the_family_without_binding(bindings: tuple[str, ...], family: str) -> None:
    door = front_door(default={"Bindings": bindings})
    deviates("INT-01-6", door, (DEFAULT_FRONTEND, f"no {family} binding on port 25"))


def test_specific_bindings_serve_a_family() -> None:
    compliant("INT-01-6", front_door(default={"Bindings": ("10.1.2.20:25", "[fd00::20]:25")}))


def test_no_internal_ipv6_needs_no_ipv6_binding() -> None:
    expected = Expectations(internal=AddressSet.parse(INTERNAL[:3]))
    compliant("INT-01-6", front_door(default={"Bindings": "0.0.0.0:25"}, expected=expected))
