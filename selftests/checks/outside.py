"""A mail domain as a stranger sees it: records, addresses and ports, and what judging them says.

The base is compliant; a case changes one reply (selftests/checks/servers.py), record, port or time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from selftests.checks.registry import Seen, prove
from selftests.checks.servers import HOST, Says, Server
from selftests.smtp.authorities import NOW
from smtp_exposure.expectations import Expectations
from smtp_exposure.records.answers import Answer, AnswerState, Kind
from smtp_exposure.records.mail_domains import MailDomain, MailHost, PolicyFile, ReverseName
from smtp_exposure.records.mail_exchangers import RouteState, parse_mail_exchangers, route_state
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.conversations import Ending
from smtp_exposure.smtp.evidence import SCHEMA, AddressProbe, ExternalEvidence
from smtp_exposure.smtp.plan import plan_address
from smtp_exposure.smtp.ports import PortObservation, PortState, guess_protocol
from smtp_exposure.smtp.request import EXPOSED_PORTS, DomainTarget, ProbeRequest
from smtp_exposure.verdicts import Verdict, Why

DOMAIN = "corp.example"
ADDRESS = "203.0.113.25"
SIXTH = "2001:db8:25::25"
SUBJECT = f"{HOST} [{ADDRESS}]:25"
CONTROL_PORT = 51234
RANDOM = "probe-0123456789ab"


def port(
    number: int,
    state: PortState = PortState.SILENT,
    first_bytes: bytes = b"",
    *,
    is_control: bool = False,
) -> PortObservation:
    """What trying a port came to."""
    return PortObservation(
        port=number,
        state=state,
        first_bytes=first_bytes,
        protocol=guess_protocol(first_bytes),
        is_control=is_control,
    )


Opened = Mapping[int, PortState]


def probe(
    address: str = ADDRESS,
    says: Says | None = None,
    *,
    hosts: tuple[str, ...] = (HOST,),
    domains: tuple[DomainTarget, ...] = (DomainTarget(domain=DOMAIN),),
    ports: Opened | None = None,
    control: PortState | None = PortState.SILENT,
    has_route: bool = True,
    compact: bool = False,
    **behaviour: Any,
) -> AddressProbe:
    """An address of a compliant server on which only port 25 is open, changed in what is given."""
    server = Server(says=says or {}, **behaviour)
    found = AddressProbe(
        address=address, hosts=hosts, domains=tuple(item.domain for item in domains)
    )
    if not has_route:
        return replace(found, has_route=False)
    plan = plan_address(ProbeRequest(compact=compact), domains, RANDOM)
    talks = (talk for item in plan.conversations for talk in server.hold(item, address))
    tried = [port(item, (ports or {}).get(item, PortState.SILENT)) for item in EXPOSED_PORTS]
    if control is not None:
        tried.append(port(CONTROL_PORT, control, is_control=True))
    return replace(found, conversations=tuple(talks), ports=tuple(tried))


def pool(one: AddressProbe, *others: AddressProbe) -> AddressProbe:
    """One address behind which several servers take turns: the first one holds the first talk."""
    servers = (one, *others)
    talks = tuple(
        servers[min(number, len(servers) - 1)].conversations[number]
        for number in range(len(one.conversations))
    )
    return replace(one, conversations=talks)


SILENT = Ending.SILENT


def answer(kind: Kind, name: str, *values: str, state: AnswerState | None = None) -> Answer:
    """A question to the DNS and its answer; without values a name without such records."""
    usual = AnswerState.FOUND if values else AnswerState.NO_DATA
    return Answer(name=name, kind=kind, state=state or usual, values=values)


def mx(*values: str, state: AnswerState | None = None, domain: str = DOMAIN) -> Answer:
    """The MX records of a domain."""
    return answer(Kind.MX, domain, *values, state=state)


def host(name: str = HOST, *addresses: str, **changes: Any) -> MailHost:
    """A mail host with its addresses."""
    old = [item for item in addresses if ":" not in item]
    new = [item for item in addresses if ":" in item]
    found = MailHost(
        name=name,
        a=answer(Kind.A, name, *old),
        aaaa=answer(Kind.AAAA, name, *new),
        addresses=addresses,
    )
    return replace(found, **changes)


def reverse(address: str, *names: str, leads_to: str | None = None) -> ReverseName:
    """The names of an address; each leads back to it, or elsewhere."""
    kind = Kind.AAAA if ":" in address else Kind.A
    return ReverseName(
        address=address,
        ptr=answer(Kind.PTR, address, *(f"{name}." for name in names)),
        forward=tuple(answer(kind, f"{name}.", leads_to or address) for name in names),
    )


def mail_domain(
    records: Answer | None = None,
    *,
    sts: Answer | None = None,
    policy: PolicyFile | None = None,
    also: tuple[str, ...] = (),
) -> MailDomain:
    """A domain with what the DNS says of it; its hosts are those of its MX, and others named."""
    asked = records or mx(f"10 {HOST}.")
    published: tuple[str, ...] = ()
    if route_state(asked) is RouteState.HOSTS:
        published = tuple(item.host for item in parse_mail_exchangers(asked.values))
    return MailDomain(
        domain=asked.name,
        mx=asked,
        hosts=tuple(name for name in (*published, *also) if name != "."),
        mta_sts=sts or answer(Kind.TXT, f"_mta-sts.{asked.name}"),
        policy=policy,
    )


def outside(
    *probes: AddressProbe,
    domain: MailDomain | None = None,
    hosts: Iterable[MailHost] | None = None,
    names: Iterable[ReverseName] | None = None,
    expected: Expectations | None = None,
    own: tuple[str, ...] = (),
    target: str = DOMAIN,
    moment: datetime = NOW,
) -> Approach:
    """A domain that was looked at from outside; hosts and names follow from the probes."""
    found = domain or mail_domain()
    by_host: dict[str, list[str]] = {name: [] for name in found.hosts}
    for item in probes:
        for name in item.hosts:
            by_host.setdefault(name, []).append(item.address)
    usual = [host(name, *addresses) for name, addresses in by_host.items()]
    evidence = ExternalEvidence(
        schema=SCHEMA,
        request=ProbeRequest(domains=(DomainTarget(domain=found.domain),), own_addresses=own),
        vantage="here",
        started=NOW.isoformat(),
        finished=NOW.isoformat(),
        software="test",
        domains=(found,),
        hosts=tuple(usual if hosts is None else hosts),
        addresses=probes,
        reverse_names=tuple(
            [reverse(item.address, item.hosts[0]) for item in probes] if names is None else names
        ),
    )
    wanted = expected or Expectations()
    return Approach(target=target, evidence=evidence, expected=wanted, moment=moment)


def expect(
    check: str,
    verdict: Verdict,
    approach: Approach,
    *seen: Seen,
    why: Why | None = None,
    **evidence: Any,
) -> None:
    """Assert what a check from outside comes to."""
    prove(check, verdict, *seen, why=why, approach=approach, **evidence)


def compliant(check: str, approach: Approach, *notes: Seen, **evidence: Any) -> None:
    """Assert that a check finds nothing but these notes."""
    expect(check, Verdict.COMPLIANT, approach, *notes, **evidence)


def deviates(check: str, approach: Approach, *seen: Seen, **evidence: Any) -> None:
    """Assert that a check finds exactly this, and that it deviates."""
    expect(check, Verdict.DEVIATES, approach, *seen, **evidence)


def inconclusive(check: str, approach: Approach, *seen: Seen, **evidence: Any) -> None:
    """Assert that a check finds exactly this, and that it proves neither."""
    expect(check, Verdict.INCONCLUSIVE, approach, *seen, **evidence)


def error(check: str, approach: Approach, *seen: Seen, **evidence: Any) -> None:
    """Assert that a check could not look."""
    expect(check, Verdict.ERROR, approach, *seen, **evidence)


def not_applicable(check: str, approach: Approach, **evidence: Any) -> None:
    """Assert that a check does not apply."""
    expect(check, Verdict.NOT_ASSESSED, approach, why=Why.NOT_APPLICABLE, **evidence)


def at(address: str, number: int = 25, name: str = HOST) -> str:
    """A subject."""
    return f"{name} [{address}]:{number}"
