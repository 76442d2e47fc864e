"""Questions to the DNS, with every way of not answering told apart."""

import asyncio
import re
from ipaddress import ip_address
from typing import TYPE_CHECKING

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.rcode
import dns.resolver
import dns.reversename

from smtp_exposure.errors import SettingsError
from smtp_exposure.gateways.shared_socket import SharedSocket
from smtp_exposure.records.answers import Answer, AnswerState, Kind
from smtp_exposure.records.mail_exchangers import ascii_name, bare_name
from smtp_exposure.smtp.visible import visible

if TYPE_CHECKING:
    from dns.name import Name
    from dns.rdata import Rdata

_ENDPOINT = re.compile(r"\[([^\]]+)\](?::(\d{1,5}))?|([^:]+)(?::(\d{1,5}))?")
# A hostile zone may hold any number of records.
_MOST_VALUES = 256
_EDNS_PAYLOAD = 1_232
_ONE_TRY = 2.0


class Resolver:
    """Asks each question once a run, the system's servers or the one that a person named."""

    def __init__(self, server: str | None = None, seconds: float = 5.0) -> None:
        self._resolver = _configured(server)
        self._resolver.timeout = min(_ONE_TRY, seconds)
        self._resolver.lifetime = seconds
        self._resolver.use_edns(0, 0, _EDNS_PAYLOAD)
        # RFC 6840, 5.7: AD in the question asks for AD in the answer.
        self._resolver.set_flags(dns.flags.RD | dns.flags.AD)
        self._asked: dict[tuple[str, Kind], asyncio.Task[Answer]] = {}

    async def ask(self, name: str, kind: Kind) -> Answer:
        """Ask one question; what goes wrong is in the answer's state."""
        key = (bare_name(name), kind)
        if key not in self._asked:
            self._asked[key] = asyncio.ensure_future(self._ask(name, kind))
        asked = self._asked[key]
        return asked.result() if asked.done() else await asyncio.shield(asked)

    async def ask_reverse(self, address: str) -> Answer:
        """Ask for the names of an address (RFC 1035, 3.5; RFC 3596, 2.5)."""
        return await self.ask(dns.reversename.from_address(address).to_text(), Kind.PTR)

    async def _ask(self, name: str, kind: Kind) -> Answer:
        canonical = None
        try:
            found = await self._resolver.resolve(
                name, kind.value, raise_on_no_answer=False, search=False
            )
        except dns.resolver.NXDOMAIN as problem:
            state, detail = AnswerState.NXDOMAIN, ""
            canonical = _alias(name, problem.canonical_name)
        except dns.resolver.NoNameservers as problem:
            state, detail = _failure(problem)
        except dns.exception.Timeout as problem:
            state, detail = AnswerState.TIMED_OUT, str(problem)
        except (dns.exception.DNSException, OSError, UnicodeError) as problem:
            state, detail = AnswerState.UNREADABLE, f"{type(problem).__name__}: {problem}"
        else:
            return _answer(name, kind, found)
        return Answer(name=name, kind=kind, state=state, canonical=canonical, detail=detail[:300])


def _configured(server: str | None) -> dns.asyncresolver.Resolver:
    if server is None:
        try:
            resolver = dns.asyncresolver.Resolver()
        except dns.resolver.NoResolverConfiguration as problem:
            raise SettingsError(f"--resolver=ADDRESS is needed here: {problem}") from None
        endpoints = [(str(address), resolver.port) for address in resolver.nameservers]
    else:
        resolver = dns.asyncresolver.Resolver(configure=False)
        endpoints = [parse_endpoint(server)]
    resolver.nameservers = [SharedSocket(address, port) for address, port in endpoints]
    return resolver


def parse_endpoint(text: str) -> tuple[str, int]:
    """Read `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`. Raises SettingsError."""
    match = _ENDPOINT.fullmatch(text)
    plain = _read_address(text)
    if plain is not None:
        return plain, 53
    address = _read_address((match[1] or match[3]) if match else "")
    port = int((match[2] or match[4] or 53) if match else 0)
    if address is None or not 0 < port < 65_536:
        raise SettingsError(f"--resolver={text}: not an address, nor ADDRESS:PORT")
    return address, port


def _read_address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _answer(name: str, kind: Kind, found: "dns.resolver.Answer") -> Answer:
    values = tuple(_text(rdata) for rdata in list(found.rrset or ())[:_MOST_VALUES])
    return Answer(
        name=name,
        kind=kind,
        state=AnswerState.FOUND if values else AnswerState.NO_DATA,
        values=values,
        canonical=_alias(name, found.canonical_name),
        authentic=bool(found.response.flags & dns.flags.AD),
    )


def _alias(name: str, canonical: "Name") -> str | None:
    end = bare_name(canonical.to_text())
    return None if end == bare_name(ascii_name(name)) else end


def _text(rdata: "Rdata") -> str:
    strings = getattr(rdata, "strings", None)
    if strings is not None:
        # RFC 8461, 3.1: the strings of one TXT record are put together without blanks.
        return visible(b"".join(strings))[:4_096]
    return rdata.to_text()[:4_096]


def _failure(problem: dns.resolver.NoNameservers) -> tuple[AnswerState, str]:
    errors = problem.kwargs.get("errors") or []
    detail = str(problem)
    codes = [entry[4].rcode() for entry in errors if entry[4] is not None]
    if dns.rcode.SERVFAIL in codes:
        return AnswerState.SERVFAIL, detail
    if dns.rcode.REFUSED in codes:
        return AnswerState.REFUSED, detail
    causes = [entry[3] for entry in errors]
    if any(isinstance(cause, dns.exception.Timeout) for cause in causes):
        return AnswerState.TIMED_OUT, detail
    if causes and all(isinstance(cause, OSError) for cause in causes):
        return AnswerState.UNREACHABLE, detail
    return AnswerState.UNREADABLE, detail
