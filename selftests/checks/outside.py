"""A mail domain as a stranger sees it: raw replies and record texts, and what judging them says.

The base is compliant; a case changes one reply, record, port or time. Conversations follow the
probe's own plan and end where a server's answers end them, so no case judges what can't be seen.
"""

import importlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import Any

from selftests.checks.builders import ROOT, Seen
from selftests.smtp.authorities import NOW, Made, make
from smtp_exposure.checklist import Check
from smtp_exposure.expectations import Expectations
from smtp_exposure.records.answers import Answer, AnswerState, Kind
from smtp_exposure.records.mail_domains import MailDomain, MailHost, PolicyFile, ReverseName
from smtp_exposure.records.mail_exchangers import RouteState, parse_mail_exchangers, route_state
from smtp_exposure.report.results import ordered
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.certificates import Trust, TrustState, parse_certificate
from smtp_exposure.smtp.conversations import NOT_OPENED, Conversation, Ending, TlsSession, Turn
from smtp_exposure.smtp.ehlo import parse_ehlo
from smtp_exposure.smtp.evidence import SCHEMA, AddressProbe, ExternalEvidence
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.plan import ConversationPlan, Layer, Purpose, plan_address
from smtp_exposure.smtp.ports import PortObservation, PortState, guess_protocol
from smtp_exposure.smtp.replies import parse_reply
from smtp_exposure.smtp.request import EXPOSED_PORTS, DomainTarget, ProbeRequest
from smtp_exposure.verdicts import Level, Verdict, Why

DOMAIN = "corp.example"
HOST = "mail.corp.example"
ADDRESS = "203.0.113.25"
SIXTH = "2001:db8:25::25"
STRANGER = "198.51.100.77"
SUBJECT = f"{HOST} [{ADDRESS}]:25"
CONTROL_PORT = 51234
RANDOM = "probe-0123456789ab"

# Facts sheet, 5.3, row g: what an anonymous connector offers, in the clear.
WORDS = (
    *("SIZE 37748736", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "STARTTLS"),
    *("8BITMIME", "BINARYMIME", "CHUNKING", "SMTPUTF8"),
)
INSIDE = tuple(word for word in WORDS if word != "STARTTLS")

Says = Mapping[str, str | None]
"""Purpose, with ` tls` behind it for the inside of TLS -> reply; None: silence from there on."""


def ehlo(*words: str, host: str = HOST, peer: str | None = STRANGER) -> str:
    """Write an EHLO reply as Exchange does; without words, those of an anonymous connector."""
    first = f"{host} Hello [{peer}]" if peer else f"{host} Hello"
    lines = [first, *(words or WORDS)]
    return "\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"])


def greets(*words: str, inside: Iterable[str] | None = None, **first: Any) -> dict[str, str]:
    """What both EHLO replies say; inside TLS the same words but STARTTLS, unless given."""
    clear = words or WORDS
    within = tuple(inside) if inside is not None else tuple(w for w in clear if w != "STARTTLS")
    return {"ehlo": ehlo(*clear, **first), "ehlo tls": ehlo(*within, **first)}


UNKNOWN_USER = "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address"
NO_RELAY = "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"
# Facts sheet, 5.4.
SAYS: Says = {
    "greeting": f"220 {HOST} Microsoft ESMTP MAIL Service ready at Tue, 24 Nov 2026 04:00:00 +0000",
    **greets(),
    "starttls": "220 2.0.0 SMTP server ready",
    "auth-login": "504 5.7.4 Unrecognized authentication type",
    "auth-ntlm": "504 5.7.4 Unrecognized authentication type",
    "cancel": "501 5.5.4 Authentication cancelled",
    "mail": "250 2.1.0 Sender OK",
    "rcpt-own": "250 2.1.5 Recipient OK",
    "rcpt-random": UNKNOWN_USER,
    "rcpt-foreign": NO_RELAY,
    "rcpt-percent": UNKNOWN_USER,
    "rcpt-bang": UNKNOWN_USER,
    "rcpt-quoted": UNKNOWN_USER,
    "rset": "250 2.0.0 Resetting",
    "helo": f"250 {HOST} Hello [{STRANGER}]",
}


@cache
def leaf(
    *names: str,
    common_name: str = HOST,
    days: tuple[float, float] = (-30, 335),
    signed: bool = True,
) -> Made:
    """A certificate, by default for the mail host and with most of a year to go."""
    issuer = make("Authority", authority=True) if signed else None
    return make(common_name, issuer, names=names, days=days)


def session(
    certificate: Made | None = None,
    state: TrustState = TrustState.TRUSTED,
    version: str = "TLSv1.3",
    **changes: Any,
) -> TlsSession:
    """A handshake that came about, and the certificate in it."""
    shown = (certificate or leaf(HOST)).der
    found = TlsSession(
        version=version,
        cipher="TLS_AES_256_GCM_SHA384",
        server_name=HOST,
        chain=(parse_certificate(shown),),
        trust=Trust(state=state),
    )
    return replace(found, **changes)


def broken(problem: str = "alert: handshake failure", **changes: Any) -> TlsSession:
    """A handshake that failed."""
    found = TlsSession(version=None, cipher=None, server_name=HOST, problem=problem)
    return replace(found, **changes)


REFUSED_OLD = broken("alert: protocol version")


@dataclass(frozen=True, kw_only=True)
class Server:
    """How the server behind an address behaves: its replies, handshakes, and delays in seconds.

    `later` are replies of a second attempt; `ending` is how every connection attempt ends, where
    none is accepted.
    """

    says: Says = field(default_factory=dict)
    later: Says = field(default_factory=dict)
    tls: TlsSession = field(default_factory=session)
    old: TlsSession | None = REFUSED_OLD
    delays: Mapping[str, float] = field(default_factory=dict)
    ending: Ending | None = None
    detail: str = ""
    own: str | None = STRANGER

    def hold(self, plan: ConversationPlan, address: str) -> tuple[Conversation, ...]:
        """Hold a conversation as the probe does, a second time where it was put off."""
        first = _Talk(self, plan, address).whole
        if first.needs_tls:
            return first, _Talk(self, replace(plan, layer=Layer.TLS), address, attempt=2).whole
        if first.was_put_off:
            again = replace(self, says={**self.says, **self.later})
            return first, _Talk(again, plan, address, attempt=2).whole
        return (first,)


class _Ended(Exception):
    """The conversation is over."""


class _Talk:
    """One conversation, as smtp_exposure/gateways/smtp_client.py holds it."""

    def __init__(
        self, server: Server, plan: ConversationPlan, address: str, attempt: int = 1
    ) -> None:
        self.server, self.plan, self.now = server, plan, 0.01
        self.turns: list[Turn] = []
        self.phase = Phase.BEFORE_TLS
        self.tls: TlsSession | None = None
        opened = server.ending not in NOT_OPENED
        ending, detail = server.ending, server.detail
        if opened:
            try:
                self._hold()
                ending = Ending.COMPLETE
            except _Ended as ended:
                ending, detail = ended.args
            if server.ending:
                ending, detail = server.ending, server.detail
        self.whole = Conversation(
            name=plan.name,
            layer=plan.layer,
            domain=plan.domain,
            attempt=attempt,
            address=address,
            port=25,
            started_utc="2026-11-24T04:00:00.000Z",
            started=0.0,
            finished=self.now,
            ending=ending or Ending.COMPLETE,
            detail=detail,
            connected_at=0.01 if opened else None,
            own_address=server.own if opened else None,
            turns=tuple(self.turns),
            tls=self.tls,
        )

    def _hold(self) -> None:
        greeting = self._ask(Purpose.GREETING, lost=Ending.NO_GREETING)
        if greeting.reply is None or greeting.reply.code is None:
            raise _Ended(Ending.NOT_SMTP, greeting.reply.text if greeting.reply else "")
        if greeting.reply.code != 220:
            raise _Ended(Ending.TURNED_AWAY, greeting.reply.text)
        offered = self._introduce()
        if self.plan.layer is not Layer.CLEAR:
            self._secure(offered=offered)
        for step in (step for group in self.plan.groups for step in group):
            reply = self._ask(step.purpose, step.line).reply
            if reply is not None and reply.asks_for_more:
                self._ask(Purpose.CANCEL, "*")
            if step.purpose is Purpose.MAIL and reply is not None and not reply.accepts:
                return

    def _introduce(self) -> bool:
        reply = self._ask(Purpose.EHLO, "EHLO probe.example").reply
        if reply is not None and reply.refuses:
            self._ask(Purpose.HELO, "HELO probe.example")
        return reply is not None and reply.accepts and parse_ehlo(reply).starttls

    def _secure(self, *, offered: bool) -> None:
        if not offered:
            raise _Ended(Ending.NO_STARTTLS, "")
        reply = self._ask(Purpose.STARTTLS, "STARTTLS").reply
        if reply is not None and reply.code != 220:
            raise _Ended(Ending.STARTTLS_REFUSED, reply.text)
        old = self.plan.layer is Layer.OLD_TLS
        self.tls = self.server.old if old else self.server.tls
        if self.tls is None:
            raise _Ended(Ending.OUT_OF_TIME, "")
        if self.tls.problem is not None:
            raise _Ended(Ending.TLS_FAILED, self.tls.problem)
        self.phase = Phase.AFTER_TLS
        if not old:
            self._introduce()

    def _ask(self, purpose: Purpose, line: str = "", lost: Ending = Ending.TIMED_OUT) -> Turn:
        says = {**SAYS, **self.server.says}
        key = purpose.value
        if self.phase is Phase.AFTER_TLS and f"{key} tls" in says:
            key = f"{key} tls"
        text, sent = says[key], self.now
        self.now += self.server.delays.get(purpose.value, 0.01)
        reply = None if text is None else parse_reply(text.replace("\n", "\r\n").encode("latin-1"))
        turn = Turn(
            purpose=purpose,
            phase=self.phase,
            command=line,
            sent_at=sent,
            replied_at=None if reply is None else self.now,
            reply=reply,
        )
        self.turns.append(turn)
        if reply is None:
            raise _Ended(lost, "30 s")
        if reply.code == 421 and purpose is not Purpose.GREETING:
            raise _Ended(Ending.CLOSED, "without a word more")
        return turn


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


def _modules() -> dict[str, ModuleType]:
    names = sorted(path.stem for path in (ROOT / "tests_external").glob("test_*.py"))
    return {name: importlib.import_module(f"tests_external.{name}") for name in names}


OUTSIDE_CHECKS: dict[str, tuple[str, Check]] = {
    item.check.id: (name, item.check)
    for name, module in _modules().items()
    for item in vars(module).values()
    if hasattr(item, "check") and hasattr(item, "__wrapped__")
}
"""Every check from outside, by its id, with the name of its module."""

SEEN_OUTSIDE: dict[str, set[tuple[Verdict, bool]]] = defaultdict(set)
"""The verdicts that cases of this session have seen, and whether with notes."""


def expect(
    check: str,
    verdict: Verdict,
    approach: Approach,
    *seen: Seen,
    why: Why | None = None,
    **evidence: Any,
) -> None:
    """Assert what a check comes to: its verdict and, worst first, each finding."""
    outcome = OUTSIDE_CHECKS[check][1].judge(approach=approach, **evidence)
    found = [
        (item.subject, f"{item.observed} | {item.detail}") for item in ordered(outcome.findings)
    ]
    assert (outcome.verdict, outcome.why) == (verdict, why), (outcome.reason, found)
    assert len(found) == len(seen), found
    for (subject, words), (wanted, telling) in zip(found, seen, strict=True):
        assert wanted in (None, subject), found
        assert telling in words, found
    noted = any(item.level is Level.NOTE for item in outcome.findings)
    SEEN_OUTSIDE[check].add((outcome.verdict, noted))


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
