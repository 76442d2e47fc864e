"""The whole look from outside: domains, hosts, addresses and ports at once, in one event loop."""

import asyncio
import re
import secrets
import ssl
import sys
from collections.abc import Iterable
from dataclasses import replace

from smtp_exposure.gateways.address_probe import AddressTarget, Gates, probe_address
from smtp_exposure.gateways.chain_trust import TrustJudge
from smtp_exposure.gateways.dialling import Redirects
from smtp_exposure.gateways.mail_routes import (
    add_tlsa,
    resolve_domain,
    resolve_host,
    resolve_reverse,
)
from smtp_exposure.gateways.policy_file import fetch_policy
from smtp_exposure.gateways.resolver import Resolver
from smtp_exposure.gateways.smtp_client import Terms
from smtp_exposure.gateways.smtp_wire import Clock, utc_now
from smtp_exposure.records.mail_domains import MailDomain, MailHost
from smtp_exposure.records.mail_exchangers import bare_name
from smtp_exposure.smtp.ehlo import read_address
from smtp_exposure.smtp.evidence import SCHEMA, ExternalEvidence
from smtp_exposure.smtp.plan import check_request, plan_address
from smtp_exposure.smtp.request import ProbeRequest
from smtp_exposure.smtp.transcripts import is_internet

_HOST_NAME = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# Our own name is looked up while the greeting is awaited; it must not hold a conversation up.
_NAME_WAIT = 1.0


def gather(request: ProbeRequest, redirects: Redirects | None = None) -> ExternalEvidence:
    """Look at everything the request names. What could not be seen is part of the evidence.

    `redirects` are for a stand-in on loopback. Raises SettingsError, before anything is contacted,
    for options that can't be used.
    """
    check_request(request)
    evidence: list[ExternalEvidence] = []

    async def look() -> None:
        # Not as the result of the task: when asyncio hands SIGINT back, it formats the task.
        evidence.append(await _Look(request, redirects).gather())

    asyncio.run(look())
    return evidence[0]


class _Look:
    def __init__(self, request: ProbeRequest, redirects: Redirects | None) -> None:
        self._request = request
        self._redirects = redirects
        self._clock = Clock()
        self._random_part = f"probe-{secrets.token_hex(6)}"
        self._names: dict[str, asyncio.Task[str]] = {}

    async def gather(self) -> ExternalEvidence:
        request, started = self._request, utc_now()
        self._resolver = Resolver(request.resolver, request.limits.dns)
        self._terms = self._terms_now()
        domains, hosts = await self._routes()
        targets = self._targets(domains, hosts)
        gates = Gates(request.ports)
        probes, reverse, hosts_whole, domains_whole = await asyncio.gather(
            asyncio.gather(*(probe_address(item, request, self._terms, gates) for item in targets)),
            asyncio.gather(*(resolve_reverse(item.address, self._resolver) for item in targets)),
            asyncio.gather(*(self._with_tlsa(host) for host in hosts)),
            asyncio.gather(*(self._with_policy(domain) for domain in domains)),
        )
        return ExternalEvidence(
            schema=SCHEMA,
            request=request,
            vantage=request.vantage,
            started=started,
            finished=utc_now(),
            software=f"Python {sys.version.split()[0]}, {ssl.OPENSSL_VERSION}",
            domains=tuple(domains_whole),
            hosts=tuple(hosts_whole),
            addresses=tuple(probes),
            reverse_names=tuple(reverse),
            was_cut_short=asyncio.get_running_loop().time() >= self._terms.run_ends,
        )

    def _terms_now(self) -> Terms:
        limits = self._request.limits
        judge = TrustJudge(self._request.ca_file)
        judge.check()
        return Terms(
            clock=self._clock,
            run_ends=asyncio.get_running_loop().time() + limits.run,
            limits=limits,
            judge=judge,
            name_for=self._own_name,
            redirects=self._redirects,
        )

    async def _routes(self) -> tuple[list[MailDomain], list[MailHost]]:
        request = self._request
        domains = await asyncio.gather(
            *(resolve_domain(item, self._resolver, request.limits) for item in request.domains)
        )
        names = [name for domain in domains for name in domain.hosts]
        unique = dict.fromkeys((*names, *map(bare_name, request.hosts)))
        hosts = await asyncio.gather(
            *(resolve_host(name, self._resolver, request) for name in unique)
        )
        return list(domains), list(hosts)

    def _targets(
        self, domains: Iterable[MailDomain], hosts: Iterable[MailHost]
    ) -> list[AddressTarget]:
        served: dict[str, list[str]] = {}
        for host in hosts:
            for address in host.addresses if host.skipped is None else ():
                served.setdefault(address, []).append(host.name)
        asked = {target.domain: target for target in self._request.domains}
        found = []
        for address, names in served.items():
            own = [item.domain for item in domains if set(names) & set(item.hosts)]
            plan = plan_address(
                self._request,
                tuple(asked[name] for name in own),
                self._random_part,
                addresses=len(served),
            )
            found.append(
                AddressTarget(address=address, hosts=tuple(names), domains=tuple(own), plan=plan)
            )
        return found

    async def _with_tlsa(self, host: MailHost) -> MailHost:
        if host.skipped is not None:
            return host
        return await add_tlsa(host, self._resolver, self._request.smtp_port)

    async def _with_policy(self, domain: MailDomain) -> MailDomain:
        said = domain.mta_sts.values if domain.mta_sts else ()
        if not any(text.startswith("v=STSv1") for text in said):
            return domain
        policy = await fetch_policy(domain.domain, self._resolver, self._request, self._redirects)
        return replace(domain, policy=policy)

    def _own_name(self, own_address: str) -> asyncio.Task[str]:
        if own_address not in self._names:
            self._names[own_address] = asyncio.ensure_future(self._look_up_name(own_address))
        return self._names[own_address]

    async def _look_up_name(self, own_address: str) -> str:
        if self._request.ehlo_name:
            return self._request.ehlo_name
        address = read_address(own_address)
        if address is None:
            return "localhost.invalid"
        # RFC 5321, 4.1.3: a client without a name calls itself by an address literal.
        literal = f"[{'IPv6:' if address.version == 6 else ''}{address}]"
        if not is_internet(address):
            return literal
        try:
            async with asyncio.timeout(_NAME_WAIT):
                answer = await self._resolver.ask_reverse(str(address))
        except TimeoutError:
            return literal
        names = [bare_name(value) for value in answer.values]
        return next((name for name in names if _HOST_NAME.fullmatch(name)), literal)
