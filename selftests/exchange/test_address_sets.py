"""The algebra of address sets."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smtp_exposure.exchange.address_sets import AddressSet, whole
from smtp_exposure.exchange.addresses import Family, Interval

V4, V6 = Family.IPV4, Family.IPV6
# A toy space: the first addresses of each family, and the last ones.
TOY = [
    (family, number) for family in Family for number in (*range(8), family.last - 1, family.last)
]


def interval_of(first: tuple[Family, int], second: tuple[Family, int]) -> Interval:
    family, low = first
    _, high = second
    return Interval(family, min(low, high), max(low, high))


toy_intervals = st.sampled_from(TOY).flatmap(
    lambda first: st.sampled_from([one for one in TOY if one[0] is first[0]]).map(
        lambda second: interval_of(first, second)
    )
)
toy_lists = st.lists(toy_intervals, max_size=6)


def members(intervals: list[Interval] | AddressSet) -> set[tuple[Family, int]]:
    """The points of the toy space that lie in some interval."""
    return {
        (family, number)
        for family, number in TOY
        if any(one.family is family and one.low <= number <= one.high for one in intervals)
    }


def is_canonical(found: AddressSet) -> bool:
    """Sorted, disjoint, and none touching the next."""
    pairs = zip(found.intervals, found.intervals[1:], strict=False)
    apart = all(a.family < b.family or a.high + 1 < b.low for a, b in pairs)
    return apart and all(0 <= one.low <= one.high <= one.family.last for one in found)


@given(toy_lists, toy_lists)
def test_union_intersection_and_difference_are_those_of_sets(
    left: list[Interval], right: list[Interval]
) -> None:
    one, two = AddressSet.of(left), AddressSet.of(right)
    assert members(one | two) == members(left) | members(right)
    assert members(one & two) == members(left) & members(right)
    assert members(one - two) == members(left) - members(right)
    assert one.holds(two) == (not two - one)
    assert all(map(is_canonical, (one, two, one | two, one & two, one - two)))


@given(toy_lists, toy_intervals)
def test_a_set_touches_an_interval_of_which_it_has_an_address(
    listed: list[Interval], interval: Interval
) -> None:
    one = AddressSet.of(listed)
    assert one.touches(interval) == bool(members(listed) & members([interval]))
    assert one.holds(AddressSet((interval,))) == (not AddressSet((interval,)) - one)


@given(toy_lists)
def test_complement_holds_exactly_the_rest(listed: list[Interval]) -> None:
    one = AddressSet.of(listed)
    assert members(one.complement()) == set(TOY) - members(listed)
    assert is_canonical(one.complement())
    assert one.complement().complement() == one
    assert one | one.complement() == whole(V4) | whole(V6)
    assert not one & one.complement()


@given(toy_lists)
@example([])
def test_union_does_not_depend_on_order(listed: list[Interval]) -> None:
    assert AddressSet.of(listed) == AddressSet.of(reversed(listed)) == AddressSet.of(listed * 2)


@given(toy_lists, toy_lists)
def test_equal_sets_have_equal_intervals(left: list[Interval], right: list[Interval]) -> None:
    one, two = AddressSet.of(left), AddressSet.of(right)
    assert (one == two) == (one.holds(two) and two.holds(one))
    assert bool(one) == bool(left)


@given(toy_lists)
def test_families_part_a_set_in_two(listed: list[Interval]) -> None:
    one = AddressSet.of(listed)
    assert one.of_family(V4) | one.of_family(V6) == one
    assert one.families == tuple(sorted({item.family for item in listed}))
    assert not one.of_family(V4) & one.of_family(V6)


@pytest.mark.parametrize(
    ("texts", "united"),
    [
        (["0.0.0.0/1", "128.0.0.0/1"], "0.0.0.0-255.255.255.255"),
        (["10.0.0.1", "10.0.0.3"], "10.0.0.1-10.0.0.1, 10.0.0.3-10.0.0.3"),
        (["10.0.0.2", "10.0.0.1"], "10.0.0.1-10.0.0.2"),
        (["255.255.255.255", "::"], "255.255.255.255-255.255.255.255, ::-::"),
        (["10.0.0.0/8", "10.1.0.0/16"], "10.0.0.0-10.255.255.255"),
        ([], "none"),
    ],
)
def test_unites_ranges_that_touch_and_keeps_others_apart(texts: list[str], united: str) -> None:
    assert str(AddressSet.parse(texts)) == united


@pytest.mark.parametrize(("narrow", "wide"), [(V4, V6), (V6, V4)])
def test_neither_family_holds_the_other(narrow: Family, wide: Family) -> None:
    assert not whole(wide).holds(whole(narrow))
    assert whole(narrow).complement() == whole(wide)


def test_writes_a_set_as_one_may_type_it() -> None:
    written = AddressSet.parse(["10.0.0.0-10.255.255.255", "fc00::/7", "10.0.0.0/16"]).notations()
    assert written == ("10.0.0.0/8", "fc00::/7")
