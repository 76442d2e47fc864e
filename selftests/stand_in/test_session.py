"""lab/session.py and the commands: replies of the facts sheet, 5.4."""

import re
import ssl

import pytest

from selftests.stand_in.conftest import Run
from selftests.stand_in.talk import Talk, connect, endpoint, trusting

GREETING = re.compile(
    r"220 mail\.corp\.example Microsoft ESMTP MAIL Service ready at "
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"
)


@pytest.fixture
def talk(run: Run) -> Talk:
    return connect(run("compliant"))


def test_the_greeting_names_the_fqdn_and_the_time(talk: Talk) -> None:
    with talk:
        assert GREETING.fullmatch(talk.greeting)


def test_a_banner_replaces_only_the_greeting(run: Run) -> None:
    with connect(run("banner-mismatch")) as talk:
        assert talk.greeting == "220 ex01.corp.example ESMTP ready"
        assert talk.ask("HELO x").startswith("250 mail.corp.example Hello [")


@pytest.mark.parametrize("command", ["AUTH LOGIN", "MAIL FROM:<>", "STARTTLS", "RCPT TO:<a@b>"])
def test_hello_comes_first(talk: Talk, command: str) -> None:
    with talk:
        assert talk.ask(command) == "503 5.5.2 Send hello first"


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("EHLO bad_name", "501 5.5.4 Invalid domain name"),
        ("XYZZY", "500 5.3.3 Unrecognized command 'XYZZY'"),
        ("x" * 4_100, "500 5.5.2 Command too long"),
        ("NOOP", "250 2.0.0 OK"),
        ("rset", "250 2.0.0 Resetting"),
        ("VRFY postmaster", "252 2.1.5 Cannot VRFY user"),
        ("QUIT", "221 2.0.0 Service closing transmission channel"),
        (
            "HELP",
            "214-This server supports the following commands:\n"
            "214 HELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP AUTH BDAT",
        ),
        ("X-EXPS NTLM", "500 5.3.3 Unrecognized command 'X-EXPS'"),
        ("X-ANONYMOUSTLS", "500 5.3.3 Unrecognized command 'X-ANONYMOUSTLS'"),
    ],
)
def test_replies(talk: Talk, command: str, reply: str) -> None:
    with talk:
        if command.startswith("X-"):
            talk.ehlo()
        assert talk.ask(command) == reply


def test_after_starttls_everything_begins_anew(talk: Talk) -> None:
    with talk:
        talk.ehlo()
        talk.ask("MAIL FROM:<>")
        assert talk.start_tls() == "TLSv1.3"
        assert talk.ask("RCPT TO:<a@corp.example>") == "503 5.5.2 Send hello first"
        talk.ehlo()
        assert talk.ask_all("RCPT TO:<a@corp.example>", "STARTTLS") == ["503 5.5.2", "503 5.5.2"]


def test_what_was_said_before_tls_does_not_count_within(talk: Talk) -> None:
    with talk:
        talk.ehlo()
        talk.send(b"STARTTLS\r\nEHLO injected.example.net\r\n")
        assert talk.hear()[:3] == "220"
        talk.shake_hands(trusting())
        assert talk.ask("MAIL FROM:<>") == "503 5.5.2 Send hello first"


def test_a_message_is_heard_out_and_dropped(talk: Talk) -> None:
    with talk:
        talk.ehlo()
        told = talk.ask_all(
            "MAIL FROM:<a@b.example>", "RCPT TO:<x@corp.example>", "DATA", "Hi\r\n."
        )
        assert told == ["250 2.1.0", "250 2.1.5", "354 Start", "250 2.6.0"]


def test_bdat_swallows_its_octets(talk: Talk) -> None:
    with talk:
        talk.ehlo()
        talk.ask_all("MAIL FROM:<>", "RCPT TO:<x@corp.example>")
        assert talk.ask_all("BDAT 6 LAST\r\nQUIT", "NOOP") == ["250 2.6.0", "250 2.0.0"]


@pytest.mark.parametrize(
    ("recipient", "reply"),
    [
        ("postmaster@corp.example", "250 2.1.5 Recipient OK"),
        ("Postmaster", "250 2.1.5 Recipient OK"),
        ('"a@example.com"@CORP.example', "250 2.1.5 Recipient OK"),
        ("a%example.com@corp.example", "250 2.1.5 Recipient OK"),
        ("a@sub.corp.example", "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"),
        ("a@example.com", "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"),
        ("", "501 5.5.4 Invalid arguments"),
    ],
)
def test_recipients(talk: Talk, recipient: str, reply: str) -> None:
    with talk:
        talk.ehlo()
        talk.ask("MAIL FROM:<>")
        assert talk.ask(f"RCPT TO:<{recipient}>") == reply


def test_the_order_of_commands_is_kept(talk: Talk) -> None:
    with talk:
        talk.ehlo()
        asked = ("RCPT TO:<a@corp.example>", "DATA", "MAIL FROM:<>", "MAIL FROM:<>")
        assert talk.ask_all(*asked) == ["503 5.5.2", "503 5.5.2", "250 2.1.0", "503 5.5.2"]


def test_a_message_over_the_limit_is_refused(talk: Talk) -> None:
    with talk:
        talk.ehlo()
        assert talk.ask("MAIL FROM:<> SIZE=37748737").startswith("552 5.3.4")


def test_a_group_of_commands_is_answered_in_order(talk: Talk) -> None:
    with talk:
        talk.ehlo()
        talk.send(b"MAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\nRSET\r\nQUIT\r\n")
        codes = [talk.hear()[:3] for _ in range(4)]
    assert codes == ["250", "550", "250", "221"]


def test_strangers_may_not_send_where_only_users_may(run: Run) -> None:
    with connect(run("scanner-public-range")) as talk:
        talk.ehlo()
        assert talk.ask("MAIL FROM:<>").startswith("530 5.7.57 SMTP;")
        assert talk.ask("NOOP") == ""


def test_the_last_reply_arrives_though_commands_are_left_unread(run: Run) -> None:
    with connect(run("scanner-public-range")) as talk:
        talk.ehlo()
        talk.send(b"MAIL FROM:<>\r\n" + b"RCPT TO:<a@corp.example>\r\n" * 9_000)
        assert (talk.hear()[:10], talk.hear()) == ("530 5.7.57", "")


@pytest.mark.parametrize(
    "scenario", ["relay-ace-outside", "wildcard-domain", "external-authoritative"]
)
def test_a_relay_takes_foreign_recipients(run: Run, scenario: str) -> None:
    with connect(run(scenario)) as talk:
        talk.ehlo()
        talk.ask("MAIL FROM:<>")
        assert talk.ask("RCPT TO:<a@example.com>") == "250 2.1.5 Recipient OK"


def test_recipients_are_looked_up_where_the_scenario_says_so(run: Run) -> None:
    with connect(run("recipient-unknown")) as talk:
        talk.ehlo()
        asked = ("MAIL FROM:<>", "RCPT TO:<postmaster@corp.example>", "RCPT TO:<s@corp.example>")
        assert talk.ask_all(*asked) == ["250 2.1.0", "250 2.1.5", "550 5.1.10"]


def test_465_is_clear_text_smtp(run: Run) -> None:
    where = endpoint(run("no-firewall"), port=465)
    with Talk(where) as talk:
        assert talk.greeting.startswith("220 ")
        with pytest.raises(ssl.SSLError):
            talk.shake_hands(trusting())
