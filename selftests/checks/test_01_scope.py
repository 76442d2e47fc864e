"""Step 1: each check on Default Frontend sees what it should, and nothing else."""

import pytest

from selftests.checks.builders import (
    GLOBAL_IPV6,
    INTERNET_IPV4,
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
    ALL_IPV4,
    ALL_IPV6,
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
from smtp_exposure.exchange.addresses import Family, Interval
from smtp_exposure.exchange.inventory import KnownAddress
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
    "text",
    [
        "172.160.0.0/12",
        "172.160.0.0-172.175.255.255",
        "172.160.0.0(255.240.0.0)",
        "172.165.4.3/12",
    ],
)
def test_the_misprint_is_named_as_such_in_every_notation(text: str) -> None:
    door = front_door(default={"RemoteIPRanges": (*INTERNAL, text)})
    exact = "172.160.0.0-172.175.255.255 | this is the article's misprint of 172.16.0.0/12"
    deviates("INT-01-2", door, (DEFAULT_FRONTEND, exact))


@pytest.mark.parametrize(
    ("text", "exposed"),
    [
        ("192.0.2.7", "192.0.2.7-192.0.2.7"),
        ("100.64.0.0/10", "100.64.0.0-100.127.255.255"),
        ("198.18.0.0(255.254.0.0)", "198.18.0.0-198.19.255.255"),
        ("172.0.0.0/8", "172.0.0.0-172.15.255.255, 172.32.0.0-172.255.255.255"),
        ("10.255.255.0-11.0.0.255", "11.0.0.0-11.0.0.255"),
        ("2001:db8::5", "2001:db8::5-2001:db8::5"),
        ("::/0", GLOBAL_IPV6),
        (ALL_IPV6, GLOBAL_IPV6),
        (ALL_IPV4, ", ".join(INTERNET_IPV4)),
    ],
)
def test_names_the_exact_internet_addresses_of_a_range(text: str, exposed: str) -> None:
    door = front_door(default={"RemoteIPRanges": (*INTERNAL, text)})
    observed = f"{text} holds the Internet addresses {exposed} | "
    deviates("INT-01-2", door, (DEFAULT_FRONTEND, observed))


def test_every_exposed_range_is_a_finding_of_its_own() -> None:
    door = front_door(default={"RemoteIPRanges": (ALL_IPV6, ALL_IPV4)})
    seen = [(DEFAULT_FRONTEND, f"{text} holds") for text in (ALL_IPV6, ALL_IPV4)]
    deviates("INT-01-2", door, *seen)


@pytest.mark.parametrize(
    "text",
    ["127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "0.0.0.0/8", "fe80::1%13", "fec0::/10", "::1"],
)
def test_what_no_stranger_can_come_from_is_no_exposure(text: str) -> None:
    compliant("INT-01-2", front_door(default={"RemoteIPRanges": (*INTERNAL, text)}))


@pytest.mark.parametrize("public", ["203.0.113.20", "2001:db8:25::20"])
def test_a_servers_own_public_address_counts_as_inside(public: str) -> None:
    ranges = {"RemoteIPRanges": (*INTERNAL, public)}
    door = front_door(default=ranges, addresses=["10.1.2.20", public])
    compliant("INT-01-2", door)
    deviates("INT-01-2", front_door(default=ranges), (DEFAULT_FRONTEND, f"{public} holds"))


def test_a_specific_binding_makes_its_address_known() -> None:
    bound = connector("Bound", {"Bindings": ("203.0.113.20:587",)})
    ranges = {"RemoteIPRanges": (*INTERNAL, "203.0.113.20")}
    compliant("INT-01-2", front_door(default=ranges, further=[bound]))


def test_a_range_that_is_wider_than_a_known_address_is_exposed_around_it() -> None:
    ranges = {"RemoteIPRanges": (*INTERNAL, "203.0.113.20/30")}
    door = front_door(default=ranges, addresses=["203.0.113.21"])
    exact = "203.0.113.20-203.0.113.20, 203.0.113.22-203.0.113.23"
    deviates("INT-01-2", door, (DEFAULT_FRONTEND, exact))


def test_the_profiles_internal_ranges_are_inside() -> None:
    internal = AddressSet.parse([*INTERNAL, "192.0.2.0/24"])
    ranges = {"RemoteIPRanges": (*INTERNAL, "192.0.2.0/24")}
    compliant("INT-01-2", front_door(default=ranges, expected=Expectations(internal=internal)))


@pytest.mark.parametrize(
    "ranges",
    [
        (ALL_IPV6, ALL_IPV4),
        ("10.0.0.0/9", "10.128.0.0-10.255.255.255", *INTERNAL[1:]),
        ("10.0.0.0(255.0.0.0)", "172.16.0.0-172.31.255.255", "192.168.7.7/16", "fd12::/7"),
        "{10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7}",
        ("fc00::/7", "192.168.0.0/16", "172.16.0.0/12", "10.0.0.0/8"),
    ],
    ids=["everything", "halves", "other notations", "text", "other order"],
)
def test_the_internal_ranges_count_however_they_are_written(ranges: object) -> None:
    compliant("INT-01-3", front_door(default={"RemoteIPRanges": ranges}))


@pytest.mark.parametrize(
    ("ranges", "lacking"),
    [
        (("172.160.0.0/12", *INTERNAL[:1], *INTERNAL[2:]), "172.16.0.0-172.31.255.255"),
        (("10.0.0.0/9", *INTERNAL[1:]), "10.128.0.0-10.255.255.255"),
        (INTERNAL[:3], "fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        (("10.0.0.0-10.4.0.0", "10.4.0.2/8"[:8] + "-10.255.255.255", *INTERNAL[1:]), "10.4.0.1"),
        ((*INTERNAL[:3], "fc00::/8"), "fd00::-fdff:"),
    ],
)
def test_names_the_exact_internal_addresses_that_are_not_served(
    ranges: tuple[str, ...], lacking: str
) -> None:
    door = front_door(default={"RemoteIPRanges": ranges})
    deviates("INT-01-3", door, (DEFAULT_FRONTEND, lacking))


def test_each_missing_interval_is_a_finding() -> None:
    door = front_door(default={"RemoteIPRanges": INTERNAL[1:2]})
    missing = ["10.0.0.0-10.255.255.255", "192.168.0.0-192.168.255.255", "fc00::-fdff:"]
    deviates("INT-01-3", door, *((DEFAULT_FRONTEND, each) for each in missing))


def test_the_profile_says_which_internal_ranges_are_to_be_served() -> None:
    expected = Expectations(internal=AddressSet.parse(["10.9.0.0/16"]))
    compliant("INT-01-3", front_door(default={"RemoteIPRanges": "10.9.0.0/16"}, expected=expected))


@pytest.mark.parametrize("outside", ["203.0.113.20", "2001:db8:25::20", "100.64.0.9"])
def test_names_the_address_and_the_server_that_are_not_served(outside: str) -> None:
    door = front_door(addresses=["10.1.2.20", outside])
    deviates("INT-01-4", door, (DEFAULT_FRONTEND, f"{outside}-{outside} of EX01"))


def test_a_known_address_that_is_served_complies() -> None:
    ranges = {"RemoteIPRanges": (*INTERNAL, "203.0.113.16/29")}
    compliant("INT-01-4", front_door(default=ranges, addresses=["203.0.113.20"]))


def test_the_specific_binding_of_another_server_is_a_known_address() -> None:
    bound = connector("Default EX02", {"Bindings": ("203.0.113.99:2525",)}, server="EX02")
    deviates("INT-01-4", front_door(further=[bound]), (DEFAULT_FRONTEND, "203.0.113.99 of EX02"))


def test_the_profile_names_the_address_of_an_edge_server() -> None:
    edge = Interval(Family.IPV4, 0xC0000219, 0xC0000219)
    expected = Expectations(known_addresses=(KnownAddress(interval=edge, owner="EDGE01"),))
    door = front_door(expected=expected)
    deviates("INT-01-4", door, (DEFAULT_FRONTEND, "192.0.2.25-192.0.2.25 of EDGE01"))


def test_without_known_addresses_nothing_is_proved() -> None:
    door = front_door(addresses=[])
    inconclusive("INT-01-4", door, ("", "missing: Get-NetworkConnectionInfo"))


@pytest.mark.parametrize(
    "local", ["127.0.0.1", "::1", "fe80::2174:c9da:4ac0:74c2%13", "169.254.1.2"]
)
def test_no_server_reaches_another_by_a_local_address(local: str) -> None:
    compliant("INT-01-4", front_door(addresses=["10.1.2.20", local]))


@pytest.mark.parametrize(
    "text", ["fec0::/10", "fec0::-feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::9", "fed0::/12"]
)
def test_a_deprecated_range_is_a_note(text: str) -> None:
    door = front_door(default={"RemoteIPRanges": (*INTERNAL, text)})
    compliant("INT-01-5", door, (DEFAULT_FRONTEND, f"{text} is site-local"))


@pytest.mark.parametrize("text", [ALL_IPV6, "fe80::/10", "fe00::/8"])
def test_a_range_that_is_more_than_deprecated_is_no_note(text: str) -> None:
    compliant("INT-01-5", front_door(default={"RemoteIPRanges": (*INTERNAL, text)}))


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


def test_trouble_with_another_connector_does_not_matter_here() -> None:
    broken = connector("Broken", {"RemoteIPRanges": ("nonsense",)})
    compliant("INT-01-2", front_door(further=[broken]))
