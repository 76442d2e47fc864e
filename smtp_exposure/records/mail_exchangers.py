"""MX records and what becomes of them: RFC 5321, 5.1; RFC 7505 (null MX); RFC 2181, 10.3."""

import re
from dataclasses import dataclass
from enum import Enum

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.records.answers import Answer, AnswerState

_MX = re.compile(r"([0-9]{1,5}) (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class MailExchanger:
    """One MX record: preference and host, in small letters without the final dot."""

    preference: int
    host: str


class RouteState(Enum):
    """Where the mail of a domain goes."""

    HOSTS = "mail hosts"
    NULL_MX = "null MX"
    NO_MX = "no MX"
    NO_DOMAIN = "no such domain"
    UNKNOWN = "could not look"


def parse_mail_exchangers(values: tuple[str, ...]) -> tuple[MailExchanger, ...]:
    """Read MX texts (`10 mail.corp.example.`), most preferred first."""
    return tuple(sorted({_parse(value) for value in values}))


def _parse(value: str) -> MailExchanger:
    match = _MX.fullmatch(value.strip())
    if match is None or int(match[1]) > 0xFFFF:
        raise UnreadableEvidence(f"not an MX record: {value[:200]!r}")
    return MailExchanger(preference=int(match[1]), host=bare_name(match[2]))


def bare_name(name: str) -> str:
    """Give a name in small letters without its final dot; the root stays a dot."""
    return name.lower().rstrip(".") or "."


def ascii_name(name: str) -> str:
    """Give a name as it goes over the wire: labels in other letters as `xn--` (RFC 5890, 2.3.2.1).

    Raises ValueError for a name that has no such form.
    """
    return name if name.isascii() else name.encode("idna").decode("ascii")


def route_state(mx: Answer) -> RouteState:
    """Tell what an answer to a question for MX means. An A record beside it changes nothing."""
    if mx.state is AnswerState.FOUND:
        exchangers = parse_mail_exchangers(mx.values)
        # RFC 7505, 3: one record, preference 0, with the root as its host. A root among others
        # is a host without an address.
        is_null = len(exchangers) == 1 and exchangers[0].host == "."
        return RouteState.NULL_MX if is_null else RouteState.HOSTS
    negative = {AnswerState.NO_DATA: RouteState.NO_MX, AnswerState.NXDOMAIN: RouteState.NO_DOMAIN}
    return negative.get(mx.state, RouteState.UNKNOWN)
