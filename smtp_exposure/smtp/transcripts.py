"""Dialogues that others published or logged, read into the models of our own conversations."""

import re
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, ip_network

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.smtp.ehlo import Capabilities, parse_ehlo, read_address
from smtp_exposure.smtp.greeting import Greeting, parse_greeting
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.replies import Reply, parse_reply
from smtp_exposure.smtp.transcript_forms import Line, Speaker, dialogue_lines, log_records

# docs/checklist.md, "Words": the default internal space, and what is no unicast address.
_NOT_INTERNET = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "0.0.0.0/8", "127.0.0.0/8",
        "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_IPV6_INTERNET = ip_network("2000::/3")


class Offer(Enum):
    """Whether a sign-in is offered, as far as a text tells."""

    YES = "yes"
    NO = "no"
    BARE = "keyword without a mechanism"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class EhloView:
    """One EHLO reply and its phase."""

    phase: Phase
    capabilities: Capabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientAnswer:
    """What was answered to one RCPT."""

    recipient: str
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """An attempt to sign in; result and user as far as the text tells."""

    mechanism: str
    result: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCertificate:
    """What a text says of the certificate that was sent; dates as written."""

    subject: str
    issuer: str | None
    names: tuple[str, ...]
    not_after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One published dialogue."""

    greeting: Greeting | None = None
    views: tuple[EhloView, ...] = ()
    recipients: tuple[RecipientAnswer, ...] = ()
    mail_reply: Reply | None = None
    sign_ins: tuple[SignIn, ...] = ()
    certificate: NamedCertificate | None = None
    port: int | None = None
    connector: str | None = None
    remote: str | None = None
    sessions: int = 1

    @property
    def peer(self) -> IPv4Address | IPv6Address | None:
        """The client as the server saw it: from the log, else from Hello."""
        if self.remote:
            return read_address(self.remote)
        seen = (view.capabilities.seen_address for view in self.views)
        return next((address for address in seen if address is not None), None)

    @property
    def is_rewritten(self) -> bool:
        """Whether a middlebox overwrote part of the dialogue."""
        return any(view.capabilities.masked for view in self.views) or bool(
            self.greeting and self.greeting.masked
        )

    def offer(self, phase: Phase) -> Offer:
        """Whether a sign-in is offered in that phase."""
        seen = [view.capabilities for view in self.views if view.phase is phase]
        if any(capabilities.offers_sign_in for capabilities in seen):
            return Offer.YES
        if any(capabilities.has_bare_auth for capabilities in seen):
            return Offer.BARE
        return Offer.NO if seen else Offer.UNKNOWN

    @property
    def internet_clients_could_sign_in(self) -> Offer:
        """Whether somebody outside could try passwords; unknown unless the client was outside."""
        offers = {self.offer(phase) for phase in Phase}
        if self.peer is None or not is_internet(self.peer):
            return Offer.UNKNOWN
        if Offer.YES in offers:
            return Offer.YES
        return Offer.NO if offers == {Offer.NO} and not self.is_rewritten else Offer.UNKNOWN

    @property
    def accepted_elsewhere(self) -> tuple[str, ...]:
        """Accepted recipients outside the domain in which the server names itself."""
        host = (self.greeting.host if self.greeting else None) or ""
        own = host.partition(".")[2].lower()
        return tuple(
            answer.recipient
            for answer in self.recipients
            if answer.reply.accepts and own and answer.recipient.rpartition("@")[2].lower() != own
        )


def is_internet(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to the Internet as docs/checklist.md, "Words", means it."""
    if isinstance(address, IPv6Address):
        return address in _IPV6_INTERNET
    return not any(address in network for network in _NOT_INTERNET)


def parse_transcript(text: str) -> Transcript:
    """Read a published dialogue. Raises UnreadableEvidence where no line of SMTP is found."""
    logged = list(log_records(text)) if "#Fields: " in text else []
    lines = tuple(dialogue_lines(text))
    sessions: dict[str | None, list[Line]] = {}
    for line, record in logged:
        sessions.setdefault(record.get("session-id"), []).append(line)
    reading = _Reading()
    for session in sessions.values() if logged else (lines,):
        reading.begin()
        for line in session:
            reading.take(line)
    if not reading.understood:
        raise UnreadableEvidence(f"no SMTP dialogue found in {text[:200]!r}")
    first = logged[0][1] if logged else {}
    port = re.search(r"^(\d{1,5})/tcp\s", text, re.MULTILINE)
    return Transcript(
        greeting=reading.greeting,
        views=tuple(reading.views),
        recipients=tuple(reading.recipients),
        mail_reply=reading.mail_reply,
        sign_ins=tuple(reading.sign_ins),
        certificate=_certificate(lines),
        port=int(port[1]) if port else None,
        connector=first.get("connector-id"),
        remote=first["remote-endpoint"].rpartition(":")[0] if "remote-endpoint" in first else None,
        sessions=len(sessions) or 1,
    )


class _Reading:
    """Walks through a dialogue and remembers what belongs to what."""

    def __init__(self) -> None:
        self.greeting: Greeting | None = None
        self.views: list[EhloView] = []
        self.recipients: list[RecipientAnswer] = []
        self.mail_reply: Reply | None = None
        self.sign_ins: list[SignIn] = []
        self.understood = False
        self.begin()

    def begin(self) -> None:
        """Begin a session: nothing was said in it, and nothing is encrypted."""
        self._command, self._pending = "", list[str]()
        self._phase = Phase.BEFORE_TLS

    def take(self, line: Line) -> None:
        if line.speaker is Speaker.CLIENT:
            self._command = line.text
            if match := re.fullmatch(r"AUTH\s+(\S+).*", line.text, re.IGNORECASE):
                self.sign_ins.append(SignIn(mechanism=match[1].upper()))
        elif line.speaker is Speaker.REMARK:
            self._remark(line.context)
        else:
            self._pending.append(line.text)
            if line.text[3:4] != "-":
                pending, self._pending = self._pending, []
                self._answer(self._command.upper(), pending)

    def _answer(self, command: str, lines: list[str]) -> None:
        reply = parse_reply("\r\n".join(lines).encode() + b"\r\n")
        self.understood = True
        if not command and reply.code == 220:
            self.greeting = parse_greeting(lines[-1])
        elif command.startswith("EHLO") and reply.accepts:
            capabilities = parse_ehlo(reply)
            self.views.append(EhloView(phase=self._phase, capabilities=capabilities))
        elif command.startswith("STARTTLS") and reply.accepts:
            self._phase = Phase.AFTER_TLS
        elif command.startswith("MAIL"):
            self.mail_reply = reply
        elif match := re.match(r"RCPT\s+TO:\s*<?([^\s>]+)", self._command, re.IGNORECASE):
            self.recipients.append(RecipientAnswer(recipient=match[1], reply=reply))

    def _remark(self, context: str) -> None:
        result = re.match(r"Inbound AUTH \S+ failed because of (\w+)", context)
        user = re.match(r"User Name: (\S+)", context)
        if self.sign_ins and (result or user):
            last = self.sign_ins[-1]
            self.sign_ins[-1] = SignIn(
                mechanism=last.mechanism,
                result=result[1] if result else last.result,
                user=user[1] if user else last.user,
            )


def _certificate(lines: tuple[Line, ...]) -> NamedCertificate | None:
    remarks = [line for line in lines if line.speaker is Speaker.REMARK]
    for line in remarks:
        if line.context.startswith("Sending certificate"):
            return _logged_certificate(line.text)
    by_label = dict(
        re.split(r":\s+", line.text, maxsplit=1) for line in remarks if ": " in line.text
    )
    if "ssl-cert" not in by_label:
        return None
    names = re.findall(r"DNS:([^\s,]+)", by_label.get("Subject Alternative Name", ""))
    return NamedCertificate(
        subject=re.sub(r"^Subject: ", "", by_label["ssl-cert"]).replace("commonName=", "CN="),
        issuer=None,
        names=tuple(names),
        not_after=by_label.get("Not valid after"),
    )


def _logged_certificate(text: str) -> NamedCertificate | None:
    # Subject, issuer, serial number, thumbprint, not before, not after, names; parted by blanks.
    match = re.fullmatch(r"(\S+=.*?) (\S+=.*?) [0-9A-F]+ [0-9A-F]+ \S+ (\S+Z) (\S+)", text)
    if match is None:
        return None
    names = tuple(match[4].split(";"))
    return NamedCertificate(subject=match[1], issuer=match[2], names=names, not_after=match[3])
