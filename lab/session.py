"""One SMTP session with Exchange: greeting, command loop, delays, counters (facts sheet, 5)."""

import asyncio
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from lab import presented
from lab.capabilities import Situation
from lab.network import Interference
from lab.state import Certificate, Organization, ReceiveConnector, Server
from lab.wire import LineTooLong, Wire

TOO_MANY_ERRORS = "421 4.7.0 Too many errors on this connection, closing transmission channel"
TOO_MANY_CONNECTIONS = (
    "421 4.3.2 The maximum number of concurrent connections has exceeded a limit, "
    "closing transmission channel"
)
NO_CONNECTOR = "421 4.3.2 Service not available"
_UNANNOUNCED = "500 5.3.3 Unrecognized command '{}'"
_WITHOUT_HELLO = ("EHLO", "HELO", "NOOP", "RSET", "HELP", "VRFY", "QUIT")
_PASSED_BY_MASKS = {*_WITHOUT_HELLO, "MAIL", "RCPT", "DATA"}
_SILENCE_SECONDS = 300
_USUAL_TARPIT = 5
# In English, whatever this machine's language is.
_DAYS, _MONTHS = "MonTueWedThuFriSatSun", "JanFebMarAprMayJunJulAugSepOctNovDec"

Handler = Callable[["Session", str], Awaitable[None]]


class HungUp(Exception):
    """The session is over; the last reply was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What all sessions of a running scenario share."""

    organization: Organization
    tarpit: float
    """Seconds that stand for the default TarpitInterval of five."""
    interference: Interference
    open_sessions: Counter[str] = field(default_factory=Counter)
    seen_senders: dict[tuple[str, str, str], float] = field(default_factory=dict)

    def context(self, certificate: Certificate | None) -> ssl.SSLContext:
        """Return the TLS context of a server that presents that certificate."""
        as_of = self.organization.as_of
        return presented.context(certificate, as_of, old=self.interference.old_tls)


class Session:
    """The state of a session, and the ways to answer; the commands have modules of their own."""

    def __init__(
        self, wire: Wire, terms: Terms, server: Server, connector: ReceiveConnector, client: str
    ) -> None:
        self.wire, self.terms, self.client = wire, terms, client
        self.certificate = presented.choose(server, connector)
        self.situation = Situation(
            server=server, connector=connector, has_certificate=self.certificate is not None
        )
        self.has_greeted = False
        self.sender: str | None = None
        self.recipients: list[str] = []
        self.failed_logons = 0
        self._errors = 0

    @property
    def connector(self) -> ReceiveConnector:
        """The connector that answers."""
        return self.situation.connector

    async def run(self, commands: dict[str, Handler]) -> None:
        """Greet, and obey until the client leaves or is made to."""
        with suppress(HungUp, OSError, TimeoutError):
            await self.say(*greeting(self.connector))
            while True:
                await self._obey_one(commands)

    async def say(self, *lines: str) -> None:
        """Send a reply; refusals wait for the tarpit."""
        if lines[0][0] in "45":
            share = self.connector.tarpit_seconds / _USUAL_TARPIT
            await asyncio.sleep(self.terms.tarpit * share)
        await self.wire.send("".join(f"{line}\r\n" for line in lines).encode("ascii", "replace"))

    async def protocol_error(self, reply: str) -> None:
        """Refuse a command, or the whole session if it was one too many."""
        self._errors += 1
        most = self.connector.max_protocol_errors
        if most is not None and self._errors > most:
            await self.hang_up(TOO_MANY_ERRORS)
        await self.say(reply)

    async def logon_failure(self, reply: str) -> None:
        """Refuse a sign-in, or the whole session if it was one too many."""
        self.failed_logons += 1
        if 0 < self.connector.max_logon_failures < self.failed_logons:
            await self.hang_up(TOO_MANY_ERRORS)
        await self.say(reply)

    async def hang_up(self, reply: str) -> None:
        """Say a last word and end the session."""
        await self.say(reply)
        raise HungUp

    async def hear(self) -> str:
        """Return the client's next line."""
        async with asyncio.timeout(_SILENCE_SECONDS):
            line = await self.wire.line()
        if line is None:
            raise HungUp
        return line.decode("ascii", "replace")

    async def start_tls(self, certificate: Certificate | None, *, anonymous: bool = False) -> None:
        """Do the handshake; afterwards everything begins anew."""
        await self.wire.start_tls(self.terms.context(certificate))
        self.situation = replace(self.situation, is_tls=True, is_anonymous_tls=anonymous)
        self.has_greeted = False
        self.reset()

    def reset(self) -> None:
        """Forget the message that was begun."""
        self.sender = None
        self.recipients = []

    async def _obey_one(self, commands: dict[str, Handler]) -> None:
        try:
            line = await self.hear()
        except LineTooLong:
            await self.protocol_error("500 5.5.2 Command too long")
            return
        verb, _, rest = line.strip().partition(" ")
        verb = verb.upper()
        if self.terms.interference.masks and verb not in _PASSED_BY_MASKS:
            verb = "X" * len(verb)
        if verb not in commands:
            await self.protocol_error(_UNANNOUNCED.format(verb[:64]))
        elif not self.has_greeted and verb not in _WITHOUT_HELLO:
            await self.protocol_error("503 5.5.2 Send hello first")
        else:
            await commands[verb](self, rest.strip())

    async def unrecognized(self, verb: str) -> None:
        """Refuse a command that this connector doesn't know."""
        await self.protocol_error(_UNANNOUNCED.format(verb))


def greeting(connector: ReceiveConnector) -> list[str]:
    """Return the lines of the greeting."""
    if connector.banner:
        return connector.banner.splitlines()
    now = datetime.now().astimezone()
    day = _DAYS[now.weekday() * 3 : now.weekday() * 3 + 3]
    month = _MONTHS[now.month * 3 - 3 : now.month * 3]
    date = f"{day}, {now.day} {month} {now:%Y %H:%M:%S %z}"
    return [f"220 {connector.fqdn} Microsoft ESMTP MAIL Service ready at {date}"]
