"""Bytes on a connected pair of sockets, awaited with patience of different lengths."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from smtp_exposure.gateways.arrivals import CHUNK, Arrivals

SHORT, LONG = 0.05, 5.0
Told = Callable[[Arrivals, socket.socket], Awaitable[object]]


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[Arrivals, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        arrivals = Arrivals(ours)
        try:
            yield arrivals, theirs
        finally:
            arrivals.close()


def told(story: Told) -> object:
    async def telling() -> object:
        async with pair() as (arrivals, theirs), asyncio.timeout(LONG / 2):
            return await story(arrivals, theirs)

    return asyncio.run(telling())


def within(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


def later(theirs: socket.socket, data: bytes, seconds: float) -> None:
    asyncio.get_running_loop().call_later(seconds, theirs.send, data)


@pytest.mark.usefixtures("each_event_loop")
def test_gives_what_is_there_and_what_comes() -> None:
    async def story(arrivals: Arrivals, theirs: socket.socket) -> list[bytes]:
        theirs.send(b"220 one\r\n")
        found = [await arrivals.next(within(LONG))]
        later(theirs, b"250 two\r\n", SHORT)
        return [*found, await arrivals.next(within(LONG))]

    assert told(story) == [b"220 one\r\n", b"250 two\r\n"]


@pytest.mark.usefixtures("each_event_loop")
def test_gives_no_more_than_a_chunk_at_once() -> None:
    async def story(arrivals: Arrivals, theirs: socket.socket) -> list[int]:
        theirs.send(bytes(CHUNK + 3))
        return [len(await arrivals.next(within(LONG))) for _ in range(2)]

    assert told(story) == [CHUNK, 3]


@pytest.mark.usefixtures("each_event_loop")
def test_nothing_means_that_the_peer_closed() -> None:
    async def story(arrivals: Arrivals, theirs: socket.socket) -> bytes:
        theirs.close()
        return await arrivals.next(within(LONG))

    assert told(story) == b""


@pytest.mark.usefixtures("each_event_loop")
@pytest.mark.parametrize("earlier", [(), (LONG,), (SHORT,), (SHORT, LONG)])
def test_patience_ends_when_it_should(earlier: tuple[float, ...]) -> None:
    async def story(arrivals: Arrivals, theirs: socket.socket) -> bool:
        for seconds in earlier:
            theirs.send(b"250 early\r\n")
            await arrivals.next(within(seconds))
        latest = within(SHORT)
        with pytest.raises(TimeoutError):
            await arrivals.next(latest)
        return asyncio.get_running_loop().time() >= latest

    assert told(story) is True


@pytest.mark.usefixtures("each_event_loop")
@pytest.mark.parametrize("longer", [LONG, None])
def test_an_earlier_and_shorter_patience_ends_nothing(longer: float | None) -> None:
    async def story(arrivals: Arrivals, theirs: socket.socket) -> bytes:
        theirs.send(b"250 early\r\n")
        await arrivals.next(within(SHORT))
        later(theirs, b"250 late\r\n", 3 * SHORT)
        return await arrivals.next(None if longer is None else within(longer))

    assert told(story) == b"250 late\r\n"


@pytest.mark.usefixtures("each_event_loop")
def test_who_lost_patience_may_wait_again() -> None:
    async def story(arrivals: Arrivals, theirs: socket.socket) -> bytes:
        with pytest.raises(TimeoutError):
            await arrivals.next(within(SHORT))
        later(theirs, b"250 late\r\n", SHORT)
        return await arrivals.next(within(LONG))

    assert told(story) == b"250 late\r\n"


def test_what_nobody_awaits_stays_and_does_not_keep_the_loop_busy() -> None:
    async def story(arrivals: Arrivals, theirs: socket.socket) -> tuple[bytes, bool]:
        theirs.send(b"220 one\r\n")
        await arrivals.next(within(LONG))
        theirs.send(b"unasked")
        await asyncio.sleep(SHORT)
        loop = asyncio.get_running_loop()
        is_watched = loop.remove_reader(watched(arrivals))
        return await arrivals.next(within(LONG)), is_watched

    assert told(story) == (b"unasked", False)


def watched(arrivals: Arrivals) -> int:
    return arrivals._socket.fileno()  # what the event loop watches


def test_a_closed_one_leaves_nothing_behind_in_the_event_loop() -> None:
    async def story(arrivals: Arrivals, theirs: socket.socket) -> bool:
        theirs.send(b"220 one\r\n")
        await arrivals.next(within(SHORT))
        arrivals.close()
        await asyncio.sleep(2 * SHORT)
        return asyncio.get_running_loop().remove_reader(watched(arrivals))

    assert told(story) is False


def test_a_wait_that_is_given_up_can_be_begun_again() -> None:
    async def story(arrivals: Arrivals, theirs: socket.socket) -> bytes:
        waiting = asyncio.ensure_future(arrivals.next(within(LONG)))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
        theirs.send(b"250 two\r\n")
        return await arrivals.next(within(LONG))

    assert told(story) == b"250 two\r\n"
