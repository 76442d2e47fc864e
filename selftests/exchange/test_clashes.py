"""Pairs that Exchange refuses: facts sheet 3.3, compared pair by pair."""

from itertools import combinations

import pytest
from hypothesis import given, settings

from selftests.exchange import selection_oracle as oracle
from selftests.exchange.builders import ALL_IPV4, ALL_IPV6, built, connector, specs
from selftests.exchange.selection_oracle import Spec
from smtp_exposure.exchange.clashes import Clash, find_clashes

ANY = ("0.0.0.0:25",)
EXACT = ("192.0.2.10:25",)


def named(clash: Clash) -> tuple[str, str, int]:
    """Who clashes with whom in which family."""
    return clash.left.name, clash.right.name, clash.binding.family.value


@settings(max_examples=500)
@given(specs())
def test_finds_exactly_the_pairs_that_exchange_refuses(listed: list[Spec]) -> None:
    found = [named(clash) for clash in find_clashes(built(listed))]
    wanted = {
        (one.name, two.name, version)
        for one, two in combinations(listed, 2)
        for version in (4, 6)
        if oracle.clashes(one, two, version)
    }
    assert set(found) == wanted
    assert len(found) == len(wanted)


@settings(max_examples=200)
@given(specs())
def test_shows_two_ranges_that_do_compete_there(listed: list[Spec]) -> None:
    for clash in find_clashes(built(listed)):
        left, right = clash.left_range.interval, clash.right_range.interval
        assert left.low <= right.high
        assert right.low <= left.high
        assert clash.how == ("equals" if left == right else "partly overlaps")


@settings(max_examples=100)
@given(specs())
def test_shows_ranges_and_a_binding_of_the_two_connectors(listed: list[Spec]) -> None:
    for clash in find_clashes(built(listed)):
        assert clash.left_range in clash.left.ranges_of(clash.binding.family)
        assert clash.right_range in clash.right.ranges_of(clash.binding.family)
        assert clash.binding in (*clash.left.bindings, *clash.right.bindings)


CASES = {
    "equal": (ANY, "8.0.0.0/8", ANY, "8.0.0.0-8.255.255.255", "equals"),
    "partly": (ANY, "8.0.0.0-8.0.0.9", ANY, "8.0.0.5-8.0.0.20", "partly overlaps"),
    "one address shared": (ANY, "8.0.0.0-8.0.0.9", ANY, "8.0.0.9-8.0.0.20", "partly overlaps"),
    "touching": (ANY, "8.0.0.0-8.0.0.9", ANY, "8.0.0.10-8.0.0.20", None),
    "nested": (ANY, "8.0.0.0/8", ANY, "8.1.0.0/16", None),
    "nested with one end": (ANY, "8.0.0.0/8", ANY, "8.0.0.0/16", None),
    "nested with the other end": (ANY, "8.255.0.0/16", ANY, "8.0.0.0/8", None),
    "wildcard and specific, equal": (ANY, "8.0.0.0/8", EXACT, "8.0.0.0/8", None),
    "wildcard and specific, partly": (
        ANY,
        "8.0.0.0-8.0.0.9",
        EXACT,
        "8.0.0.5-8.0.0.20",
        "partly overlaps",
    ),
    "two specific": (("192.0.2.9:25",), "8.0.0.0/8", EXACT, "8.0.0.0/8", None),
    "one specific": (EXACT, "8.0.0.0/8", EXACT, "8.0.0.0/8", "equals"),
    "other port": (("0.0.0.0:587",), "8.0.0.0/8", ANY, "8.0.0.0/8", None),
    "other family": (("[::]:25",), "8.0.0.0/8", ANY, "8.0.0.0/8", None),
    "ranges without binding": (("[::]:25",), "8.0.0.0/8", ("[::]:25",), "8.0.0.0/8", None),
    "all of IPv6": (("[::]:25",), ALL_IPV6, ("[::]:25",), "::/0", "equals"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("swapped", [False, True], ids=["", "swapped"])
def test_judges_a_pair(case: str, swapped: bool) -> None:
    left_binding, left_range, right_binding, right_range, how = CASES[case]
    pair = [
        connector("L", [left_range], left_binding),
        connector("R", [right_range], right_binding),
    ]
    found = find_clashes(pair[::-1] if swapped else pair)
    assert [clash.how for clash in found] == ([how] if how else [])


def test_disabled_connectors_clash_too() -> None:
    [clash] = find_clashes([connector("L", [ALL_IPV4]), connector("R", [ALL_IPV4], Enabled=False)])
    assert named(clash) == ("L", "R", 4)


def test_names_the_identical_binding_where_there_is_one() -> None:
    both = (*ANY, *EXACT)
    [clash] = find_clashes([connector("L", [ALL_IPV4], both), connector("R", [ALL_IPV4], EXACT)])
    assert str(clash.binding) == "192.0.2.10:25"


def test_equal_ranges_do_not_hide_partial_overlap() -> None:
    left = connector("L", ["8.0.0.0/8", "9.0.0.0-9.0.0.9"], ANY)
    right = connector("R", ["8.0.0.0/8", "9.0.0.5-9.0.0.20"], EXACT)
    assert [clash.how for clash in find_clashes([left, right])] == ["partly overlaps"]


def test_a_connector_does_not_clash_with_itself() -> None:
    assert list(find_clashes([connector("L", [ALL_IPV4, "0.0.0.0/0", ALL_IPV4])])) == []
