"""Many questions over one datagram socket, against a name server that misbehaves."""

import asyncio
import socket
import struct
import time
from typing import cast

import dns.flags
import dns.message
import dns.rrset

from selftests.gateways.stage import Stage
from selftests.gateways.zones import SILENT, TRUNCATED, Table, Zone
from smtp_exposure.gateways.resolver import Resolver
from smtp_exposure.records.answers import Answer, AnswerState, Kind

NAMES = [f"host{number}.example" for number in range(300)]
ADDRESS = "203.0.113.5"
TABLE: Table = {
    **{(name, "A"): (ADDRESS,) for name in NAMES},
    ("slow.example", "A"): SILENT,
    ("long.example", "A"): (TRUNCATED, ADDRESS),
}


class _Forger(asyncio.DatagramProtocol):
    """Answers each question wrongly in several ways, and at last rightly."""

    def __init__(self) -> None:
        self.asked_from: set[tuple[str, int]] = set()
        self.numbers: set[int] = set()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        self.asked_from.add(addr)
        self.numbers.add(query.id)
        right = Zone(TABLE).answer(data, over_tcp=False) or b""
        other = dns.message.make_response(dns.message.make_query("forged.example", "A"))
        other.id = query.id
        whole = other.to_wire()
        other.flags |= dns.flags.TC
        stranger = struct.pack("!H", query.id ^ 1) + right[2:]
        for answer in (b"", b"\x00", stranger, whole, other.to_wire(), data[:2] + b"\xff", right):
            if self._transport is not None:
                self._transport.sendto(answer, addr)


def ask(server: str, *names: str, seconds: float = 3.0) -> list[Answer]:
    async def asking() -> list[Answer]:
        resolver = Resolver(server, seconds)
        return list(await asyncio.gather(*(resolver.ask(name, Kind.A) for name in names)))

    return asyncio.run(asking())


def test_each_question_gets_its_own_answer_whatever_else_comes(stage: Stage) -> None:
    forger = _Forger()
    port = stage.datagrams(lambda: forger)
    found = ask(f"127.0.0.1:{port}", *NAMES)
    assert {item.values for item in found} == {(ADDRESS,)}
    # What the flood of forgeries crowds out is asked again, perhaps alone.
    assert len(forger.asked_from) < len(NAMES) // 10
    assert len(forger.numbers) > len(NAMES) // 2


def test_questions_one_after_the_other_come_from_new_ports(stage: Stage) -> None:
    async def asking() -> None:
        resolver = Resolver(f"127.0.0.1:{port}")
        for name in NAMES[:5]:
            await resolver.ask(name, Kind.A)

    forger = _Forger()
    port = stage.datagrams(lambda: forger)
    asyncio.run(asking())
    assert len(forger.asked_from) > 1


class _Gusty(asyncio.DatagramProtocol):
    """Waits until no more questions come, and then answers all at once and at length."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, tuple[str, int]]] = []
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked.append((data, addr))
        asyncio.get_running_loop().call_later(0.1, self._answer, len(self.asked))

    def _answer(self, known: int) -> None:
        if known < len(self.asked) or self._transport is None:
            return
        for data, addr in self.asked:
            answer = dns.message.make_response(dns.message.from_wire(data))
            name = answer.question[0].name
            text = " ".join([f'"{"x" * 250}"'] * 4)
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", text))
            self._transport.sendto(answer.to_wire(), addr)


def test_a_gust_of_answers_finds_room_while_the_process_is_busy(stage: Stage) -> None:
    gusty = _Gusty()
    port = stage.datagrams(lambda: gusty)

    async def asking() -> list[Answer]:
        resolver = Resolver(f"127.0.0.1:{port}")
        asked = [asyncio.ensure_future(resolver.ask(name, Kind.TXT)) for name in NAMES[:128]]
        await asyncio.sleep(0.05)
        time.sleep(0.5)  # noqa: ASYNC251  # busy with something else
        return list(await asyncio.gather(*asked))

    assert {item.values for item in asyncio.run(asking())} == {("x" * 1_000,)}
    assert len(gusty.asked) == 128


def test_silence_and_length_of_one_answer_do_not_touch_the_others(stage: Stage) -> None:
    server = Zone(TABLE).serve(stage)
    slow, long, good = ask(server, "slow.example", "long.example", NAMES[0], seconds=0.5)
    assert slow.state is AnswerState.TIMED_OUT
    assert (long.values, good.values) == ((ADDRESS,), (ADDRESS,))


def test_a_port_where_nothing_listens_is_unreachable() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    found = ask(f"127.0.0.1:{port}", *NAMES[:3], seconds=1.0)
    assert {item.state for item in found} == {AnswerState.UNREACHABLE}
