"""Each measure of a promise, on recordings made by hand that keep it, and that just break it."""

import pytest

from selftests.on_the_wire import promises
from selftests.on_the_wire.recordings import ROOT, Line, Talk
from smtp_exposure.smtp.plan import MAX_CONVERSATIONS
from smtp_exposure.smtp.request import Limits

LIMITS = Limits()
HELLO = (">220 mail.corp.example", "<EHLO [192.0.2.1]", ">250 mail.corp.example")
BYE = ("<QUIT", ">221 bye")
PUT_OFF = (*HELLO, "<AUTH LOGIN", ">454 4.7.0 later", *BYE)


def talk(*lines: str, opened: float = 0.0, closed: float = 1.0) -> Talk:
    """A conversation; each line begins with its direction."""
    seen = tuple(Line(opened, line[0], False, line[1:]) for line in lines)
    return Talk("by hand", "127.0.0.1", 25, opened, closed, seen)


@pytest.mark.parametrize("line", ["DATA", "data", "BDAT 5 LAST", "Bdat 0"])
def test_a_message_is_seen(line: str) -> None:
    said = talk(*HELLO, f"<{line}", *BYE)
    assert promises.messages([talk(*HELLO, *BYE), said]) == [line]
    assert promises.other_commands([said]) == [line]


@pytest.mark.parametrize(
    "line",
    [
        *("AUTH LOGIN cm9vdA==", "AUTH PLAIN AHJvb3QAcGFzcw==", "AUTH NTLM TlRMTVNTUAAB", "AUTH"),
        *("cm9vdA==", "root", "USER root", "VRFY root", "EXPN all", "Subject: hello", "", "."),
    ],
)
def test_a_name_or_credential_is_seen(line: str) -> None:
    assert promises.other_commands([talk(*HELLO, f"<{line}", *BYE)]) == [line]


@pytest.mark.parametrize(
    "line",
    ["EHLO probe.example", "HELO [192.0.2.1]", "STARTTLS", "AUTH LOGIN", "AUTH NTLM", "*",
     "MAIL FROM:<>", "RCPT TO:<x@corp.example>", "RSET", "QUIT"],
)  # fmt: skip
def test_what_is_listed_may_be_said(line: str) -> None:
    assert promises.other_commands([talk(*HELLO, f"<{line}", *BYE)]) == []


@pytest.mark.parametrize("answer", ["cm9vdA==", "QUIT", "RSET"])
def test_an_answer_to_a_prompt_is_seen(answer: str) -> None:
    prompted = (*HELLO, "<AUTH LOGIN", ">334 VXNlcm5hbWU6")
    assert promises.answered_prompts([talk(*prompted, f"<{answer}")]) == [answer]
    assert promises.answered_prompts([talk(*prompted, "<*", ">501 no", *BYE)]) == []


def test_a_word_that_must_stay_here_is_seen() -> None:
    assert promises.words_in("EHLO Canary.example", ["canary", "secret"]) == ["canary"]


def test_refusals_are_counted() -> None:
    replies = (">504 no", ">250 fine", ">450 later", ">334 VXNlcm5hbWU6", ">550 no")
    assert promises.refusals(talk(*HELLO, *replies, *BYE)) == 3


def test_connections_at_once_are_counted() -> None:
    eight = [talk(opened=number / 10, closed=2.0) for number in range(8)]
    after = talk(opened=2.0, closed=3.0)
    assert promises.most_at_once(promises.spans([*eight, after])) == 8
    ninth = talk(opened=1.999, closed=3.0)
    assert promises.most_at_once(promises.spans([*eight, ninth])) == 9


def test_pauses_are_measured_between_tries_that_were_put_off() -> None:
    first = talk(*PUT_OFF, opened=0.0, closed=1.0)
    assert promises.pauses([talk(*PUT_OFF, opened=5.5), first]) == [4.5]
    better = [line.replace("454 4.7.0 later", "504 no") for line in PUT_OFF]
    assert promises.pauses([first, talk(*better, opened=6.0, closed=7.0)]) == [5.0]
    assert promises.pauses([talk(*better), talk(*better, opened=1.0)]) == []


def test_cut_lines_and_turning_away_are_put_off_too() -> None:
    cut = (*HELLO, "<AUTH LOGIN")
    assert promises.pauses([talk(*cut), talk(*cut, opened=3.0)]) == [2.0]
    away = [talk(">421 busy", opened=at, closed=at) for at in (0.0, 0.1, 4.0, 5.2)]
    assert promises.pauses(away) == pytest.approx([4.0, 5.1])


def test_tries_are_counted() -> None:
    thrice = [talk(*PUT_OFF, opened=at) for at in (0.0, 9.0, 18.0)]
    assert promises.most_tries([*thrice, talk(*HELLO, *BYE)]) == 3
    assert promises.most_tries([talk(*HELLO, *BYE)] * 3) == 0


@pytest.mark.parametrize(
    "words",
    [
        "eleven: four for AUTH (two mechanisms, before and after TLS), six for relaying",
        f"At most {promises.AT_ONCE} conversations at once with one address",
        f"at most {promises.AT_ONCE_ON_ALL_PORTS} connections",
        f"Exchange cuts the line after {promises.PROTOCOL_ERRORS} errors",
        f"tried once more after a pause of {promises.PAUSE_S:.0f} s, and never again",
        "At most one expected refusal in a conversation",
        "at most three expected refusals stand in one conversation, and four if",
        f"A reply is awaited for {LIMITS.reply:.0f} s",
        f"a conversation takes at most {LIMITS.conversation:.0f} s, the whole look {LIMITS.run:.0f} s",
        f"never more than {MAX_CONVERSATIONS};",
    ],
)
def test_the_text_for_a_security_team_says_the_numbers_that_are_measured(words: str) -> None:
    text = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
    assert words in " ".join(text.split())
