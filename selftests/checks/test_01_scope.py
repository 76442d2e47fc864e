"""Step 1: which addresses Default Frontend answers: no stranger's, and all internal ones."""

import pytest

from selftests.checks.builders import (
    GLOBAL_IPV6,
    INTERNET_IPV4,
    compliant,
    deviates,
    front_door,
    inconclusive,
)
from selftests.checks.exported import ALL_IPV4, ALL_IPV6, DEFAULT_FRONTEND, INTERNAL, connector
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Family, Interval
from smtp_exposure.exchange.inventory import KnownAddress
from smtp_exposure.expectations import Expectations


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


def test_trouble_with_another_connector_does_not_matter_here() -> None:
    broken = connector("Broken", {"RemoteIPRanges": ("nonsense",)})
    compliant("INT-01-2", front_door(further=[broken]))
