"""Port states against listeners on loopback; a full backlog stands for silence."""

import asyncio
import errno
import os
import socket
from collections.abc import Iterator

import pytest

from selftests.gateways.stage import Handler, Manner, Stage, reset_at_once
from smtp_exposure.gateways import tcp_ports
from smtp_exposure.gateways.dialling import Dialled, Redirects
from smtp_exposure.gateways.smtp_wire import Clock
from smtp_exposure.gateways.tcp_ports import PortTerms, RoundTrip, observe_ports, random_high_port
from smtp_exposure.smtp.ports import PortObservation, PortState, Protocol


def observe(
    *ports: int, longest: float = 0.5, redirects: Redirects | None = None
) -> list[PortObservation]:
    async def observing() -> list[PortObservation]:
        terms = PortTerms(
            clock=Clock(), round_trip=RoundTrip(), longest=longest, tried=asyncio.Event()
        )
        where = Dialled(address="127.0.0.1", redirects=redirects)
        return list(await observe_ports(where, ports, terms))

    return asyncio.run(observing())


def saying(data: bytes) -> Handler:
    async def speak(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        await asyncio.sleep(1)

    return speak


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Give a port whose backlog is full, so that Linux drops further SYNs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for filler in fillers:
            filler.close()


@pytest.mark.parametrize(
    ("data", "protocol"),
    [
        (b"220 mail.corp.example ESMTP\r\n", Protocol.SMTP),
        (b"+OK The Microsoft Exchange POP3 service is ready.\r\n", Protocol.POP3),
        (b"* OK The Microsoft Exchange IMAP4 service is ready.\r\n", Protocol.IMAP),
        (b"SSH-2.0-OpenSSH_9\r\n", Protocol.SSH),
        (b"HTTP/1.1 400 Bad Request\r\n", Protocol.HTTP),
        (b"\x15\x03\x03\x00\x02\x02\x46", Protocol.TLS),
        (b"\x00\xff", Protocol.OTHER),
    ],
)
def test_an_open_port_shows_its_protocol(stage: Stage, data: bytes, protocol: Protocol) -> None:
    (seen,) = observe(stage.serve(saying(data)))
    assert (seen.state, seen.first_bytes, seen.protocol) == (PortState.OPEN, data, protocol)
    assert seen.is_reachable


def test_a_mute_port_is_reachable(stage: Stage) -> None:
    (seen,) = observe(stage.serve(saying(b"")))
    assert (seen.state, seen.protocol, seen.is_reachable) == (PortState.MUTE, None, True)


def test_a_port_that_hangs_up_is_reachable(stage: Stage) -> None:
    async def hang_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        reader.feed_eof()

    (seen,) = observe(stage.serve(hang_up))
    assert seen.is_reachable
    assert "closed" in seen.detail


def test_a_port_that_resets_at_once_is_reachable(stage: Stage) -> None:
    seen = observe(*(stage.serve(reset_at_once),) * 20)
    assert {(item.state, item.detail) for item in seen} == {
        (PortState.MUTE, "accepted, then reset")
    }


def test_a_closed_port_is_refused() -> None:
    (seen,) = observe(1)
    assert (seen.state, seen.is_reachable) == (PortState.REFUSED, False)
    assert seen.errno is not None


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="only Linux drops SYNs like this")
def test_silent_ports_get_a_second_attempt(silent_port: int) -> None:
    (seen,) = observe(silent_port, longest=1.2)
    assert (seen.state, seen.attempts) == (PortState.SILENT, 2)


def test_a_client_hello_goes_to_ports_that_begin_with_tls(
    stage: Stage, manner: Manner, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = stage.serve(saying(b"* OK"), context=manner.context)
    monkeypatch.setattr(tcp_ports, "TLS_FIRST", frozenset({port}))
    (seen,) = observe(port)
    assert (seen.state, seen.protocol) == (PortState.OPEN, Protocol.TLS)


def test_other_errors_keep_their_number() -> None:
    (seen,) = observe(2525, redirects={("127.0.0.1", 2525): "unreachable"})
    assert (seen.state, seen.errno) == (PortState.UNREACHABLE, errno.EHOSTUNREACH)
    assert seen.detail == os.strerror(errno.EHOSTUNREACH)


def test_a_silent_port_beside_a_mute_one_is_timed_by_itself(stage: Stage) -> None:
    mute = stage.serve(saying(b""))
    redirects: Redirects = {
        ("127.0.0.1", 25): ("127.0.0.1", mute),
        ("127.0.0.1", 110): "silent",
        ("127.0.0.1", 143): "refused",
    }
    seen = observe(25, 110, 143, longest=0.6, redirects=redirects)
    assert [item.state.name for item in seen] == ["MUTE", "SILENT", "REFUSED"]
    assert [item.attempts for item in seen] == [1, 2, 1]
    assert [item.own_address for item in seen] == ["127.0.0.1", None, None]


def test_the_control_is_a_high_port_of_its_own() -> None:
    taken = tuple(range(49_152, 65_535))
    assert random_high_port(taken) == 65_535
