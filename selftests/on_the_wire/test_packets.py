"""The reader of packet captures, on captures made by hand."""

import struct
from ipaddress import ip_address

import pytest

from selftests.on_the_wire.packets import FIN, RST, SYN, TCP, UDP, connections, is_tls, packets

ACK = 16
PROBE, SERVER = "192.0.2.2", "198.51.100.1"
PROBE6, SERVER6 = "2001:db8::2", "2001:db8:1::1"
HEAD = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1)
RECORD = b"\x16\x03\x01\x00\x02hi"
Frame = tuple[float, bytes]


def tcp(
    at: float,
    flags: int,
    data: bytes = b"",
    *,
    number: int = 1_000,
    source: tuple[str, int] = (PROBE, 40_000),
    target: tuple[str, int] = (SERVER, 25),
) -> Frame:
    """A packet of TCP in its frame, padded as short ones are."""
    head = struct.pack("!HHIIBBHHH", source[1], target[1], number, 0, 5 << 4, flags, 0, 0, 0)
    return at, internet(TCP, source[0], target[0], head + data).ljust(60, b"\0")


def internet(protocol: int, source: str, target: str, data: bytes) -> bytes:
    """A packet of either family in its frame."""
    addresses = ip_address(source).packed + ip_address(target).packed
    if ":" in source:
        head = struct.pack("!IHBB", 6 << 28, len(data), protocol, 64)
        return bytes(12) + b"\x86\xdd" + head + addresses + data
    length = 20 + len(data)
    head = struct.pack("!BBHIBBH", 0x45, 0, length, 0, 64, protocol, 0)
    return bytes(12) + b"\x08\x00" + head + addresses + data


def capture(*frames: Frame) -> bytes:
    """A capture of these frames."""
    found = HEAD
    for at, frame in frames:
        size = len(frame)
        found += struct.pack("<IIII", int(at), round(at % 1 * 1e6), size, size) + frame
    return found


def answer(at: float, flags: int, data: bytes = b"", number: int = 9_000) -> Frame:
    """A packet of the server's."""
    back = {"source": (SERVER, 25), "target": (PROBE, 40_000)}
    return tcp(at, flags, data, number=number, **back)


def test_a_connection_is_read_from_its_syn_to_its_end() -> None:
    (one,) = connections(
        capture(
            tcp(1.0, SYN),
            answer(1.1, SYN | ACK),
            tcp(1.2, ACK, b"EHLO x\r\n", number=1_001),
            answer(1.3, ACK, b"250 hello\r\n"),
            tcp(1.4, ACK, b"QUIT\r\n", number=1_009),
            answer(1.5, FIN | ACK),
            tcp(1.6, FIN | ACK, number=1_015),
        ),
        (PROBE,),
    )
    assert (one.address, one.port, one.opened, one.closed) == (SERVER, 25, 1.0, 1.5)
    assert (one.is_accepted, one.sent) == (True, b"EHLO x\r\nQUIT\r\n")


def test_bytes_come_in_their_order_and_once() -> None:
    (one,) = connections(
        capture(
            tcp(1.0, SYN),
            tcp(1.2, ACK, b"QUIT\r\n", number=1_009),
            tcp(1.3, ACK, b"EHLO x\r\n", number=1_001),
            tcp(1.4, ACK, b"QUIT\r\n", number=1_009),
        ),
        (PROBE,),
    )
    assert one.sent == b"EHLO x\r\nQUIT\r\n"


def test_a_refused_connection_was_never_accepted() -> None:
    (one,) = connections(capture(tcp(1.0, SYN), answer(1.1, RST | ACK)), (PROBE,))
    assert (one.is_accepted, one.closed) == (False, 1.1)


def test_a_repeated_syn_is_no_second_attempt_and_another_socket_is() -> None:
    other = tcp(3.0, SYN, source=(PROBE, 40_001))
    assert len(connections(capture(tcp(1.0, SYN), tcp(2.0, SYN), other), (PROBE,))) == 2
    again = tcp(9.0, SYN, number=77_000)
    assert len(connections(capture(tcp(1.0, SYN), again), (PROBE,))) == 2


def test_both_families_are_read_and_others_passed_over() -> None:
    sixth = tcp(1.0, SYN, b"x", source=(PROBE6, 40_000), target=(SERVER6, 25))
    udp = internet(UDP, PROBE, SERVER, struct.pack("!HHHH", 5_000, 53, 11, 0) + b"ask")
    others = [(1.0, bytes(12) + b"\x08\x06" + bytes(40)), (1.0, internet(58, PROBE6, SERVER6, b""))]
    found = list(packets(capture(sixth, (2.0, udp), *others)))
    assert [(item.target, item.data) for item in found] == [
        ((SERVER6, 25), b"x"),
        ((SERVER, 53), b"ask"),
    ]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"EHLO x\r\nSTARTTLS\r\n" + RECORD, (b"EHLO x\r\nSTARTTLS\r\n", RECORD)),
        (b"STARTTLS\r\nQUIT\r\n", (b"STARTTLS\r\nQUIT\r\n", b"")),
        (b"", (b"", b"")),
    ],
)
def test_what_is_clear_ends_where_tls_begins(sent: bytes, expected: tuple[bytes, bytes]) -> None:
    (one,) = connections(capture(tcp(1.0, SYN), tcp(1.1, ACK, sent, number=1_001)), (PROBE,))
    assert one.clear_and_encrypted == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", True),
        (RECORD, True),
        (RECORD + b"\x17\x03\x03\x00\x00", True),
        (RECORD + b"DATA\r\n", False),
        (RECORD[:-1], False),
        (RECORD + b"\x17\x03", False),
        (b"QUIT\r\n", False),
    ],
)
def test_knows_tls_records(data: bytes, expected: bool) -> None:
    assert is_tls(data) == expected


def test_what_it_does_not_know_is_refused() -> None:
    at, frame = tcp(1.0, SYN)
    short = HEAD + struct.pack("<IIII", int(at), 0, len(frame), len(frame) + 1) + frame
    for unknown in (short, b"\x0a\x0d\x0d\x0a" + bytes(40), HEAD[:20] + bytes(4)):
        with pytest.raises(ValueError, match=r"capture|cut short"):
            list(packets(unknown))
