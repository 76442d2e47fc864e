"""TCP connections until they stand: where each one goes, and how it is opened.

An attempt is a socket and a callback instead of a task, because a fleet has tens of thousands of
ports that only wait for nothing to come.
"""

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

Endpoint = tuple[str, int]
Redirects = Mapping[Endpoint, Endpoint | str]
"""Address and port as they are meant -> where a stand-in on loopback really listens, or how it
keeps that port closed: "refused", "unreachable" or "silent". What is not in it is refused."""

Answer = socket.socket | OSError

_CLOSED = {"refused": errno.ECONNREFUSED, "unreachable": errno.EHOSTUNREACH}
_UNDER_WAY = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EINTR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """An address as it is meant, and where connections to it really go."""

    address: str
    redirects: Redirects | None = None

    def endpoint(self, port: int) -> Endpoint | str:
        """Where to connect for that port, or how a stand-in keeps it closed."""
        if self.redirects is None:
            return self.address, port
        return self.redirects.get((self.address, port), "refused")


class Attempt:
    """One attempt to open a connection.

    `settled` is called from the event loop, at most once, with the connected socket or with the
    error as the system says it. The socket is closed with the attempt unless it was released.
    """

    def __init__(self, dialled: Dialled, port: int, settled: Callable[[Answer], None]) -> None:
        self._settled = settled
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_watched = False
        target = dialled.endpoint(port)
        if not isinstance(target, str):
            self._dial(target)
        elif target in _CLOSED:
            self._loop.call_soon(self._fail, _CLOSED[target])

    def _dial(self, endpoint: Endpoint) -> None:
        family = socket.AF_INET6 if ":" in endpoint[0] else socket.AF_INET
        try:
            opened = socket.socket(family, socket.SOCK_STREAM)
        except OSError as problem:
            self._loop.call_soon(self._settled, problem)
            return
        self._socket = opened
        opened.setblocking(False)
        if not isinstance(self._loop, asyncio.SelectorEventLoop):
            # The event loop of Windows completes operations; it watches no sockets.
            self._task = asyncio.ensure_future(self._loop.sock_connect(opened, endpoint))
            self._task.add_done_callback(partial(self._completed, opened))
            return
        number = opened.connect_ex(endpoint)
        if number in _UNDER_WAY:
            self._loop.add_writer(opened.fileno(), self._writable, opened)
            self._is_watched = True
        else:
            self._loop.call_soon(self._end, opened, number)

    def _writable(self, opened: socket.socket) -> None:
        self._unwatch(opened)
        self._end(opened, opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))

    def _completed(self, opened: socket.socket, task: "asyncio.Task[None]") -> None:
        if task.cancelled():
            return
        problem = task.exception()
        if problem is None and self._socket is opened:
            self._settled(opened)
        elif problem is not None:
            self._settled(problem if isinstance(problem, OSError) else OSError(str(problem)))

    def _end(self, opened: socket.socket, number: int) -> None:
        if number:
            self._fail(number)
        elif self._socket is opened:
            self._settled(opened)

    def _fail(self, number: int) -> None:
        self._settled(OSError(number, os.strerror(number)))

    def _unwatch(self, opened: socket.socket) -> None:
        if self._is_watched:
            self._loop.remove_writer(opened.fileno())
            self._is_watched = False

    def release(self) -> None:
        """Leave the socket to whom it was given."""
        self._socket = None

    def close(self) -> None:
        """Give up."""
        if self._task is not None:
            self._task.cancel()
        if self._socket is not None:
            self._unwatch(self._socket)
            self._socket.close()
            self._socket = None


async def connect_within(dialled: Dialled, port: int, seconds: float) -> socket.socket:
    """Open a connection or raise TimeoutError; OSError as the system says it."""
    answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    attempt = Attempt(dialled, port, answer.set_result)
    try:
        await asyncio.wait({answer}, timeout=seconds)
        if not answer.done():
            await catch_up()
        found = answer.result() if answer.done() else TimeoutError()
        if isinstance(found, socket.socket):
            attempt.release()
            return found
    finally:
        attempt.close()
    raise found


async def catch_up() -> None:
    """Let the event loop deliver what has arrived: a busy run must not look like a silent peer."""
    for _ in range(3):
        await asyncio.sleep(0)
