"""TCP connections as a packet capture shows them: when, to where, and the bytes the client sent.

Reads what `tcpdump -w` writes on an Ethernet device (libpcap's classic format). IPv6 extension
headers and VLAN tags are not expected between two namespaces: such packets are refused.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address

IPV4, IPV6 = 0x0800, 0x86DD
TCP, UDP = 6, 17
FIN, SYN, RST = 1, 2, 4
_HANDSHAKE = re.compile(rb"(?<=STARTTLS\r\n)(?=\x16\x03)")


@dataclass(frozen=True)
class Packet:
    """One packet of TCP or UDP; `at` in seconds since 1970."""

    at: float
    protocol: int
    source: tuple[str, int]
    target: tuple[str, int]
    number: int
    flags: int
    data: bytes


@dataclass
class Connection:
    """One attempt to connect, from its first SYN; `closed` is its first FIN or RST, of either side."""

    address: str
    port: int
    opened: float
    first: int
    is_accepted: bool = False
    closed: float = float("inf")
    pieces: dict[int, bytes] = field(default_factory=dict)

    @property
    def sent(self) -> bytes:
        """What the client sent, in the order of its sequence numbers; repeated bytes once."""
        whole = bytearray()
        for start, data in sorted(self.pieces.items()):
            whole[start : start + len(data)] = data
        return bytes(whole)

    @property
    def clear_and_encrypted(self) -> tuple[bytes, bytes]:
        """What the client sent before a TLS handshake behind STARTTLS, and from there on."""
        clear, *encrypted = _HANDSHAKE.split(self.sent, maxsplit=1)
        return clear, b"".join(encrypted)


def is_tls(data: bytes) -> bool:
    """Tell whether bytes are whole TLS records, one after the other (RFC 8446, 5.1), or none."""
    place = 0
    while place < len(data):
        kind, version, length = struct.unpack_from("!BBxH", data.ljust(place + 5), place)
        if kind not in (20, 21, 22, 23) or version != 3:
            return False
        place += 5 + length
    return place == len(data)


def packets(capture: bytes) -> Iterator[Packet]:
    """Read a capture. Raises ValueError for what this reader does not know."""
    order = {b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">"}.get(capture[:4])
    if order is None or struct.unpack_from(f"{order}I", capture, 20)[0] != 1:
        raise ValueError("not a classic capture of an Ethernet device")
    place = 24
    while place < len(capture):
        seconds, micro, length, whole = struct.unpack_from(f"{order}IIII", capture, place)
        if length != whole:
            raise ValueError("a packet was cut short")
        frame = capture[place + 16 : place + 16 + length]
        yield from _packet(seconds + micro / 1e6, frame)
        place += 16 + length


def _packet(at: float, frame: bytes) -> Iterator[Packet]:
    (kind,) = struct.unpack_from("!H", frame, 12)
    if kind == IPV4:
        start = 14 + (frame[14] & 15) * 4
        end = 14 + struct.unpack_from("!H", frame, 16)[0]
        protocol, addresses = frame[23], (frame[26:30], frame[30:34])
    elif kind == IPV6:
        start = 54
        end = 54 + struct.unpack_from("!H", frame, 18)[0]
        protocol, addresses = frame[20], (frame[22:38], frame[38:54])
    else:
        return
    if protocol not in (TCP, UDP):
        return
    source, target = (str(ip_address(one)) for one in addresses)
    one, other, number = struct.unpack_from("!HHI", frame, start)
    is_tcp = protocol == TCP
    head = (frame[start + 12] >> 4) * 4 if is_tcp else 8
    flags = frame[start + 13] if is_tcp else 0
    data = frame[start + head : end]
    yield Packet(at, protocol, (source, one), (target, other), number, flags, data)


def connections(capture: bytes, client: tuple[str, ...]) -> list[Connection]:
    """The attempts that a client with these addresses made, in the order of their first SYN."""
    found: list[Connection] = []
    latest: dict[tuple[tuple[str, int], tuple[str, int]], Connection] = {}
    for packet in packets(capture):
        if packet.protocol != TCP:
            continue
        is_ours = packet.source[0] in client
        ends = (packet.source, packet.target)
        key = ends if is_ours else (ends[1], ends[0])
        if is_ours and packet.flags & SYN and _is_new(latest.get(key), packet):
            latest[key] = Connection(*packet.target, opened=packet.at, first=packet.number + 1)
            found.append(latest[key])
        elif key in latest:
            _add(latest[key], packet, is_ours=is_ours)
    return found


def _is_new(known: Connection | None, packet: Packet) -> bool:
    """A SYN that is repeated has the number of the first."""
    return known is None or known.first != packet.number + 1


def _add(connection: Connection, packet: Packet, *, is_ours: bool) -> None:
    if packet.flags & (FIN | RST):
        connection.closed = min(connection.closed, packet.at)
    if packet.flags & SYN and not is_ours:
        connection.is_accepted = True
    if is_ours and packet.data:
        connection.pieces[(packet.number - connection.first) % 2**32] = packet.data
