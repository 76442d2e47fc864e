"""One connection, as lines or bytes, clear or within TLS."""

import asyncio
import socket
import ssl
from contextlib import suppress

_PIECE = 65_536
_LINGER_SECONDS = 1.0


class LineTooLong(Exception):
    """More bytes than a line may have; they were skipped."""


class Wire:
    """The server's end of a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._tls: ssl.SSLObject | None = None
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def line(self, longest: int = 4_000) -> bytes | None:
        """Return the next line without its end; None when the client has gone."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > longest:
                await self._skip_line()
                raise LineTooLong
            if not await self._fill():
                return None
        found = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        if len(found) > longest:
            raise LineTooLong
        return found

    async def exactly(self, count: int) -> bytes | None:
        """Return that many bytes; None when the client goes before."""
        while len(self._buffer) < count:
            if not await self._fill():
                return None
        found = bytes(self._buffer[:count])
        del self._buffer[:count]
        return found

    async def skip(self, count: int) -> bool:
        """Drop that many bytes; False when the client goes before."""
        while count > len(self._buffer):
            count -= len(self._buffer)
            self._buffer.clear()
            if not await self._fill():
                return False
        del self._buffer[:count]
        return True

    async def send(self, data: bytes) -> None:
        """Send bytes."""
        if self._tls is None:
            await self._loop.sock_sendall(self._socket, data)
        else:
            self._tls.write(data)
            await self._flush()

    async def start_tls(self, context: ssl.SSLContext) -> None:
        """Do the server's part of a handshake. What was said in the clear before it is dropped."""
        self._buffer.clear()
        tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                await self._flush()
                if not await self._receive():
                    raise ConnectionResetError from None
            except ssl.SSLError:
                await self._flush()
                raise
        await self._flush()
        self._tls = tls

    async def wait_for_end(self) -> None:
        """Listen, and say nothing, until the client has gone."""
        while await self._loop.sock_recv(self._socket, _PIECE):
            pass

    async def finish(self) -> None:
        """Say that nothing more will come, and let the client read what was said.

        Closing at once with commands unread would reset the connection and lose the last reply.
        """
        with suppress(OSError, TimeoutError):
            if self._tls is not None:
                with suppress(ssl.SSLError):
                    self._tls.unwrap()
                await self._flush()
            self._socket.shutdown(socket.SHUT_WR)
            async with asyncio.timeout(_LINGER_SECONDS):
                await self.wait_for_end()

    async def _skip_line(self) -> None:
        while b"\n" not in self._buffer:
            self._buffer.clear()
            if not await self._fill():
                return
        del self._buffer[: self._buffer.find(b"\n") + 1]

    async def _fill(self) -> bool:
        data = await self._plain_piece()
        self._buffer += data
        return bool(data)

    async def _plain_piece(self) -> bytes:
        if self._tls is None:
            return await self._loop.sock_recv(self._socket, _PIECE)
        while True:
            try:
                return self._tls.read(_PIECE)
            except ssl.SSLWantReadError:
                await self._flush()
                if not await self._receive():
                    return b""
            except ssl.SSLError:
                # A closing alert, or nonsense: either ends the conversation.
                return b""

    async def _receive(self) -> bool:
        data = await self._loop.sock_recv(self._socket, _PIECE)
        self._incoming.write(data)
        return bool(data)

    async def _flush(self) -> None:
        data = self._outgoing.read()
        if data:
            await self._loop.sock_sendall(self._socket, data)
