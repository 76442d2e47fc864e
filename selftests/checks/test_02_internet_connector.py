"""Step 2: whom the Internet connector answers, and on which bindings."""

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
    ALL_IPV4,
    ALL_IPV6,
    GONE,
    HUB,
    INTERNET,
    INTERNET_CONNECTOR,
    WILDCARDS,
    connector,
)
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.expectations import Expectations

STEP = [f"INT-02-{number}" for number in range(1, 5)]
IPV4_ALONE = Expectations(internet=AddressSet.parse(["0.0.0.0/0"]))
VENDOR = Expectations(internet=AddressSet.parse(["203.0.113.0/24", "2001:db8:ff::/48"]))


@pytest.mark.parametrize("check", STEP)
def test_an_internet_connector_for_everyone_complies(check: str) -> None:
    compliant(check, front_door())


@pytest.mark.parametrize("check", STEP[:2])
def test_an_edge_server_needs_no_connector_of_its_own(check: str) -> None:
    not_applicable(check, edge_door())


@pytest.mark.parametrize("check", STEP[:2])
def test_a_server_that_faces_no_internet_needs_none(check: str) -> None:
    inside = of_server(internet_facing=False)
    not_applicable(check, front_door(without=[INTERNET_CONNECTOR], expected=inside))


@pytest.mark.parametrize(
    "ranges",
    [
        ("0.0.0.0/0", "::/0"),
        ("0.0.0.0(0.0.0.0)", ALL_IPV6),
        ("0.0.0.0-127.255.255.255", "128.0.0.0/1", "::/1", "8000::/1"),
        ("128.0.0.0/1", "0.0.0.0-130.0.0.0", ALL_IPV6),
        f"{{{ALL_IPV6}, {ALL_IPV4}}}",
    ],
    ids=["CIDR", "mask", "halves", "overlapping halves", "text"],
)
def test_the_whole_space_counts_however_it_is_written(ranges: object) -> None:
    compliant("INT-02-1", front_door(internet={"RemoteIPRanges": ranges}))


def test_two_connectors_may_serve_a_family_each() -> None:
    second = connector("Internet IPv6", {"RemoteIPRanges": (ALL_IPV6,)})
    door = front_door(internet={"RemoteIPRanges": (ALL_IPV4,)}, further=[second])
    compliant("INT-02-1", door)


@pytest.mark.parametrize(
    ("ranges", "missing"),
    [
        ((ALL_IPV4,), f"{ALL_IPV6} is in no range"),
        ((ALL_IPV6,), f"{ALL_IPV4} is in no range"),
        (
            ("0.0.0.0-198.51.99.255", "198.51.101.0-255.255.255.255", ALL_IPV6),
            "198.51.100.0-198.51.100.255 is in no range",
        ),
        ((ALL_IPV4, "::/1"), "8000::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff is in no range"),
    ],
    ids=["no IPv6", "no IPv4", "hole", "half of IPv6"],
)
def test_names_the_exact_addresses_that_no_range_holds(
    ranges: tuple[str, ...], missing: str
) -> None:
    deviates("INT-02-1", front_door(internet={"RemoteIPRanges": ranges}), (INTERNET, missing))


@pytest.mark.parametrize(
    "changes",
    [
        {"Enabled": False},
        {"TransportRole": HUB},
        {"Bindings": ("0.0.0.0:2526", "[::]:2526")},
        {"RemoteIPRanges": ("0.0.0.0/1", "::/1")},
    ],
    ids=["disabled", "hub", "other port", "half of each family"],
)
def test_a_connector_that_can_not_serve_everyone_is_no_internet_connector(
    changes: dict[str, Any],
) -> None:
    door = front_door(internet=changes)
    deviates("INT-02-1", door, (INTERNET, "no enabled front-end connector on port 25"))
    not_applicable("INT-02-2", door)


def test_default_frontend_is_never_the_internet_connector() -> None:
    door = front_door(
        default={"RemoteIPRanges": (ALL_IPV6, ALL_IPV4)}, without=[INTERNET_CONNECTOR]
    )
    deviates("INT-02-1", door, (INTERNET, "no enabled front-end connector on port 25"))


def test_the_profiles_connector_is_judged_by_its_name() -> None:
    expected = Expectations(internet_connector="internet (ANONYMOUS smtp)")
    door = front_door(internet={"RemoteIPRanges": ("0.0.0.0/0",)}, expected=expected)
    deviates("INT-02-1", door, (INTERNET, f"{ALL_IPV6} is in no range"))


def test_the_profiles_connector_that_is_gone_is_named() -> None:
    door = front_door(expected=Expectations(internet_connector="From outside"))
    deviates("INT-02-1", door, ("EX01\\From outside", "no enabled front-end connector"))


def test_the_profiles_connector_serves_nobody_while_disabled() -> None:
    expected = Expectations(internet_connector=INTERNET_CONNECTOR)
    door = front_door(internet={"Enabled": False}, expected=expected)
    nobody = [(INTERNET, ALL_IPV4), (INTERNET, ALL_IPV6)]
    deviates("INT-02-1", door, *nobody)


def test_an_organisation_without_ipv6_needs_no_ipv6() -> None:
    changes = {"RemoteIPRanges": (ALL_IPV4,), "Bindings": ("0.0.0.0:25",)}
    door = front_door(internet=changes, expected=IPV4_ALONE)
    compliant("INT-02-1", door)
    compliant("INT-02-2", door)


def test_a_vendors_ranges_are_enough_where_the_profile_says_so() -> None:
    ranges = {"RemoteIPRanges": ("203.0.113.0-203.0.113.255", "2001:db8:ff::/48")}
    compliant("INT-02-1", front_door(internet=ranges, expected=VENDOR))
    deviates("INT-02-1", front_door(internet=ranges), (INTERNET, "no enabled front-end connector"))


def test_names_the_vendors_addresses_that_are_missing() -> None:
    ranges = {"RemoteIPRanges": ("203.0.113.0/24", "2001:db8:ff::/49")}
    door = front_door(internet=ranges, expected=VENDOR)
    deviates("INT-02-1", door, (INTERNET, "2001:db8:ff:8000::-2001:db8:ff:ffff:"))


@pytest.mark.parametrize(
    "bindings",
    [
        ("0.0.0.0:25", "[::]:25"),
        ("192.0.2.10:25", "[2001:db8::10]:25"),
        ("0.0.0.0:25", "[2001:db8::10]:25", "0.0.0.0:2526"),
        "{[::]:25, 0.0.0.0:25}",
    ],
)
def test_wildcard_and_specific_bindings_serve_a_family(bindings: object) -> None:
    compliant("INT-02-2", front_door(internet={"Bindings": bindings}))


@pytest.mark.parametrize(
    ("bindings", "family"),
    [
        (("0.0.0.0:25",), "IPv6"),
        (("[::]:25",), "IPv4"),
        (("192.0.2.10:25", "[::]:26"), "IPv6"),
    ],
)
def test_names_the_family_that_has_no_binding(bindings: tuple[str, ...], family: str) -> None:
    door = front_door(internet={"Bindings": bindings})
    deviates("INT-02-2", door, (INTERNET, f"no {family} binding on port 25"))


def test_a_range_counts_only_for_a_binding_of_its_family() -> None:
    second = connector("Internet IPv6", {"RemoteIPRanges": (ALL_IPV6,), "Bindings": "0.0.0.0:25"})
    first = {"RemoteIPRanges": (ALL_IPV4,), "Bindings": WILDCARDS}
    door = front_door(internet=first, further=[second])
    deviates("INT-02-2", door, ("EX01\\Internet IPv6", "no IPv6 binding on port 25"))


def test_each_family_may_have_its_own_connector_and_binding() -> None:
    second = connector("Internet IPv6", {"RemoteIPRanges": (ALL_IPV6,), "Bindings": "[::]:25"})
    first = {"RemoteIPRanges": (ALL_IPV4,), "Bindings": "0.0.0.0:25"}
    compliant("INT-02-2", front_door(internet=first, further=[second]))


@pytest.mark.parametrize("check", STEP[:2])
@pytest.mark.parametrize("lacking", ["Bindings", "RemoteIPRanges", "Enabled", "TransportRole"])
def test_whatever_says_what_an_internet_connector_is_must_be_there(
    check: str, lacking: str
) -> None:
    door = front_door(internet={lacking: GONE})
    inconclusive(check, door, ("", f"property {lacking} of {INTERNET}"))


def test_an_unreadable_binding_is_an_error() -> None:
    door = front_door(internet={"Bindings": ("[::]:99999",)})
    error("INT-02-2", door, ("", f"Bindings of {INTERNET} can't be read"))
