"""Step 8 from outside: which ports can be reached, and what a positive control is."""

from dataclasses import replace

import pytest

from selftests.checks.outside import (
    ADDRESS,
    SIXTH,
    at,
    compliant,
    deviates,
    inconclusive,
    outside,
    port,
    probe,
)
from selftests.checks.servers import greets
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.expectations import Expectations
from smtp_exposure.smtp.conversations import Ending
from smtp_exposure.smtp.ports import PortState

PORTS = {f"EXT-08-{n}": p for n, p in enumerate((110, 995, 143, 993, 717, 465, 587, 2525), 1)}
LATE = (475, 476, 477)
SUBMISSION = "EXT-08-7"
CLOSED = [PortState.REFUSED, PortState.UNREACHABLE, PortState.SILENT]
ACCEPTED = [PortState.OPEN, PortState.MUTE]
VENDOR = Expectations(internet=AddressSet.parse(["192.0.2.0/24"]))
BANNERS = {
    110: (b"+OK ready\r\n", "POP3"),
    995: (b"\x16\x03\x03\x00\x31", "TLS"),
    143: (b"* OK ready\r\n", "IMAP"),
    993: (b"\x15\x03\x01\x00\x02", "TLS"),
    465: (b"220 mail ESMTP\r\n", "SMTP"),
    587: (b"SSH-2.0-x\r\n", "SSH"),
}
every_port = pytest.mark.parametrize(("check", "number"), PORTS.items())


@every_port
@pytest.mark.parametrize("state", CLOSED)
def test_closed_in_any_way_complies_beside_a_control(
    check: str, number: int, state: PortState
) -> None:
    compliant(check, outside(probe(ports={number: state}), probe(SIXTH)))


@every_port
@pytest.mark.parametrize("state", ACCEPTED)
def test_any_accepted_connection_deviates(check: str, number: int, state: PortState) -> None:
    seen = outside(probe(), probe(SIXTH, ports={number: state}))
    deviates(check, seen, (at(SIXTH, number), f"{state.value}; it speaks nothing"))
    for other in set(PORTS) - {check}:
        compliant(other, seen)


@pytest.mark.parametrize(("number", "said"), BANNERS.items())
def test_what_answers_is_named(number: int, said: tuple[bytes, str]) -> None:
    check = next(name for name, own in PORTS.items() if own == number)
    found = probe()
    opened = port(number, PortState.OPEN, said[0])
    ports = tuple(opened if item.port == number else item for item in found.ports)
    seen = outside(replace(found, ports=ports))
    deviates(check, seen, (at(ADDRESS, number), f"it speaks {said[1]}"))


def test_a_connection_that_is_cut_at_once_is_told() -> None:
    found = probe(ports={587: PortState.MUTE})
    cut = (replace(item, detail="accepted, then reset") for item in found.ports if item.port == 587)
    seen = outside(replace(found, ports=tuple(cut)))
    deviates(SUBMISSION, seen, (at(ADDRESS, 587), "it speaks nothing (accepted, then reset)"))


@every_port
def test_a_port_that_the_profile_allows_complies(check: str, number: int) -> None:
    allowed = Expectations(ports_outside=frozenset({25, number}))
    opened = probe(ports={number: PortState.OPEN})
    compliant(check, outside(opened, expected=allowed))
    silent = probe(ending=Ending.SILENT)
    compliant(check, outside(silent, expected=allowed))


@pytest.mark.parametrize(
    ("runs", "check"),
    [("pop", "EXT-08-1"), ("pop", "EXT-08-2"), ("imap", "EXT-08-3"), ("imap", "EXT-08-4")],
)
def test_a_service_that_may_run_may_not_be_reached_for_that(runs: str, check: str) -> None:
    found = probe(ports=dict.fromkeys(PORTS.values(), PortState.OPEN))
    may_run = outside(found, expected=Expectations(pop=runs == "pop", imap=runs == "imap"))
    deviates(check, may_run, (at(ADDRESS, PORTS[check]), "the profile lets the service run"))
    other = outside(found, expected=Expectations(pop=runs == "imap", imap=runs == "pop"))
    deviates(check, other, (at(ADDRESS, PORTS[check]), "it speaks nothing | "))


@every_port
@pytest.mark.parametrize("state", CLOSED)
@pytest.mark.parametrize("ending", [Ending.REFUSED, Ending.SILENT, Ending.UNREACHABLE])
def test_without_a_control_on_the_same_host_nothing_is_proved(
    check: str, number: int, state: PortState, ending: Ending
) -> None:
    seen = outside(probe(), probe(SIXTH, ports={number: state}, ending=ending))
    inconclusive(
        check, seen, (at(SIXTH, number), f"{state.value}, and port 25 of this host does not show")
    )


@pytest.mark.parametrize("greeting", [None, "554 no", "+OK POP3"])
def test_a_connection_to_port_25_is_control_enough(greeting: str | None) -> None:
    compliant(SUBMISSION, outside(probe(says={"greeting": greeting})))


def test_an_open_port_deviates_even_without_a_control() -> None:
    opened = probe(ports={587: PortState.OPEN}, ending=Ending.SILENT)
    deviates(SUBMISSION, outside(opened), (at(ADDRESS, 587), "open"))


def test_with_vendor_ranges_another_hosts_port_25_is_the_control() -> None:
    silent = probe(ending=Ending.SILENT)
    inconclusive(SUBMISSION, outside(silent, expected=VENDOR), (None, "port 25 of this host"))
    other = probe("203.0.113.99", hosts=("www.corp.example",))
    compliant(SUBMISSION, outside(silent, other, expected=VENDOR))
    inconclusive(SUBMISSION, outside(silent, other), (None, "port 25 of this host"))


@every_port
@pytest.mark.parametrize("control", ACCEPTED)
def test_a_device_that_accepts_everything_proves_neither(
    check: str, number: int, control: PortState
) -> None:
    everything = probe(ports={number: PortState.MUTE}, control=control)
    inconclusive(
        check, outside(everything), (at(ADDRESS, number), "a random high port accepts too")
    )


@pytest.mark.parametrize("number", [110, 465, 587])
def test_what_speaks_while_the_control_is_mute_was_reached(number: int) -> None:
    seen = outside(probe(ports={number: PortState.OPEN}, control=PortState.MUTE))
    check = next(name for name, own in PORTS.items() if own == number)
    deviates(check, seen, (at(ADDRESS, number), "open"))


@pytest.mark.parametrize(("number", "control"), [(993, "MUTE"), (995, "MUTE"), (587, "OPEN")])
def test_what_a_device_may_have_said_itself_proves_neither(number: int, control: str) -> None:
    seen = outside(probe(ports={number: PortState.OPEN}, control=PortState[control]))
    check = next(name for name, own in PORTS.items() if own == number)
    inconclusive(check, seen, (at(ADDRESS, number), "a random high port accepts too"))


@every_port
@pytest.mark.parametrize("state", CLOSED)
def test_whoever_is_shut_out_for_trying_ports_has_proved_nothing(
    check: str, number: int, state: PortState
) -> None:
    found = probe()
    late = replace(port(number, state), started=1.5)
    ports = tuple(late if item.port == number else item for item in found.ports)
    seen = outside(replace(found, ports=ports))
    inconclusive(check, seen, (at(ADDRESS, number), "port 25 of this host does not show"))


@pytest.mark.parametrize("control", [*CLOSED, None])
def test_a_control_that_does_not_accept_excuses_nothing(control: PortState | None) -> None:
    opened = probe(ports={587: PortState.OPEN}, control=control)
    deviates(SUBMISSION, outside(opened), (at(ADDRESS, 587), "open"))


def test_the_control_port_is_no_subject() -> None:
    found = probe()
    doubled = (port(587, PortState.OPEN, is_control=True), *found.ports)
    compliant(SUBMISSION, outside(replace(found, ports=doubled)))


def test_a_port_that_was_not_tried_proves_nothing() -> None:
    found = probe()
    kept = tuple(item for item in found.ports if item.port != 587)
    seen = outside(replace(found, ports=kept))
    inconclusive(SUBMISSION, seen, (None, "port 587 was not tried"))
    compliant("EXT-08-6", seen)


def test_without_a_route_or_from_inside_nothing_is_proved() -> None:
    no_route = outside(probe(), probe(SIXTH, has_route=False))
    inconclusive(SUBMISSION, no_route, (at(SIXTH, 587), "no route"))
    opened = probe(says=greets(peer="10.0.0.9"), own="10.0.0.9", ports={587: PortState.OPEN})
    inconclusive(SUBMISSION, outside(opened), (at(ADDRESS, 587), "seen from inside"))


def test_the_subject_is_the_port_that_could_not_be_judged() -> None:
    silent = outside(probe(ending=Ending.SILENT))
    inconclusive(SUBMISSION, silent, (at(ADDRESS, 587), "silent"))


def test_the_worst_address_decides() -> None:
    seen = outside(
        probe(),
        probe("203.0.113.26", ending=Ending.SILENT),
        probe(SIXTH, ports={587: PortState.OPEN}),
    )
    found = ((at(SIXTH, 587), "open"), (at("203.0.113.26", 587), "silent"))
    deviates(SUBMISSION, seen, *found)


@pytest.mark.parametrize("number", LATE)
@pytest.mark.parametrize("state", ACCEPTED)
def test_mailbox_transport_within_reach_is_a_note(number: int, state: PortState) -> None:
    seen = outside(probe(ports={number: state}))
    compliant("EXT-08-9", seen, (at(ADDRESS, number), state.value))
    compliant("EXT-08-9", outside(probe()))


def test_every_port_of_mailbox_transport_is_named() -> None:
    seen = outside(probe(ports=dict.fromkeys(LATE, PortState.OPEN)))
    compliant("EXT-08-9", seen, *[(at(ADDRESS, number), "open") for number in LATE])


def test_one_port_that_proves_nothing_hides_no_other() -> None:
    seen = outside(probe(ending=Ending.SILENT, ports={476: PortState.OPEN}))
    silent = [(at(ADDRESS, number), "silent") for number in (475, 477)]
    inconclusive("EXT-08-9", seen, *silent, (at(ADDRESS, 476), "open"))
