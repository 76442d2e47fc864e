"""One SMTP conversation, carried out as planned and kept as evidence.

A small client of our own instead of aiosmtplib: evidence needs the raw bytes with their times,
groups of commands (RFC 2920), the chain of a certificate that nobody trusts, and bytes that come
when they must not. It decides nothing; it never sends a message (see smtp_wire.py).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.gateways.chain_trust import TrustJudge
from smtp_exposure.gateways.dialling import Dialled, Redirects, connect_within
from smtp_exposure.gateways.handshakes import shake_hands
from smtp_exposure.gateways.smtp_dialogue import QUIT, Dialogue, Ended
from smtp_exposure.gateways.smtp_wire import Clock, Wire, utc_now
from smtp_exposure.smtp.conversations import Conversation, Ending, TlsSession
from smtp_exposure.smtp.ehlo import parse_ehlo
from smtp_exposure.smtp.plan import ConversationPlan, Layer, Purpose, Step
from smtp_exposure.smtp.ports import Protocol, guess_protocol
from smtp_exposure.smtp.request import Limits

# A SYN is refused; only a connection that stood for a moment is reset.
_NOT_CONNECTED: dict[type[OSError], Ending] = {
    ConnectionRefusedError: Ending.REFUSED,
    ConnectionResetError: Ending.CLOSED,
}
_STARTTLS = Step(purpose=Purpose.STARTTLS, line="STARTTLS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What all conversations of a run share.

    `name_for` begins to turn a local address into the name that we give, once for all; `run_ends` is
    a time of the event loop, at which every conversation ends with what it has.
    """

    clock: Clock
    run_ends: float
    limits: Limits
    judge: TrustJudge
    name_for: Callable[[str], asyncio.Future[str]]
    redirects: Redirects | None = None


async def converse(
    plan: ConversationPlan,
    dialled: Dialled,
    port: int,
    terms: Terms,
    *,
    server_name: str | None = None,
    attempt: int = 1,
) -> Conversation:
    """Hold one conversation; every way in which it can fail is part of what is returned."""
    talk = _Talk(plan, terms, server_name)
    started_utc, started = utc_now(), terms.clock.now()
    ended = await talk.run(dialled, port)
    wire = talk.wire
    dialogue = talk.dialogue
    return Conversation(
        name=plan.name, layer=plan.layer, domain=plan.domain, attempt=attempt,
        address=dialled.address, port=port,
        started_utc=started_utc, started=started, finished=terms.clock.now(),
        ending=ended.ending, detail=ended.detail[:300], errno=ended.errno,
        connected_at=talk.connected_at,
        own_address=wire.own_address if wire else None,
        ehlo_name=talk.ehlo_name,
        turns=tuple(dialogue.turns) if dialogue else (),
        tls=talk.session,
        early=dialogue.early if dialogue else b"",
        injected=talk.injected,
        wire=tuple(wire.pieces) if wire else (),
    )  # fmt: skip


class _Talk:
    """The course of one conversation; what it has seen so far outlives any failure."""

    def __init__(self, plan: ConversationPlan, terms: Terms, server_name: str | None) -> None:
        self._plan, self._terms, self._server_name = plan, terms, server_name
        self._pipelining = False
        self.wire: Wire | None = None
        self.dialogue: Dialogue | None = None
        self.connected_at: float | None = None
        self.ehlo_name: str | None = None
        self.session: TlsSession | None = None
        self.injected = b""

    async def run(self, dialled: Dialled, port: int) -> Ended:
        latest = asyncio.get_running_loop().time() + self._terms.limits.conversation
        try:
            async with asyncio.timeout_at(min(latest, self._terms.run_ends)):
                await self._hold(await self._open(dialled, port))
        except Ended as ended:
            return ended
        except TimeoutError:
            return Ended(Ending.OUT_OF_TIME)
        except UnreadableEvidence as problem:
            return Ended(Ending.UNREADABLE, str(problem))
        except OSError as problem:  # ssl.SSLError is one
            return Ended(Ending.CLOSED, str(problem), problem.errno)
        finally:
            if self.wire:
                self.wire.close()
        return Ended(Ending.COMPLETE)

    async def _open(self, dialled: Dialled, port: int) -> Dialogue:
        try:
            opened = await connect_within(dialled, port, self._terms.limits.connect)
        except TimeoutError as problem:
            raise Ended(Ending.SILENT, errno=problem.errno) from None
        except OSError as problem:
            ending = _NOT_CONNECTED.get(type(problem), Ending.UNREACHABLE)
            raise Ended(ending, str(problem), problem.errno) from None
        self.connected_at = self._terms.clock.now()
        self.wire = Wire(opened, self._terms.clock)
        self.dialogue = Dialogue(self.wire, self._terms.clock, self._terms.limits.reply)
        return self.dialogue

    async def _hold(self, dialogue: Dialogue) -> None:
        # Our own name is looked up while the greeting is on its way.
        naming = self._terms.name_for(dialogue.wire.own_address)
        await self._greet(dialogue)
        self.ehlo_name = naming.result() if naming.done() else await asyncio.shield(naming)
        offers_tls = await self._introduce(dialogue)
        if self._plan.layer is not Layer.CLEAR:
            await self._secure(dialogue, offered=offers_tls)
            if self._plan.layer is Layer.TLS:
                await self._introduce(dialogue)
        await self._ask_groups(dialogue)

    async def _greet(self, dialogue: Dialogue) -> None:
        try:
            reply = await dialogue.hear_greeting()
        except Ended as ended:
            if ended.ending is Ending.TIMED_OUT:
                raise Ended(Ending.NO_GREETING, ended.detail) from None
            raise
        if reply.code is None:
            raise Ended(Ending.NOT_SMTP, reply.text)
        if reply.code != 220:
            await dialogue.take_leave()
            raise Ended(Ending.TURNED_AWAY, reply.text)

    async def _introduce(self, dialogue: Dialogue) -> bool:
        ehlo = Step(purpose=Purpose.EHLO, line=f"EHLO {self.ehlo_name}")
        (reply,) = await dialogue.ask(ehlo)
        if reply.code == 250:
            offered = parse_ehlo(reply)
            self._pipelining = offered.pipelining
            return offered.starttls
        self._pipelining = False
        if reply.refuses:
            # RFC 5321, 3.2: a server that doesn't know EHLO is greeted with HELO.
            helo = Step(purpose=Purpose.HELO, line=f"HELO {self.ehlo_name}")
            (reply,) = await dialogue.ask(helo)
        if reply.code != 250:
            await dialogue.take_leave()
            raise Ended(Ending.NOT_INTRODUCED, reply.text)
        return False

    async def _secure(self, dialogue: Dialogue, *, offered: bool) -> None:
        if not offered:
            await dialogue.take_leave()
            raise Ended(Ending.NO_STARTTLS)
        (reply,) = await dialogue.ask(_STARTTLS)
        if reply.code != 220:
            await dialogue.take_leave()
            raise Ended(Ending.STARTTLS_REFUSED, reply.text)
        # RFC 3207, 6: what was said in the clear must not count as said inside TLS.
        self.injected = dialogue.take_rest() + dialogue.wire.take_waiting()
        old = self._plan.layer is Layer.OLD_TLS
        seconds, judge = self._terms.limits.reply, self._terms.judge
        self.session = await shake_hands(
            dialogue.wire, self._server_name, judge, old=old, seconds=seconds
        )
        if self.session.problem is not None:
            if guess_protocol(dialogue.wire.first_answer) not in (None, Protocol.TLS):
                self.injected += dialogue.wire.first_answer
            raise Ended(Ending.TLS_FAILED, self.session.problem)

    async def _ask_groups(self, dialogue: Dialogue) -> None:
        groups = self._plan.groups
        for group in groups:
            if not self._pipelining or len(group) == 1:
                if not await dialogue.ask_in_turn(group):
                    break
            elif group is groups[-1]:
                await dialogue.ask(*group, QUIT)
                return
            elif not await dialogue.ask_at_once(group):
                break
        await dialogue.take_leave()
