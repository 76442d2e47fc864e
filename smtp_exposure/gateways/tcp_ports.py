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
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from smtp_exposure.gateways.dialling import Answer, Attempt, Dialled, catch_up
from smtp_exposure.gateways.handshakes import modern_context
from smtp_exposure.gateways.smtp_wire import Clock
from smtp_exposure.smtp.ports import TLS_FIRST, PortObservation, PortState, guess_protocol

_FIRST_BYTES = 512
_RESET = "accepted, then reset"
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
    """What all ports of an address share; `tried` is set once each has been tried for the first time."""

    clock: Clock
    round_trip: RoundTrip
    longest: float
    tried: asyncio.Event


def random_high_port(taken: tuple[int, ...]) -> int:
    """Choose the control: a port that nothing should listen on."""
    while (port := secrets.choice(_HIGH_PORTS)) in taken:
        pass
    return port


async def observe_ports(
    dialled: Dialled, ports: Sequence[int], terms: PortTerms, *, control: int | None = None
) -> tuple[PortObservation, ...]:
    """Try ports side by side; `control` is observed last.

    Silence, refusal and every error of the system are observations.
    """
    numbers = (*ports, *(() if control is None else (control,)))
    sweep = _Sweep(dialled, numbers, terms)
    try:
        await sweep.run()
        return tuple(
            [
                await sweep.observation(port, is_control=port.number == control)
                for port in sweep.ports
            ]
        )
    finally:
        sweep.close()


_Outcome = tuple[PortState, bytes, int | None, str]


class _Port:
    """One port: what was dialled, and the first answer to it."""

    def __init__(self, number: int, started: float) -> None:
        self.number = number
        self.started = started
        self.attempts: list[Attempt] = []
        self.problem: OSError | None = None
        self.own_address: str | None = None
        self.listening: asyncio.Task[_Outcome] | None = None
        self.ended = started

    @property
    def is_answered(self) -> bool:
        return self.problem is not None or self.listening is not None

    def close(self) -> None:
        if self.listening is not None:
            self.listening.cancel()
        for attempt in self.attempts:
            attempt.close()


class _Sweep:
    """The ports of one address, which wait together: two timers for all of them."""

    def __init__(self, dialled: Dialled, numbers: Sequence[int], terms: PortTerms) -> None:
        self._dialled, self._terms = dialled, terms
        self.ports = [_Port(number, terms.clock.now()) for number in numbers]
        self._all_answered = asyncio.Event()

    async def run(self) -> None:
        begun = asyncio.get_running_loop().time()
        self._dial()
        self._terms.tried.set()
        answered = asyncio.ensure_future(self._all_answered.wait())
        second = asyncio.ensure_future(self._terms.round_trip.second_attempt())
        try:
            await asyncio.wait({answered, second}, return_when=asyncio.FIRST_COMPLETED)
            self._dial()
            spent = asyncio.get_running_loop().time() - begun
            left = self._terms.round_trip.patience(self._terms.longest) - spent
            await asyncio.wait({answered}, timeout=max(left, 0.0))
            await catch_up()
        finally:
            answered.cancel()
            second.cancel()
        for port in self.ports:
            if not port.is_answered:
                port.ended = self._terms.clock.now()
                port.close()

    async def observation(self, port: _Port, *, is_control: bool) -> PortObservation:
        state, first_bytes, number, detail = await self._outcome(port)
        return PortObservation(
            port=port.number,
            state=state,
            first_bytes=first_bytes,
            protocol=guess_protocol(first_bytes),
            errno=number,
            detail=detail,
            attempts=len(port.attempts),
            started=port.started,
            seconds=round(port.ended - port.started, 6),
            own_address=port.own_address,
            is_control=is_control,
        )

    async def _outcome(self, port: _Port) -> _Outcome:
        if port.listening is not None:
            return await port.listening
        if port.problem is not None:
            return _failure(port.problem)
        return PortState.SILENT, b"", None, ""

    def _dial(self) -> None:
        for port in self.ports:
            if not port.is_answered:
                port.attempts.append(
                    Attempt(self._dialled, port.number, partial(self._settled, port))
                )

    def _settled(self, port: _Port, answer: Answer) -> None:
        # Of two answers, an accepted connection says more than a failed one.
        if port.listening is not None or (port.is_answered and isinstance(answer, OSError)):
            return
        port.ended = self._terms.clock.now()
        if isinstance(answer, OSError):
            port.problem = answer
        else:
            port.listening = asyncio.ensure_future(self._listen(port, answer))
        if all(other.is_answered for other in self.ports):
            self._all_answered.set()

    async def _listen(self, port: _Port, opened: socket.socket) -> _Outcome:
        loop = asyncio.get_running_loop()
        try:
            port.own_address = str(opened.getsockname()[0])
            async with asyncio.timeout(self._terms.longest):
                if port.number in TLS_FIRST:
                    await loop.sock_sendall(opened, _client_hello())
                heard = await loop.sock_recv(opened, _FIRST_BYTES)
        except TimeoutError:
            return PortState.MUTE, b"", None, ""
        except OSError as problem:
            return PortState.MUTE, b"", problem.errno, _RESET
        finally:
            port.ended = self._terms.clock.now()
        if not heard:
            return PortState.MUTE, b"", None, "accepted, then closed"
        return PortState.OPEN, heard, None, ""

    def close(self) -> None:
        for port in self.ports:
            port.close()


def _failure(problem: OSError) -> _Outcome:
    detail = problem.strerror or str(problem)
    if isinstance(problem, ConnectionRefusedError):
        return PortState.REFUSED, b"", problem.errno, detail
    if isinstance(problem, ConnectionResetError):
        # RFC 9293, 3.10.7.3: a SYN is refused; only a connection that stood is reset.
        return PortState.MUTE, b"", problem.errno, _RESET
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
