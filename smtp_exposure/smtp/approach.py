"""How one mail domain looks to a stranger: its hosts and addresses, and from where they were seen.

Checklist, "Words" and "From outside"; product.md, "Verdicts" for what each silence means.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address

from smtp_exposure.errors import CannotLook, ExposureError, Undecided
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Interval, parse_address
from smtp_exposure.exchange.perimeter import internet_without
from smtp_exposure.expectations import Expectations
from smtp_exposure.records.mail_domains import MailDomain, MailHost
from smtp_exposure.records.mail_exchangers import RouteState, bare_name
from smtp_exposure.smtp.conversations import Conversation
from smtp_exposure.smtp.ehlo import read_address
from smtp_exposure.smtp.evidence import AddressProbe, ExternalEvidence
from smtp_exposure.smtp.ports import PortObservation
from smtp_exposure.verdicts import Finding, NotAssessed, trouble

SMTP_PORT = 25
FOREIGN = (
    "the MX belongs to another service; name your own server with --mx or public_hosts in a profile"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Approach:
    """One target of the external half: a mail domain, or a host that --mx names without one.

    `moment` is the time of judging, UTC.
    """

    target: str
    evidence: ExternalEvidence
    expected: Expectations
    moment: datetime

    @cached_property
    def domain(self) -> MailDomain | None:
        """What the DNS says of the domain; None where the target is a host."""
        return self.evidence.domain_named(self.target)

    @cached_property
    def hosts(self) -> tuple[MailHost, ...]:
        """The mail hosts, best MX first."""
        names = self.domain.hosts if self.domain is not None else (bare_name(self.target),)
        return self.evidence.hosts_named(names)

    @cached_property
    def probes(self) -> tuple[AddressProbe, ...]:
        """Every address of every host of ours; raises where there is none to judge.

        NotAssessed for a domain that takes no mail or has no address, CannotLook where the DNS did
        not answer, Undecided where all hosts belong to somebody else.
        """
        found = self.evidence.addresses_of(host.name for host in self.hosts)
        if found:
            return found
        if self.domain is not None and self.domain.route is RouteState.UNKNOWN:
            state = self.domain.mx.state.value if self.domain.mx else "not asked"
            raise CannotLook(f"MX of {self.target}: {state}")
        if any(host.skipped for host in self.hosts):
            raise Undecided(FOREIGN)
        unresolved = [host.name for host in self.hosts if not host.is_resolved]
        if unresolved:
            raise CannotLook(f"addresses of {', '.join(unresolved)}: the DNS did not answer")
        raise NotAssessed("no mail host with an address (see EXT-09-1)")

    @cached_property
    def unseen(self) -> tuple[Finding, ...]:
        """What leads to addresses of ours that nobody looked at: no check may call them compliant."""
        return tuple(trouble(name, problem) for name, problem in self._unseen())

    def _unseen(self) -> Iterator[tuple[str, ExposureError]]:
        domain = self.domain
        if domain is not None and domain.route is RouteState.UNKNOWN and not self._is_led:
            yield self.target, CannotLook(f"MX: {domain.mx.state.value if domain.mx else ''}")
        if domain is not None and domain.left_out:
            count = len(domain.left_out)
            yield self.target, Undecided(f"{count} more mail hosts were not looked at")
        for host in self.hosts:
            if host.skipped is not None:
                continue
            for answer in (host.a, host.aaaa):
                if not answer.is_answered:
                    yield host.name, CannotLook(f"{answer.kind.value}: {answer.state.value}")
            if host.left_out:
                count = len(host.left_out)
                yield host.name, Undecided(f"{count} more addresses were not looked at")

    @property
    def _is_led(self) -> bool:
        """Whether a person named the hosts that stand in for the domain's MX."""
        return any(
            item.hosts for item in self.evidence.request.domains if item.domain == self.target
        )

    @property
    def latest_moment(self) -> datetime:
        """The time of judging, or the look's end where that came later.

        A certificate may be younger than the run: Exim makes one when it is asked for STARTTLS.
        """
        return max(self.moment, self.evidence.finished_at)

    def subject(self, probe: AddressProbe, port: int = SMTP_PORT) -> str:
        """`host [address]:port`, as product.md names what was probed."""
        names = [host.name for host in self.hosts if host.name in probe.hosts]
        return f"{(names or list(probe.hosts))[0]} [{probe.address}]:{port}"

    def mail_hosts(self, probe: AddressProbe) -> frozenset[str]:
        """The names under which mail finds an address: its MX hosts, or the profile's mail host."""
        named = {self.expected.mail_host} | {
            item.mail_host for item in self.expected.domains if item.name == self.target
        }
        return frozenset(probe.hosts) | {bare_name(name) for name in named if name}

    @property
    def is_filtered(self) -> bool:
        """Whether only a filtering service's ranges are admitted, so that silence is right."""
        return self.expected.internet is not None

    def answers_smtp(self, probe: AddressProbe) -> bool:
        """Whether an address greeted; with it a path to its host is proved."""
        return bool(probe.greeted)

    def path_is_proved(self, probe: AddressProbe, port: PortObservation) -> bool:
        """The positive control: port 25 accepts a connection that is begun after the port's first try.

        A server may shut out whoever tries so many ports; one that still lets the probe in had not
        done so by the first try, whose silence therefore tells of the port. With vendor ranges
        port 25 may rightly be silent; then another address's must answer.
        """
        controls = self.evidence.addresses if self.is_filtered else (probe,)
        tried = 0.0 if self.is_filtered else port.started
        accepted = (
            talk for item in controls for talk in item.final if talk.connected_at is not None
        )
        return any(talk.started >= tried for talk in accepted)

    @property
    def everything_is_silent(self) -> bool:
        """Whether no address of the whole run let itself be connected to, on any port."""
        return not any(
            probe.opened or any(port.is_reachable for port in probe.ports)
            for probe in self.evidence.addresses
        )

    def seen_address(self, probe: AddressProbe) -> IPv4Address | IPv6Address | None:
        """The address that the server says it saw; of several an inside one, which tells more."""
        seen = probe.seen_addresses
        inside = [address for address in seen if not self.is_internet(address)]
        return next(iter(inside or seen), None)

    def own_address(self, probe: AddressProbe) -> IPv4Address | IPv6Address | None:
        """The probe's own address towards an address, or the one that it was told it has."""
        used = [talk.own_address for talk in probe.conversations if talk.own_address]
        texts = self.evidence.request.own_addresses or used or self.evidence.own_addresses
        found = [address for text in texts if (address := read_address(text)) is not None]
        alike = [address for address in found if (address.version == 6) == probe.is_ipv6]
        return next(iter(alike or found), None)

    def is_internet(self, address: IPv4Address | IPv6Address) -> bool:
        """Tell whether an address counts as Internet (checklist, "Words")."""
        family, number = parse_address(str(address))
        return self._internet.touches(Interval(family, number, number))

    @cached_property
    def _internet(self) -> AddressSet:
        known = AddressSet.of(item.interval for item in self.expected.known_addresses)
        return internet_without(self.expected.internal | known)

    def was_outside(self, probe: AddressProbe) -> bool | None:
        """Whether the probe was outside as this address saw it; None where nothing tells.

        The address that the server saw decides; the probe's own counts only where it names none
        (checklist, EXT-07-2). A private address seen by the server of a probe that is surely
        outside is the work of a translating device (EXT-07-1).
        """
        if probe.address not in self._outside:
            self._outside[probe.address] = self._find_outside(probe)
        return self._outside[probe.address]

    @cached_property
    def _outside(self) -> dict[str, bool | None]:
        # Two dozen checks ask this of each address.
        return {}

    def _find_outside(self, probe: AddressProbe) -> bool | None:
        seen, own = self.seen_address(probe), self.own_address(probe)
        if seen is not None and self.is_internet(seen):
            return True
        if self.expected.vantage == "outside" or (own is not None and self.is_internet(own)):
            return True
        return False if seen is not None or (own is not None and own.is_loopback) else None

    def require_outside(self, probe: AddressProbe) -> None:
        """Raise Undecided where the address saw the probe inside, or nothing tells."""
        outside = self.was_outside(probe)
        if outside is False:
            raise Undecided(f"the probe was seen from inside, as {self.seen_address(probe)}")
        if outside is None and self.answers_smtp(probe):
            raise Undecided(
                "whether the probe was outside is not known: the server names no address and the "
                'probe\'s own is private (vantage = "outside" in a profile settles it)'
            )

    def talks(self, probe: AddressProbe, *, from_inside: bool = False) -> tuple[Conversation, ...]:
        """The conversations on an address that was seen from outside and greeted.

        Raises Undecided where there is none: what nobody said proves nothing.
        """
        if not probe.has_route:
            raise Undecided("no route for this address family: look from a machine that has one")
        if not from_inside:
            self.require_outside(probe)
        if not probe.greeted:
            raise Undecided("nothing greeted on port 25 (see EXT-02-1)")
        return probe.greeted

    def others_answer(self, probe: AddressProbe) -> bool:
        """Tell whether another address of the run greets: the positive control for a silent one."""
        return any(self.answers_smtp(item) for item in self.evidence.addresses if item is not probe)

    def is_edge(self, probe: AddressProbe) -> bool:
        """Tell whether the profile names a host of this address as an Edge server's."""
        edges = {
            bare_name(host)
            for server in self.expected.servers.values()
            if server.edge
            for host in (server.name, *server.public_hosts)
        }
        first_labels = {host.partition(".")[0] for host in probe.hosts}
        return bool(edges & (set(probe.hosts) | first_labels))

    def refusal_seconds(self, talk: Conversation) -> float:
        """How long a conversation waited for refusals, which servers delay on purpose."""
        return sum(
            turn.replied_at - turn.sent_at
            for turn in talk.turns
            if turn.reply is not None
            and turn.replied_at is not None
            and not (turn.reply.accepts or turn.reply.asks_for_more)
        )
