"""Step 3: what the Internet connector offers to sign in with, and its TLS."""

from typing import Any

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
from selftests.checks.exported import AUTH, GONE, INTERNET, INTERNET_CONNECTOR, auth, connector
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.objects import EnumValue
from smtp_exposure.expectations import Expectations

STEP = [f"INT-03-{number}" for number in range(1, 4)]
VENDOR = Expectations(internet=AddressSet.parse(["203.0.113.0/24"]))
SECOND = "EX01\\Second"


@pytest.mark.parametrize("check", STEP)
def test_an_anonymous_connector_with_tls_complies(check: str) -> None:
    compliant(check, front_door())


@pytest.mark.parametrize("check", STEP)
def test_without_internet_connector_there_is_nothing_to_judge(check: str) -> None:
    not_applicable(check, front_door(without=[INTERNET_CONNECTOR]))


@pytest.mark.parametrize("check", STEP)
def test_a_server_that_faces_no_internet_is_not_judged(check: str) -> None:
    not_applicable(check, front_door(expected=of_server(internet_facing=False)))


@pytest.mark.parametrize("offered", list(AUTH)[1:])
def test_names_the_mechanism_that_is_offered(offered: str) -> None:
    door = front_door(internet={"AuthMechanism": auth("Tls", offered)})
    deviates("INT-03-2", door, (INTERNET, f"AuthMechanism is Tls, {offered} |"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (31, "Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer"),
        ("33", "Tls, ExternalAuthoritative"),
        ("BasicAuthRequireTLS, BasicAuth, TLS", "Tls, BasicAuth, BasicAuthRequireTLS"),
        (("Tls", "Integrated"), "Tls, Integrated"),
        (auth("Integrated"), "Integrated"),
    ],
)
def test_mechanisms_are_read_from_number_and_text_in_any_order(value: object, shown: str) -> None:
    door = front_door(internet={"AuthMechanism": value})
    deviates("INT-03-2", door, (INTERNET, f"AuthMechanism is {shown} |"))


@pytest.mark.parametrize("value", [auth(), "None", 0, auth("Tls"), 1, "TLS"])
def test_nothing_to_sign_in_with_complies(value: object) -> None:
    compliant("INT-03-2", front_door(internet={"AuthMechanism": value}))


@pytest.mark.parametrize("mechanism", ["ExchangeServer", "ExternalAuthoritative"])
def test_what_an_edge_server_may_offer(mechanism: str) -> None:
    vendor = Expectations(internet=AddressSet.parse(["0.0.0.0/0"]))
    door = edge_door(expected=vendor, AuthMechanism=auth("Tls", mechanism))
    compliant("INT-03-2", door)


@pytest.mark.parametrize("mechanism", ["Integrated", "BasicAuth", "BasicAuthRequireTLS"])
def test_what_an_edge_server_may_not_offer(mechanism: str) -> None:
    door = edge_door(AuthMechanism=auth("Tls", "ExchangeServer", mechanism))
    subject = "EX01\\Default internal receive connector EX01"
    deviates("INT-03-2", door, (subject, f"{mechanism}"))


@pytest.mark.parametrize("value", [auth(), "None", 0])
def test_without_tls_no_starttls_is_offered(value: object) -> None:
    door = front_door(internet={"AuthMechanism": value})
    deviates("INT-03-3", door, (INTERNET, "AuthMechanism is None"))


@pytest.mark.parametrize("value", [True, "True", "true"])
def test_tls_must_not_be_demanded_of_everyone(value: object) -> None:
    door = front_door(internet={"RequireTLS": value})
    deviates("INT-03-3", door, (INTERNET, "RequireTLS is True"))


def test_tls_may_be_demanded_of_a_vendor() -> None:
    changes = {"RequireTLS": True, "RemoteIPRanges": ("203.0.113.0/24",)}
    compliant("INT-03-3", front_door(internet=changes, expected=VENDOR))


def test_a_vendor_needs_tls_nevertheless() -> None:
    changes = {"AuthMechanism": auth(), "RemoteIPRanges": ("203.0.113.0/24",)}
    door = front_door(internet=changes, expected=VENDOR)
    deviates("INT-03-3", door, (INTERNET, "AuthMechanism is None"))


def test_both_faults_of_one_connector_are_named() -> None:
    door = front_door(internet={"AuthMechanism": auth(), "RequireTLS": True})
    deviates("INT-03-3", door, (INTERNET, "AuthMechanism is"), (INTERNET, "RequireTLS is"))


LACKING = [
    ("INT-03-1", "PermissionGroups", {"PermissionGroups": 2}, "ExchangeUsers"),
    ("INT-03-2", "AuthMechanism", {"AuthMechanism": 3}, "Tls, Integrated"),
    ("INT-03-3", "AuthMechanism", {"AuthMechanism": 0}, "None"),
    ("INT-03-3", "RequireTLS", {"AuthMechanism": 0}, "None"),
]


@pytest.mark.parametrize(("check", "lacking", "wrong", "telling"), LACKING)
def test_a_missing_property_hides_no_other_connectors_deviation(
    check: str, lacking: str, wrong: dict[str, Any], telling: str
) -> None:
    named = (INTERNET, f"missing: Get-ReceiveConnector (property {lacking} of {INTERNET})")
    inconclusive(check, front_door(internet={lacking: GONE}), named)
    second = [connector("Second", wrong)]
    door = front_door(internet={lacking: GONE}, further=second)
    deviates(check, door, (SECOND, telling), named)


def test_what_is_known_to_deviate_outweighs_what_is_missing() -> None:
    door = front_door(internet={"AuthMechanism": GONE, "RequireTLS": True})
    deviates("INT-03-3", door, (INTERNET, "RequireTLS is"), (INTERNET, "property AuthMechanism"))


@pytest.mark.parametrize(
    ("check", "unreadable"),
    [
        ("INT-03-1", {"PermissionGroups": "AnonymousUsers, Strangers"}),
        ("INT-03-1", {"PermissionGroups": 64}),
        ("INT-03-1", {"PermissionGroups": EnumValue("AnonymousUsers", 3)}),
        ("INT-03-2", {"AuthMechanism": "Tls, Kerberos"}),
        ("INT-03-2", {"AuthMechanism": -1}),
        ("INT-03-2", {"AuthMechanism": EnumValue("Tls", 33)}),
        ("INT-03-2", {"AuthMechanism": ""}),
        ("INT-03-3", {"RequireTLS": "perhaps"}),
        ("INT-03-3", {"RequireTLS": None}),
    ],
)
def test_an_unreadable_property_is_an_error(check: str, unreadable: dict[str, Any]) -> None:
    (name,) = unreadable
    door = front_door(internet=unreadable)
    error(check, door, (INTERNET, f"{name} of {INTERNET} can't be read"))
