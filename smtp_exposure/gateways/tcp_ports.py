"""States of TCP ports, by connecting and listening; to 993 and 995 a ClientHello is sent.

docs/performance.md, "Physics": one SYN proves nothing under loss. The kernel repeats it after a
second; a second socket after three round trips is a second SYN sooner. All ports wait at the same
time, so the silent ones together cost one wait.
"""

import asyncio
import errno
import secrets
import socket
import ssl
from dataclasses import dataclass

from smtp_exposure.gateways.handshakes import modern_context
from smtp_exposure.gateways.smtp_wire import Clock, Dialled, catch_up, close_result, connect
from smtp_exposure.smtp.ports import TLS_FIRST, PortObservation, PortState, guess_protocol

_FIRST_BYTES = 512
_SECOND_SYN_LATEST = 1.0
_HIGH_PORTS = range(49_152, 65_536)


class RoundTrip:
    """The round-trip time to an address, known once a connection to it stood."""

    def __init__(self) -> None:
        self.seconds: float | None = None
        self._known = asyncio.Event()

    def learn(self, seconds: float) -> None:
        """Keep the shortest time that a connection took."""
        self.seconds = seconds if self.seconds is None else min(seconds, self.seconds)
        self._known.set()

    async def second_attempt(self) -> None:
        """Wait until a second SYN makes sense: three round trips, or a second if unknown."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async with asyncio.timeout(_SECOND_SYN_LATEST):
                await self._known.wait()
                due = begun + 3 * (self.seconds or 0.0) + 0.01
                await asyncio.sleep(due - loop.time())
        except TimeoutError:
            return

    def patience(self, longest: float) -> float:
        """Seconds after which silence counts: the kernel's second SYN must have had its time."""
        if self.seconds is None:
            return longest
        return min(longest, _SECOND_SYN_LATEST + max(2 * self.seconds, 0.1))


@dataclass(frozen=True, slots=True, kw_only=True)
class PortTerms:
    """What all ports of an address share."""

    clock: Clock
    round_trip: RoundTrip
    longest: float
    gate: asyncio.Semaphore


def random_high_port(taken: tuple[int, ...]) -> int:
    """Choose the control: a port that nothing should listen on."""
    while (port := secrets.choice(_HIGH_PORTS)) in taken:
        pass
    return port


async def observe_port(
    dialled: Dialled, port: int, terms: PortTerms, *, is_control: bool = False
) -> PortObservation:
    """Try one port. Silence, refusal and every error of the system are observations."""
    async with terms.gate:
        started = terms.clock.now()
        attempt = _Attempt(dialled, port, terms)
        try:
            state, first_bytes, number, detail = await attempt.outcome()
        finally:
            attempt.close()
    return PortObservation(
        port=port,
        state=state,
        first_bytes=first_bytes,
        protocol=guess_protocol(first_bytes),
        errno=number,
        detail=detail,
        attempts=attempt.count,
        started=started,
        seconds=round(terms.clock.now() - started, 6),
        own_address=attempt.own_address,
        is_control=is_control,
    )


_Outcome = tuple[PortState, bytes, int | None, str]


class _Attempt:
    def __init__(self, dialled: Dialled, port: int, terms: PortTerms) -> None:
        self._dialled, self._port, self._terms = dialled, port, terms
        self._running: set[asyncio.Task[socket.socket]] = set()
        self.count = 0
        self.own_address: str | None = None

    async def outcome(self) -> _Outcome:
        done = await self._race()
        if done is None:
            return PortState.SILENT, b"", None, ""
        problem = done.exception()
        if isinstance(problem, OSError):
            return _failure(problem)
        if problem is not None:
            raise problem
        opened = done.result()
        self.own_address = str(opened.getsockname()[0])
        return await self._listen(opened)

    async def _race(self) -> asyncio.Task[socket.socket] | None:
        begun = asyncio.get_running_loop().time()
        self._dial()
        due = asyncio.ensure_future(self._terms.round_trip.second_attempt())
        await asyncio.wait({*self._running, due}, return_when=asyncio.FIRST_COMPLETED)
        due.cancel()
        if not any(task.done() for task in self._running):
            self._dial()
            spent = asyncio.get_running_loop().time() - begun
            left = self._terms.round_trip.patience(self._terms.longest) - spent
            await asyncio.wait(
                self._running, timeout=max(left, 0.0), return_when=asyncio.FIRST_COMPLETED
            )
            await catch_up()
        done = [task for task in self._running if task.done()]
        # Where both came back at once, an accepted connection says more than a failed one.
        return min(done, key=lambda task: task.exception() is not None) if done else None

    def _dial(self) -> None:
        self.count += 1
        self._running.add(asyncio.ensure_future(connect(self._dialled, self._port)))

    async def _listen(self, opened: socket.socket) -> _Outcome:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._terms.longest):
                if self._port in TLS_FIRST:
                    await loop.sock_sendall(opened, _client_hello())
                heard = await loop.sock_recv(opened, _FIRST_BYTES)
        except TimeoutError:
            return PortState.MUTE, b"", None, ""
        except OSError as problem:
            return PortState.MUTE, b"", problem.errno, "accepted, then reset"
        if not heard:
            return PortState.MUTE, b"", None, "accepted, then closed"
        return PortState.OPEN, heard, None, ""

    def close(self) -> None:
        for task in self._running:
            close_result(task)


def _failure(problem: OSError) -> _Outcome:
    detail = problem.strerror or str(problem)
    if isinstance(problem, ConnectionRefusedError):
        return PortState.REFUSED, b"", problem.errno, detail
    if isinstance(problem, TimeoutError) or problem.errno == errno.ETIMEDOUT:
        return PortState.SILENT, b"", problem.errno, detail
    return PortState.UNREACHABLE, b"", problem.errno, detail


def _client_hello() -> bytes:
    outgoing = ssl.MemoryBIO()
    client = modern_context().wrap_bio(ssl.MemoryBIO(), outgoing)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()
    return b""
