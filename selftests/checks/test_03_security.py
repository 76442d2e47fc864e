"""Step 3: each check on the Internet connector's security settings."""

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
from selftests.checks.exported import (
    ADMINISTRATORS,
    ANONYMOUS,
    AUTH,
    GONE,
    INTERNET,
    INTERNET_CONNECTOR,
    auth,
    connector,
    entry,
    groups,
)
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.inventory import ADPermission
from smtp_exposure.exchange.objects import EnumValue
from smtp_exposure.expectations import Expectations

STEP = [f"INT-03-{number}" for number in range(1, 4)]
VENDOR = Expectations(internet=AddressSet.parse(["203.0.113.0/24"]))
USERS = "NT AUTHORITY\\Authenticated Users"
SECOND = "EX01\\Second"
JUDGED_BY_PERMISSIONS = [groups("Custom"), groups(), "Custom", "None", 0, 32]
ANONYMOUS_AND_CUSTOM = groups("AnonymousUsers", "Custom")


@pytest.mark.parametrize("check", STEP)
def test_an_anonymous_connector_with_tls_complies(check: str) -> None:
    compliant(check, front_door())


@pytest.mark.parametrize("check", STEP)
def test_without_internet_connector_there_is_nothing_to_judge(check: str) -> None:
    not_applicable(check, front_door(without=[INTERNET_CONNECTOR]))


@pytest.mark.parametrize("check", STEP)
def test_a_server_that_faces_no_internet_is_not_judged(check: str) -> None:
    not_applicable(check, front_door(expected=of_server(internet_facing=False)))


def test_an_edge_servers_groups_are_not_judged() -> None:
    not_applicable("INT-03-1", edge_door())


@pytest.mark.parametrize(
    "value",
    [groups("AnonymousUsers"), "AnonymousUsers", "anonymoususers", 1, "1", ("AnonymousUsers",)],
)
def test_anonymous_users_alone_are_read_from_number_and_text(value: object) -> None:
    compliant("INT-03-1", front_door(internet={"PermissionGroups": value}))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (groups("AnonymousUsers", "ExchangeUsers"), "AnonymousUsers, ExchangeUsers"),
        ("ExchangeUsers, AnonymousUsers", "AnonymousUsers, ExchangeUsers"),
        ("ExchangeServers,AnonymousUsers", "AnonymousUsers, ExchangeServers"),
        (13, "AnonymousUsers, ExchangeServers, ExchangeLegacyServers"),
        ("13", "AnonymousUsers, ExchangeServers, ExchangeLegacyServers"),
        (groups("Partners"), "Partners"),
        (groups("ExchangeUsers"), "ExchangeUsers"),
        (groups("AnonymousUsers", "ExchangeUsers", "Custom"), "ExchangeUsers, Custom"),
        (EnumValue("AnonymousUsers, Partners", 17), "AnonymousUsers, Partners"),
    ],
)
def test_names_every_group_in_exchanges_own_order(value: object, shown: str) -> None:
    door = front_door(internet={"PermissionGroups": value})
    deviates("INT-03-1", door, (INTERNET, f"{shown} | "))


@pytest.mark.parametrize("value", [*JUDGED_BY_PERMISSIONS, ANONYMOUS_AND_CUSTOM])
def test_custom_groups_without_further_submitters_comply(value: object) -> None:
    compliant("INT-03-1", front_door(internet={"PermissionGroups": value}))


@pytest.mark.parametrize("value", [*JUDGED_BY_PERMISSIONS, ANONYMOUS_AND_CUSTOM])
def test_custom_groups_with_a_further_submitter_deviate(value: object) -> None:
    allowed = [entry(), entry(USERS), ADMINISTRATORS]
    door = front_door(internet={"PermissionGroups": value}, permissions=allowed)
    deviates("INT-03-1", door, (INTERNET, f"and {USERS} may submit"))


@pytest.mark.parametrize("value", JUDGED_BY_PERMISSIONS)
def test_custom_groups_whose_permissions_were_not_read_prove_nothing(value: object) -> None:
    door = front_door(internet={"PermissionGroups": value}, permissions=[])
    inconclusive("INT-03-1", door, (INTERNET, "missing: Get-ADPermission"))


def test_permissions_of_another_connector_alone_prove_nothing() -> None:
    others = [entry(Identity="EX01\\Client Frontend EX01")]
    door = front_door(internet={"PermissionGroups": "Custom"}, permissions=others)
    inconclusive("INT-03-1", door, (INTERNET, f"missing: Get-ADPermission (for {INTERNET})"))


@pytest.mark.parametrize(
    "anonymous",
    [
        {},
        {"User": "NT-AUTORITÄT\\ANONYMOUS-ANMELDUNG"},
        {"User": "AUTORITE NT\\ANONYMOUS LOGON"},
        {"User": "S-1-5-7"},
        {"User": "NT-MYNDIGHET\\X", "Sid": "S-1-5-7"},
    ],
)
def test_permissions_read_for_anonymous_alone_prove_nothing(anonymous: dict[str, str]) -> None:
    door = front_door(internet={"PermissionGroups": "Custom"}, permissions=[entry(**anonymous)])
    inconclusive("INT-03-1", door, (INTERNET, "read for anonymous alone"))


@pytest.mark.parametrize(
    "harmless",
    [
        [entry(USERS, "ms-Exch-Bypass-Anti-Spam")],
        [entry(USERS, IsInherited=True)],
        [entry(USERS), entry(USERS, Deny=True)],
        [entry(USERS, Deny=True)],
    ],
    ids=["other right", "inherited", "denied too", "denied"],
)
def test_entries_that_let_nobody_submit_comply(harmless: list[ADPermission]) -> None:
    allowed = [entry(), ADMINISTRATORS, *harmless]
    compliant("INT-03-1", front_door(internet={"PermissionGroups": "Custom"}, permissions=allowed))


@pytest.mark.parametrize(
    ("submitter", "user"),
    [
        (entry("Everyone"), "Everyone"),
        (entry("S-1-1-0"), "S-1-1-0"),
        (entry("CORP\\Exchange Servers", "Ms-Exch-SMTP-Submit"), "CORP\\Exchange Servers"),
        (entry(USERS, "SMTP Submit"), USERS),
        (entry(USERS, "", AccessRights=("GenericAll",)), USERS),
        (entry(USERS, "", AccessRights="ExtendedRight"), USERS),
    ],
    ids=["everyone", "SID", "letter case", "words", "all rights", "all extended rights"],
)
def test_names_whoever_else_may_submit(submitter: ADPermission, user: str) -> None:
    allowed = [entry(), ADMINISTRATORS, submitter]
    door = front_door(internet={"PermissionGroups": "Custom"}, permissions=allowed)
    deviates("INT-03-1", door, (INTERNET, f"and {user} may submit"))


def test_permissions_are_found_by_the_distinguished_name_too() -> None:
    place = "CN=Internet,CN=SMTP Receive Connectors,CN=Protocols,CN=EX01,CN=Servers,DC=corp"
    allowed = [entry(Identity=place), entry(USERS, Identity=place.upper())]
    changes = {"PermissionGroups": "Custom", "DistinguishedName": place}
    door = front_door(internet=changes, permissions=allowed)
    deviates("INT-03-1", door, (INTERNET, f"and {USERS} may submit"))


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


def test_the_error_keeps_the_text_that_was_not_understood() -> None:
    door = front_door(internet={"PermissionGroups": "AnonymousUsers, Strangers"})
    error("INT-03-1", door, (INTERNET, "'Strangers'"))


@pytest.mark.parametrize("lacking", ["Deny", "IsInherited", "User", "ExtendedRights"])
def test_a_permission_that_lacks_a_property_proves_nothing(lacking: str) -> None:
    raw = dict(entry(USERS).properties)
    del raw[lacking]
    allowed = [entry(), ADPermission(raw)]
    door = front_door(internet={"PermissionGroups": "Custom"}, permissions=allowed)
    inconclusive("INT-03-1", door, (INTERNET, f"missing: Get-ADPermission (property {lacking}"))


def test_anonymous_is_no_further_submitter_under_any_right() -> None:
    allowed = [entry(ANONYMOUS, "", AccessRights=("GenericAll",)), ADMINISTRATORS]
    compliant("INT-03-1", front_door(internet={"PermissionGroups": "Custom"}, permissions=allowed))
