"""What the DNS says in a scenario, as records that follow from its state."""

import ipaddress
from collections.abc import Iterator

from lab import certificates
from lab.endpoints import all_ways, certificate_at
from lab.state import Organization

CLIENT_NAME = "probe.example.net"
Record = tuple[str, str, str]
"""Name, type and data, as in a zone file; names without the last dot."""


def records(organization: Organization) -> list[Record]:
    """Return all records, each once."""
    found = [
        *_mail_records(organization),
        *_reverse_records(organization),
        *_client_records(organization),
        *_further_records(organization),
    ]
    return list(dict.fromkeys(found))


def reverse_name(address: str) -> str:
    """Return the name under which the PTR record of an address stands."""
    return ipaddress.ip_address(address).reverse_pointer


def _mail_records(organization: Organization) -> Iterator[Record]:
    aliases = dict(organization.network.names.aliases)
    for each in organization.mail_hosts:
        # RFC 7505: a null MX is a lone dot.
        host = "" if each.host == "." else each.host
        if each.is_in_mx:
            yield each.domain, "MX", f"{each.preference} {host}."
        if each.host in aliases:
            yield each.host, "CNAME", f"{aliases[each.host]}."
        for address in each.addresses:
            yield aliases.get(each.host, each.host), _kind(address), address


def _reverse_records(organization: Organization) -> Iterator[Record]:
    said: dict[str, str | None] = {}
    for each in organization.mail_hosts:
        for address in each.addresses:
            said.setdefault(address, each.host)
    said |= dict(organization.network.names.reverse)
    for address, name in said.items():
        if name is not None:
            yield reverse_name(address), "PTR", f"{name}."


def _client_records(organization: Organization) -> Iterator[Record]:
    for address in (organization.client_address, organization.client_address_ipv6):
        yield CLIENT_NAME, _kind(address), address
        yield reverse_name(address), "PTR", f"{CLIENT_NAME}."


def _further_records(organization: Organization) -> Iterator[Record]:
    network = organization.network
    for name, text in network.names.texts:
        yield name, "TXT", f'"{text}"'
    for each in network.policy_hosts:
        yield each.name, _kind(each.address), each.address
    if network.names.tlsa:
        yield from _tlsa_records(organization)


def _tlsa_records(organization: Organization) -> Iterator[Record]:
    ways = all_ways(organization)
    for each in organization.mail_hosts:
        for address in each.addresses:
            presented = certificate_at(organization, ways[address])
            if presented is not None:
                right = organization.network.names.tlsa == "right"
                digest = certificates.key_digest(presented.subject) if right else "00" * 32
                # RFC 7672, 3.1.1: DANE-EE, the public key, SHA-256.
                yield f"_25._tcp.{each.host}", "TLSA", f"3 1 1 {digest}"


def _kind(address: str) -> str:
    return "AAAA" if ":" in address else "A"
