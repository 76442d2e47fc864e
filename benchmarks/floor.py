"""The floor: a bare client that asks mail hosts the article's questions, and judges and keeps nothing.

python -m benchmarks.floor ADDRESS...

One thread, one epoll, a generator for each socket: what is left is sockets, TLS and Python itself.
One connection a host with the fewest round trips that the standards allow (RFC 2920, 3207, 4954),
and the eight ports. It waits for silence exactly as long as the suite does. Linux only.
"""

import select
import socket
import ssl
import sys
import time
from collections.abc import Generator
from heapq import heappop, heappush
from itertools import count

from benchmarks.fleet import PORTS

KERNELS_SECOND_SYN, SHORTEST_MARGIN, DEAD, REPLY = 1.0, 0.1, 3.0, 30.0
QUESTIONS = (
    b"MAIL FROM:<>\r\nRCPT TO:<postmaster@corp.example>\r\nRCPT TO:<nobody@example.com>\r\n"
    b"RSET\r\nAUTH LOGIN\r\n"
)
_BOTH_WAYS = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET

Waiting = Generator[float, bool, None]


class Loop:
    """Runs generators that yield a deadline and are sent whether their socket woke in time."""

    def __init__(self) -> None:
        self._poll = select.epoll(4_096)
        self._running: dict[int, tuple[Waiting, float]] = {}
        self._due: list[tuple[float, int, int]] = []
        self._number = count()

    def add(self, opened: socket.socket, work: Waiting) -> None:
        """Take on a socket; its generator runs up to its first wait."""
        self._poll.register(opened.fileno(), _BOTH_WAYS)
        self._step(opened.fileno(), work, sent=None)

    def run(self) -> None:
        """Run until nothing is left."""
        while self._running:
            left = max(self._due[0][0] - time.monotonic(), 0.0)
            for number, _ in self._poll.poll(left):
                if number in self._running:
                    self._step(number, self._running[number][0], sent=True)
            now = time.monotonic()
            while self._due and self._due[0][0] <= now:
                due, _, number = heappop(self._due)
                if number in self._running and self._running[number][1] == due:
                    self._step(number, self._running[number][0], sent=False)

    def _step(self, number: int, work: Waiting, *, sent: bool | None) -> None:
        try:
            due = next(work) if sent is None else work.send(sent)
        except StopIteration:
            self._running.pop(number, None)
            return
        known = self._running.get(number)
        if known is None or known[1] != due or sent is False:
            self._running[number] = (work, due)
            heappush(self._due, (due, next(self._number), number))


class Ear:
    """Listens for whole replies."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire = wire
        self.said = b""

    def hear(self, replies: int) -> Waiting:
        """Wait for so many replies; `said` is theirs."""
        self.said = b""
        due, place = time.monotonic() + REPLY, 0
        while replies:
            while (end := self.said.find(b"\n", place)) >= 0:
                replies -= self.said[place + 3 : place + 4] != b"-"
                place = end + 1
            if not replies:
                return
            try:
                data = self.wire.recv(16_384)
            except (BlockingIOError, ssl.SSLWantReadError):
                if not (yield due):
                    raise EOFError("no reply in time") from None
                continue
            if not data:
                raise EOFError("closed")
            self.said += data

    def ask(self, lines: bytes) -> Waiting:
        """Send lines at once and wait for a reply to each."""
        self.wire.send(lines)
        yield from self.hear(lines.count(b"\n"))

    def secure(self, context: ssl.SSLContext) -> Waiting:
        """Go on inside TLS."""
        wire = context.wrap_socket(self.wire, do_handshake_on_connect=False)
        self.wire = wire
        due = time.monotonic() + REPLY
        while True:
            try:
                wire.do_handshake()
            except ssl.SSLWantReadError:
                if not (yield due):
                    raise EOFError("no handshake in time") from None
            else:
                break
        # docs of the suite's own wire say why: smtp_exposure/gateways/smtp_wire.py.
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


class Host:
    """One address: its conversation and its ports. `facts` is all that is kept."""

    def __init__(self, loop: Loop, address: str, context: ssl.SSLContext) -> None:
        self.facts: dict[str, object] = {}
        self._address, self._context = address, context
        self._started = time.monotonic()
        self._round_trip: float | None = None
        opened = self._dial(25)
        loop.add(opened, self._talk(opened))
        for port in PORTS:
            opened = self._dial(port)
            loop.add(opened, self._port(opened, port))

    def _dial(self, port: int) -> socket.socket:
        opened = socket.socket()
        opened.setblocking(False)
        opened.connect_ex((self._address, port))
        return opened

    def _port(self, opened: socket.socket, port: int) -> Waiting:
        woke = yield self._started + KERNELS_SECOND_SYN + SHORTEST_MARGIN
        if not woke:
            patience = DEAD
            if self._round_trip is not None:
                margin = max(2 * self._round_trip, SHORTEST_MARGIN)
                patience = min(DEAD, KERNELS_SECOND_SYN + margin)
            woke = yield self._started + patience
        failed = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self.facts[f"port {port}"] = ("refused" if failed else "open") if woke else "silent"
        opened.close()

    def _talk(self, opened: socket.socket) -> Waiting:
        ear = Ear(opened)
        try:
            if (yield self._started + DEAD):
                self._round_trip = time.monotonic() - self._started
                yield from self._ask_all(ear)
        except (OSError, EOFError) as problem:
            self.facts["ended"] = str(problem)
        finally:
            ear.wire.close()

    def _ask_all(self, ear: Ear) -> Waiting:
        yield from ear.hear(1)
        yield from ear.ask(b"EHLO probe.example\r\n")
        self.facts["clear"] = ear.said
        if b"STARTTLS" in ear.said:
            yield from ear.ask(b"STARTTLS\r\n")
            yield from ear.secure(self._context)
            yield from ear.ask(b"EHLO probe.example\r\n")
            self.facts["tls"] = ear.said
        yield from ear.ask(QUESTIONS)
        self.facts["answers"] = ear.said
        if ear.said.rpartition(b"\n334 ")[1]:
            yield from ear.ask(b"*\r\n")
        ear.wire.send(b"QUIT\r\n")


def main() -> None:
    """Ask every address of the command line."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    loop = Loop()
    hosts = [Host(loop, address, context) for address in sys.argv[1:]]
    loop.run()
    sys.stdout.write(f"{sum(1 for host in hosts if 'answers' in host.facts)} answered\n")


if __name__ == "__main__":
    main()
