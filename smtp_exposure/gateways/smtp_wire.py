"""One TCP connection to an SMTP server: bytes in, command lines out, TLS in between.

TLS runs over memory buffers of our own, so that bytes around STARTTLS are seen exactly where they
arrive, and the chain is kept that asyncio's streams hide. Commands go out in `say` only, which
takes their bytes from the allow-list (smtp_exposure/smtp/commands.py).
"""

import asyncio
import errno
import os
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.smtp.commands import wire_form
from smtp_exposure.smtp.conversations import Direction, Piece
from smtp_exposure.smtp.phases import Phase

MAX_RECEIVED = 262_144
_CHUNK = 16_384
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


Endpoint = tuple[str, int]
Redirects = Mapping[Endpoint, Endpoint | str]
"""Address and port as they are meant -> where a stand-in on loopback really listens, or how it
keeps that port closed: "refused", "unreachable" or "silent". What is not in it is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """An address as it is meant, and where connections to it really go."""

    address: str
    redirects: Redirects | None = None

    async def endpoint(self, port: int) -> Endpoint:
        """Where to connect for that port; a stand-in's closed port behaves as it says."""
        if self.redirects is None:
            return self.address, port
        target = self.redirects.get((self.address, port), "refused")
        if target == "silent":
            await asyncio.Event().wait()
        if target == "unreachable":
            raise OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))
        if isinstance(target, str):
            raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
        return target


async def connect(dialled: Dialled, port: int) -> socket.socket:
    """Open a connection. Raises OSError as the system says it; the caller sets the deadline."""
    endpoint = await dialled.endpoint(port)
    family = socket.AF_INET6 if ":" in endpoint[0] else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(opened, endpoint)
    except BaseException:
        opened.close()
        raise
    return opened


async def connect_within(dialled: Dialled, port: int, seconds: float) -> socket.socket:
    """Open a connection or raise TimeoutError; OSError as the system says it."""
    task = asyncio.ensure_future(connect(dialled, port))
    try:
        await asyncio.wait({task}, timeout=seconds)
        await catch_up()
        if task.done():
            return task.result()
    except asyncio.CancelledError:
        close_result(task)
        raise
    task.cancel()
    raise TimeoutError


async def catch_up() -> None:
    """Let the event loop deliver what has arrived: a busy run must not look like a silent peer."""
    for _ in range(3):
        await asyncio.sleep(0)


def close_result(task: asyncio.Task[socket.socket]) -> None:
    """Close what a connection attempt has opened or may still open."""
    if not task.done():
        # A task that is cancelled while it connects closes its socket itself.
        task.cancel()
    elif not task.cancelled() and task.exception() is None:
        task.result().close()


class Wire:
    """A connection that keeps everything that passes, with times."""

    def __init__(self, opened: socket.socket, clock: Clock) -> None:
        self._socket = opened
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

    async def hear(self) -> bytes:
        """Wait for the next bytes; none means the server closed. Raises OSError on a reset."""
        if self._tls is None or self.phase is Phase.BEFORE_TLS:
            data = await self._pull()
        else:
            data = await self._hear_inside(self._tls)
        if data:
            self._keep(Direction.RECEIVED, data)
        return data

    def take_waiting(self) -> bytes:
        """Take what has arrived in the clear and was not asked for, without waiting."""
        try:
            data = self._socket.recv(_CHUNK)
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
        self._socket.close()

    async def _hear_inside(self, tls: ssl.SSLObject) -> bytes:
        while True:
            try:
                return tls.read(_CHUNK)
            except ssl.SSLWantReadError:
                await self._flush()
                await self._feed()
            except ssl.SSLZeroReturnError:
                return b""

    async def _feed(self) -> None:
        data = await self._pull()
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

    async def _pull(self) -> bytes:
        data = await self._loop.sock_recv(self._socket, _CHUNK)
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
