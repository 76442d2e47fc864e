"""Bytes that arrive on a connection, and the patience with which they are awaited.

asyncio's `sock_recv` watches the socket anew for each piece, and `asyncio.timeout` sets a timer for
each; a fleet has tens of thousands of replies. Here a socket is watched until it is closed, and a
timer that is still running serves the next reply too.
"""

import asyncio
import socket

CHUNK = 16_384
"""Octets taken at once, at most."""


class Arrivals:
    """What arrives on one connected socket, for one reader."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._latest: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_watched = False

    async def next(self, latest: float | None = None) -> bytes:
        """Wait for bytes; none means that the peer closed.

        Raises TimeoutError at `latest`, a time of the event loop, and OSError as the system says it.
        """
        if not isinstance(self._loop, asyncio.SelectorEventLoop):
            # The event loop of Windows completes operations; it watches no sockets.
            async with asyncio.timeout_at(latest):
                return await self._loop.sock_recv(self._socket, CHUNK)
        while True:
            await self._readable(latest)
            try:
                return self._socket.recv(CHUNK)
            except (BlockingIOError, InterruptedError):
                continue

    def close(self) -> None:
        """Stop watching, before the socket is closed."""
        self._unwatch()
        if self._timer is not None:
            self._timer.cancel()

    async def _readable(self, latest: float | None) -> None:
        if not self._is_watched:
            self._loop.add_reader(self._socket.fileno(), self._arrived)
            self._is_watched = True
        self._set_timer(latest)
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _arrived(self) -> None:
        if self._waiter is None:
            # Nobody waits, and the event loop would call again and again.
            self._unwatch()
        elif not self._waiter.done():
            self._waiter.set_result(None)

    def _unwatch(self) -> None:
        if self._is_watched:
            self._loop.remove_reader(self._socket.fileno())
            self._is_watched = False

    def _set_timer(self, latest: float | None) -> None:
        self._latest = latest
        if latest is None or (self._timer is not None and self._timer.when() <= latest):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(latest, self._look_at_the_clock)

    def _look_at_the_clock(self) -> None:
        self._timer = None
        if self._waiter is None or self._waiter.done() or self._latest is None:
            return
        if self._loop.time() < self._latest:
            self._set_timer(self._latest)
        else:
            self._waiter.set_exception(TimeoutError())
