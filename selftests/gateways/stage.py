"""Servers on loopback, good and hostile, in a thread of their own."""

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from selftests.smtp.authorities import Made

T = TypeVar("T")
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

GREETING = (
    b"220 mail.corp.example Microsoft ESMTP MAIL Service ready at Tue, 24 Nov 2026 04:00:00\r\n"
)
REFUSED_AUTH = b"504 5.7.4 Unrecognized authentication type\r\n"
NO_RELAY = b"550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain\r\n"


class Stage:
    """An event loop in a thread; servers started on it end with it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._closing: list[Callable[[], None]] = []
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: list[asyncio.Task[None]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the stage's loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def serve(
        self, handler: Handler, host: str = "127.0.0.1", context: ssl.SSLContext | None = None
    ) -> int:
        """Serve TCP, inside TLS with a context; gives the port."""
        return self.run(self._serve(handler, host, context))

    def mail(self, manner: "Manner", host: str = "127.0.0.1") -> int:
        """Serve SMTP in a manner; gives the port."""
        return self.serve(manner.speak, host)

    def datagrams(self, factory: Callable[[], asyncio.DatagramProtocol], port: int = 0) -> int:
        """Serve UDP on a port of 127.0.0.1; gives the port."""
        return self.run(self._datagrams(factory, port))

    async def _serve(self, handler: Handler, host: str, context: ssl.SSLContext | None) -> int:
        async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await handler(reader, writer)
            finally:
                writer.close()

        def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # A task that is cancelled before it begins closes nothing: so the stage keeps both.
            self._writers.append(writer)
            self._tasks.append(asyncio.ensure_future(closing(reader, writer)))

        server = await asyncio.start_server(accepted, host, 0, ssl=context)
        self._closing.append(server.close)
        found: int = server.sockets[0].getsockname()[1]
        return found

    async def _datagrams(self, factory: Callable[[], asyncio.DatagramProtocol], port: int) -> int:
        transport, _ = await self._loop.create_datagram_endpoint(factory, ("127.0.0.1", port))
        self._closing.append(transport.close)
        found: int = transport.get_extra_info("sockname")[1]
        return found

    async def _end(self) -> None:
        # asyncio leaks the socket of a connection that it is accepting while its server closes.
        for _ in range(10):
            await asyncio.sleep(0.002)
        for close in self._closing:
            close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            # Closing inside TLS would wait for the peer's farewell.
            writer.transport.abort()
        # Transports close one turn of the loop after they are told to.
        for _ in range(10):
            await asyncio.sleep(0.002)


@dataclass
class Manner:
    """How a mail server behaves; each test changes one thing. `answers` go by the line's start."""

    greeting: bytes = GREETING
    clear: tuple[str, ...] = ("SIZE 37748736", "PIPELINING", "STARTTLS")
    inside: tuple[str, ...] = ("SIZE 37748736", "PIPELINING")
    hello: str = "mail.corp.example Hello [203.0.113.9]"
    answers: dict[str, bytes] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    behind_starttls: bytes = b""
    drip: bool = False
    hangs_up_after: str = ""
    heard: list[list[str]] = field(default_factory=list)
    early: list[bytes] = field(default_factory=list)
    greets_after: float = 0.0
    broken_off: int = 0
    wants_tls: bool = False
    takes_one_message: bool = False
    takes_at_once: int = 100
    most_at_once: int = 0
    _at_once: int = 0

    async def speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one conversation."""
        lines: list[str] = []
        self.heard.append(lines)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            if self.greets_after:
                await self._note_early(reader)
            if self._at_once > self.takes_at_once:
                await self._write(writer, b"421 4.3.2 Too many connections\r\n")
                return
            await self._write(writer, self.greeting)
            while line := (await reader.readline()).decode("latin-1").rstrip("\r\n"):
                lines.append(line)
                if await self._answer(line, writer):
                    break
        except (OSError, ValueError):
            self.broken_off += 1
        finally:
            self._at_once -= 1

    async def _note_early(self, reader: asyncio.StreamReader) -> None:
        try:
            self.early.append(await asyncio.wait_for(reader.read(100), self.greets_after))
        except TimeoutError:
            self.early.append(b"")

    async def _answer(self, line: str, writer: asyncio.StreamWriter) -> bool:
        scripted = (text for start, text in self.answers.items() if line.startswith(start))
        answer = next(scripted, None)
        await self._write(writer, self._usual(line, writer) if answer is None else answer)
        if line == "STARTTLS" and answer is None and self.context:
            await writer.start_tls(self.context)
        return line == "QUIT" or bool(self.hangs_up_after and line.startswith(self.hangs_up_after))

    def _usual(self, line: str, writer: asyncio.StreamWriter) -> bytes:
        verb = line.partition(" ")[0]
        if verb == "EHLO":
            offered = self.inside if writer.get_extra_info("sslcontext") else self.clear
            rows = [self.hello, *offered]
            marks = ["-"] * (len(rows) - 1) + [" "]
            return "".join(f"250{m}{r}\r\n" for m, r in zip(marks, rows, strict=True)).encode()
        if verb == "MAIL" and self.wants_tls and not writer.get_extra_info("sslcontext"):
            return b"530 5.7.0 Must issue a STARTTLS command first\r\n"
        if verb == "MAIL" and self.takes_one_message and self.heard[-1].count(line) > 1:
            return b"452 4.5.3 One message is enough\r\n"
        if verb == "RCPT" and not line.endswith("corp.example>"):
            return NO_RELAY
        replies = {
            "STARTTLS": b"220 2.0.0 SMTP server ready\r\n" + self.behind_starttls,
            "AUTH": REFUSED_AUTH,
            "*": b"501 5.5.4 Authentication cancelled\r\n",
            "MAIL": b"250 2.1.0 Sender OK\r\n",
            "RCPT": b"250 2.1.5 Recipient OK\r\n",
            "RSET": b"250 2.0.0 Resetting\r\n",
            "QUIT": b"221 2.0.0 Service closing transmission channel\r\n",
        }
        return replies.get(verb, b"500 5.3.3 Unrecognized command\r\n")

    async def _write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        for piece in [data[at : at + 1] for at in range(len(data))] if self.drip else [data]:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)


async def reset_at_once(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept, and reset the connection before a word is said."""
    accepted = writer.get_extra_info("socket")
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def server_context(folder: Path, made: Made, *issuers: Made) -> ssl.SSLContext:
    """Give a server's context with a chain as it should be presented."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.pem + b"".join(issuer.pem for issuer in issuers))
    key.write_bytes(made.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context
