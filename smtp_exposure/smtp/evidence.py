"""Everything that one outside look saw: what the external checks judge, live and in a replay."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.records.mail_domains import MailDomain, MailHost, ReverseName
from smtp_exposure.smtp.conversations import NOT_OPENED, Conversation, TlsSession
from smtp_exposure.smtp.ehlo import Capabilities
from smtp_exposure.smtp.json_form import Json, model
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.plan import Layer, Purpose
from smtp_exposure.smtp.ports import TLS_FIRST, PortObservation, PortState
from smtp_exposure.smtp.replies import Reply
from smtp_exposure.smtp.request import ProbeRequest

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class AddressProbe:
    """One address of one or several mail hosts, and everything that was tried on it.

    `conversations` are in the plan's order, second attempts behind the first.
    """

    address: str
    hosts: tuple[str, ...]
    domains: tuple[str, ...]
    has_route: bool = True
    conversations: tuple[Conversation, ...] = ()
    ports: tuple[PortObservation, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def is_ipv6(self) -> bool:
        """Whether the address is an IPv6 one."""
        return isinstance(ip_address(self.address), IPv6Address)

    @cached_property
    def final(self) -> tuple[Conversation, ...]:
        """The last attempt of each conversation."""
        latest = {(talk.name, talk.domain): talk for talk in self.conversations}
        return tuple(latest.values())

    @property
    def opened(self) -> tuple[Conversation, ...]:
        """Those of the last attempts for which a connection stood."""
        return tuple(talk for talk in self.final if talk.ending not in NOT_OPENED)

    @cached_property
    def greeted(self) -> tuple[Conversation, ...]:
        """Those of the last attempts that the server greeted."""
        return tuple(talk for talk in self.final if talk.greeting is not None)

    @cached_property
    def seen_addresses(self) -> tuple[IPv4Address | IPv6Address, ...]:
        """Under which address each of the last attempts was seen, where the server says so."""
        seen = (talk.seen_address for talk in self.final)
        return tuple(address for address in seen if address is not None)

    def capabilities(self, phase: Phase) -> tuple[Capabilities, ...]:
        """What each attempt was offered in that phase; differences show a pool."""
        return self._capabilities[phase]

    @cached_property
    def _capabilities(self) -> dict[Phase, tuple[Capabilities, ...]]:
        # A dozen checks ask for them.
        found = {
            phase: [talk.capabilities(phase) for talk in self.conversations] for phase in Phase
        }
        return {
            phase: tuple(said for said in all_said if said is not None)
            for phase, all_said in found.items()
        }

    def sign_in_talks(self, purpose: Purpose, phase: Phase) -> tuple[Conversation, ...]:
        """Conversations in which that AUTH command, sent unannounced, was answered."""
        return tuple(
            talk
            for talk in self._counting(purpose, phase)
            if talk.reply(purpose, phase) is not None
        )

    def relay_talks(self, purpose: Purpose, domain: str | None) -> tuple[Conversation, ...]:
        """Conversations of a domain in which that kind of recipient was tried."""
        return tuple(
            talk
            for talk in self._counting(purpose)
            if talk.domain == domain and talk.turn(purpose) is not None
        )

    def _counting(self, purpose: Purpose, phase: Phase | None = None) -> tuple[Conversation, ...]:
        """The last attempts; an earlier one where it said yes: no later refusal takes that back."""
        if len(self.final) == len(self.conversations):
            return self.final
        latest: dict[tuple[str, str | None], Conversation] = {}
        for talk in self.conversations:
            before = latest.get((talk.name, talk.domain))
            if before is None or not _said_yes(before.reply(purpose, phase)):
                latest[talk.name, talk.domain] = talk
        return tuple(latest.values())

    @property
    def tls_sessions(self) -> tuple[TlsSession, ...]:
        """Handshakes with today's versions, the successful ones first."""
        found = [talk.tls for talk in self.final if talk.layer is not Layer.OLD_TLS and talk.tls]
        return tuple(sorted(found, key=lambda session: session.problem is not None))

    @property
    def completed_sessions(self) -> tuple[TlsSession, ...]:
        """Those of today's handshakes that completed."""
        return tuple(session for session in self.tls_sessions if session.problem is None)

    @property
    def lacks_starttls(self) -> bool:
        """Whether it said what it offers, and STARTTLS was surely not there."""
        said = self.capabilities(Phase.BEFORE_TLS)
        return bool(said) and not any(one.starttls or one.masked for one in said)

    @property
    def old_tls(self) -> TlsSession | None:
        """The handshake with TLS 1.1 at most, if it came to one."""
        found = [talk.tls for talk in self.final if talk.layer is Layer.OLD_TLS and talk.tls]
        return found[-1] if found else None

    @property
    def control_port(self) -> PortObservation | None:
        """The random high port: if it accepts too, something accepts everything."""
        return next((item for item in self.ports if item.is_control), None)

    def is_accepted_anyhow(self, port: PortObservation) -> bool:
        """Whether a device may accept every connection: the control does, and says no less.

        To 993 and 995 we speak first, so an answer there may be the device's as well.
        """
        control = self.control_port
        if control is None or not control.is_reachable:
            return False
        speaks_alone = port.state is PortState.OPEN and control.state is PortState.MUTE
        return port.port in TLS_FIRST or not speaks_alone


def _said_yes(reply: Reply | None) -> bool:
    return reply is not None and (reply.accepts or reply.asks_for_more)


@dataclass(frozen=True, kw_only=True)
class ExternalEvidence:
    """One outside look. Times are UTC in RFC 3339; relative ones are seconds since `started`.

    What is found by name is indexed once: each of a thousand domains asks for its own.
    """

    schema: int
    request: ProbeRequest
    vantage: str
    started: str
    finished: str
    software: str
    domains: tuple[MailDomain, ...] = ()
    hosts: tuple[MailHost, ...] = ()
    addresses: tuple[AddressProbe, ...] = ()
    reverse_names: tuple[ReverseName, ...] = ()
    was_cut_short: bool = False

    @property
    def started_at(self) -> datetime:
        """When the look began."""
        return datetime.fromisoformat(self.started)

    @property
    def finished_at(self) -> datetime:
        """When the look ended."""
        return datetime.fromisoformat(self.finished)

    def domain_named(self, name: str) -> MailDomain | None:
        """What the DNS says of a domain."""
        return self._domains.get(name)

    def hosts_named(self, names: Iterable[str]) -> tuple[MailHost, ...]:
        """The mail hosts of these names, in their order."""
        return tuple(self._hosts[name] for name in names if name in self._hosts)

    def addresses_of(self, hosts: Iterable[str]) -> tuple[AddressProbe, ...]:
        """The probed addresses of mail hosts, each once."""
        places = {place for host in hosts for place in self._places.get(host, ())}
        return tuple(self.addresses[place] for place in sorted(places))

    def reverse_of(self, address: str) -> ReverseName | None:
        """The reverse names of an address."""
        return self._reverse_names.get(address)

    @cached_property
    def _domains(self) -> dict[str, MailDomain]:
        return {item.domain: item for item in self.domains}

    @cached_property
    def _hosts(self) -> dict[str, MailHost]:
        return {item.name: item for item in self.hosts}

    @cached_property
    def _reverse_names(self) -> dict[str, ReverseName]:
        return {item.address: item for item in self.reverse_names}

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for place, probe in enumerate(self.addresses):
            for host in probe.hosts:
                places.setdefault(host, []).append(place)
        return places

    @cached_property
    def own_addresses(self) -> tuple[str, ...]:
        """Local addresses that connections were made from."""
        talks = (talk for probe in self.addresses for talk in probe.conversations)
        ports = (port for probe in self.addresses for port in probe.ports)
        used = [item.own_address for source in (talks, ports) for item in source]
        return tuple(dict.fromkeys(address for address in used if address))

    @property
    def seen_addresses(self) -> tuple[str, ...]:
        """Addresses under which the servers say they saw this machine."""
        seen = (address for probe in self.addresses for address in probe.seen_addresses)
        return tuple(dict.fromkeys(map(str, seen)))


def from_json(document: Json) -> ExternalEvidence:
    """Read evidence back. Raises UnreadableEvidence for another schema or a broken document."""
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA:
        raise UnreadableEvidence(f"evidence of schema {schema!r:.40}; this version reads {SCHEMA}")
    evidence = model(ExternalEvidence, document)
    try:
        zones = [moment.tzinfo for moment in (evidence.started_at, evidence.finished_at)]
    except ValueError as problem:
        raise UnreadableEvidence(f"when the look was made: {problem}") from None
    if None in zones:
        raise UnreadableEvidence("when the look was made: a time without its zone")
    return evidence
