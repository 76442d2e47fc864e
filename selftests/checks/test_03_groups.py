"""Step 3: whom the Internet connector's permission groups, or custom permissions, let submit."""

import pytest

from selftests.checks.builders import (
    compliant,
    deviates,
    edge_door,
    error,
    front_door,
    inconclusive,
    not_applicable,
)
from selftests.checks.exported import ADMINISTRATORS, ANONYMOUS, INTERNET, entry, groups
from smtp_exposure.exchange.inventory import ADPermission
from smtp_exposure.exchange.objects import EnumValue

USERS = "NT AUTHORITY\\Authenticated Users"
JUDGED_BY_PERMISSIONS = [groups("Custom"), groups(), "Custom", "None", 0, 32]
ANONYMOUS_AND_CUSTOM = groups("AnonymousUsers", "Custom")


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
