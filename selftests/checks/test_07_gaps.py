"""Step 7: which Internet addresses no connector answers."""

from typing import Any

import pytest

from selftests.checks.builders import (
    GLOBAL_IPV6,
    INTERNET_IPV4,
    compliant,
    deviates,
    front_door,
    inconclusive,
)
from selftests.checks.exported import ALL_IPV4, ALL_IPV6, HUB, INTERNET_CONNECTOR, scanners
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.expectations import Expectations

VENDOR = Expectations(internet=AddressSet.parse(["203.0.113.0/24", "2001:db8:ff::/48"]))


def test_the_other_service_leaves_the_rest_of_the_internet_without_answer() -> None:
    hub = scanners("198.51.100.0/24", TransportRole=HUB, Bindings=("0.0.0.0:25",))
    before, after = "192.169.0.0-198.51.99.255", "198.51.101.0-223.255.255.255"
    left = [*INTERNET_IPV4[:5], before, after]
    told = "if the other service owns the port"
    inconclusive("INT-07-2", front_door(further=[hub]), *((each, told) for each in left))


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"RemoteIPRanges": (ALL_IPV4,)}, [GLOBAL_IPV6]),
        ({"Bindings": ("0.0.0.0:25",)}, [GLOBAL_IPV6]),
        ({"Bindings": ("[::]:25",)}, INTERNET_IPV4),
        ({"Enabled": False}, [*INTERNET_IPV4, GLOBAL_IPV6]),
        (
            {
                "RemoteIPRanges": (
                    "0.0.0.0-198.51.99.255",
                    "198.51.101.0-255.255.255.255",
                    ALL_IPV6,
                )
            },
            ["198.51.100.0-198.51.100.255"],
        ),
        ({"RemoteIPRanges": ("0.0.0.0/1", "128.0.0.0/1", "2000::/4")}, ["3000::-3fff:"]),
    ],
    ids=["IPv6 range", "IPv6 binding", "IPv4 binding", "disabled", "hole", "half of IPv6"],
)
def test_names_the_exact_internet_addresses_that_nobody_answers(
    changes: dict[str, Any], left: list[str]
) -> None:
    door = front_door(internet=changes)
    exact = [each if not each.endswith(":") else "3000::" + GLOBAL_IPV6[6:] for each in left]
    deviates("INT-07-2", door, *((each, "no connector answers") for each in exact))


def test_another_connector_may_fill_the_gap() -> None:
    filling = scanners("198.51.100.0/24")
    changes = {
        "RemoteIPRanges": ("0.0.0.0-198.51.99.255", "198.51.101.0-255.255.255.255", ALL_IPV6)
    }
    compliant("INT-07-2", front_door(internet=changes, further=[filling]))


def test_a_gap_inside_is_none() -> None:
    changes = {"RemoteIPRanges": (ALL_IPV4, "2000::/3")}
    door = front_door(default={"RemoteIPRanges": ("10.0.0.0/8",)}, internet=changes)
    compliant("INT-07-2", door)


def test_only_the_vendors_addresses_are_to_be_answered() -> None:
    ranges = {"RemoteIPRanges": ("203.0.113.0/24", "2001:db8:ff::/48")}
    compliant("INT-07-2", front_door(internet=ranges, expected=VENDOR))


def test_names_the_vendors_addresses_that_nobody_answers() -> None:
    ranges = {"RemoteIPRanges": ("203.0.113.0/25", "2001:db8:ff::/48")}
    left = ("203.0.113.128-203.0.113.255", "no connector answers")
    deviates("INT-07-2", front_door(internet=ranges, expected=VENDOR), left)


def test_an_organisation_without_ipv6_needs_no_ipv6() -> None:
    expected = Expectations(internet=AddressSet.parse(["0.0.0.0/0"]))
    door = front_door(internet={"Bindings": ("0.0.0.0:25",)}, expected=expected)
    compliant("INT-07-2", door)


def test_nobody_on_port_25_leaves_everyone_without_answer() -> None:
    door = front_door(without=[INTERNET_CONNECTOR, "Default Frontend EX01"])
    left = [*INTERNET_IPV4, GLOBAL_IPV6]
    deviates("INT-07-2", door, *((each, "no connector answers") for each in left))
    compliant("INT-07-1", door)
