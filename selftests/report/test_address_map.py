"""Address maps: what they say of known servers, and that they say what the exposure proof says."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

import lab
from selftests.checks.builders import front_door
from selftests.checks.exported import (
    ALL_BUT_EXTERNAL,
    ALL_IPV4,
    ALL_IPV6,
    GONE,
    MOMENT,
    connector,
    role,
)
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Family, parse_range
from smtp_exposure.exchange.exposure import exposures, unanswered
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.perimeter import draw_perimeter
from smtp_exposure.expectations import Expectations
from smtp_exposure.gateways.recordings import read_snapshots
from smtp_exposure.profiles import read_profile
from smtp_exposure.report.address_blocks import blocks, merged
from smtp_exposure.report.address_map import AddressMap, State, draw
from smtp_exposure.report.map_picture import amount, picture
from smtp_exposure.report.page import markup
from smtp_exposure.verdicts import Level

AS_INSTALLED = front_door(
    default={"RemoteIPRanges": (ALL_IPV6, ALL_IPV4)},
    without=["Internet (anonymous SMTP)"],
)
AS_PRINTED = front_door(
    default={"RemoteIPRanges": ("172.160.0.0/12", "10.0.0.0/8", "fc00::/7", "192.168.0.0/16")}
)
GAP = front_door(
    internet={"RemoteIPRanges": ("0.0.0.0-198.51.99.255", "198.51.101.0-255.255.255.255", "::/0")}
)


def letters(address_map: AddressMap) -> list[str]:
    """The letters of each IPv4 block, worst first."""
    found = blocks(address_map, Family.IPV4, 8)
    return ["".join(state.value for state in block.states) for block in found]


def state_of(address_map: AddressMap, text: str) -> State:
    """The state of one address."""
    wanted = parse_range(text).interval
    return next(
        item.state
        for item in address_map.stretches
        if item.interval.family is wanted.family
        and item.interval.low <= wanted.low <= item.interval.high
    )


def of_state(address_map: AddressMap, *states: State) -> AddressSet:
    """All addresses in some states."""
    return AddressSet.of(item.interval for item in address_map.stretches if item.state in states)


def doors(scenario: str, folder: Path) -> list[FrontDoor]:
    """The servers of a lab scenario."""
    lab.write_export(scenario, folder)
    profile = lab.profile(scenario)
    expected = read_profile(profile, scenario) if profile else Expectations()
    return [
        FrontDoor(
            server=server,
            organization=organization,
            expected=expected,
            perimeter=draw_perimeter(organization, expected),
            moment=MOMENT,
        )
        for organization in read_snapshots([folder]).organizations
        for server in organization.servers
    ]


@pytest.mark.parametrize("door", [AS_INSTALLED, AS_PRINTED, GAP, front_door()])
def test_covers_both_families_without_gap_or_overlap(door: FrontDoor) -> None:
    found = draw(door)
    whole = [item.interval for item in found.stretches]
    assert AddressSet.of(whole).complement() == AddressSet()
    for family in Family:
        assert sum(found.count(state, family) for state in State) == family.last + 1


def test_a_fresh_server_offers_sign_in_to_everyone() -> None:
    found = draw(AS_INSTALLED)
    internet = [item for item in letters(found) if item not in ("I", "·")]
    assert len(internet) == 256 - 1 - 2 - 32
    assert all(item.startswith("X") for item in internet)
    assert state_of(found, "2001:db8::1") is State.OFFERED


def test_a_compliant_server_is_anonymous_outside_and_known_inside() -> None:
    found = draw(front_door())
    assert letters(found)[10] == "I"
    assert letters(found)[172] == letters(found)[192] == "AI"
    assert set(letters(found)) == {"A", "AI", "I", "·", "A·"}
    assert not found.has(State.OFFERED)
    assert not found.has(State.NOBODY)


def test_the_misprint_shows_in_block_172() -> None:
    found = draw(AS_PRINTED)
    assert letters(found)[172] == "XAI"
    assert of_state(found, State.OFFERED) == AddressSet.parse(["172.160.0.0/12"])
    assert found.count(State.OFFERED, Family.IPV4) == 1 << 20


def test_a_gap_shows_as_nobody() -> None:
    found = draw(GAP)
    assert letters(found)[198] == "NA"
    assert of_state(found, State.NOBODY) == AddressSet.parse(["198.51.100.0/24"])
    assert state_of(found, "198.51.100.7") is State.NOBODY


def test_a_family_without_binding_is_answered_by_nobody() -> None:
    found = draw(
        front_door(default={"Bindings": ("0.0.0.0:25",)}, internet={"Bindings": ("0.0.0.0:25",)})
    )
    assert state_of(found, "2001:db8::1") is State.NOBODY
    assert "no IPv6 binding" in {answer.binding for answer in found.answers}


def test_the_profile_may_want_nobody_answered() -> None:
    vendor = Expectations(internet=AddressSet.parse(["203.0.113.0/24"]))
    door = front_door(internet={"RemoteIPRanges": ("203.0.113.0/25",)}, expected=vendor)
    found = draw(door)
    assert state_of(found, "203.0.113.1") is State.ANONYMOUS
    assert state_of(found, "203.0.113.200") is State.NOBODY
    assert state_of(found, "8.8.8.8") is State.CLOSED


@pytest.mark.parametrize(
    "further",
    [
        connector("Twin", {"AuthMechanism": ALL_BUT_EXTERNAL}),
        connector("Twin", {"AuthMechanism": GONE}),
        connector(
            "Twin", {"TransportRole": role("HubTransport"), "RemoteIPRanges": ("10.0.0.0/8",)}
        ),
    ],
)
def test_what_rules_or_evidence_leave_open_is_undecided(further: dict[str, object]) -> None:
    given = {name: value for name, value in further.items() if value is not GONE}
    found = draw(front_door(further=[given]))
    assert state_of(found, "8.8.8.8") is State.UNDECIDED
    assert not found.has(State.OFFERED)


def test_evidence_that_cannot_be_read_becomes_the_problem() -> None:
    found = draw(front_door(internet={"RemoteIPRanges": GONE}))
    assert (found.stretches, found.answers) == ((), ())
    assert found.problem
    assert "RemoteIPRanges" in found.problem


@pytest.mark.parametrize("scenario", lab.SCENARIOS)
def test_says_what_the_exposure_proof_says(scenario: str, tmp_path: Path) -> None:
    servers = doors(scenario, tmp_path)
    assert servers
    for door in servers:
        found = draw(door)
        proved = AddressSet.of(
            item.interval for item in exposures(door, 25) if item.level is Level.DEVIATION
        )
        assert of_state(found, State.OFFERED) == proved, found.server
        assert of_state(found, State.NOBODY) == unanswered(door, 25), found.server


@pytest.mark.parametrize("door", [AS_INSTALLED, AS_PRINTED, GAP, front_door()])
def test_the_picture_is_well_formed(door: FrontDoor) -> None:
    root = ElementTree.fromstring(markup(picture(draw(door))))  # noqa: S314  # our own text
    grid, strip = root.findall("svg")
    assert len(grid.findall("g")) == 256
    assert len(strip.findall("g")) == 5
    assert all(cell.findtext("title") for cell in [*grid.findall("g"), *strip.findall("g")])


def test_a_tooltip_names_the_exact_intervals() -> None:
    root = ElementTree.fromstring(markup(picture(draw(AS_PRINTED))))  # noqa: S314  # our own text
    title = root.findall("svg")[0].findall("g")[172].findtext("title") or ""
    assert title.startswith("172.0.0.0/8 (mixed)")
    assert "172.160.0.0-172.175.255.255: authentication offered to the Internet" in title


def test_every_letter_of_a_mixed_block_is_drawn_inside_it() -> None:
    root = ElementTree.fromstring(markup(picture(draw(AS_PRINTED))))  # noqa: S314  # our own text
    cell = root.findall("svg")[0].findall("g")[172]
    assert [text.text for text in cell.findall("text")] == ["X", "A", "I", "172"]
    assert sum(float(rect.attrib["width"]) for rect in cell.findall("rect")) == pytest.approx(40)


def test_the_worst_state_of_a_mixed_block_has_room_for_the_blocks_number() -> None:
    root = ElementTree.fromstring(markup(picture(draw(AS_PRINTED))))  # noqa: S314  # our own text
    first = root.findall("svg")[0].findall("g")[172].findall("rect")[0]
    three_digits, indent = 3 * 5, 3
    assert float(first.attrib["width"]) >= three_digits + indent


def test_merged_blocks_keep_every_address() -> None:
    runs = list(merged(blocks(draw(AS_PRINTED), Family.IPV6, 7)))
    assert sum(count for count, _ in runs) == 128
    assert AddressSet.of(block.interval for _, block in runs) == AddressSet.parse(["::/0"])


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0"),
        (1 << 20, "1,048,576"),
        (1 << 125, "2<sup>125</sup>"),
        ((1 << 125) - 3, "2<sup>125</sup> less 3"),
        (3 << 100, "about 1.50 · 2<sup>101</sup>"),
    ],
)
def test_amounts_are_written_exactly_where_they_can_be(count: int, written: str) -> None:
    assert "".join(map(markup, amount(count))) == written
