"""What a conversation says of itself; one turn changed at a time."""

from dataclasses import replace

import pytest

from smtp_exposure.smtp.conversations import (
    Conversation,
    Direction,
    Ending,
    Piece,
    Turn,
    transcript_lines,
)
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.plan import Layer, Purpose
from smtp_exposure.smtp.replies import parse_reply


def turn(purpose: Purpose, reply: str | None, phase: Phase = Phase.BEFORE_TLS) -> Turn:
    parsed = parse_reply(reply.replace("\n", "\r\n").encode()) if reply is not None else None
    at = 1.75 if parsed else None
    return Turn(purpose=purpose, phase=phase, command="", sent_at=1.5, replied_at=at, reply=parsed)


BASE = Conversation(
    name="relay-foreign",
    layer=Layer.CLEAR,
    domain="corp.example",
    attempt=1,
    address="203.0.113.5",
    port=25,
    started_utc="2026-11-24T04:00:00.000Z",
    started=1.0,
    finished=2.0,
    ending=Ending.COMPLETE,
    connected_at=1.25,
    turns=(
        turn(Purpose.GREETING, "220 mail.corp.example ESMTP"),
        turn(Purpose.EHLO, "250-mail.corp.example Hello [203.0.113.9]\n250 STARTTLS"),
        turn(Purpose.MAIL, "250 2.1.0 Sender OK"),
        turn(Purpose.RCPT_FOREIGN, "550 5.7.54 SMTP; Unable to relay"),
    ),
)


def with_turn(*turns: Turn) -> Conversation:
    return replace(BASE, turns=(*BASE.turns, *turns))


def test_reads_greeting_capabilities_and_times() -> None:
    assert BASE.greeting is not None
    assert BASE.greeting.host == "mail.corp.example"
    assert BASE.greeting_seconds == 0.5
    assert str(BASE.seen_address) == "203.0.113.9"
    assert BASE.capabilities(Phase.AFTER_TLS) is None


def test_a_phase_answers_for_itself_only() -> None:
    inside = turn(Purpose.EHLO, "250-mail\n250 AUTH LOGIN", Phase.AFTER_TLS)
    found = with_turn(inside)
    before, after = found.capabilities(Phase.BEFORE_TLS), found.capabilities(Phase.AFTER_TLS)
    assert before is not None
    assert not before.offers_sign_in
    assert after is not None
    assert after.offers_sign_in


@pytest.mark.parametrize(
    ("changed", "put_off"),
    [
        (BASE, False),
        (with_turn(turn(Purpose.RSET, "421 4.3.2 Service not active")), True),
        (with_turn(turn(Purpose.RCPT_OWN, "451 4.7.0 later")), True),
        (with_turn(turn(Purpose.RSET, None)), False),
        (replace(BASE, ending=Ending.CLOSED), True),
        (replace(BASE, ending=Ending.TIMED_OUT), False),
    ],
)
def test_knows_when_a_second_try_may_settle_it(changed: Conversation, put_off: bool) -> None:
    assert changed.was_put_off is put_off


@pytest.mark.parametrize(
    ("reply", "needs"),
    [
        ("530 5.7.0 Must issue a STARTTLS command first", True),
        ("451 5.7.3 STARTTLS is required to send mail", True),
        ("530 5.7.57 SMTP; Client was not authenticated", False),
        ("250 2.1.0 Sender OK", False),
    ],
)
def test_knows_when_mail_is_taken_inside_tls_only(reply: str, needs: bool) -> None:
    assert with_turn(turn(Purpose.MAIL, reply)).needs_tls is needs


def test_a_refused_greeting_names_nobody() -> None:
    assert replace(BASE, turns=(turn(Purpose.GREETING, "554 go away"),)).greeting is None
    assert replace(BASE, turns=()).greeting_seconds is None


def test_the_transcript_hides_nothing() -> None:
    piece = Piece(
        at=1.5, direction=Direction.RECEIVED, phase=Phase.BEFORE_TLS, data=b"250 \x1b\xff\r\n"
    )
    assert "    1.500 < 250 \\x1b\\xff" in list(transcript_lines(replace(BASE, wire=(piece,))))
