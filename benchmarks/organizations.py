"""Large organisations to measure with: each server as it should be, with many connectors."""

import random
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from lab.defaults import ALL_BUT_EXTERNAL
from lab.scenarios.compliant import compliant_server, organization
from lab.state import Organization, ReceiveConnector, Server

CONNECTORS = 20
RANGES = 50


def ranges(chance: random.Random, inside: bool) -> tuple[str, ...]:
    """Fifty ranges in every notation: small nets of IPv4 and IPv6, inside or in the Internet."""
    base4 = 0x0A00_0000 if inside else 0x3000_0000
    base6 = 0xFD00 << 112 if inside else 0x2A00 << 112
    made: list[str] = []
    for number in range(RANGES):
        low = base4 | chance.getrandbits(24) & ~0xFF
        v6 = base6 | chance.getrandbits(64) << 48
        notations = (
            f"{IPv4Address(low)}/24",
            f"{IPv4Address(low)}-{IPv4Address(low + chance.randrange(256))}",
            f"{IPv4Address(low)}(255.255.255.0)",
            f"{IPv4Address(low + 7)}",
            f"{IPv6Address(v6)}/64",
            f"{IPv6Address(v6)}-{IPv6Address(v6 + chance.getrandbits(48))}",
        )
        made.append(notations[number % len(notations)])
    return tuple(made)


def connectors(server: str, chance: random.Random) -> Iterator[ReceiveConnector]:
    """What an old organisation has beside the standard ones: devices, applications, partners."""
    for number in range(CONNECTORS - 6):
        inside = number % 3 > 0
        yield ReceiveConnector(
            name=f"Custom {number:02}",
            fqdn=f"{server}.corp.example",
            bindings=("0.0.0.0:25", "[::]:25"),
            remote_ip_ranges=ranges(chance, inside),
            auth_mechanism=ALL_BUT_EXTERNAL if inside else ("Tls",),
            permission_groups=("ExchangeUsers",) if inside else ("AnonymousUsers",),
        )


def large_organization(servers: int) -> Organization:
    """An organisation of so many servers; the same one each time."""
    chance = random.Random(servers)  # noqa: S311  # a fixed sequence, no secret
    return organization(*(large_server(number, chance) for number in range(1, servers + 1)))


def large_server(number: int, chance: random.Random) -> Server:
    """A server on which every step was done, with twenty connectors."""
    name, address = f"EX{number:03}", str(IPv4Address(0x0A01_0000 + number))
    fresh = compliant_server(name, address)
    padding = ranges(chance, inside=True)
    scoped = tuple(
        replace(item, remote_ip_ranges=(*item.remote_ip_ranges, *padding)[:RANGES])
        if item.name.startswith("Default Frontend")
        else item
        for item in fresh.receive_connectors
    )
    return replace(fresh, receive_connectors=(*scoped, *connectors(name, chance)))
