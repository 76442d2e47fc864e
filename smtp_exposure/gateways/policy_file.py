"""The MTA-STS policy of a domain, fetched over HTTPS (RFC 8461, 3.3)."""

import asyncio
import re
import ssl

from smtp_exposure.gateways.dialling import Dialled, Redirects, connect_within
from smtp_exposure.gateways.resolver import Resolver
from smtp_exposure.records.answers import Kind
from smtp_exposure.records.mail_domains import PolicyFile
from smtp_exposure.smtp.request import ProbeRequest
from smtp_exposure.smtp.visible import visible

_LONGEST = 65_536
_HTTPS = 443


async def fetch_policy(
    domain: str, resolver: Resolver, request: ProbeRequest, redirects: Redirects | None = None
) -> PolicyFile:
    """Fetch the policy. Here the certificate is verified, because the standard demands it."""
    host = f"mta-sts.{domain}"
    url = f"https://{host}/.well-known/mta-sts.txt"
    a, aaaa = await asyncio.gather(resolver.ask(host, Kind.A), resolver.ask(host, Kind.AAAA))
    addresses = (*a.values, *aaaa.values)
    if not addresses:
        return PolicyFile(url=url, problem=f"{host}: {a.state.value}")
    try:
        async with asyncio.timeout(request.limits.dns):
            dialled = Dialled(address=addresses[0], redirects=redirects)
            answer = await _get(host, dialled, request)
    except TimeoutError:
        return PolicyFile(url=url, problem="no answer in time")
    except OSError as problem:  # ssl.SSLError is one
        return PolicyFile(url=url, problem=str(problem)[:300])
    head, _, body = answer.partition(b"\r\n\r\n")
    # RFC 8461, 3.3: no redirects, nothing but 200.
    if not re.match(rb"HTTP/1\.[01] 200\b", head):
        return PolicyFile(url=url, problem=visible(head.partition(b"\r\n")[0])[:300])
    return PolicyFile(url=url, text=body.decode("utf-8", "replace"))


async def _get(host: str, dialled: Dialled, request: ProbeRequest) -> bytes:
    opened = await connect_within(dialled, _HTTPS, request.limits.dns)
    context = ssl.create_default_context()
    if request.ca_file:
        context.load_verify_locations(request.ca_file)
    reader, writer = await asyncio.open_connection(sock=opened, ssl=context, server_hostname=host)
    try:
        # HTTP/1.0, so that the body comes whole and not in chunks.
        writer.write(f"GET /.well-known/mta-sts.txt HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        await writer.drain()
        return await _all_of(reader)
    finally:
        writer.transport.abort()


async def _all_of(reader: asyncio.StreamReader) -> bytes:
    found = bytearray()
    while len(found) < _LONGEST:
        piece = await reader.read(_LONGEST)
        if not piece:
            break
        found += piece
    return bytes(found[:_LONGEST])
