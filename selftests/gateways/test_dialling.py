"""Connection attempts on loopback, on event loops that watch sockets and on those that don't."""

import asyncio
import errno
import socket

import pytest

from selftests.gateways.stage import Manner, Stage
from smtp_exposure.gateways.dialling import Attempt, Dialled, connect_within

HERE = Dialled(address="127.0.0.1")


def dial(port: int, seconds: float = 1.0, where: Dialled = HERE) -> str:
    async def dialling() -> str:
        with await connect_within(where, port, seconds) as opened:
            return str(opened.getpeername()[0])

    return asyncio.run(dialling())


@pytest.mark.usefixtures("each_event_loop")
def test_opens_a_connection(stage: Stage, manner: Manner) -> None:
    assert dial(stage.mail(manner)) == "127.0.0.1"


@pytest.mark.usefixtures("each_event_loop")
def test_a_refusal_is_the_systems_own_error() -> None:
    with pytest.raises(ConnectionRefusedError) as refused:
        dial(1)
    assert refused.value.errno == errno.ECONNREFUSED


@pytest.mark.usefixtures("each_event_loop")
def test_an_address_that_nobody_can_have_is_an_error() -> None:
    # The broadcast address of loopback.
    with pytest.raises(OSError, match=r"\[Errno \d+\]") as problem:
        dial(25, where=Dialled(address="127.255.255.255"))
    assert problem.value.errno not in (None, errno.ECONNREFUSED)


@pytest.mark.parametrize(
    ("manner", "error"),
    [("refused", ConnectionRefusedError), ("unreachable", OSError), ("silent", TimeoutError)],
)
def test_a_stand_in_keeps_ports_closed_in_each_way(manner: str, error: type[OSError]) -> None:
    where = Dialled(address="203.0.113.5", redirects={("203.0.113.5", 25): manner})
    with pytest.raises(error):
        dial(25, seconds=0.05, where=where)


def test_what_a_stand_in_does_not_know_is_refused() -> None:
    with pytest.raises(ConnectionRefusedError):
        dial(25, where=Dialled(address="203.0.113.5", redirects={}))


@pytest.mark.usefixtures("each_event_loop")
def test_an_attempt_that_is_given_up_closes_its_socket(
    monkeypatch: pytest.MonkeyPatch, stage: Stage, manner: Manner
) -> None:
    made: list[socket.socket] = []

    class Seen(socket.socket):
        def __init__(self, *arguments: int) -> None:
            super().__init__(*arguments)
            made.append(self)

    async def giving_up(port: int) -> None:
        Attempt(HERE, port, lambda _attempt: None).close()
        await asyncio.sleep(0.05)

    port = stage.mail(manner)
    monkeypatch.setattr(socket, "socket", Seen)
    asyncio.run(giving_up(port))
    assert [item.fileno() for item in made if type(item) is Seen][-1:] == [-1]
