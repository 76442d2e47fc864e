"""The mail servers of the external benchmark, all in one process of its own.

python -m benchmarks.responder FOLDER TARPIT    (started by testbed.py in the servers' namespace)

It answers as Exchange does: five errors end a session, and a refusal may be delayed. `FOLDER` holds
a chain with its key for each host.
"""

import asyncio
import re
import ssl
import sys
from functools import cache
from pathlib import Path

from benchmarks.fleet import host_of, kind_of, number_of

# A host's own name is no mail domain; RFC 5321, 4.5.1: postmaster needs none.
ACCEPTED = re.compile(r"\w+\.example|postmaster")
BACKLOG = 4_096


@cache
def context_of(host: str) -> ssl.SSLContext:
    """The TLS of one host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(sys.argv[1]) / f"{host}.pem")
    return context


class Mail(asyncio.Protocol):
    """One SMTP session."""

    tarpit = 0.0

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting = b""
        self._inside = self._in_sign_in = self._has_sender = self._is_busy = False
        self._errors = 0
        self._upgrading: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet; inside TLS there is no greeting."""
        self._transport = transport  # type: ignore[assignment]  # a Transport for TCP
        if not self._inside:
            address = transport.get_extra_info("sockname")[0]
            self._peer = transport.get_extra_info("peername")[0]
            self._kind, self._host = kind_of(address), host_of(number_of(address))
            self._say(f"220 {self._host} Microsoft ESMTP MAIL Service ready")

    def data_received(self, data: bytes) -> None:
        """Answer whole lines."""
        self._waiting += data
        self._go_on()

    def _go_on(self) -> None:
        while not self._is_busy and b"\n" in self._waiting:
            line, _, self._waiting = self._waiting.partition(b"\n")
            self._answer(line.decode("latin-1").strip())

    def _say(self, text: str) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(text.encode() + b"\r\n")

    def _refuse(self, text: str) -> None:
        self._errors += 1
        if self._errors > 5:
            text = "421 4.7.0 Too many errors on this connection, closing transmission channel"
        if self.tarpit:
            self._is_busy = True
            asyncio.get_running_loop().call_later(self.tarpit, self._refused, text)
        else:
            self._refused(text)

    def _refused(self, text: str) -> None:
        self._say(text)
        if text.startswith("421"):
            self._close()
        elif self._is_busy:
            self._is_busy = False
            self._go_on()

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _answer(self, line: str) -> None:
        verb = line[:4].upper()
        if self._in_sign_in:
            self._in_sign_in = False
            self._refuse("501 5.7.0 Authentication cancelled" if line == "*" else "535 5.7.3 No")
        elif verb in ("EHLO", "HELO"):
            self._say(self._hello())
        elif verb == "STAR" and not self._inside:
            self._waiting, self._is_busy = b"", True
            if self._transport is not None:
                # A fast client's ClientHello must not arrive before start_tls can take it.
                self._transport.pause_reading()
            self._say("220 2.0.0 SMTP server ready")
            self._upgrading = asyncio.ensure_future(self._upgrade())
        elif verb == "AUTH":
            self._sign_in()
        elif verb == "RCPT":
            self._recipient(line.lower())
        elif verb == "QUIT":
            self._say("221 2.0.0 Service closing transmission channel")
            self._close()
        elif verb in ("MAIL", "RSET"):
            self._has_sender = verb == "MAIL"
            self._say("250 2.1.0 Sender OK" if self._has_sender else "250 2.0.0 Resetting")
        else:
            self._refuse("500 5.3.3 Unrecognized command")

    def _announces(self) -> bool:
        return self._kind.auth_tls if self._inside else self._kind.auth_clear

    def _sign_in(self) -> None:
        self._in_sign_in = self._announces() or self._kind.takes_unannounced
        if self._in_sign_in:
            self._say("334 VXNlcm5hbWU6")
        else:
            self._refuse("504 5.7.4 Unrecognized authentication type")

    def _hello(self) -> str:
        words = ["SIZE 37748736", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES"]
        words += [] if self._inside else ["STARTTLS"]
        words += ["AUTH LOGIN NTLM"] if self._announces() else []
        lines = [f"{self._host} Hello [{self._peer}]", *words, "8BITMIME", "CHUNKING"]
        return "".join(f"250-{text}\r\n" for text in lines[:-1]) + f"250 {lines[-1]}"

    def _recipient(self, line: str) -> None:
        local, _, domain = line.partition(":")[2].strip("<> ").rpartition("@")
        is_own = ACCEPTED.fullmatch(domain)
        if not self._has_sender:
            self._refuse("503 5.5.2 Need MAIL command")
        elif not is_own and not self._kind.relays:
            self._refuse("550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain")
        elif self._kind.knows_recipients and local not in ("", "postmaster"):
            self._refuse("550 5.1.10 RESOLVER.ADR.RecipientNotFound")
        else:
            self._say("250 2.1.5 Recipient OK")

    async def _upgrade(self) -> None:
        if self._transport is None:
            return
        self._inside = True
        try:
            inner = await asyncio.get_running_loop().start_tls(
                self._transport, self, context_of(self._host), server_side=True
            )
        except OSError:
            self._transport.abort()
            return
        self._transport, self._is_busy = inner, False
        self._go_on()


class Other(asyncio.Protocol):
    """What listens on another port: accepts, greets on 587, and hangs up on whatever is said."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet as a submission service does."""
        self._transport = transport
        if transport.get_extra_info("sockname")[1] == 587:
            transport.write(b"220 submission ready\r\n")  # type: ignore[attr-defined]

    def data_received(self, _data: bytes) -> None:
        """Hang up."""
        self._transport.close()


async def serve() -> None:
    """Serve until the process is stopped."""
    Mail.tarpit = float(sys.argv[2])
    loop = asyncio.get_running_loop()
    for protocol, port in ((Other, 587), (Other, 993), (Mail, 25)):
        await loop.create_server(protocol, "0.0.0.0", port, backlog=BACKLOG)  # noqa: S104  # in its namespace
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
