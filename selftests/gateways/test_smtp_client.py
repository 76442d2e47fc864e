"""One conversation with servers that behave, in each layer and each form of answer."""

import asyncio
import ssl
from pathlib import Path

import pytest

from selftests.gateways.stage import Manner, Stage, server_context
from selftests.gateways.talks import CLEAR, COMPACT, OLD, RELAY, TLS, Talk
from selftests.smtp.authorities import Made, make
from smtp_exposure.gateways import handshakes
from smtp_exposure.gateways.dialling import Dialled, connect_within
from smtp_exposure.gateways.smtp_wire import Clock, Wire
from smtp_exposure.smtp.certificates import NameMatch, TrustState
from smtp_exposure.smtp.commands import ForbiddenCommand
from smtp_exposure.smtp.conversations import Ending, transcript_lines
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.plan import ConversationPlan, Purpose


def test_asks_in_the_clear_and_leaves_with_quit(talk: Talk, manner: Manner) -> None:
    seen = talk(CLEAR, manner)
    assert seen.ending is Ending.COMPLETE
    assert manner.heard == [["EHLO probe.example", "AUTH LOGIN", "QUIT"]]
    assert seen.greeting is not None
    assert seen.greeting.host == "mail.corp.example"
    reply = seen.reply(Purpose.AUTH_LOGIN, Phase.BEFORE_TLS)
    assert reply is not None
    assert (reply.code, reply.enhanced) == (504, "5.7.4")
    assert (str(seen.seen_address), seen.own_address) == ("203.0.113.9", "127.0.0.1")


def test_asks_inside_tls_and_keeps_the_whole_chain(talk: Talk, manner: Manner) -> None:
    manner.inside = ("PIPELINING", "AUTH LOGIN")
    seen = talk(TLS, manner)
    assert manner.heard[0][2:] == ["EHLO probe.example", "AUTH LOGIN", "QUIT"]
    inside = seen.capabilities(Phase.AFTER_TLS)
    assert inside is not None
    assert inside.auth == ("LOGIN",)
    session = seen.tls
    assert session is not None
    assert session.leaf is not None
    assert session.leaf.covers("mail.corp.example") is NameMatch.EXACT
    assert (len(session.chain), session.has_whole_chain) == (2, True)
    assert session.trust is not None
    assert session.trust.state is TrustState.TRUSTED


def test_a_bad_certificate_is_seen_and_not_refused(
    talk: Talk, manner: Manner, tmp_path: Path
) -> None:
    manner.context = server_context(tmp_path, make("other.example", days=(-9, -3)))
    seen = talk(TLS, manner)
    assert seen.ending is Ending.COMPLETE
    assert seen.tls is not None
    assert seen.tls.trust is not None
    assert seen.tls.trust.state is TrustState.SELF_SIGNED


def test_an_incomplete_chain_is_told_apart(
    talk: Talk, manner: Manner, tmp_path: Path, chain: tuple[Made, Made]
) -> None:
    manner.context = server_context(tmp_path, chain[0])
    seen = talk(TLS, manner)
    assert seen.tls is not None
    assert seen.tls.trust is not None
    assert seen.tls.trust.state is TrustState.INCOMPLETE


def test_relaying_is_tried_in_groups_and_stops_before_data(talk: Talk, manner: Manner) -> None:
    seen = talk(RELAY, manner)
    assert manner.heard[0][1:] == [
        "MAIL FROM:<>",
        "RCPT TO:<postmaster@corp.example>",
        *("RSET", "MAIL FROM:<>"),
        "RCPT TO:<nobody@example.com>",
        *("RSET", "QUIT"),
    ]
    own, foreign = seen.reply(Purpose.RCPT_OWN), seen.reply(Purpose.RCPT_FOREIGN)
    assert own is not None
    assert own.accepts
    assert foreign is not None
    assert foreign.enhanced == "5.7.54"


def test_without_pipelining_each_command_waits(talk: Talk, manner: Manner) -> None:
    manner.clear = ()
    seen = talk(RELAY, manner)
    assert manner.heard[0][-3:] == ["RCPT TO:<nobody@example.com>", "RSET", "QUIT"]
    assert len({turn.sent_at for turn in seen.turns}) == len(seen.turns)


@pytest.mark.parametrize("offered", [("STARTTLS",), ("PIPELINING", "STARTTLS")])
def test_nothing_follows_a_refused_mail(
    offered: tuple[str, ...], talk: Talk, manner: Manner
) -> None:
    manner.clear = offered
    manner.answers["MAIL"] = b"530 5.7.0 Must issue a STARTTLS command first\r\n"
    seen = talk(RELAY, manner)
    assert manner.heard[0] == ["EHLO probe.example", "MAIL FROM:<>", "QUIT"]
    assert seen.needs_tls


@pytest.mark.parametrize("offered", [(), ("PIPELINING",)])
def test_nobody_foreign_follows_a_second_mail_that_is_refused(
    offered: tuple[str, ...], talk: Talk, manner: Manner
) -> None:
    manner.clear, manner.takes_one_message = offered, True
    seen = talk(RELAY, manner)
    assert manner.heard[0][-3:] == ["RSET", "MAIL FROM:<>", "QUIT"]
    assert seen.turn(Purpose.RCPT_FOREIGN) is None


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "AUTH"])
@pytest.mark.parametrize("plan", COMPACT.conversations, ids=lambda plan: str(plan.name))
def test_no_conversation_of_a_fleet_reaches_exchanges_limit(
    plan: ConversationPlan, verb: str, talk: Talk, manner: Manner
) -> None:
    manner.answers[verb] = b"530 5.7.0 Must issue a STARTTLS command first\r\n"
    replies = [turn.reply for turn in talk(plan, manner).turns if turn.reply]
    # Exchange allows five protocol errors in a session (facts sheet, 5.4).
    assert sum(reply.refuses for reply in replies) < 5


def test_a_334_is_answered_with_a_star_alone(talk: Talk, manner: Manner) -> None:
    manner.answers["AUTH"] = b"334 VXNlcm5hbWU6\r\n"
    seen = talk(CLEAR, manner)
    assert manner.heard[0][1:] == ["AUTH LOGIN", "*", "QUIT"]
    reply = seen.reply(Purpose.AUTH_LOGIN)
    assert reply is not None
    assert reply.asks_for_more


def test_nothing_is_said_before_a_late_greeting(talk: Talk, manner: Manner) -> None:
    manner.greets_after = 0.2
    assert talk(CLEAR, manner).ending is Ending.COMPLETE
    assert manner.early == [b""]


def test_helo_follows_a_refused_ehlo(talk: Talk, manner: Manner) -> None:
    manner.answers["EHLO"] = b"500 5.3.3 Unrecognized command\r\n"
    manner.answers["HELO"] = b"250 mail.corp.example\r\n"
    talk(RELAY, manner)
    assert manner.heard[0][:3] == ["EHLO probe.example", "HELO probe.example", "MAIL FROM:<>"]


@pytest.mark.parametrize("ehlo", ["451 4.3.0 later", "220 a second greeting", "354 go", "500 no"])
def test_nothing_is_asked_of_a_server_that_answers_no_introduction(
    ehlo: str, talk: Talk, manner: Manner
) -> None:
    manner.answers["EHLO"] = f"{ehlo}\r\n".encode()
    manner.answers["HELO"] = b"500 no\r\n"
    assert talk(RELAY, manner).ending is Ending.NOT_INTRODUCED
    assert {line.partition(" ")[0] for line in manner.heard[0]} <= {"EHLO", "HELO", "QUIT"}


def test_old_versions_are_refused_by_a_modern_server(talk: Talk, manner: Manner) -> None:
    seen = talk(OLD, manner)
    assert seen.ending is Ending.TLS_FAILED
    assert seen.tls is not None
    assert seen.tls.version is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_are_accepted_by_an_old_server(talk: Talk, manner: Manner) -> None:
    assert manner.context is not None
    manner.context.minimum_version = ssl.TLSVersion.TLSv1
    manner.context.set_ciphers("ALL:@SECLEVEL=0")
    seen = talk(OLD, manner)
    assert seen.tls is not None
    if not seen.tls.is_testable:
        pytest.skip("this OpenSSL can't speak TLS 1.1")
    assert seen.tls.version == "TLSv1.1"


def test_old_versions_that_this_machine_lacks_are_no_verdict(
    talk: Talk, manner: Manner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking() -> None:
        return None

    monkeypatch.setattr(handshakes, "old_context", lacking)
    seen = talk(OLD, manner)
    assert seen.tls is not None
    assert not seen.tls.is_testable


def test_the_wire_takes_no_command_off_the_list(stage: Stage, manner: Manner) -> None:
    port = stage.mail(manner)

    async def say(line: str) -> None:
        wire = Wire(await connect_within(Dialled(address="127.0.0.1"), port, 3.0), Clock())
        try:
            await wire.say([line])
        finally:
            wire.close()

    for line in ("DATA", "BDAT 0 LAST", "AUTH LOGIN dXNlcg==", "AUTH PLAIN"):
        with pytest.raises(ForbiddenCommand):
            asyncio.run(say(line))
    assert not any(manner.heard)


def test_the_transcript_shows_both_directions(talk: Talk, manner: Manner) -> None:
    lines = list(transcript_lines(talk(TLS, manner)))
    assert any(" > STARTTLS" in line for line in lines)
    assert any("# inside TLS: TLSv1" in line for line in lines)
    assert lines[-1] == "# complete"
