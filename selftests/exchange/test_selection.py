"""Who answers whom: compared with facts sheet 3.1, address by address."""

# ruff: noqa: S104 - addresses are data here

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selftests.exchange import selection_oracle as oracle
from selftests.exchange.builders import (
    ALL_IPV4,
    ALL_IPV6,
    altered,
    built,
    connector,
    specs,
    without,
)
from selftests.exchange.selection_oracle import LAST, Answer, Local, Spec
from smtp_exposure.errors import MissingEvidence, UnreadableEvidence
from smtp_exposure.exchange.addresses import parse_address
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.objects import Value
from smtp_exposure.exchange.selection import Endpoint, Segment, answers

random_points = st.lists(st.integers(0, 2**128 - 1), max_size=10)


def local_of(endpoint: Endpoint) -> Local:
    """An endpoint in numbers."""
    return endpoint.binding.family.value, endpoint.binding.address, endpoint.binding.port


def segment_of(endpoint: Endpoint, number: int) -> Segment:
    """The only segment that holds an address."""
    [found] = [one for one in endpoint.segments if one.interval.low <= number <= one.interval.high]
    return found


def winners(
    connectors: list[ReceiveConnector], local: str, remote: str, port: int = 25
) -> list[str]:
    """The names of those who may answer, as a small case has them."""
    [endpoint] = [one for one in answers(connectors, port) if str(one.binding) == local]
    return [one.name for one in segment_of(endpoint, parse_address(remote)[1]).winners]


def said(endpoint: Endpoint, number: int) -> Answer:
    """What the library says of an address, in the oracle's words."""
    segment = segment_of(endpoint, number)
    return Answer(frozenset(one.name for one in segment.winners), segment.or_nobody)


@settings(max_examples=400)
@given(specs(), random_points, st.booleans(), st.sampled_from([25, 587]))
def test_agrees_with_the_rules_for_every_address(
    listed: list[Spec], more: list[int], by_role: bool, port: int
) -> None:
    for endpoint in answers(built(listed), port, by_role=by_role):
        local = local_of(endpoint)
        numbers = {*oracle.points(listed, local[0]), *(one % (LAST[local[0]] + 1) for one in more)}
        wanted = {one: oracle.answer(listed, local, one, by_role=by_role) for one in numbers}
        assert {one: said(endpoint, one) for one in numbers} == wanted


@given(specs(), st.sampled_from([25, 587]))
def test_names_exactly_the_endpoints_that_somebody_listens_on(
    listed: list[Spec], port: int
) -> None:
    found = [local_of(one) for one in answers(built(listed), port)]
    assert set(found) == oracle.endpoints(listed, port)
    assert len(found) == len(set(found))


@settings(max_examples=200)
@given(specs(), st.booleans())
def test_segments_part_the_whole_space(listed: list[Spec], by_role: bool) -> None:
    for endpoint in answers(built(listed), 25, by_role=by_role):
        ends = [(one.interval.low, one.interval.high) for one in endpoint.segments]
        assert (ends[0][0], ends[-1][1]) == (0, endpoint.binding.family.last)
        assert all(a[0] <= a[1] and a[1] + 1 == b[0] for a, b in pairwise(ends))


@settings(max_examples=200)
@given(specs(), st.booleans())
def test_segments_are_maximal_and_name_nobody_twice(listed: list[Spec], by_role: bool) -> None:
    for endpoint in answers(built(listed), 25, by_role=by_role):
        found = [(set(one.winners), one.or_nobody) for one in endpoint.segments]
        assert all(a != b for a, b in pairwise(found))
        assert all(len(set(one.winners)) == len(one.winners) for one in endpoint.segments)


DEFAULT = connector("Default", ["10.0.0.0/8"])
INTERNET = connector("Internet", [ALL_IPV6, ALL_IPV4])


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        *(("9.255.255.255", "Internet"), ("10.0.0.0", "Default"), ("10.255.255.255", "Default")),
        *(("11.0.0.0", "Internet"), ("0.0.0.0", "Internet"), ("255.255.255.255", "Internet")),
    ],
)
def test_the_more_specific_range_answers(remote: str, name: str) -> None:
    assert winners([INTERNET, DEFAULT], "0.0.0.0:25", remote) == [name]


def test_a_more_specific_range_beats_a_more_specific_binding() -> None:
    exact = connector("Exact", [ALL_IPV4], ["10.9.9.9:25"])
    assert winners([exact, DEFAULT], "10.9.9.9:25", "10.1.1.1") == ["Default"]
    assert winners([exact, DEFAULT], "10.9.9.9:25", "8.8.8.8") == ["Exact"]


def test_the_exact_local_address_wins_between_equal_ranges() -> None:
    exact = connector("Exact", ["0.0.0.0/0"], ["10.9.9.9:25"])
    assert winners([INTERNET, exact], "10.9.9.9:25", "8.8.8.8") == ["Exact"]
    assert winners([INTERNET, exact], "0.0.0.0:25", "8.8.8.8") == ["Internet"]


@pytest.mark.parametrize("text", ["0.0.0.0/0", "0.0.0.0-255.255.255.255", "0.0.0.0(0.0.0.0)"])
def test_equal_ranges_on_one_binding_tie_however_written(text: str) -> None:
    assert winners([INTERNET, connector("Other", [text])], "0.0.0.0:25", "8.8.8.8") == [
        "Internet",
        "Other",
    ]


def test_sizes_saturate_so_that_all_of_ipv6_ties_with_one_address_less() -> None:
    less = connector("Less", ["::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"])
    assert winners([INTERNET, less], "[::]:25", "2001:db8::1") == ["Internet", "Less"]
    assert winners([INTERNET, less], "[::]:25", "::") == ["Internet"]


def test_only_the_smallest_containing_range_of_a_connector_counts() -> None:
    both = connector("Both", [ALL_IPV4, "10.1.0.0/16"])
    assert winners([both, DEFAULT], "0.0.0.0:25", "10.1.0.1") == ["Both"]
    assert winners([both, DEFAULT], "0.0.0.0:25", "10.2.0.1") == ["Default"]


def test_overlapping_ranges_of_one_connector_do_not_make_it_tie_with_itself() -> None:
    twice = connector("Twice", [ALL_IPV4, "0.0.0.0/0", "1.0.0.0-9.0.0.0", "2.0.0.0-10.0.0.0"])
    assert winners([twice], "0.0.0.0:25", "5.0.0.0") == ["Twice"]


@pytest.mark.parametrize(
    ("local", "binding", "ranges"),
    [("[::]:25", "[::]:25", [ALL_IPV4]), ("0.0.0.0:25", "0.0.0.0:25", [ALL_IPV6, "::/0"])],
)
def test_a_range_counts_only_for_a_binding_of_its_family(
    local: str, binding: str, ranges: list[str]
) -> None:
    assert (
        winners([connector("One", ranges, [binding])], local, local.rpartition(":")[0].strip("[]"))
        == []
    )


def test_a_disabled_connector_answers_nobody_and_is_not_read() -> None:
    broken = without(connector("Off", Enabled=False), "RemoteIPRanges", "TransportRole")
    assert winners([broken, DEFAULT], "0.0.0.0:25", "8.8.8.8") == []


def test_a_connector_on_another_port_is_not_read() -> None:
    other = without(connector("Client", bindings=["0.0.0.0:587"]), "RemoteIPRanges")
    assert answers([other], 25) == ()


def test_two_services_on_one_endpoint_may_each_own_it() -> None:
    hub = connector("Hub", ["10.0.0.0/8"], ["0.0.0.0:25"], TransportRole="HubTransport")
    [endpoint] = [one for one in answers([INTERNET, hub], 25) if str(one.binding) == "0.0.0.0:25"]
    found = [([one.name for one in part.winners], part.or_nobody) for part in endpoint.segments]
    assert found == [(["Internet"], True), (["Internet", "Hub"], False), (["Internet"], True)]


def test_an_edge_server_has_one_service() -> None:
    inner = without(connector("Inner", ["10.0.0.0/8"]), "TransportRole")
    found = answers([inner, without(INTERNET, "TransportRole")], 25, by_role=False)
    assert [[one.name for one in part.winners] for part in found[0].segments] == [
        ["Internet"],
        ["Inner"],
        ["Internet"],
    ]


@pytest.mark.parametrize("name", ["Enabled", "Bindings", "RemoteIPRanges", "TransportRole"])
def test_a_property_that_is_needed_and_missing_stops_the_answer(name: str) -> None:
    with pytest.raises(MissingEvidence, match=f"missing: Get-ReceiveConnector .*{name} of EX01"):
        answers([INTERNET, without(DEFAULT, name)], 25)


@pytest.mark.parametrize(
    ("name", "value"),
    [("RemoteIPRanges", ("10.0.0.0/8", "...")), ("Bindings", ("25",)), ("TransportRole", 5)],
)
def test_a_property_that_cannot_be_read_stops_the_answer(name: str, value: Value) -> None:
    with pytest.raises(UnreadableEvidence, match=name):
        answers([INTERNET, altered(connector("Odd"), {name: value})], 25)


def test_no_connector_means_no_endpoint() -> None:
    assert answers([], 25) == ()


def test_sorts_out_ten_thousand_ranges() -> None:
    many = connector(
        "Many", [f"{first}.{second}.0.0/16" for first in range(11, 51) for second in range(250)]
    )
    [_, endpoint] = sorted(answers([many, INTERNET], 25), key=lambda one: len(one.segments))
    assert len(endpoint.segments) == 81
