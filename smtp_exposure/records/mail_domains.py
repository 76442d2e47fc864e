"""Mail domains, mail hosts and reverse names: the answers that belong together."""

from dataclasses import dataclass

from smtp_exposure.records.answers import Answer, AnswerState
from smtp_exposure.records.mail_exchangers import RouteState, bare_name, route_state


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """What fetching an MTA-STS policy came to (RFC 8461, 3.3): its text, or why there is none."""

    url: str
    text: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDomain:
    """What the DNS says of one mail domain; `hosts` are probed in its name, best MX first."""

    domain: str
    mx: Answer | None = None
    hosts: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    mta_sts: Answer | None = None
    policy: PolicyFile | None = None

    @property
    def route(self) -> RouteState:
        """Where the domain's mail goes; hosts that a person named count as such."""
        return route_state(self.mx) if self.mx else RouteState.HOSTS


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHost:
    """One mail host; `skipped` says why nothing was tried on it."""

    name: str
    a: Answer
    aaaa: Answer
    tlsa: Answer | None = None
    addresses: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    skipped: str | None = None

    @property
    def alias_of(self) -> str | None:
        """The canonical name, where the host is an alias (RFC 2181, 10.3)."""
        return self.a.canonical or self.aaaa.canonical

    @property
    def is_resolved(self) -> bool:
        """Whether both questions were answered, be it in the negative."""
        return self.a.is_answered and self.aaaa.is_answered


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseName:
    """The names of an address, and to which addresses each of them leads (RFC 1035, 3.5)."""

    address: str
    ptr: Answer
    forward: tuple[Answer, ...] = ()

    @property
    def confirmed(self) -> tuple[str, ...]:
        """Names that lead back to the address."""
        return tuple(
            dict.fromkeys(
                bare_name(answer.name)
                for answer in self.forward
                if answer.state is AnswerState.FOUND and self.address in answer.values
            )
        )
