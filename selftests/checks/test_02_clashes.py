"""Step 2: connectors that get in the Internet connector's way, and each other's."""

from typing import Any

import pytest

from selftests.checks.builders import (
    compliant,
    deviates,
    edge_door,
    error,
    front_door,
    inconclusive,
    of_server,
)
from selftests.checks.exported import (
    ALL_IPV4,
    ALL_IPV6,
    DEFAULT_FRONTEND,
    GONE,
    HUB,
    SCANNERS,
    Properties,
    connector,
    scanners,
)

CLASHES = ["INT-02-3", "INT-02-4"]


@pytest.mark.parametrize("check", CLASHES)
def test_clashes_are_judged_on_an_edge_server_too(check: str) -> None:
    compliant(check, edge_door())


@pytest.mark.parametrize("check", CLASHES)
def test_clashes_are_judged_on_an_internal_server_too(check: str) -> None:
    inside = of_server(internet_facing=False)
    hub = scanners(*("10.0.0.0/8",), TransportRole=HUB)
    observed = {"INT-02-3": "HubTransport", "INT-02-4": "10.0.0.0/8 equals 10.0.0.0/8"}[check]
    subject = {"INT-02-3": SCANNERS, "INT-02-4": DEFAULT_FRONTEND}[check]
    deviates(check, front_door(further=[hub], expected=inside), (subject, observed))


@pytest.mark.parametrize("hub", [HUB, 32, "HubTransport", "hubtransport"])
def test_names_the_hub_connector_on_port_25(hub: object) -> None:
    door = front_door(further=[scanners("10.20.0.0/16", TransportRole=hub)])
    deviates("INT-02-3", door, (SCANNERS, "HubTransport, bound to [::]:25, 0.0.0.0:25"))


def test_a_hub_connector_on_a_specific_address_is_named() -> None:
    bound = scanners("10.20.0.0/16", TransportRole=HUB, Bindings=("10.1.2.20:25", "0.0.0.0:26"))
    deviates("INT-02-3", front_door(further=[bound]), (SCANNERS, "bound to 10.1.2.20:25 |"))


def test_a_disabled_hub_connector_is_a_note() -> None:
    door = front_door(further=[scanners("10.20.0.0/16", TransportRole=HUB, Enabled=False)])
    compliant("INT-02-3", door, (SCANNERS, "it is disabled"))


def test_a_role_that_was_not_read_hides_no_other_deviation() -> None:
    unread = connector("Unread", {"TransportRole": GONE})
    unread_alone = front_door(further=[unread])
    inconclusive("INT-02-3", unread_alone, ("EX01\\Unread", "property TransportRole"))
    both = front_door(further=[unread, scanners("10.20.0.0/16", TransportRole=HUB)])
    seen = [(SCANNERS, "HubTransport"), ("EX01\\Unread", "property TransportRole")]
    deviates("INT-02-3", both, *seen)


def test_a_role_that_can_not_be_read_is_an_error() -> None:
    door = front_door(further=[connector("Odd", {"TransportRole": 7})])
    error("INT-02-3", door, ("EX01\\Odd", "TransportRole of EX01\\Odd can't be read: 7"))


def pair(
    left: str, right: str, bindings: str = "0.0.0.0:25", others: str = "0.0.0.0:25", **changes: Any
) -> list[Properties]:
    """Two connectors inside, each with one range and one binding."""
    first = connector("First", {"RemoteIPRanges": (left,), "Bindings": (bindings,)})
    second = {"RemoteIPRanges": (right,), "Bindings": (others,)}
    return [first, connector("Second", second | changes)]


@pytest.mark.parametrize(
    "further",
    [
        pair("10.20.0.0/16", "10.20.7.0/24"),
        pair("10.20.0.0/16", "10.20.0.0/17"),
        pair("10.20.0.0/16", "10.20.128.0/17"),
        pair("10.20.0.0/16", "10.21.0.0/16"),
        pair("10.20.0.0/16", "10.20.0.0/16", others="10.1.2.20:25"),
        pair("10.20.0.0/16", "10.20.0.0/24", others="10.1.2.20:25"),
        pair("10.20.0.0/16", "10.20.0.0/16", "10.1.2.20:25", "10.1.2.21:25"),
        pair("10.20.0.0/16", "10.20.0.0/16", others="0.0.0.0:26"),
        pair("10.20.0.0-10.21.0.0", "10.20.9.0-10.22.0.0", others="[::]:25"),
        pair("fd20::/16", "fd20::/16", others="[::]:25"),
    ],
    ids=[
        "nested",
        "nested at the start",
        "nested at the end",
        "apart",
        "equal, wildcard and specific",
        "nested, wildcard and specific",
        "other addresses",
        "other port",
        "other family",
        "no binding of that family",
    ],
)
def test_pairs_that_exchange_allows_comply(further: list[Properties]) -> None:
    compliant("INT-02-4", front_door(further=further))


@pytest.mark.parametrize(
    ("further", "observed"),
    [
        (
            pair("10.20.0.0/16", "10.20.0.0-10.20.255.255"),
            "10.20.0.0/16 equals 10.20.0.0-10.20.255.255 of EX01\\Second on 0.0.0.0:25",
        ),
        (
            pair("10.20.0.0-10.21.0.0", "10.20.9.0-10.22.0.0"),
            "10.20.0.0-10.21.0.0 partly overlaps 10.20.9.0-10.22.0.0 of EX01\\Second",
        ),
        (
            pair("10.20.9.0-10.22.0.0", "10.20.0.0-10.21.0.0", others="10.1.2.20:25"),
            "partly overlaps 10.20.0.0-10.21.0.0 of EX01\\Second on 10.1.2.20:25",
        ),
        (
            pair("10.20.0.9", "10.20.0.9(255.255.255.255)", "10.1.2.20:25", "10.1.2.20:25"),
            "10.20.0.9 equals 10.20.0.9(255.255.255.255) of EX01\\Second on 10.1.2.20:25",
        ),
        (
            pair("fd20::/16", "fd20:0::/16", "[::]:25", "[::]:25"),
            "fd20::/16 equals fd20:0::/16 of EX01\\Second on [::]:25",
        ),
    ],
    ids=["equal", "partly overlapping", "wildcard and specific", "single address", "IPv6"],
)
def test_names_the_ranges_that_two_connectors_claim(
    further: list[Properties], observed: str
) -> None:
    deviates("INT-02-4", front_door(further=further), ("EX01\\First", observed))


def test_overlap_on_another_port_is_named_too() -> None:
    further = pair("10.20.0.0/16", "10.20.0.0/16", "0.0.0.0:26", "0.0.0.0:26")
    deviates("INT-02-4", front_door(further=further), ("EX01\\First", "on 0.0.0.0:26"))


def test_overlap_with_a_disabled_connector_is_a_note() -> None:
    further = pair("10.20.0.0/16", "10.20.0.0/16", Enabled=False)
    compliant(
        "INT-02-4", front_door(further=further), ("EX01\\First", "one of the two is disabled")
    )


def test_an_unscoped_default_frontend_clashes_with_the_internet_connector() -> None:
    door = front_door(default={"RemoteIPRanges": (ALL_IPV6, ALL_IPV4)})
    seen = [(DEFAULT_FRONTEND, f"{each} equals {each}") for each in (ALL_IPV4, ALL_IPV6)]
    deviates("INT-02-4", door, *seen)


@pytest.mark.parametrize("lacking", ["Bindings", "RemoteIPRanges"])
def test_a_connector_that_was_not_read_hides_no_clash_of_others(lacking: str) -> None:
    unread = connector("Unread", {lacking: GONE})
    named = (None, f"property {lacking} of EX01\\Unread")
    inconclusive("INT-02-4", front_door(further=[unread]), named)
    clash = ("EX01\\First", "equals")
    further = [unread, *pair("10.20.0.0/16", "10.20.0.0/16")]
    deviates("INT-02-4", front_door(further=further), clash, named)
