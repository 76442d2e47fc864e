"""Commands and replies on one connection, each pair kept as a turn with its times."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.gateways.smtp_wire import Clock, Wire
from smtp_exposure.smtp.conversations import Ending, Turn
from smtp_exposure.smtp.plan import Purpose, Step
from smtp_exposure.smtp.replies import Reply, ReplyAssembler

CANCEL = Step(purpose=Purpose.CANCEL, line="*")
QUIT = Step(purpose=Purpose.QUIT, line="QUIT")
# Seconds that an answer to QUIT is waited for.
_LONGEST_LEAVE = 2.0


class Ended(Exception):
    """The conversation can't go on, or needs not."""

    def __init__(self, ending: Ending, detail: str = "", errno: int | None = None) -> None:
        self.ending = ending
        self.detail = detail
        self.errno = errno
        super().__init__(ending.value)


def _ends(step: Step, reply: Reply) -> bool:
    return step.purpose is Purpose.MAIL and not reply.accepts


class Dialogue:
    """Asks and listens. `early` collects what came before it was asked for."""

    def __init__(self, wire: Wire, clock: Clock, reply_seconds: float) -> None:
        self.wire = wire
        self.turns: list[Turn] = []
        self.early = b""
        self._clock = clock
        self._reply_seconds = reply_seconds
        self._assembler = ReplyAssembler()

    def take_rest(self) -> bytes:
        """Take what arrived behind the last reply."""
        return self._assembler.take_rest()

    async def hear_greeting(self) -> Reply:
        """Wait for the greeting, saying nothing (RFC 5321, 3.1: the server speaks first)."""
        self._note((Purpose.GREETING, ""))
        return await self._reply(0, self._reply_seconds)

    async def ask(self, *steps: Step) -> list[Reply]:
        """Send steps at once and wait for all their replies; one to QUIT may stay away."""
        self.early += self.take_rest()
        first = len(self.turns)
        self._note(*((step.purpose, step.line) for step in steps))
        await self.wire.say(step.line for step in steps)
        replies = []
        for place, step in enumerate(steps, start=first):
            if step.purpose is Purpose.QUIT:
                with suppress(Ended, OSError, UnreadableEvidence):
                    await self._reply(place, _LONGEST_LEAVE)
            else:
                replies.append(await self._reply(place, self._reply_seconds))
        return replies

    async def ask_in_turn(self, steps: Sequence[Step]) -> bool:
        """Send each step after the reply to the one before.

        Tells whether more may follow: after a refused MAIL nothing does.
        """
        for step in steps:
            (reply,) = await self.ask(step)
            if reply.asks_for_more:
                # RFC 4954, 4: the exchange is cancelled before anything about us is said.
                await self.ask(CANCEL)
            if _ends(step, reply):
                return False
        return True

    async def ask_at_once(self, steps: Sequence[Step]) -> bool:
        """Send steps as one group; tells, as above, whether more may follow."""
        replies = await self.ask(*steps)
        return not any(map(_ends, steps, replies))

    async def take_leave(self) -> None:
        """Say QUIT (RFC 5321, 4.1.1.10). What becomes of it changes nothing that was seen."""
        with suppress(OSError):
            await self.ask(QUIT)

    def _note(self, *commands: tuple[Purpose, str]) -> None:
        now = self._clock.now()
        self.turns += [
            Turn(purpose=purpose, phase=self.wire.phase, command=line, sent_at=now)
            for purpose, line in commands
        ]

    async def _reply(self, place: int, seconds: float) -> Reply:
        # The replies to a group often come together.
        reply = self._assembler.next() or await self._await_reply(seconds)
        turn = self.turns[place]
        self.turns[place] = replace(turn, reply=reply, replied_at=self._clock.now())
        return reply

    async def _await_reply(self, seconds: float) -> Reply:
        latest = asyncio.get_running_loop().time() + seconds
        try:
            while True:
                data = await self.wire.hear(latest)
                if not data:
                    raise Ended(Ending.CLOSED, "without a word more")
                self._assembler.feed(data)
                if reply := self._assembler.next():
                    return reply
        except TimeoutError:
            raise Ended(Ending.TIMED_OUT, f"{seconds:g} s") from None
