"""Conversations with servers of which each does one thing wrong."""

import asyncio

import pytest

from selftests.gateways.stage import GREETING, Manner, Stage, reset_at_once
from selftests.gateways.talks import CLEAR, PATIENT, QUICK, RELAY, TLS, Talk, hold
from smtp_exposure.smtp.conversations import Ending
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.plan import ConversationPlan, Purpose
from smtp_exposure.smtp.replies import Flaw


def test_replies_byte_by_byte_are_the_same(talk: Talk, manner: Manner) -> None:
    manner.drip = True
    seen = talk(TLS, manner)
    assert seen.ending is Ending.COMPLETE
    assert seen.capabilities(Phase.AFTER_TLS) is not None


@pytest.mark.parametrize(
    ("change", "plan", "ending"),
    [
        ({"greeting": b"554 5.7.1 go away\r\n"}, CLEAR, Ending.TURNED_AWAY),
        ({"greeting": b"421 4.3.2 Service not active\r\n"}, CLEAR, Ending.TURNED_AWAY),
        ({"greeting": b"SSH-2.0-OpenSSH_9\r\n"}, CLEAR, Ending.NOT_SMTP),
        ({"greeting": b""}, CLEAR, Ending.NO_GREETING),
        ({"greeting": b"220-never ends\r\n"}, CLEAR, Ending.NO_GREETING),
        ({"greeting": b"220 " + b"x" * 20_000 + b"\r\n"}, CLEAR, Ending.UNREADABLE),
        ({"greeting": b"220-x\r\n" * 20_000}, CLEAR, Ending.UNREADABLE),
        ({"answers": {"AUTH": b""}}, CLEAR, Ending.TIMED_OUT),
        ({"answers": {"AUTH": b"504-half"}}, CLEAR, Ending.TIMED_OUT),
        ({"hangs_up_after": "AUTH", "answers": {"AUTH": b"504-half"}}, CLEAR, Ending.CLOSED),
        ({"hangs_up_after": "EHLO"}, CLEAR, Ending.CLOSED),
        ({"hangs_up_after": "MAIL"}, RELAY, Ending.CLOSED),
        ({"clear": ("PIPELINING",)}, TLS, Ending.NO_STARTTLS),
        ({"answers": {"STARTTLS": b"454 4.7.0 not now\r\n"}}, TLS, Ending.STARTTLS_REFUSED),
        ({"answers": {"STARTTLS": b"220 go\r\n"}}, TLS, Ending.TLS_FAILED),
        ({"answers": {"QUIT": b""}}, CLEAR, Ending.COMPLETE),
        ({"answers": {"QUIT": b"junk"}}, RELAY, Ending.COMPLETE),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_way_to_fail_has_its_ending(
    talk: Talk, manner: Manner, change: dict[str, object], plan: ConversationPlan, ending: Ending
) -> None:
    for name, value in change.items():
        setattr(manner, name, value)
    seen = talk(plan, manner, QUICK)
    assert seen.ending is ending
    assert seen.wire or ending is Ending.NO_GREETING


def test_words_behind_the_220_of_starttls_never_count_as_inside(talk: Talk, manner: Manner) -> None:
    manner.behind_starttls = b"250-evil\r\n250 AUTH LOGIN\r\n"
    seen = talk(TLS, manner)
    assert seen.injected == manner.behind_starttls
    inside = seen.capabilities(Phase.AFTER_TLS)
    assert inside is not None
    assert not inside.offers_sign_in


def test_clear_text_instead_of_a_handshake_is_kept(stage: Stage, ca_file: str) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (GREETING, b"250-mail\r\n250 STARTTLS\r\n", b"220 go\r\n"):
            writer.write(answer)
            await reader.readline()
        writer.write(b"250-mail\r\n250 AUTH LOGIN\r\n")
        await reader.read()

    seen = asyncio.run(hold(TLS, stage.serve(speak), PATIENT, ca_file))
    assert seen.ending is Ending.TLS_FAILED
    assert seen.injected == b"250-mail\r\n250 AUTH LOGIN\r\n"
    assert seen.capabilities(Phase.AFTER_TLS) is None


def test_words_nobody_asked_for_are_set_aside(talk: Talk, manner: Manner) -> None:
    manner.greeting = GREETING + b"250 AUTH accepted\r\n"
    seen = talk(CLEAR, manner)
    assert seen.early == b"250 AUTH accepted\r\n"
    reply = seen.reply(Purpose.AUTH_LOGIN)
    assert reply is not None
    assert reply.code == 504


def test_flawed_replies_are_kept_with_their_flaws(talk: Talk, manner: Manner) -> None:
    manner.answers["AUTH"] = b"504 5.7.4 \x1b[2J\xff no\n"
    reply = talk(CLEAR, manner).reply(Purpose.AUTH_LOGIN)
    assert reply is not None
    assert set(reply.flaws) == {Flaw.BARE_LF, Flaw.CONTROL, Flaw.NON_ASCII}


def test_a_connection_that_is_reset_at_once_was_closed(ca_file: str, stage: Stage) -> None:
    port = stage.serve(reset_at_once)
    seen = [asyncio.run(hold(CLEAR, port, QUICK, ca_file)).ending for _ in range(20)]
    assert set(seen) == {Ending.CLOSED}


def test_a_closed_port_is_refused(ca_file: str) -> None:
    seen = asyncio.run(hold(CLEAR, 1, QUICK, ca_file))
    assert seen.ending is Ending.REFUSED
    assert seen.errno is not None
