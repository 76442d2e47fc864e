"""A small DNS server on loopback: one table of answers, and ways not to answer."""

import asyncio
import struct
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from selftests.gateways.stage import Stage

SILENT = "silent"
JUNK = "junk"
TRUNCATED = "truncated"

# (name, type) -> records, or the name of an rcode, or one of the ways above.
Table = dict[tuple[str, str], tuple[str, ...] | str]


class Zone:
    """Answers from a table; a name without any entry does not exist."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.asked: list[tuple[str, str]] = []

    def serve(self, stage: Stage) -> str:
        """Serve over UDP and TCP; gives what `--resolver` takes."""
        port = stage.serve(self._over_tcp)
        stage.datagrams(lambda: _Datagrams(self), port)
        return f"127.0.0.1:{port}"

    def answer(self, wire: bytes, *, over_tcp: bool) -> bytes | None:
        """Give the answer's bytes, or None for silence."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text().rstrip(".").lower()
        kind = question.rdtype.name
        self.asked.append((name, kind))
        entry = self.table.get((name, kind))
        if entry == SILENT:
            return None
        if entry == JUNK:
            return wire[:2] + b"\xff" * 10
        response = dns.message.make_response(query, recursion_available=True)
        self._fill(response, name, kind, entry, over_tcp=over_tcp)
        return response.to_wire()

    def _fill(
        self,
        response: dns.message.Message,
        name: str,
        kind: str,
        entry: tuple[str, ...] | str | None,
        *,
        over_tcp: bool,
    ) -> None:
        alias = self.table.get((name, "CNAME"))
        if entry is None and isinstance(alias, tuple):
            response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", *alias))
            target = alias[0].rstrip(".")
            self._fill(response, target, kind, self.table.get((target, kind)), over_tcp=over_tcp)
        elif isinstance(entry, tuple):
            if f"{TRUNCATED}" in entry and not over_tcp:
                response.flags |= dns.flags.TC
                return
            records = [text for text in entry if text != TRUNCATED]
            if records:
                response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *records))
        elif isinstance(entry, str):
            response.set_rcode(dns.rcode.from_text(entry))
        elif not any(known == name or known.endswith(f".{name}") for known, _ in self.table):
            response.set_rcode(dns.rcode.NXDOMAIN)

    async def _over_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (size,) = struct.unpack("!H", await reader.readexactly(2))
        answer = self.answer(await reader.readexactly(size), over_tcp=True) or b""
        writer.write(struct.pack("!H", len(answer)) + answer)
        await writer.drain()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own class is no subclass of the abstract one in Python 3.11.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._zone.answer(data, over_tcp=False)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)
