"""Step 2 from outside: who answers on port 25, and how fast."""

from dataclasses import replace

import pytest

from selftests.checks.outside import (
    ADDRESS,
    SILENT,
    SIXTH,
    SUBJECT,
    at,
    compliant,
    deviates,
    error,
    inconclusive,
    outside,
    probe,
)
from selftests.checks.servers import greets
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.expectations import Expectations
from smtp_exposure.smtp.conversations import Ending
from smtp_exposure.smtp.ports import PortState

CHECK = "EXT-02-1"
VENDOR = Expectations(internet=AddressSet.parse(["192.0.2.0/24"]))
SECOND = "203.0.113.26"


def test_every_address_that_greets_complies() -> None:
    compliant(CHECK, outside(probe(), probe(SIXTH)))


@pytest.mark.parametrize(
    "greeting", ["220", "220 *************", "220-a\n220 b", "220 " + "x" * 600]
)
def test_any_greeting_with_220_counts(greeting: str) -> None:
    compliant(CHECK, outside(probe(says={"greeting": greeting})))


@pytest.mark.parametrize(
    ("says", "telling"),
    [
        ({"greeting": None}, "accepts the connection and says nothing"),
        ({"greeting": "+OK POP3 ready"}, "no SMTP server"),
        ({"greeting": "SSH-2.0-OpenSSH_9.2"}, "no SMTP server"),
    ],
)
def test_a_connection_without_an_smtp_greeting_is_no_mail_server(
    says: dict[str, str | None], telling: str
) -> None:
    deviates(CHECK, outside(probe(says=says)), (SUBJECT, telling))


@pytest.mark.parametrize(
    "greeting", ["554 5.7.1 no service for you", "421 4.3.2 Service not active", "521 no mail here"]
)
def test_an_smtp_server_that_turns_the_probe_away_proves_neither(greeting: str) -> None:
    turned = outside(probe(says={"greeting": greeting}))
    inconclusive(CHECK, turned, (SUBJECT, f"turned away by the greeting {greeting}"))


def test_a_refusal_deviates_even_without_control() -> None:
    deviates(CHECK, outside(probe(ending=Ending.REFUSED)), (SUBJECT, "refuses the connection"))


def test_silence_deviates_beside_an_address_that_answers() -> None:
    seen = outside(probe(), probe(SECOND, ending=SILENT))
    deviates(CHECK, seen, (at(SECOND), "silence on port 25, while other addresses answer"))


def test_silence_of_ipv6_alone_deviates() -> None:
    deviates(CHECK, outside(probe(), probe(SIXTH, ending=SILENT)), (at(SIXTH), "silence"))


def test_silence_everywhere_tells_of_the_probes_own_network() -> None:
    both = outside(probe(ending=SILENT), probe(SIXTH, ending=SILENT))
    seen = [(at(address), "own network seems to block") for address in (ADDRESS, SIXTH)]
    inconclusive(CHECK, both, *seen)


def test_silence_with_another_port_open_is_no_proof_either() -> None:
    seen = outside(probe(ending=SILENT, ports={587: PortState.OPEN}))
    inconclusive(CHECK, seen, (SUBJECT, "no other address shows that the path works"))


def test_an_unreachable_address_could_not_be_looked_at() -> None:
    seen = outside(probe(ending=Ending.UNREACHABLE, detail="No route to host"))
    error(CHECK, seen, (SUBJECT, "unreachable: No route to host"))


@pytest.mark.parametrize("told", [0, 3])
def test_who_says_unreachable_once_a_second_is_no_silent_address(told: int) -> None:
    silent = probe(SIXTH, ending=SILENT)
    talks = list(silent.conversations)
    talks[told] = replace(talks[told], ending=Ending.UNREACHABLE, detail="No route to host")
    seen = outside(probe(), replace(silent, conversations=tuple(talks)))
    error(CHECK, seen, (at(SIXTH), "unreachable: No route to host"))


def test_without_a_route_nothing_is_proved() -> None:
    seen = outside(probe(), probe(SIXTH, has_route=False))
    inconclusive(CHECK, seen, (at(SIXTH), "no route for this address family"))


def test_a_run_that_was_cut_short_proves_nothing() -> None:
    seen = outside(probe(ending=Ending.OUT_OF_TIME, says={"greeting": None}))
    inconclusive(CHECK, seen, (SUBJECT, "time was up"))


def test_an_unreadable_greeting_is_an_error() -> None:
    seen = outside(probe(ending=Ending.UNREADABLE, says={"greeting": None}, detail="a long line"))
    error(CHECK, seen, (SUBJECT, "unreadable"))


def test_a_connection_that_the_server_closes_at_once_deviates() -> None:
    seen = outside(probe(ending=Ending.CLOSED, says={"greeting": None}))
    deviates(CHECK, seen, (SUBJECT, "closed by the server"))


def test_the_worst_address_decides() -> None:
    seen = outside(
        probe(),
        probe(SECOND, ending=Ending.REFUSED),
        probe("203.0.113.27", ending=Ending.UNREACHABLE),
        probe(SIXTH, has_route=False),
    )
    found = ((at(SECOND), "refuses"), (at("203.0.113.27"), "unreachable"), (at(SIXTH), "route"))
    deviates(CHECK, seen, *found)


@pytest.mark.parametrize("ending", [SILENT, Ending.REFUSED])
def test_with_vendor_ranges_silence_beside_a_control_is_right(ending: Ending) -> None:
    answering = probe(SECOND)
    seen = outside(probe(ending=ending), answering, expected=VENDOR)
    compliant(CHECK, seen, (at(SECOND), "port 25 answers this probe"))


def test_with_vendor_ranges_an_answer_is_a_note() -> None:
    compliant(CHECK, outside(probe(), expected=VENDOR), (SUBJECT, "answers this probe"))


def test_with_vendor_ranges_silence_everywhere_is_no_proof() -> None:
    seen = outside(probe(ending=SILENT), expected=VENDOR)
    inconclusive(CHECK, seen, (SUBJECT, "own network seems to block"))


def test_with_vendor_ranges_tcp_without_smtp_still_deviates() -> None:
    seen = outside(probe(says={"greeting": "+OK POP3 ready"}), expected=VENDOR)
    deviates(CHECK, seen, (SUBJECT, "no SMTP server"))


@pytest.mark.parametrize(
    ("delays", "telling"),
    [
        ({"greeting": 5.5}, "greeting after 5.5 s"),
        ({"ehlo": 16.0}, "greeting after 0.0 s, auth-login-clear took 16."),
        ({"greeting": 4.0, "ehlo": 4.0, "mail": 4.0}, "relay-inside-tls took 16."),
    ],
)
def test_slowness_is_a_note(delays: dict[str, float], telling: str) -> None:
    compliant("EXT-02-2", outside(probe(delays=delays)), (SUBJECT, telling))


@pytest.mark.parametrize(
    "delays",
    [{}, {"greeting": 4.9}, {"auth-login": 25.0}, {"rcpt-foreign": 20.0, "rcpt-random": 20.0}],
)
def test_delays_of_refusals_do_not_count(delays: dict[str, float]) -> None:
    compliant("EXT-02-2", outside(probe(delays=delays)))


def test_without_a_greeting_there_is_no_time_to_judge() -> None:
    seen = outside(probe(ending=Ending.REFUSED))
    inconclusive("EXT-02-2", seen, (SUBJECT, "nothing greeted"))


def test_the_time_counts_from_inside_too() -> None:
    compliant("EXT-02-2", outside(probe(own="10.0.0.9", says=greets(peer="10.0.0.9"))))
