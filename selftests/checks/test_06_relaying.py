"""Step 6: who may send through the server without signing in."""

from typing import Any

import pytest

from selftests.checks.builders import compliant, deviates, error, front_door, inconclusive
from selftests.checks.exported import (
    ADMINISTRATORS,
    ANONYMOUS,
    GONE,
    INTERNET,
    SCANNERS,
    Properties,
    auth,
    connector,
    entry,
    scanners,
)
from smtp_exposure.exchange.inventory import ADPermission

RELAY = "ms-Exch-SMTP-Accept-Any-Recipient"
PARTNER = "198.51.100.0/24"


def relaying(**changes: Any) -> list[ADPermission]:
    """The Internet connector's entries with one that lets anonymous sessions relay."""
    return [entry(), ADMINISTRATORS, entry(**({"right": RELAY} | changes))]


@pytest.mark.parametrize("check", ["INT-06-1", "INT-06-2"])
def test_a_connector_for_anonymous_mail_complies(check: str) -> None:
    compliant(check, front_door())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"right": "Ms-Exch-SMTP-Accept-Any-Recipient"},
        {"right": "MS-EXCH-SMTP-ACCEPT-ANY-RECIPIENT"},
        {"user": "NT-AUTORITÄT\\ANONYMOUS-ANMELDUNG"},
        {"user": "S-1-5-7"},
        {"user": "NT-MYNDIGHET\\X", "Sid": "S-1-5-7"},
        {"user": "Everyone"},
        {"user": "Jeder"},
        {"user": "S-1-1-0"},
        {"right": "", "AccessRights": ("ExtendedRight",)},
        {"right": "", "AccessRights": ("GenericAll",)},
        {"IsInherited": True},
        {"Deny": "False"},
    ],
    ids=str,
)
def test_names_who_may_relay(changes: dict[str, Any]) -> None:
    door = front_door(permissions=relaying(**changes))
    user = changes.get("user", ANONYMOUS)
    deviates("INT-06-1", door, (INTERNET, f"{user} has {RELAY}"))


def test_says_that_a_right_is_inherited() -> None:
    door = front_door(permissions=relaying(IsInherited=True))
    deviates("INT-06-1", door, (INTERNET, f"{RELAY}, inherited"))


@pytest.mark.parametrize(
    "entries",
    [
        [entry(right="ms-Exch-SMTP-Accept-Any-Sender")],
        [entry("NT AUTHORITY\\Authenticated Users", RELAY)],
        [entry("CORP\\Anonymous Coward", RELAY)],
        [entry(right=RELAY), entry(right=RELAY, Deny=True)],
        [entry(right=RELAY, Deny=True)],
        [entry(right=RELAY, IsInherited=True), entry(right=RELAY, Deny=True)],
        [entry("Everyone", RELAY), entry(right=RELAY, Deny=True)],
    ],
    ids=[
        "other right",
        "who signed in",
        "an account of that name",
        "denied too",
        "denied alone",
        "explicit deny beats inherited allow",
        "denied for anonymous",
    ],
)
def test_what_lets_nobody_relay_complies(entries: list[ADPermission]) -> None:
    compliant("INT-06-1", front_door(permissions=[entry(), ADMINISTRATORS, *entries]))


def test_an_explicit_allow_beats_an_inherited_deny() -> None:
    entries = [*relaying(), entry(right=RELAY, Deny=True, IsInherited=True)]
    deviates("INT-06-1", front_door(permissions=entries), (INTERNET, RELAY))


INSIDE = scanners("10.30.0.0/28", AuthMechanism=auth("Tls"))


@pytest.mark.parametrize(
    "custom",
    [
        INSIDE,
        scanners(PARTNER, Enabled=False),
        scanners(PARTNER, Bindings=("[::]:25",)),
        scanners("127.0.0.0/8"),
    ],
    ids=["inside", "disabled", "other family", "loopback"],
)
def test_a_relay_that_no_stranger_reaches_is_a_note(custom: Properties) -> None:
    right = entry(right=RELAY, Identity=SCANNERS)
    door = front_door(further=[custom], others=[right])
    compliant("INT-06-1", door, (SCANNERS, "it answers no Internet address"))


@pytest.mark.parametrize("bindings", [("0.0.0.0:25",), ("0.0.0.0:587",), ("0.0.0.0:2526",)])
def test_a_relay_that_strangers_reach_on_any_port_deviates(bindings: tuple[str, ...]) -> None:
    right = entry(right=RELAY, Identity=SCANNERS)
    door = front_door(further=[scanners(PARTNER, Bindings=bindings)], others=[right])
    deviates("INT-06-1", door, (SCANNERS, RELAY))


def test_permissions_that_nobody_read_prove_nothing() -> None:
    unread = front_door(permissions=[])
    inconclusive("INT-06-1", unread, (INTERNET, f"missing: Get-ADPermission (for {INTERNET})"))


def test_permissions_that_nobody_read_hide_no_other_relay() -> None:
    right = entry(right=RELAY, Identity=SCANNERS)
    door = front_door(permissions=[], further=[scanners(PARTNER)], others=[right])
    deviates("INT-06-1", door, (SCANNERS, RELAY), (INTERNET, "missing: Get-ADPermission"))


def test_permissions_that_nobody_read_do_not_matter_inside() -> None:
    compliant("INT-06-1", front_door(further=[INSIDE]))


@pytest.mark.parametrize("lacking", ["Deny", "IsInherited", "User", "ExtendedRights"])
def test_an_entry_that_lacks_a_property_proves_nothing(lacking: str) -> None:
    raw = {key: value for key, value in entry(right=RELAY).properties.items() if key != lacking}
    door = front_door(permissions=[entry(), ADPermission(raw)])
    inconclusive("INT-06-1", door, (INTERNET, f"missing: Get-ADPermission (property {lacking}"))


def test_an_entry_that_can_not_be_read_is_an_error() -> None:
    door = front_door(permissions=relaying(Deny="perhaps"))
    error("INT-06-1", door, (INTERNET, "Deny"))


@pytest.mark.parametrize("check", ["INT-06-1", "INT-06-2"])
@pytest.mark.parametrize("lacking", ["Bindings", "RemoteIPRanges"])
def test_a_connector_that_was_not_read_hides_no_relay_of_another_port(
    check: str, lacking: str
) -> None:
    changes = {"Bindings": ("0.0.0.0:2526",), lacking: GONE}
    unread = connector("Unread", changes)
    trusted = scanners(PARTNER, AuthMechanism=auth("Tls", "ExternalAuthoritative"))
    right = entry(right=RELAY, Identity=SCANNERS)
    door = front_door(further=[unread, trusted], others=[right])
    telling = {"INT-06-1": RELAY, "INT-06-2": "ExternalAuthoritative"}[check]
    deviates(check, door, (SCANNERS, telling), (None, f"property {lacking} of EX01\\Unread"))


@pytest.mark.parametrize(
    "value", [auth("Tls", "ExternalAuthoritative"), 33, "ExternalAuthoritative"]
)
def test_names_the_connector_that_trusts_strangers(value: object) -> None:
    door = front_door(further=[scanners(PARTNER, AuthMechanism=value)])
    deviates("INT-06-2", door, (SCANNERS, "ExternalAuthoritative"))


@pytest.mark.parametrize("bindings", [("0.0.0.0:587",), ("10.1.2.20:2526",)])
def test_strangers_are_not_to_be_trusted_on_any_port(bindings: tuple[str, ...]) -> None:
    trusted = scanners(PARTNER, AuthMechanism=33, Bindings=bindings)
    deviates("INT-06-2", front_door(further=[trusted]), (SCANNERS, "ExternalAuthoritative"))


@pytest.mark.parametrize(
    "custom",
    [
        scanners("10.30.0.0/28", AuthMechanism=33),
        scanners(PARTNER, AuthMechanism=33, Enabled=False),
        scanners(PARTNER, AuthMechanism=31),
    ],
    ids=["inside", "disabled", "everything else"],
)
def test_trust_that_no_stranger_gets_complies(custom: Properties) -> None:
    compliant("INT-06-2", front_door(further=[custom]))


def test_a_missing_mechanism_hides_no_other_trust() -> None:
    unread = scanners("203.0.113.0/24", AuthMechanism=GONE)
    named = (SCANNERS, f"property AuthMechanism of {SCANNERS}")
    inconclusive("INT-06-2", front_door(further=[unread]), named)
    trusted = connector("Partner", {"RemoteIPRanges": (PARTNER,), "AuthMechanism": 33})
    door = front_door(further=[unread, trusted])
    deviates("INT-06-2", door, ("EX01\\Partner", "ExternalAuthoritative"), named)
