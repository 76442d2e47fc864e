"""Name servers whose questions share one datagram socket instead of opening one each.

dnspython resolves as ever (repetition, TCP where an answer was cut, each failure by its name); only
the way of a datagram is ours. Against forgery the socket is connected, so that it takes datagrams of
that server alone, its port and each question's number are random, and an answer must repeat its
question; it is closed as soon as no answer is awaited.
"""

import asyncio
import socket
from contextlib import suppress
from typing import Any

import dns.exception
import dns.message
import dns.nameserver

# All answers may come while this process is busy, and a lost one costs two seconds. Systems give less
# than is asked for, but twice their usual buffer: room for so many, which take 3 KB each.
_AT_ONCE = 128
_BUFFER = 1 << 20
Awaited = tuple[dns.message.Message, "asyncio.Future[dns.message.Message]"]


class _Answers(asyncio.DatagramProtocol):
    """Hands what arrives to the question that it answers; noise is passed over."""

    def __init__(self) -> None:
        self.awaited: dict[int, Awaited] = {}

    def datagram_received(self, data: bytes, _addr: object) -> None:
        request, future = self.awaited.get(int.from_bytes(data[:2], "big"), (None, None))
        if request is None or future is None or future.done():
            return
        try:
            answer = dns.message.from_wire(data, raise_on_truncation=True)
            if request.is_response(answer):
                future.set_result(answer)
        except dns.message.Truncated as cut:
            if request.is_response(cut.message()):  # type: ignore[no-untyped-call]
                future.set_exception(cut)
        except (dns.exception.DNSException, ValueError):
            return

    def error_received(self, exc: Exception) -> None:
        for _, future in self.awaited.values():
            if not future.done():
                future.set_exception(exc)


Opening = asyncio.Task[tuple[asyncio.DatagramTransport, _Answers]]


class SharedSocket(dns.nameserver.Do53Nameserver):
    """A name server that is asked many things at the same time."""

    def __init__(self, address: str, port: int) -> None:
        super().__init__(address, port)
        self._opening: Opening | None = None
        self._asking = 0
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def async_query(
        self,
        request: dns.message.QueryMessage,
        timeout: float,  # noqa: ASYNC109  # dnspython's signature
        source: str | None,
        source_port: int,
        max_size: bool,  # dnspython's signature
        backend: Any,
        one_rr_per_rrset: bool = False,
        ignore_trailing: bool = False,
    ) -> dns.message.Message:
        """Ask over the shared socket, or over TCP for the whole of a long answer."""
        if max_size:
            return await super().async_query(
                request,
                timeout,
                source,
                source_port,
                True,
                backend,
                one_rr_per_rrset,
                ignore_trailing,
            )
        try:
            async with asyncio.timeout(timeout):
                return await self._ask_in_turn(request)
        except TimeoutError:
            raise dns.exception.Timeout(timeout=timeout) from None  # type: ignore[no-untyped-call]

    async def _ask_in_turn(self, request: dns.message.QueryMessage) -> dns.message.Message:
        self._asking += 1
        try:
            async with self._gate:
                return await self._ask(request)
        finally:
            self._asking -= 1
            if not self._asking:
                self._close()

    async def _ask(self, request: dns.message.QueryMessage) -> dns.message.Message:
        transport, answers = await self._opened()
        while request.id in answers.awaited:
            request.set_random_id()  # type: ignore[no-untyped-call]
        number = request.id
        future: asyncio.Future[dns.message.Message] = asyncio.get_running_loop().create_future()
        answers.awaited[number] = request, future
        try:
            transport.sendto(request.to_wire())
            return await future
        finally:
            del answers.awaited[number]

    async def _opened(self) -> tuple[asyncio.DatagramTransport, _Answers]:
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._open())
        if self._opening.done():
            return self._opening.result()
        return await asyncio.shield(self._opening)

    async def _open(self) -> tuple[asyncio.DatagramTransport, _Answers]:
        loop = asyncio.get_running_loop()
        opened = await loop.create_datagram_endpoint(
            _Answers, remote_addr=(self.address, self.port)
        )
        with suppress(OSError):  # macOS refuses what is too much
            wire: socket.socket = opened[0].get_extra_info("socket")
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        return opened

    def _close(self) -> None:
        if self._opening is not None:
            self._opening.add_done_callback(_close_opened)
            self._opening = None


def _close_opened(opening: Opening) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result()[0].close()
