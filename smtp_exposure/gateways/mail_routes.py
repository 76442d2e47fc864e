"""From domains to addresses: which mail hosts there are, and what else the DNS says of them."""

import asyncio
from dataclasses import replace
from ipaddress import IPv6Address, ip_address

from smtp_exposure.gateways.resolver import Resolver
from smtp_exposure.records.answers import Answer, AnswerState, Kind
from smtp_exposure.records.filtering_services import foreign_service
from smtp_exposure.records.mail_domains import MailDomain, MailHost, ReverseName
from smtp_exposure.records.mail_exchangers import (
    RouteState,
    bare_name,
    parse_mail_exchangers,
    route_state,
)
from smtp_exposure.smtp.request import DomainTarget, Limits, ProbeRequest

_MOST_REVERSE_NAMES = 8


async def resolve_domain(target: DomainTarget, resolver: Resolver, limits: Limits) -> MailDomain:
    """Find the mail hosts of a domain; hosts that a person named stand in for its MX."""
    mx, sts = await asyncio.gather(
        resolver.ask(target.domain, Kind.MX),
        resolver.ask(f"_mta-sts.{target.domain}", Kind.TXT),
    )
    published: tuple[str, ...] = ()
    if route_state(mx) is RouteState.HOSTS:
        published = tuple(item.host for item in parse_mail_exchangers(mx.values))
    names = [bare_name(name) for name in (*(target.hosts or published), *target.public_hosts)]
    hosts = [name for name in dict.fromkeys(names) if name != "."]
    return MailDomain(
        domain=target.domain,
        mx=mx,
        hosts=tuple(hosts[: limits.hosts_per_domain]),
        left_out=tuple(hosts[limits.hosts_per_domain :]),
        mta_sts=sts,
    )


async def resolve_host(name: str, resolver: Resolver, request: ProbeRequest) -> MailHost:
    """Find the addresses of a mail host, which may be given as an address itself."""
    literal = _literal(name)
    if literal:
        return _host_of_literal(name, literal)
    a, aaaa = await asyncio.gather(resolver.ask(name, Kind.A), resolver.ask(name, Kind.AAAA))
    found = tuple(dict.fromkeys((*a.values, *aaaa.values)))
    most = request.limits.addresses_per_host
    service = foreign_service(name, request.foreign_mx)
    return MailHost(
        name=name,
        a=a,
        aaaa=aaaa,
        addresses=found[:most],
        left_out=found[most:],
        skipped=f"belongs to {service}" if service else None,
    )


async def add_tlsa(host: MailHost, resolver: Resolver, port: int) -> MailHost:
    """Add the TLSA records of a host's SMTP port (RFC 7672, 2.2.3)."""
    if _literal(host.name):
        return host
    return replace(host, tlsa=await resolver.ask(f"_{port}._tcp.{host.name}", Kind.TLSA))


async def resolve_reverse(address: str, resolver: Resolver) -> ReverseName:
    """Find the names of an address, and the addresses of those names."""
    ptr = await resolver.ask_reverse(address)
    kind = Kind.AAAA if isinstance(ip_address(address), IPv6Address) else Kind.A
    names = ptr.values[:_MOST_REVERSE_NAMES]
    forward = await asyncio.gather(*(resolver.ask(name, kind) for name in names))
    return ReverseName(address=address, ptr=ptr, forward=tuple(forward))


def _literal(name: str) -> str | None:
    try:
        return str(ip_address(name.strip("[]")))
    except ValueError:
        return None


def _host_of_literal(name: str, address: str) -> MailHost:
    def given(kind: Kind, *values: str) -> Answer:
        state = AnswerState.FOUND if values else AnswerState.NO_DATA
        return Answer(name=name, kind=kind, state=state, values=values, detail="given as address")

    ours = ((), (address,)) if ":" in address else ((address,), ())
    a, aaaa = given(Kind.A, *ours[0]), given(Kind.AAAA, *ours[1])
    return MailHost(name=name, a=a, aaaa=aaaa, addresses=(address,))
