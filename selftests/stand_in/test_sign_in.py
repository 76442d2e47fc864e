"""lab/sign_in.py and the limits of lab/session.py: refusals, counters, delays (5.4, 5.5)."""

import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from selftests.stand_in.conftest import Run
from selftests.stand_in.talk import Talk, connect

TOO_MANY = "421 4.7.0 Too many errors on this connection, closing transmission channel"
UNRECOGNIZED = "504 5.7.4 Unrecognized authentication type"


def timed(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def in_tls(talk: Talk) -> Talk:
    talk.ehlo()
    talk.start_tls()
    talk.ehlo()
    return talk


@pytest.mark.parametrize("command", ["AUTH LOGIN", "AUTH NTLM", "AUTH PLAIN", "AUTH"])
def test_an_anonymous_connector_knows_no_mechanism(run: Run, command: str) -> None:
    with connect(run("compliant")) as talk:
        talk.ehlo()
        assert talk.ask(command) == UNRECOGNIZED
        in_tls(talk)
        assert talk.ask(command) == UNRECOGNIZED


def test_login_is_unknown_before_tls_and_prompts_within(run: Run) -> None:
    with connect(run("as-installed")) as talk:
        talk.ehlo()
        assert talk.ask("AUTH LOGIN") == UNRECOGNIZED
        in_tls(talk)
        assert talk.ask("auth login") == "334 VXNlcm5hbWU6"
        assert talk.ask("*") == "501 5.5.4 Authentication cancelled"


def test_ntlm_prompts_before_tls(run: Run) -> None:
    with connect(run("as-installed")) as talk:
        talk.ehlo()
        assert talk.ask("AUTH NTLM") == "334 NTLM supported"
        assert talk.ask("*") == "501 5.5.4 Authentication cancelled"


def test_hidden_sign_in_prompts_though_nothing_is_offered(run: Run) -> None:
    with connect(run("hidden-auth")) as talk:
        assert not [line for line in talk.ehlo() if line.startswith("AUTH")]
        assert talk.ask("AUTH NTLM") == "334 NTLM supported"


def test_nobody_signs_in(run: Run) -> None:
    with in_tls(connect(run("as-installed"))) as talk:
        told = [talk.ask(line) for line in ("AUTH LOGIN", "eA==", "eA==")]
    assert told[1:] == ["334 UGFzc3dvcmQ6", "535 5.7.3 Authentication unsuccessful"]


def test_the_fourth_failed_sign_in_ends_the_session(run: Run) -> None:
    with in_tls(connect(run("as-installed"))) as talk:
        told = [[talk.ask(line) for line in ("AUTH LOGIN eA==", "eA==")][1] for _ in range(4)]
        assert told == ["535 5.7.3 Authentication unsuccessful"] * 3 + [TOO_MANY]
        assert talk.ask("NOOP") == ""


def test_the_sixth_error_ends_the_session(run: Run) -> None:
    with connect(run("compliant")) as talk:
        told = [talk.ask("XYZZY") for _ in range(6)]
        assert told[4:] == ["500 5.3.3 Unrecognized command 'XYZZY'", TOO_MANY]
        assert talk.ask("NOOP") == ""


def test_a_refused_recipient_is_no_protocol_error(run: Run) -> None:
    with connect(run("compliant")) as talk:
        talk.ehlo()
        talk.ask("MAIL FROM:<>")
        told = [talk.ask("RCPT TO:<a@example.com>")[:10] for _ in range(7)]
    assert set(told) == {"550 5.7.54"}


def test_one_failure_between_servers_ends_the_session(run: Run) -> None:
    with connect(run("as-installed")) as talk:
        talk.ehlo()
        assert talk.ask_all("X-EXPS NTLM", "eA==") == ["334 NTLM", "454 4.7.0"]
        assert talk.ask("NOOP") == ""


def test_the_twenty_first_connection_of_a_source_is_turned_away(run: Run) -> None:
    running = run("compliant")
    with ExitStack() as stack:
        talks = [stack.enter_context(connect(running)) for _ in range(21)]
        assert [talk.greeting[:3] for talk in talks] == ["220"] * 20 + ["421"]
        assert "maximum number of concurrent connections" in talks[20].greeting


def test_a_place_becomes_free_again(run: Run) -> None:
    running = run("compliant")
    for _ in range(25):
        with connect(running) as talk:
            assert talk.ask("QUIT")[:3] == "221"


def test_refusals_wait_for_the_tarpit_and_nothing_else_does(run: Run) -> None:
    with connect(run("compliant", tarpit=0.3)) as talk:
        assert timed(talk.ehlo) < 0.2
        assert timed(lambda: talk.ask("AUTH LOGIN")) >= 0.3
        assert timed(lambda: talk.ask("NOOP")) < 0.2


def test_the_delays_of_a_group_add_up(run: Run) -> None:
    with connect(run("compliant", tarpit=0.2)) as talk:
        talk.ehlo()
        talk.ask("MAIL FROM:<>")
        talk.send(b"RCPT TO:<a@example.com>\r\n")
        talk.send(b"RCPT TO:<b@example.com>\r\n")
        assert timed(lambda: (talk.hear(), talk.hear())) >= 0.39


def test_a_connector_without_tarpit_refuses_at_once(run: Run) -> None:
    with connect(run("no-firewall", tarpit=0.5), port=717) as talk:
        assert timed(lambda: talk.ask("XYZZY")) < 0.3
