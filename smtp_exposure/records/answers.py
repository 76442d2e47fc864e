"""What a DNS server answered to one question, with every way of not answering told apart."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """Types of records that are asked for."""

    MX = "MX"
    A = "A"
    AAAA = "AAAA"
    CNAME = "CNAME"
    PTR = "PTR"
    TXT = "TXT"
    TLSA = "TLSA"


class AnswerState(Enum):
    """How a question ended. The first three are answers; the rest mean that we could not look."""

    FOUND = "found"
    NO_DATA = "no data"
    NXDOMAIN = "NXDOMAIN"
    SERVFAIL = "SERVFAIL"
    REFUSED = "REFUSED"
    TIMED_OUT = "timed out"
    UNREACHABLE = "no DNS server reachable"
    UNREADABLE = "unreadable answer"


_ANSWERED = frozenset({AnswerState.FOUND, AnswerState.NO_DATA, AnswerState.NXDOMAIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One question and its answer; `values` are record texts in presentation form (RFC 1035, 5.1).

    `canonical` is the end of a chain of CNAMEs if the name asked for is an alias (RFC 2181, 10.3
    forbids that for MX hosts); `authentic` is the AD bit (RFC 4035, 3.2.3) as the server set it.
    """

    name: str
    kind: Kind
    state: AnswerState
    values: tuple[str, ...] = ()
    canonical: str | None = None
    authentic: bool = False
    detail: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether somebody answered, be it in the negative."""
        return self.state in _ANSWERED
