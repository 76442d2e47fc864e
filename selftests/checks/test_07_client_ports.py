"""Step 7: the ports that clients use, and whether the other half must tell who reaches them."""

from selftests.checks.builders import compliant, expect, front_door, inconclusive
from selftests.checks.exported import GONE, INTERNAL, auth
from selftests.checks.outside import ADDRESS, at, outside, probe
from smtp_exposure.expectations import Expectations
from smtp_exposure.smtp.ports import PortState
from smtp_exposure.verdicts import Verdict, Why


def test_without_the_outside_half_open_client_ports_are_not_judged() -> None:
    door = front_door()
    expect("INT-07-3", Verdict.NOT_ASSESSED, why=Why.NOT_ASKED, front_door=door)


def test_a_client_port_within_reach_deviates() -> None:
    open_port = outside(probe(ports={587: PortState.OPEN}))
    seen = (at(ADDRESS, 587), "open")
    door, look = front_door(), (open_port,)
    expect("INT-07-3", Verdict.DEVIATES, seen, front_door=door, approaches=look)


def test_scoped_client_ports_need_no_outside_half() -> None:
    compliant("INT-07-3", front_door(on_client_ports={"RemoteIPRanges": INTERNAL}))


def test_client_ports_without_sign_in_need_no_outside_half() -> None:
    compliant("INT-07-3", front_door(on_client_ports={"AuthMechanism": auth("Tls")}))


def test_client_ports_that_the_profile_allows_need_no_outside_half() -> None:
    allowed = Expectations(ports_outside=frozenset({25, 465, 587, 717, 2525}))
    compliant("INT-07-3", front_door(expected=allowed))


def test_one_open_client_port_is_enough_to_ask_for_the_outside_half() -> None:
    allowed = Expectations(ports_outside=frozenset({25, 465, 587, 717}))
    door = front_door(expected=allowed)
    expect("INT-07-3", Verdict.NOT_ASSESSED, why=Why.NOT_ASKED, front_door=door)


def test_a_client_port_whose_connector_was_not_read_proves_nothing() -> None:
    unread = {"AuthMechanism": GONE, "RemoteIPRanges": ("198.51.100.0/24",)}
    allowed = Expectations(ports_outside=frozenset({25, 465, 717, 2525}))
    door = front_door(on_client_ports=unread, expected=allowed)
    inconclusive("INT-07-3", door, (None, "property AuthMechanism"))
