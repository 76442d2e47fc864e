"""Step 7 from outside: who saw whom."""

import pytest

from selftests.checks.outside import (
    SIXTH,
    SUBJECT,
    at,
    compliant,
    deviates,
    inconclusive,
    not_applicable,
    outside,
    pool,
    probe,
)
from selftests.checks.servers import STRANGER, greets
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Family, Interval
from smtp_exposure.exchange.inventory import KnownAddress
from smtp_exposure.expectations import Expectations
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.conversations import Ending

SEEN, VANTAGE, PREDICTED = "EXT-07-1", "EXT-07-2", "EXT-07-3"
OUTSIDE = Expectations(vantage="outside")
EVERYTHING_BUT_PORTS = ("EXT-02-1", "EXT-03-1", "EXT-05-1", "EXT-06-1", "EXT-08-1")


def met(
    seen: str | None, own: str | None, expected: Expectations | None = None, **more: object
) -> Approach:
    found = probe(says=greets(peer=seen), own=own, **more)  # type: ignore[arg-type]
    return outside(found, expected=expected)


@pytest.mark.parametrize(
    "seen",
    [STRANGER, "100.64.0.9", "198.18.0.1", "192.0.2.1", "8.8.8.8", "2001:db8::9", "IPv6:2600::1"],
)
@pytest.mark.parametrize("own", [STRANGER, "10.1.2.3", "192.168.1.2", None])
def test_a_stranger_who_is_seen_as_one_complies(seen: str, own: str | None) -> None:
    compliant(SEEN, met(seen, own))
    compliant(VANTAGE, met(seen, own))


@pytest.mark.parametrize(
    "seen",
    ["10.1.2.1", "172.31.255.255", "192.168.0.1", "fd00::1", "127.0.0.1", "169.254.1.1", "fe80::1"],
)
def test_an_inside_address_deviates_where_the_probe_is_surely_outside(seen: str) -> None:
    snat = (SUBJECT, "a device translates the addresses of outsiders (SNAT)")
    deviates(SEEN, met(seen, STRANGER), snat)
    deviates(SEEN, met(seen, "10.9.9.9", OUTSIDE), snat)
    inconclusive(SEEN, met(seen, "10.9.9.9"), (SUBJECT, "SNAT in front of the server, a hairpin"))
    inconclusive(SEEN, met(seen, None), (SUBJECT, "or the probe is inside"))


@pytest.mark.parametrize("seen", ["172.32.0.1", "172.15.255.255", "11.0.0.0", "192.169.0.0"])
def test_the_borders_of_inside_ranges_are_exact(seen: str) -> None:
    compliant(SEEN, met(seen, STRANGER))


def test_the_profiles_internal_ranges_decide() -> None:
    ours = Expectations(internal=AddressSet.parse(["203.0.113.0/24", "100.64.0.0/10"]))
    deviates(SEEN, met("203.0.113.9", STRANGER, ours), (SUBJECT, "the server saw 203.0.113.9"))
    deviates(SEEN, met("100.64.0.9", STRANGER, ours), (SUBJECT, "the server saw 100.64.0.9"))
    inconclusive(VANTAGE, met("203.0.113.9", "100.64.0.1", ours), (SUBJECT, "seen from inside"))


def test_the_address_of_a_known_server_is_an_inside_one() -> None:
    number = int.from_bytes(bytes([203, 0, 113, 9]), "big")
    edge = KnownAddress(interval=Interval(Family.IPV4, number, number), owner="EDGE01")
    known = Expectations(known_addresses=(edge,))
    deviates(SEEN, met("203.0.113.9", STRANGER, known), (SUBJECT, "the server saw 203.0.113.9"))


def test_snat_shows_even_where_one_node_of_a_pool_does_without() -> None:
    right, wrong = probe(), probe(says=greets(peer="10.1.2.1"))
    for mixed in (pool(right, wrong), pool(wrong, right)):
        deviates(SEEN, outside(mixed), (SUBJECT, "the server saw 10.1.2.1"))


def test_a_server_that_tells_no_address_leaves_nothing_to_judge() -> None:
    not_applicable(SEEN, met(None, STRANGER))
    not_applicable(SEEN, met("not-an-address", STRANGER))
    compliant(SEEN, outside(probe(), probe(SIXTH, greets(peer=None))))


def test_the_worst_address_decides() -> None:
    snat = probe(SIXTH, greets(peer="fd00::1"))
    seen = outside(probe(), snat, probe("203.0.113.26", ending=Ending.REFUSED))
    found = ((at(SIXTH), "the server saw fd00::1"), (at("203.0.113.26"), "nothing greeted"))
    deviates(SEEN, seen, *found)
    compliant(VANTAGE, outside(probe(), snat))


@pytest.mark.parametrize("check", [SEEN, VANTAGE])
def test_without_a_route_nothing_is_proved(check: str) -> None:
    seen = outside(probe(), probe(SIXTH, has_route=False))
    inconclusive(check, seen, (at(SIXTH), "no route for this address family"))


@pytest.mark.parametrize(
    ("seen", "own", "telling"),
    [
        ("10.0.0.9", "10.0.0.9", "seen from inside, as 10.0.0.9"),
        ("10.0.0.9", None, "seen from inside, as 10.0.0.9"),
        ("127.0.0.1", "127.0.0.1", "seen from inside, as 127.0.0.1"),
        (None, "127.0.0.1", "seen from inside"),
        (None, "10.0.0.9", "whether the probe was outside is not known"),
        (None, None, "whether the probe was outside is not known"),
    ],
)
def test_a_probe_that_may_be_inside_proves_nothing(
    seen: str | None, own: str | None, telling: str
) -> None:
    for check in (VANTAGE, *EVERYTHING_BUT_PORTS):
        inconclusive(check, met(seen, own), (None, telling))


@pytest.mark.parametrize(
    ("seen", "own", "expected"),
    [
        (STRANGER, "10.0.0.9", None),
        (None, STRANGER, None),
        (None, "10.0.0.9", OUTSIDE),
        ("10.0.0.9", "10.0.0.9", OUTSIDE),
        ("10.0.0.9", STRANGER, None),
    ],
)
def test_a_probe_that_is_surely_outside_is_judged_by(
    seen: str | None, own: str | None, expected: Expectations | None
) -> None:
    for check in (VANTAGE, *EVERYTHING_BUT_PORTS):
        compliant(check, met(seen, own, expected))


def test_where_nothing_answers_nothing_tells_from_where_the_probe_was_seen() -> None:
    seen = outside(probe(ending=Ending.SILENT, own=None))
    inconclusive(VANTAGE, seen, (SUBJECT, "nothing answered"))
