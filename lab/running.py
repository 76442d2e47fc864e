"""A scenario that listens: servers and DNS on loopback, in a thread of their own."""

import asyncio
import ipaddress
import socket
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from lab import certificates
from lab.endpoints import Port, all_ways, endpoints
from lab.name_server import NameServer, Zone
from lab.other_ports import SilentPort
from lab.session import Terms
from lab.state import Organization
from lab.wire import Wire
from lab.zone import records

LOOPBACK = "127.0.0.1"
_TRIES = 20
Target = tuple[str, int] | str


class Redirects(Mapping[tuple[str, int], Target]):
    """Declared address and port -> where it really listens, or how it is closed.

    It answers for ports that it doesn't list too, as the firewall in front of their address
    does; addresses of nobody are "unreachable". Iteration gives the listed ones.
    """

    def __init__(self, listed: Mapping[tuple[str, int], Target], others: Mapping[str, Target]):
        self._listed, self._others = listed, others

    def __getitem__(self, key: tuple[str, int]) -> Target:
        address = str(ipaddress.ip_address(key[0]))
        return self._listed.get((address, key[1]), self._others.get(address, "unreachable"))

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)


class Lab:
    """A running scenario; a context manager, or stop() ends it."""

    def __init__(self, terms: Terms, domains: tuple[str, ...]) -> None:
        self._terms = terms
        self.domains = domains
        organization = terms.organization
        self.own_address = organization.client_address
        self.own_address_ipv6 = organization.client_address_ipv6
        self.connections: Counter[tuple[str, int]] = Counter()
        # Unlike Windows' usual loop, this one tells when a listener has a connection.
        self._loop = asyncio.SelectorEventLoop()
        self._listeners: list[socket.socket] = []
        self._problems: list[Exception] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._folder = tempfile.TemporaryDirectory(prefix="lab-", ignore_cleanup_errors=True)
        self.ca_file = Path(self._folder.name, "ca.pem")
        root = certificates.authority(certificates.ROOT, organization.as_of)
        self.ca_file.write_bytes(certificates.pem(root))
        names = organization.network.names
        self._name_server = NameServer(Zone(records(organization), names.failures))
        self._thread = threading.Thread(target=self._loop.run_forever, name="lab", daemon=True)
        self._thread.start()
        start = asyncio.run_coroutine_threadsafe(self._start(), self._loop)
        try:
            self.resolver, self.redirects = start.result(10)
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop listening, end all sessions, leave nothing behind. A second time is harmless.

        Raises what went wrong in a session by the lab's own fault.
        """
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._folder.cleanup()
        if self._problems:
            raise ExceptionGroup("sessions of the lab failed", self._problems)

    async def _start(self) -> tuple[tuple[str, int], Redirects]:
        listed: dict[tuple[str, int], Target] = {}
        for address, port, behind in endpoints(self._terms):
            shown = str(ipaddress.ip_address(address))
            target = behind if isinstance(behind, str) else self._listen(behind, (shown, port))
            listed[shown, port] = target
        others: dict[str, Target] = {}
        for way in all_ways(self._terms.organization).values():
            shown = str(ipaddress.ip_address(way.address))
            everything = self._listen(SilentPort(), (shown, 0)) if way.accepts_everything else None
            others[shown] = everything or way.closed
        return await self._listen_to_questions(), Redirects(listed, others)

    async def _listen_to_questions(self) -> tuple[str, int]:
        for _ in range(_TRIES):
            where = self._listen(self._name_server, ("", 53))
            try:
                await self._loop.create_datagram_endpoint(lambda: self._name_server, where)
            except OSError:
                # Somebody has the same port of UDP: take another.
                continue
            return where
        raise OSError("no port is free for UDP and TCP")

    def _listen(self, port: Port, declared: tuple[str, int]) -> tuple[str, int]:
        listener = socket.create_server((LOOPBACK, 0), backlog=128)
        listener.setblocking(False)
        self._listeners.append(listener)
        self._loop.add_reader(listener, self._accept, listener, port, declared)
        where: tuple[str, int] = listener.getsockname()
        return where

    def _accept(self, listener: socket.socket, port: Port, declared: tuple[str, int]) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            # The client has gone again.
            return
        self.connections[declared] += 1
        task = self._loop.create_task(_serve(port, connection))
        self._tasks.add(task)
        # Even a session that is cancelled before it began leaves no connection open.
        task.add_done_callback(partial(self._part, connection))

    def _part(self, connection: socket.socket, task: "asyncio.Task[None]") -> None:
        connection.close()
        self._tasks.discard(task)
        problem = None if task.cancelled() else task.exception()
        if isinstance(problem, Exception):
            self._problems.append(problem)

    async def _end(self) -> None:
        for listener in self._listeners:
            self._loop.remove_reader(listener)
            listener.close()
        self._name_server.close()
        sessions = tuple(self._tasks)
        for task in sessions:
            task.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)
        # A transport closes its socket in the loop's next round.
        await asyncio.sleep(0)


async def _serve(port: Port, connection: socket.socket) -> None:
    connection.setblocking(False)
    wire = Wire(connection)
    try:
        await port.serve(wire)
        await wire.finish()
    except OSError:
        # The client has gone, or its handshake failed: that is its affair.
        return


def start(organization: Organization, domains: tuple[str, ...], tarpit: float) -> Lab:
    """Let a state listen."""
    interference = organization.network.interference
    terms = Terms(organization=organization, tarpit=tarpit, interference=interference)
    return Lab(terms, domains)
