"""A client of plain sockets for the lab's SMTP: what was said, line by line."""

import socket
import ssl
from types import TracebackType
from typing import Self

from lab.running import Lab

V4, V6 = "203.0.113.25", "2001:db8:25::25"


class Talk:
    """One connection, from its greeting on."""

    def __init__(self, where: tuple[str, int], *, seconds: float = 10) -> None:
        self._socket: socket.socket = socket.create_connection(where, timeout=seconds)
        self._file = self._socket.makefile("rb")
        self.greeting = self.hear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self._socket.close()

    def ask(self, line: str) -> str:
        """Send a line; give the reply, its lines parted by line feeds; "" if the server hung up."""
        self.send(line.encode() + b"\r\n")
        return self.hear()

    def ask_all(self, *lines: str) -> list[str]:
        """Ask one after the other; give the codes, first and enhanced."""
        return [" ".join(self.ask(line).split()[:2]) for line in lines]

    def send(self, data: bytes) -> None:
        """Send bytes, and wait for nothing."""
        self._socket.sendall(data)

    def ehlo(self) -> list[str]:
        """Give the lines below the first of the reply to EHLO."""
        return [line[4:] for line in self.ask("EHLO probe.example.net").split("\n")][1:]

    def start_tls(self, context: ssl.SSLContext | None = None, verb: str = "STARTTLS") -> str:
        """Do STARTTLS; without a context nothing is verified. Gives the version."""
        assert self.ask(verb).startswith("220")
        return self.shake_hands(context or trusting())

    def shake_hands(self, context: ssl.SSLContext) -> str:
        """Do a handshake; gives the version."""
        host = "mail.corp.example" if context.check_hostname else None
        self._file.close()
        secure = context.wrap_socket(self._socket, server_hostname=host)
        self._socket, self._file = secure, secure.makefile("rb")
        return str(secure.version())

    @property
    def peer_certificate(self) -> bytes:
        """The certificate that was presented, as DER."""
        assert isinstance(self._socket, ssl.SSLSocket)
        return self._socket.getpeercert(binary_form=True) or b""

    def hear(self) -> str:
        """Wait for the next reply."""
        lines = []
        while line := self._file.readline().decode().rstrip("\r\n"):
            lines.append(line)
            if line[3:4] != "-":
                break
        return "\n".join(lines)


def trusting() -> ssl.SSLContext:
    """Give a context that verifies nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def endpoint(running: Lab, address: str = V4, port: int = 25) -> tuple[str, int]:
    """Give where a declared address and port really listen."""
    where = running.redirects[address, port]
    assert not isinstance(where, str), where
    return where


def greeting(running: Lab, address: str = V4) -> str:
    """Give the greeting of a declared address."""
    with connect(running, address) as talk:
        return talk.greeting


def connect(running: Lab, address: str = V4, port: int = 25) -> Talk:
    """Open a connection to a declared address and port."""
    return Talk(endpoint(running, address, port))
