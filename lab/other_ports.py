"""POP3, IMAP4, Mailbox Transport and the web server of a policy: just enough to be recognised."""

import ssl
from contextlib import suppress
from dataclasses import dataclass

from lab.network import PolicyHost
from lab.session import Terms
from lab.state import Certificate
from lab.wire import LineTooLong, Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxPort:
    """A port of POP3 or IMAP4: a greeting, one answer to everything, and goodbye."""

    terms: Terms
    certificate: Certificate
    speaks_imap: bool
    is_tls: bool
    has_back_end: bool = True

    async def serve(self, wire: Wire) -> None:
        """Serve one connection; without its back end the front end drops it."""
        if not self.has_back_end:
            return
        greeting = "* OK The Microsoft Exchange IMAP4 service is ready."
        if not self.speaks_imap:
            greeting = "+OK The Microsoft Exchange POP3 service is ready."
        with suppress(OSError, LineTooLong):
            if self.is_tls:
                await wire.start_tls(self.terms.context(self.certificate))
            await _send(wire, greeting)
            while (line := await wire.line()) is not None and await self._go_on(wire, line):
                pass

    async def _go_on(self, wire: Wire, line: bytes) -> bool:
        words = line.decode("ascii", "replace").upper().split()
        leaves = bool({"QUIT", "LOGOUT"} & set(words[:2]))
        if not self.speaks_imap:
            await _send(wire, "+OK" if leaves else "-ERR Command is not valid in this state.")
        elif leaves:
            await _send(wire, f"* BYE\r\n{words[0]} OK LOGOUT completed.")
        else:
            await _send(wire, f"{words[0] if words else '*'} BAD Command Error. 12")
        return not leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxTransportPort:
    """Ports 475 to 477: a greeting in capitals, and no for nearly everything."""

    host: str

    async def serve(self, wire: Wire) -> None:
        """Serve one connection."""
        with suppress(OSError, LineTooLong):
            await _send(wire, f"220 {self.host.upper()} MICROSOFT ESMTP MAIL SERVICE READY")
            while (line := await wire.line()) is not None:
                if line.strip().upper() == b"QUIT":
                    await _send(wire, "221 2.0.0 Service closing transmission channel")
                    return
                await _send(wire, "503 5.5.1 Bad sequence of commands")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPort:
    """HTTPS, for one file (RFC 8461, 3.3)."""

    terms: Terms
    host: PolicyHost
    certificate: Certificate

    async def serve(self, wire: Wire) -> None:
        """Answer one request."""
        with suppress(OSError, ssl.SSLError, LineTooLong):
            await wire.start_tls(self.terms.context(self.certificate))
            request = await wire.line() or b""
            while await wire.line():
                pass
            found = request.split()[1:2] == [b"/.well-known/mta-sts.txt"]
            body = self.host.policy if found else ""
            status = "200 OK" if found else "404 Not Found"
            head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nConnection: close"
            await _send(wire, f"{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}", end="")


class SilentPort:
    """Accepts, and says nothing: what a firewall does that answers every SYN itself."""

    async def serve(self, wire: Wire) -> None:
        """Wait until the client gives up."""
        with suppress(OSError):
            await wire.wait_for_end()


async def _send(wire: Wire, text: str, end: str = "\r\n") -> None:
    await wire.send(f"{text}{end}".encode("ascii", "replace"))
