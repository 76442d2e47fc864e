"""Step 6, beside test_06_relaying.py: who is granted what, and whom a connector answers."""

from typing import Any

import pytest

from selftests.checks import state
from selftests.checks.builders import (
    compliant,
    deviates,
    edge_door,
    error,
    expect,
    front_door,
    inconclusive,
    inventory,
)
from selftests.checks.exported import (
    ALL_IPV4,
    INTERNET,
    SCANNERS,
    auth,
    connector,
    entry,
    scanners,
)
from selftests.checks.state import RELAY, accepted, relay, with_permissions
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.inventory import ADPermission, Inventory, missing
from smtp_exposure.verdicts import Verdict

EXTERNAL = auth("Tls", "ExternalAuthoritative")


def read(*further: ADPermission, **changes: Any) -> FrontDoor:
    """A server whose permissions were read, and further entries."""
    return with_permissions(front_door(**changes), *further)


@pytest.mark.parametrize(
    "further",
    [
        [relay("MS Exchange\\Externally Secured Servers")],
        [relay("S-1-5-11")],
        [entry(right="ms-Exch-SMTP-Accept-Authoritative-Domain-Sender")],
        [relay(IsInherited=True), relay(Deny=True, IsInherited=True)],
        [relay("CORP\\Everyone")],
        [relay("Everyone", Deny=True), relay()],
    ],
    ids=[
        "externally secured servers",
        "a SID of those who signed in",
        "any sender of the own domain",
        "both by inheritance",
        "an account named like everyone",
        "denied to everyone",
    ],
)
def test_without_that_right_nobody_relays(further: list[ADPermission]) -> None:
    compliant("INT-06-1", read(*further))


@pytest.mark.parametrize(
    "user",
    [
        "nt authority\\anonymous logon",
        "ANONYMOUS LOGON",
        "AUTORITE NT\\ANONYMOUS LOGON",
        "Tout le monde",
        "Todos",
    ],
)
def test_names_whom_the_right_was_given_to(user: str) -> None:
    seen = (INTERNET, f"{user} has ms-Exch-SMTP-Accept-Any-Recipient |")
    deviates("INT-06-1", read(relay(user)), seen)


@pytest.mark.parametrize(
    "further",
    [
        [relay(ExtendedRights=(RELAY, "ms-Exch-SMTP-Submit"))],
        [relay(), relay("CORP\\Somebody", Deny=True)],
        [relay(ExtendedRights=None, AccessRights="GenericAll")],
        [relay(), relay()],
        [relay(Identity=INTERNET.upper())],
        [relay(Deny="False", IsInherited="False")],
    ],
    ids=["among others", "somebody else is denied", "everything", "twice", "capitals", "words"],
)
def test_the_right_makes_a_relay(further: list[ADPermission]) -> None:
    deviates("INT-06-1", read(*further), (INTERNET, "Accept-Any-Recipient |"))


def test_a_relay_that_narrower_connectors_shadow_is_a_note() -> None:
    shadowed = connector("Scanners", {"RemoteIPRanges": ("198.51.100.0/24",)})
    halves = connector("H", {"RemoteIPRanges": ("198.51.100.0/25", "198.51.100.128/25")})
    door = read(relay(identity=SCANNERS), entry(Identity="EX01\\H"), further=[shadowed, halves])
    compliant("INT-06-1", door, (SCANNERS, "it answers no Internet address"))


@pytest.mark.parametrize("ranges", ["10.0.0.0-11.0.0.0", "2001:db8::/32", "172.160.0.0/12"])
def test_a_relay_for_some_internet_addresses_deviates(ranges: str) -> None:
    door = read(relay(identity=SCANNERS), further=[scanners(ranges)])
    deviates("INT-06-1", door, (SCANNERS, "has ms-Exch-SMTP-Accept-Any-Recipient"))


def test_a_relay_on_a_hub_connector_deviates() -> None:
    identity = "EX01\\Default EX01"
    deviates("INT-06-1", read(relay(identity=identity)), (identity, RELAY))


def test_an_edge_servers_permissions_count_too() -> None:
    edge = edge_door()
    identity = edge.connectors[0].identity
    compliant("INT-06-1", with_permissions(edge, entry(Identity=identity)))
    deviates("INT-06-1", with_permissions(edge, relay(identity=identity)), (identity, RELAY))


def test_permissions_of_which_nothing_was_read_prove_nothing() -> None:
    door = state.holding(front_door(), permissions=missing(ADPermission))
    inconclusive("INT-06-1", door, ("", "missing: Get-ADPermission"))


@pytest.mark.parametrize("unread", state.FROM_EVERYWHERE)
def test_a_connector_whose_permissions_nobody_read_proves_nothing(unread: str) -> None:
    door = with_permissions(front_door(), unread=unread)
    inconclusive("INT-06-1", door, (unread, f"missing: Get-ADPermission (for {unread})"))
    door = with_permissions(front_door(), relay(identity=SCANNERS), unread=unread)
    inconclusive("INT-06-1", door, (unread, "missing: Get-ADPermission"))


@pytest.mark.parametrize("changes", [{"IsInherited": 1}, {"User": b"x"}, {"ExtendedRights": 5}])
def test_an_entry_that_can_not_be_read_is_an_error(changes: dict[str, Any]) -> None:
    error("INT-06-1", read(relay(**changes)), (INTERNET, "can't be read"))


@pytest.mark.parametrize("mechanisms", [("Tls",), (), ("Tls", "Integrated", "ExchangeServer")])
def test_connectors_that_trust_nobody_blindly_comply(mechanisms: tuple[str, ...]) -> None:
    compliant("INT-06-2", front_door(internet={"AuthMechanism": auth(*mechanisms)}))


@pytest.mark.parametrize(
    ("changes", "trusted"),
    [
        ({}, True),
        ({"RemoteIPRanges": ("2001:db8:1::/48",)}, True),
        ({"RemoteIPRanges": ("100.64.0.0/10",)}, True),
        ({"RemoteIPRanges": ("172.160.0.0/12",)}, True),
        ({"RemoteIPRanges": (ALL_IPV4,), "Bindings": ("10.1.2.20:25",)}, True),
        ({"RemoteIPRanges": ("127.0.0.1", "169.254.0.0/16")}, False),
        ({"RemoteIPRanges": ("172.16.0.0/12", "fd00::/8")}, False),
        ({"RemoteIPRanges": ("2001:db8:1::/48",), "Bindings": ("0.0.0.0:25",)}, False),
    ],
)
def test_a_partner_is_trusted_where_it_answers_the_internet(
    changes: dict[str, Any], trusted: bool
) -> None:
    own = {"RemoteIPRanges": ("198.51.100.0/24",), "AuthMechanism": EXTERNAL} | changes
    door = front_door(further=[connector("Partner", own)])
    if trusted:
        observed = "AuthMechanism is Tls, ExternalAuthoritative"
        deviates("INT-06-2", door, ("EX01\\Partner", observed))
    else:
        compliant("INT-06-2", door)


def test_an_edge_server_must_not_trust_strangers_either() -> None:
    compliant("INT-06-2", edge_door())
    door = edge_door(AuthMechanism=EXTERNAL)
    deviates("INT-06-2", door, (door.connectors[0].identity, "ExternalAuthoritative"))


def test_all_wildcards_are_named() -> None:
    evidence = inventory(accepted("*"), accepted("corp.example"), accepted("*.net"))
    seen = [("*", "accepted"), ("*.net", "accepted")]
    expect("INT-06-3", Verdict.DEVIATES, *seen, inventory=evidence)


def two_organizations(*further: Any) -> Inventory:
    """An organisation without evidence of its domains, and one with these."""
    first, second = inventory(), inventory(*further)
    return Inventory(organizations=(*first.organizations, *second.organizations))


UNREAD = (None, "missing: Get-AcceptedDomain")


@pytest.mark.parametrize(
    ("name", "verdict", "seen"),
    [
        ("*", Verdict.DEVIATES, [("*", "accepted"), UNREAD]),
        ("corp.example", Verdict.INCONCLUSIVE, [UNREAD]),
    ],
)
def test_an_organisation_that_was_not_read_hides_no_wildcard_of_another(
    name: str, verdict: Verdict, seen: list[Any]
) -> None:
    expect("INT-06-3", verdict, *seen, inventory=two_organizations(accepted(name)))


@pytest.mark.parametrize(
    ("name", "verdict", "seen"),
    [
        ("corp.example", Verdict.COMPLIANT, []),
        ("old.example", Verdict.INCONCLUSIVE, [("corp.example", "missing: Get-AcceptedDomain")]),
    ],
)
def test_another_organisation_may_hold_the_domain(
    name: str, verdict: Verdict, seen: list[Any]
) -> None:
    evidence = two_organizations(accepted(name))
    expect("INT-06-4", verdict, *seen, domain="corp.example", inventory=evidence)


def test_an_export_without_matching_of_subdomains_accepts_the_domain_itself() -> None:
    older = state.lacking(accepted("corp.example"), "MatchSubDomains")
    expect("INT-06-4", Verdict.COMPLIANT, domain="corp.example", inventory=inventory(older))


def test_a_domain_whose_name_was_not_read_may_be_the_one() -> None:
    evidence = inventory(state.lacking(accepted("Old"), "DomainName"), accepted("x.example"))
    seen = ("corp.example", "property DomainName of Old")
    expect("INT-06-4", Verdict.INCONCLUSIVE, seen, domain="corp.example", inventory=evidence)
