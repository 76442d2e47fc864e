"""The exposure proof and its counterpart, compared with the rules address by address."""

from ipaddress import ip_address, ip_network
from itertools import pairwise

import pytest
from hypothesis import given, settings

from selftests.exchange import selection_oracle as oracle
from selftests.exchange.builders import (
    ALL_IPV4,
    ALL_IPV6,
    ARTICLE,
    built,
    connector,
    default_frontend,
    front_door,
    specs,
    without,
)
from selftests.exchange.selection_oracle import Spec
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Family, Interval
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.exposure import Exposure, exposures, unanswered
from smtp_exposure.expectations import Expectations
from smtp_exposure.verdicts import Level

# Checklist, "Internet".
NOT_INTERNET = [
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "0.0.0.0/8", "127.0.0.0/8"),
    *("169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "fc00::/7"),
]


def is_internet(version: int, number: int) -> bool:
    """Whether an address counts as Internet, by the checklist's words."""
    address = ip_address(number.to_bytes(4 if version == 4 else 16, "big"))
    inside = any(address in ip_network(text) for text in NOT_INTERNET)
    return not inside and (version == 4 or address in ip_network("2000::/3"))


def answers_to(listed: list[Spec], version: int, number: int) -> list[oracle.Answer]:
    """What each local endpoint of the family on port 25 says to an address."""
    places = [one for one in oracle.endpoints(listed, 25) if one[0] == version]
    return [oracle.answer(listed, place, number) for place in places]


def levels(listed: list[Spec], version: int, number: int) -> set[Level]:
    """How bad it is that an address is answered so: INT-07-1 by the rules."""
    found = set()
    offering = {spec.name for spec in listed if spec.offers}
    for one in answers_to(listed, version, number):
        if one.names and one.names <= offering and not one.or_nobody:
            found.add(Level.DEVIATION)
        elif one.names & offering:
            found.add(Level.INCONCLUSIVE)
    return found


def internet_points(listed: list[Spec]) -> set[tuple[Family, int]]:
    """The boundaries that are Internet addresses, of both families."""
    return {
        (family, number)
        for family in Family
        for number in oracle.points(listed, family.value)
        if is_internet(family.value, number)
    }


def holds(interval: Interval, family: Family, number: int) -> bool:
    """Whether an address lies in an interval."""
    return interval.family is family and interval.low <= number <= interval.high


def points_in(space: AddressSet, listed: list[Spec]) -> set[tuple[Family, int]]:
    """The boundaries that lie in a set, be they Internet addresses or not."""
    return {
        (family, number)
        for family in Family
        for number in oracle.points(listed, family.value)
        if any(holds(one, family, number) for one in space)
    }


@settings(max_examples=250)
@given(specs())
def test_exposed_are_exactly_the_addresses_that_reach_a_sign_in(listed: list[Spec]) -> None:
    found = list(exposures(front_door(*built(listed)), 25))
    for family, number in internet_points(listed):
        covering = {one.level for one in found if holds(one.interval, family, number)}
        assert covering == levels(listed, family.value, number)
    outside = points_in(AddressSet.of(one.interval for one in found), listed)
    assert outside <= internet_points(listed)


@settings(max_examples=250)
@given(specs())
def test_unanswered_are_exactly_the_addresses_without_a_connector(listed: list[Spec]) -> None:
    door = front_door(*built(listed))
    said = {at: answers_to(listed, at[0].value, at[1]) for at in internet_points(listed)}
    nobody = {at for at, found in said.items() if not any(one.names for one in found)}
    unsure = {
        at
        for at, found in said.items()
        if not any(one.names and not one.or_nobody for one in found)
    }
    assert points_in(unanswered(door, 25), listed) == nobody
    assert points_in(unanswered(door, 25, surely=False), listed) == unsure


@settings(max_examples=100)
@given(specs())
def test_exposed_intervals_are_maximal(listed: list[Spec]) -> None:
    found = list(exposures(front_door(*built(listed)), 25))
    for who, where, level in {(one.who, one.where, one.level) for one in found}:
        own = sorted(
            one.interval for one in found if (one.who, one.where, one.level) == (who, where, level)
        )
        assert all(a.family is not b.family or a.high + 1 < b.low for a, b in pairwise(own))


INTERNET = connector("Internet")


def shown(found: list[Exposure]) -> list[tuple[str, str, str]]:
    """What a reader sees of each exposure."""
    return [(str(one.interval), one.who, one.where) for one in found]


def test_the_articles_end_state_exposes_nothing_and_leaves_nobody_out() -> None:
    door = front_door(default_frontend(), INTERNET)
    assert list(exposures(door, 25)) == []
    assert not unanswered(door, 25)


def test_the_articles_misprint_exposes_exactly_that_network() -> None:
    printed = [text.replace("172.16.", "172.160.") for text in ARTICLE]
    found = list(exposures(front_door(default_frontend(ranges=printed), INTERNET), 25))
    assert shown(found) == [
        ("172.160.0.0-172.175.255.255", "EX01\\Default Frontend EX01", "0.0.0.0:25")
    ]
    assert (found[0].level, found[0].what) == (
        Level.DEVIATION,
        "offers Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer",
    )


def test_documentation_and_carrier_ranges_count_as_internet() -> None:
    frontend = default_frontend(
        ranges=["100.64.0.0/10", "192.0.2.0/24", "198.18.0.0/15", "127.0.0.0/8"]
    )
    found = list(exposures(front_door(frontend), 25))
    assert [one.interval.notation for one in found] == [
        "100.64.0.0/10",
        "192.0.2.0/24",
        "198.18.0.0/15",
    ]


def test_names_every_local_address_where_an_interval_is_exposed() -> None:
    frontend = default_frontend(ranges=["8.0.0.0/8"], bindings=["192.0.2.10:25", "192.0.2.11:25"])
    assert shown(list(exposures(front_door(frontend), 25))) == [
        ("8.0.0.0-8.255.255.255", "EX01\\Default Frontend EX01", "192.0.2.10:25 and 192.0.2.11:25")
    ]


def test_a_tie_with_a_connector_that_offers_nothing_is_inconclusive() -> None:
    frontend = default_frontend(ranges=[ALL_IPV4], bindings=["0.0.0.0:25"])
    found = list(exposures(front_door(frontend, connector(ranges=[ALL_IPV4])), 25))
    assert {one.level for one in found} == {Level.INCONCLUSIVE}
    assert {one.who for one in found} == {"EX01\\Default Frontend EX01 or EX01\\Internet"}
    assert all("tie" in one.why_open for one in found)


def test_a_tie_of_two_that_offer_is_a_deviation() -> None:
    one = default_frontend(ranges=[ALL_IPV4])
    two = connector("Other", [ALL_IPV4], AuthMechanism="Tls, BasicAuth")
    assert {item.level for item in exposures(front_door(one, two), 25)} == {Level.DEVIATION}


@pytest.mark.parametrize(
    ("odd", "level"),
    [
        (without(INTERNET, "AuthMechanism"), Level.INCONCLUSIVE),
        (connector(AuthMechanism="Kerberos"), Level.ERROR),
    ],
)
def test_what_cannot_be_read_is_never_taken_for_safe(odd: ReceiveConnector, level: Level) -> None:
    found = list(exposures(front_door(default_frontend(), odd), 25))
    assert {item.level for item in found} == {level}
    assert {item.what for item in found} == {"may offer authentication"}
    assert all("AuthMechanism" in item.why_open for item in found)


def test_an_edge_server_may_offer_exchange_server_authentication() -> None:
    edge = without(
        connector("Edge", [ALL_IPV4], AuthMechanism="Tls, ExchangeServer"), "TransportRole"
    )
    assert list(exposures(front_door(edge, role="Edge"), 25)) == []
    assert list(exposures(front_door(connector(AuthMechanism="ExchangeServer")), 25)) != []


def test_a_gap_and_a_missing_family_are_left_unanswered() -> None:
    gap = connector(
        "Internet", ["0.0.0.0-8.8.8.7", "8.8.8.9-255.255.255.255", ALL_IPV6], ["0.0.0.0:25"]
    )
    assert str(unanswered(front_door(gap), 25)) == (
        "8.8.8.8-8.8.8.8, 2000::-3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
    )


def test_only_the_vendors_ranges_need_an_answer() -> None:
    vendor = Expectations(internet=AddressSet.parse(["192.0.2.0/24"]))
    door = front_door(connector(ranges=["192.0.2.0/25"]), expected=vendor)
    assert str(unanswered(door, 25)) == "192.0.2.128-192.0.2.255"
