"""Everything that is tried on one address: its conversations side by side, and its ports."""

import asyncio
from dataclasses import dataclass, replace

from smtp_exposure.gateways.dialling import Dialled
from smtp_exposure.gateways.smtp_client import Terms, converse
from smtp_exposure.gateways.sockets import local_address_towards, socket_budget
from smtp_exposure.gateways.tcp_ports import (
    PortTerms,
    RoundTrip,
    observe_ports,
    random_high_port,
)
from smtp_exposure.smtp.conversations import NOT_OPENED, Conversation, Ending
from smtp_exposure.smtp.ehlo import read_address
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.smtp.plan import AddressPlan, ConversationPlan, Layer
from smtp_exposure.smtp.ports import PortObservation
from smtp_exposure.smtp.request import ProbeRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressTarget:
    """An address with the hosts and domains it serves, and what is planned for it."""

    address: str
    hosts: tuple[str, ...]
    domains: tuple[str, ...]
    plan: AddressPlan


class Gates:
    """Bounds on the sockets of the whole run: a third for conversations, the rest for ports."""

    def __init__(self, ports: tuple[int, ...]) -> None:
        third = socket_budget() // 3
        self.talks = asyncio.Semaphore(third)
        # Two attempts for each port and for the control.
        self.sweeps = asyncio.Semaphore(max(third // (len(ports) + 1), 1))


async def probe_address(
    target: AddressTarget, request: ProbeRequest, terms: Terms, gates: Gates
) -> AddressProbe:
    """Try everything on one address."""
    found = AddressProbe(address=target.address, hosts=target.hosts, domains=target.domains)
    if terms.redirects is None and local_address_towards(target.address) is None:
        return replace(found, has_route=False)
    probe = _Probe(target, request, terms, gates)
    talks, ports = await asyncio.gather(probe.hold_all(), probe.observe_all())
    return replace(found, conversations=talks, ports=ports, skipped=tuple(probe.skipped))


class _Probe:
    def __init__(
        self, target: AddressTarget, request: ProbeRequest, terms: Terms, gates: Gates
    ) -> None:
        self._target, self._request, self._terms, self._gates = target, request, terms, gates
        self._dialled = Dialled(address=target.address, redirects=terms.redirects)
        self._at_once = asyncio.Semaphore(request.limits.at_once)
        self._in_turn = asyncio.Lock()
        self._round_trip = RoundTrip()
        self._ports_are_tried = asyncio.Event()
        self._was_open = self._was_shut = False
        self.skipped: list[str] = []

    async def hold_all(self) -> tuple[Conversation, ...]:
        plans = self._target.plan.conversations
        settled = await asyncio.gather(*(self._settle(plan) for plan in plans))
        return tuple(talk for talks in settled for talk in talks)

    async def observe_all(self) -> tuple[PortObservation, ...]:
        terms = PortTerms(
            clock=self._terms.clock,
            round_trip=self._round_trip,
            longest=self._request.limits.port_wait,
            tried=self._ports_are_tried,
        )
        ports = self._target.plan.ports
        control = random_high_port(ports)
        # A server that shuts out who tries its ports has begun the first conversations by then.
        await asyncio.sleep(0)
        async with self._gates.sweeps:
            return await observe_ports(self._dialled, ports, terms, control=control)

    async def _settle(self, plan: ConversationPlan) -> list[Conversation]:
        if plan is self._target.plan.conversations[-1]:
            # The control behind the ports: who was shut out for trying them meets silence now.
            await self._ports_are_tried.wait()
        first = await self._hold(plan, attempt=1)
        if first is None:
            return []
        if first.needs_tls:
            # The server takes mail only inside TLS: the same questions are asked there.
            second = await self._hold(replace(plan, layer=Layer.TLS), attempt=2)
        elif first.was_put_off:
            second = await self._hold_again(plan, first)
        else:
            return [first]
        return [first, second] if second else [first]

    async def _hold_again(self, plan: ConversationPlan, first: Conversation) -> Conversation | None:
        # docs/product.md, "Verdicts": 4xx and 421 count only after a second try.
        await asyncio.sleep(self._request.limits.retry_pause)
        if first.ending is not Ending.TURNED_AWAY:
            return await self._hold(plan, attempt=2)
        # A server that takes few connections at once would turn a second crowd away as well.
        async with self._in_turn:
            return await self._hold(plan, attempt=2)

    async def _hold(self, plan: ConversationPlan, *, attempt: int) -> Conversation | None:
        async with self._at_once, self._gates.talks:
            time_is_up = asyncio.get_running_loop().time() >= self._terms.run_ends
            if time_is_up or (self._was_shut and not self._was_open):
                why = Ending.OUT_OF_TIME.value if time_is_up else "nothing answers on this port"
                self.skipped.append(f"{plan.name}, attempt {attempt}: {why}")
                return None
            talk = await converse(
                plan,
                self._dialled,
                self._request.smtp_port,
                self._terms,
                server_name=self._server_name(plan),
                attempt=attempt,
            )
        self._learn(talk)
        return talk

    def _learn(self, talk: Conversation) -> None:
        if talk.ending in NOT_OPENED:
            self._was_shut = True
        elif talk.connected_at is not None:
            self._was_open = True
            self._round_trip.learn(talk.connected_at - talk.started)

    def _server_name(self, plan: ConversationPlan) -> str | None:
        # RFC 6066, 3: no address literals as server name.
        names = [name for name in self._target.hosts if read_address(name) is None]
        # A server may have a certificate for each name: the conversations ask for one after another.
        inside = [item for item in self._target.plan.conversations if item.layer is Layer.TLS]
        place = inside.index(plan) if plan in inside else 0
        return names[place % len(names)] if names else None
