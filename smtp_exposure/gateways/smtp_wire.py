"""One TCP connection to an SMTP server: bytes in, command lines out, TLS in between.

TLS runs over memory buffers of our own, so that bytes around STARTTLS are seen exactly where they
arrive, and the chain is kept that asyncio's streams hide. Commands go out in `say` only, which
takes their bytes from the allow-list (smtp_exposure/smtp/commands.py).
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.gateways.arrivals import CHUNK, Arrivals
from smtp_exposure.smtp.commands import wire_form
from smtp_exposure.smtp.conversations import Direction, Piece
from smtp_exposure.smtp.phases import Phase

MAX_RECEIVED = 262_144
_QUICKACK = getattr(socket, "TCP_QUICKACK", None)


class Clock:
    """Times of a run: seconds since its start, which no change of the wall clock disturbs."""

    def __init__(self) -> None:
        self.started = datetime.now(UTC)
        self._zero = time.monotonic()

    def now(self) -> float:
        """Seconds since the run's start."""
        return round(time.monotonic() - self._zero, 6)


def utc_now() -> str:
    """Give the present time in RFC 3339 with Z."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Wire:
    """A connection that keeps everything that passes, with times."""

    def __init__(self, opened: socket.socket, clock: Clock) -> None:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket, self._arrivals = opened, Arrivals(opened)
        self._loop = asyncio.get_running_loop()
        self._clock = clock
        self._received = 0
        self._tls: ssl.SSLObject | None = None
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.own_address = str(opened.getsockname()[0])
        self.phase = Phase.BEFORE_TLS
        self.pieces: list[Piece] = []
        self.first_answer = b""

    @property
    def tls(self) -> ssl.SSLObject | None:
        """The TLS object once a handshake has begun."""
        return self._tls

    async def say(self, lines: Iterable[str]) -> None:
        """Send command lines at once. Raises ForbiddenCommand for what may never be sent."""
        data = b"".join(map(wire_form, lines))
        self._keep(Direction.SENT, data)
        if self._tls is None or self.phase is Phase.BEFORE_TLS:
            await self._push(data)
        else:
            self._tls.write(data)
            await self._flush()
        self._acknowledge_at_once()

    async def hear(self, latest: float) -> bytes:
        """Wait for the next bytes; none means the server closed.

        Raises TimeoutError at `latest`, a time of the event loop, and OSError on a reset.
        """
        if self._tls is None or self.phase is Phase.BEFORE_TLS:
            data = await self._pull(latest)
        else:
            data = await self._hear_inside(self._tls, latest)
        if data:
            self._keep(Direction.RECEIVED, data)
        return data

    def take_waiting(self) -> bytes:
        """Take what has arrived in the clear and was not asked for, without waiting."""
        try:
            data = self._socket.recv(CHUNK)
        except OSError:
            return b""
        if data:
            self._keep(Direction.RECEIVED, data)
        return data

    async def start_tls(self, context: ssl.SSLContext, server_name: str | None) -> None:
        """Do the handshake. Raises ssl.SSLError or OSError as OpenSSL or the system says it."""
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._feed()
            except ssl.SSLError:
                with suppress(OSError):
                    await self._flush()  # the alert tells the server why
                raise
            else:
                break
        await self._flush()
        self._acknowledge_at_once()
        self.phase = Phase.AFTER_TLS

    def close(self) -> None:
        """Close the connection; never fails."""
        self._arrivals.close()
        self._socket.close()

    async def _hear_inside(self, tls: ssl.SSLObject, latest: float) -> bytes:
        while True:
            try:
                return tls.read(CHUNK)
            except ssl.SSLWantReadError:
                await self._flush()
                await self._feed(latest)
            except ssl.SSLZeroReturnError:
                return b""

    async def _feed(self, latest: float | None = None) -> None:
        data = await self._pull(latest)
        self.first_answer = self.first_answer or data[:512]
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._push(self._outgoing.read())

    async def _push(self, data: bytes) -> None:
        await self._loop.sock_sendall(self._socket, data)

    async def _pull(self, latest: float | None) -> bytes:
        data = await self._arrivals.next(latest)
        self._received += len(data)
        if self._received > MAX_RECEIVED:
            raise UnreadableEvidence(f"more than {MAX_RECEIVED} octets in one conversation")
        return data

    def _keep(self, direction: Direction, data: bytes) -> None:
        piece = Piece(at=self._clock.now(), direction=direction, phase=self.phase, data=data)
        self.pieces.append(piece)

    def _acknowledge_at_once(self) -> None:
        # docs/performance.md, "Physics": OpenSSL servers send the session ticket apart; with Nagle
        # and our delayed acknowledgement the next reply would wait 40 ms and a round trip.
        if _QUICKACK is not None:
            self._socket.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
