"""A name server for all the names of a scenario; whatever it doesn't know doesn't exist."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from lab.wire import Wire
from lab.zone import Record

_TTL = 60
_LONGEST_UDP = 1_232
_SOA = "ns.lab.invalid. hostmaster.lab.invalid. 1 3600 600 86400 60"
_LONGEST_CHAIN = 8

Failure = tuple[str, str, str]


class Zone:
    """Records by name and type, and the questions that fail."""

    def __init__(self, records: Iterable[Record], failures: Iterable[Failure]) -> None:
        grouped: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], list[str]] = defaultdict(list)
        for owner, kind, data in records:
            grouped[dns.name.from_text(owner), dns.rdatatype.from_text(kind)].append(data)
        self._sets = {
            key: dns.rrset.from_text_list(key[0], _TTL, "IN", dns.rdatatype.to_text(key[1]), data)
            for key, data in grouped.items()
        }
        self._names = {name for name, _ in self._sets}
        self._failures = {
            (dns.name.from_text(name), dns.rdatatype.from_text(kind)): how
            for name, kind, how in failures
        }

    def answer(self, query: dns.message.Message) -> dns.message.Message | None:
        """Return the response to a query; None: none is sent."""
        response = dns.message.make_response(query, recursion_available=True)
        if len(query.question) != 1:
            response.set_rcode(dns.rcode.FORMERR)
            return response
        asked = query.question[0]
        failure = self._failures.get((asked.name, asked.rdtype))
        if failure == "SILENT":
            return None
        if failure is not None:
            response.set_rcode(dns.rcode.from_text(failure))
            return response
        response.flags |= dns.flags.AA
        self._fill(response, asked.name, asked.rdtype)
        return response

    def _fill(
        self, response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType
    ) -> None:
        for _ in range(_LONGEST_CHAIN):
            found = self._sets.get((name, kind))
            alias = self._sets.get((name, dns.rdatatype.CNAME))
            if found is not None:
                response.answer.append(found)
                return
            if alias is None:
                break
            response.answer.append(alias)
            name = alias[0].target
        if not any(each.is_subdomain(name) for each in self._names):
            response.set_rcode(dns.rcode.NXDOMAIN)
        # RFC 2308, 3: a negative answer carries the SOA, so that it can be remembered.
        response.authority.append(dns.rrset.from_text(dns.name.root, _TTL, "IN", "SOA", _SOA))


class NameServer(asyncio.DatagramProtocol):
    """Answers datagrams, and connections as any other port does."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to answer datagrams."""
        # Not every Python derives its datagram transports from asyncio.DatagramTransport.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """Answer one datagram, cut short if it would be too long."""
        query = _read(data)
        response = self._zone.answer(query) if query else None
        if query is None or response is None or self._transport is None:
            return
        longest = max(512, min(query.payload or 512, _LONGEST_UDP))
        try:
            wire = response.to_wire(max_size=longest)
        except dns.exception.TooBig:
            short = dns.message.make_response(query, recursion_available=True)
            short.flags |= dns.flags.TC
            wire = short.to_wire()
        self._transport.sendto(wire, address)

    async def serve(self, wire: Wire) -> None:
        """Answer the questions of one connection (RFC 1035, 4.2.2: each behind its length)."""
        while (length := await wire.exactly(2)) is not None:
            query = _read(await wire.exactly(int.from_bytes(length)) or b"")
            response = self._zone.answer(query) if query else None
            if response is not None:
                answer = response.to_wire(max_size=65_535)
                await wire.send(len(answer).to_bytes(2) + answer)

    def close(self) -> None:
        """Stop answering datagrams."""
        if self._transport is not None:
            self._transport.close()


def _read(data: bytes) -> dns.message.Message | None:
    try:
        return dns.message.from_wire(data)
    except dns.exception.DNSException:
        return None
