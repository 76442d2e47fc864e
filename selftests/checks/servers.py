"""A mail server as a stranger meets it: its replies, its handshakes, and the talks they make.

The base is compliant. A conversation follows the probe's own plan and ends where the server's
answers end it, so no case judges what can't be seen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from selftests.smtp.authorities import Made, make
from smtp_exposure.smtp.certificates import Trust, TrustState, parse_certificate
from smtp_exposure.smtp.conversations import NOT_OPENED, Conversation, Ending, TlsSession, Turn
from smtp_exposure.smtp.ehlo import parse_ehlo
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.plan import ConversationPlan, Layer, Purpose
from smtp_exposure.smtp.replies import parse_reply

HOST = "mail.corp.example"
STRANGER = "198.51.100.77"

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
    "rcpt-inside-tls": NO_RELAY,
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
        if reply is not None and reply.code == 250:
            return parse_ehlo(reply).starttls
        if reply is not None and reply.refuses:
            reply = self._ask(Purpose.HELO, "HELO probe.example").reply
        if reply is None or reply.code != 250:
            raise _Ended(Ending.NOT_INTRODUCED, reply.text if reply else "")
        return False

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
