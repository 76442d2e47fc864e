"""The floor: a bare client that asks what the external half asks, keeps next to nothing, and judges nothing.

    floor.py [--resolver=ADDRESS --domain=NAME...] [--address=ADDRESS...] [--lean] [--no-ports]

One thread, one epoll, a generator for each socket: what is left is sockets, TLS and Python itself.
The suite is measured against it (external.py). It waits for silence exactly as the suite does, and
keeps within Exchange's limits as the suite does: one expected refusal on a connection, for a fleet three.
`--lean` is the least that answers the article's questions: one connection a host, fewest round
trips (RFC 2920, 3207, 4954), one recipient, nothing of old TLS. Linux only.
"""

import argparse
import json
import resource
import select
import socket
import ssl
import struct
import sys
import time
import warnings
from collections.abc import Callable, Generator
from contextlib import suppress
from heapq import heappop, heappush
from itertools import count
from typing import Any

PORTS = (110, 995, 143, 993, 717, 465, 587, 2525, 475, 476, 477, 61_234)
PATIENCE, DEAD = 1.1, 3.0
REPLY = 30.0
NAME = "probe.example"
MX, A, AAAA, TXT, PTR, TLSA = 15, 1, 28, 16, 12, 52
_EITHER = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET

Waiting = Generator[float, bool, None]
Answered = Callable[[list[bytes], bytes], None]


def _context(*, old: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if old:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


class Loop:
    """Runs generators that yield a deadline and are sent whether their socket woke in time."""

    def __init__(self) -> None:
        self._poll = select.epoll(4_096)
        self._running: dict[int, tuple[Waiting, float]] = {}
        self._due: list[tuple[float, int, int]] = []
        self._number = count()

    def add(self, opened: socket.socket, work: Waiting) -> None:
        """Take on a socket; its generator runs up to its first wait."""
        self._poll.register(opened.fileno(), _EITHER)
        self._step(opened.fileno(), work, None)

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

    def _step(self, number: int, work: Waiting, sent: bool | None) -> None:
        try:
            due = next(work) if sent is None else work.send(sent)
        except StopIteration:
            self._running.pop(number, None)
            return
        known = self._running.get(number)
        if known is None or known[1] != due:
            self._running[number] = (work, due)
            heappush(self._due, (due, next(self._number), number))


Layer = str | None
Groups = tuple[tuple[str, ...], ...]
_AUTH: Groups = (("AUTH LOGIN",), ("AUTH NTLM",))


def scripts(own: str, *, lean: bool, few: bool) -> tuple[tuple[Layer, Groups], ...]:
    """Say what is asked of a host, a connection an entry."""

    def sent(*recipients: str) -> tuple[str, ...]:
        return ("MAIL FROM:<>", *(f"RCPT TO:<{name}>" for name in recipients), "RSET")

    foreign = "nobody@example.com"
    if lean:
        return (("tls", ((*sent(foreign), "AUTH LOGIN"),)),)
    hidden = (f"x%example.com@{own}", f"example.com!x@{own}", f'"x@example.com"@{own}')
    if few:
        return (
            (None, ((*sent(f"postmaster@{own}", foreign), "AUTH LOGIN"), ("AUTH NTLM",))),
            (None, (sent(*hidden),)),
            ("tls", _AUTH),
            ("old", ()),
        )
    return (
        (None, (sent(f"postmaster@{own}", foreign),)),
        *((None, (sent(name),)) for name in hidden),
        *((layer, (command,)) for layer in (None, "tls") for command in _AUTH),
        ("old", ()),
    )


class Host:
    """One address: its conversations and its ports."""

    def __init__(self, loop: Loop, address: str, own: str, run: "Run") -> None:
        self.facts: dict[str, Any] = {"address": address}
        self._loop, self._run, self._is_up = loop, run, False
        self._started = time.monotonic()
        for place, (layer, groups) in enumerate(scripts(own, lean=run.lean, few=run.few)):
            opened = self._dial(25)
            loop.add(opened, self._guarded(opened, layer, groups, place))
        for port in PORTS if run.ports else ():
            opened = self._dial(port)
            loop.add(opened, self._port(opened, port))

    def _dial(self, port: int) -> socket.socket:
        opened = socket.socket()
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.connect_ex((self.facts["address"], port))
        return opened

    def _port(self, opened: socket.socket, port: int) -> Waiting:
        state = "silent"
        woke = yield self._started + PATIENCE
        if not woke and not self._is_up:
            woke = yield self._started + DEAD
        if woke:
            failed = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            state = "open" if not failed else "refused"
        self.facts[str(port)] = state
        opened.close()

    def _guarded(
        self, opened: socket.socket, layer: Layer, groups: Groups, place: int
    ) -> Waiting:
        try:
            yield from self._talk(opened, layer, groups, place)
        except (OSError, EOFError) as problem:
            self.facts[f"ended {place}"] = str(problem)

    def _talk(
        self, opened: socket.socket, layer: Layer, groups: Groups, place: int
    ) -> Waiting:
        wire = opened
        try:
            if not (yield self._started + DEAD):
                raise EOFError("silent")
            failed = wire.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if failed:
                raise EOFError("refused")
            self._is_up = True
            ear = Ear(wire)
            yield from ear.hear(1)
            yield from self._say(wire, ear, f"EHLO {NAME}")
            self._note("clear", ear)
            if layer is not None and b"STARTTLS" in ear.said:
                yield from self._say(wire, ear, "STARTTLS")
                wire = ear.wire = self._run.contexts[layer].wrap_socket(
                    wire, server_hostname=None, do_handshake_on_connect=False
                )
                yield from _shake(wire)
                self.facts[layer] = wire.version()
                self.facts["certificate"] = wire.getpeercert(binary_form=True)
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
                if layer == "tls":
                    yield from self._say(wire, ear, f"EHLO {NAME}")
                    self._note("tls", ear)
            for number, group in enumerate(groups):
                yield from self._say(wire, ear, *group)
                self.facts[f"{place}.{number}"] = ear.codes
                if ear.codes[-1] == b"334":
                    yield from self._say(wire, ear, "*")
            with suppress(OSError):
                wire.send(b"QUIT\r\n")
        finally:
            wire.close()

    def _say(self, wire: socket.socket, ear: "Ear", *lines: str) -> Waiting:
        wire.send(("\r\n".join(lines) + "\r\n").encode())
        yield from ear.hear(len(lines))

    def _note(self, where: str, ear: "Ear") -> None:
        self.facts[f"auth {where}"] = b"AUTH" in ear.said


class Ear:
    """Listens for whole replies."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire = wire
        self.said = b""
        self.codes: list[bytes] = []

    def hear(self, replies: int) -> Waiting:
        """Wait for so many replies; `said` and `codes` are theirs."""
        self.said, self.codes = b"", []
        due, place = time.monotonic() + REPLY, 0
        while True:
            while (end := self.said.find(b"\n", place)) >= 0:
                if self.said[place + 3 : place + 4] != b"-":
                    self.codes.append(self.said[place : place + 3])
                place = end + 1
            if len(self.codes) >= replies:
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


def _shake(wire: ssl.SSLSocket) -> Waiting:
    due = time.monotonic() + REPLY
    while True:
        try:
            wire.do_handshake()
        except ssl.SSLWantReadError:
            if not (yield due):
                raise EOFError("no handshake in time") from None
        else:
            return


class Names:
    """Questions to one name server, over one datagram socket."""

    def __init__(self, server: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUFFORCE if hasattr(socket, 'SO_RCVBUFFORCE') else 33, 4 << 20)
        self.socket.connect((server, 53))
        self._pending: dict[int, Answered] = {}
        self._number = count()

    def ask(self, name: str, kind: int, then: Answered) -> None:
        """Send a question; `then` gets the data of each answer, and the message."""
        number = next(self._number) & 0xFFFF
        self._pending[number] = then
        head = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0)
        labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
        self.socket.send(head + labels + struct.pack(">BHH", 0, kind, 1))

    def listen(self) -> Waiting:
        """Hand answers out until none is missing."""
        while self._pending:
            try:
                data = self.socket.recv(4_096)
            except BlockingIOError:
                if not (yield time.monotonic() + 5.0):
                    return
                continue
            then = self._pending.pop(int.from_bytes(data[:2], "big"), None)
            if then is not None:
                then(_values(data), data)


def _values(data: bytes) -> list[bytes]:
    place = data.index(0, 12) + 5
    found = []
    for _ in range(int.from_bytes(data[6:8], "big")):
        place = place + 2 if data[place] >= 0xC0 else data.index(0, place) + 1
        size = int.from_bytes(data[place + 8 : place + 10], "big")
        found.append(data[place + 10 : place + 10 + size])
        place += 10 + size
    return found


def _name_in(data: bytes, whole: bytes) -> str:
    labels: list[str] = []
    while data and data[0]:
        if data[0] >= 0xC0:
            data = whole[int.from_bytes(data[:2], "big") & 0x3FFF :]
            continue
        labels.append(data[1 : 1 + data[0]].decode())
        data = data[1 + data[0] :]
    return ".".join(labels)


class Run:
    """The whole job."""

    def __init__(self, *, lean: bool, few: bool, ports: bool) -> None:
        self.lean, self.few, self.ports = lean, few, ports
        self.contexts = {"tls": _context(old=False), "old": _context(old=True)}
        self.hosts: list[Host] = []
        self._loop = Loop()

    def addresses(self, addresses: list[str]) -> None:
        """Take on hosts whose addresses are known."""
        self.hosts += [Host(self._loop, address, "corp.example", self) for address in addresses]

    def domains(self, domains: list[str], resolver: str) -> None:
        """Take on the mail hosts of domains; asks what the suite asks of the name server."""
        names = Names(resolver)

        def nothing(_values: list[bytes], _whole: bytes) -> None:
            return

        def exchangers(domain: str) -> Answered:
            def found(values: list[bytes], whole: bytes) -> None:
                for value in values:
                    host = _name_in(value[2:], whole)
                    names.ask(host, A, addresses(domain))
                    names.ask(host, AAAA, nothing)
                    names.ask(f"_25._tcp.{host}", TLSA, nothing)

            return found

        def addresses(domain: str) -> Answered:
            def found(values: list[bytes], _whole: bytes) -> None:
                for address in map(socket.inet_ntoa, values):
                    self.hosts.append(Host(self._loop, address, domain, self))
                    backwards = ".".join(reversed(address.split(".")))
                    names.ask(f"{backwards}.in-addr.arpa", PTR, reverse)

            return found

        def reverse(values: list[bytes], whole: bytes) -> None:
            for value in values:
                names.ask(_name_in(value, whole), A, nothing)

        for domain in domains:
            names.ask(domain, MX, exchangers(domain))
            names.ask(f"_mta-sts.{domain}", TXT, nothing)
        self._loop.add(names.socket, names.listen())

    def finish(self) -> None:
        """Run to the end."""
        self._loop.run()


def peak_mib() -> float:
    """Most memory that this process ever had; ru_maxrss would count its parent's too."""
    with open("/proc/self/status") as told:
        return next(int(line.split()[1]) for line in told if line.startswith("VmHWM")) / 1_024


def main() -> None:
    """Do the job that the command line names, and print what it cost as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resolver")
    parser.add_argument("--domain", action="append", default=[])
    parser.add_argument("--address", action="append", default=[])
    parser.add_argument("--lean", action="store_true")
    parser.add_argument("--no-ports", action="store_true")
    parser.add_argument("--facts", action="store_true")
    asked = parser.parse_args()
    peak, before = peak_mib(), resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    # Connections side by side are faster for one host, and slower for many.
    few = len(asked.address) + len(asked.domain) > 16
    run = Run(lean=asked.lean, few=few, ports=not asked.no_ports)
    run.addresses(asked.address)
    if asked.domain:
        run.domains(asked.domain, asked.resolver)
    run.finish()
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    cost = {
        "seconds": seconds,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "mib": peak_mib() - peak,
        "hosts": len(run.hosts),
    }
    if asked.facts:
        cost["facts"] = [host.facts for host in run.hosts]
    json.dump(cost, sys.stdout, default=str)


if __name__ == "__main__":
    main()
