"""One conversation with a mail server as evidence: what was said, when, and how it ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv6Address

from smtp_exposure.smtp.certificates import PresentedCertificate, Trust
from smtp_exposure.smtp.ehlo import Capabilities, parse_ehlo
from smtp_exposure.smtp.greeting import Greeting, parse_greeting
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.plan import Layer, Purpose
from smtp_exposure.smtp.replies import Reply
from smtp_exposure.smtp.visible import visible


class Ending(Enum):
    """How a conversation ended."""

    COMPLETE = "complete"
    REFUSED = "connection refused"
    UNREACHABLE = "unreachable"
    SILENT = "no answer to the connection attempt"
    NO_GREETING = "connected, no greeting"
    NOT_SMTP = "the first answer is no SMTP greeting"
    TURNED_AWAY = "turned away by the greeting"
    NOT_INTRODUCED = "neither EHLO nor HELO is answered with 250"
    CLOSED = "closed by the server"
    TIMED_OUT = "no reply in time"
    UNREADABLE = "reply unreadable or too long"
    NO_STARTTLS = "STARTTLS not offered"
    STARTTLS_REFUSED = "STARTTLS refused"
    TLS_FAILED = "TLS handshake failed"
    OUT_OF_TIME = "the run's or conversation's time was up"


NOT_OPENED = frozenset({Ending.REFUSED, Ending.UNREACHABLE, Ending.SILENT})


class Direction(Enum):
    """Who sent a piece of the wire."""

    RECEIVED = "<"
    SENT = ">"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Bytes as they went over the wire (inside TLS: the plain text), `at` seconds into the run."""

    at: float
    direction: Direction
    phase: Phase
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One command and its reply; the greeting is a turn without a command."""

    purpose: Purpose
    phase: Phase
    command: str
    sent_at: float
    replied_at: float | None = None
    reply: Reply | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSession:
    """A TLS handshake after STARTTLS. `problem` is the reason of a failure, None on success.

    `chain` is what was presented, leaf first; `has_whole_chain` is False where this Python shows
    the leaf only. `is_testable` is False where the local OpenSSL can't speak such an old version.
    """

    version: str | None
    cipher: str | None
    server_name: str | None
    chain: tuple[PresentedCertificate, ...] = ()
    has_whole_chain: bool = True
    chain_problem: str | None = None
    trust: Trust | None = None
    problem: str | None = None
    is_testable: bool = True
    seconds: float = 0.0

    @property
    def leaf(self) -> PresentedCertificate | None:
        """The server's own certificate."""
        return self.chain[0] if self.chain else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One conversation. Times are seconds since the run's start (monotonic), `started_utc` aside.

    `early` are bytes that came before they were asked for; `injected` those between the 220 of
    STARTTLS and the handshake: never counted as said inside TLS (RFC 3207, 6).
    """

    name: str
    layer: Layer
    domain: str | None
    attempt: int
    address: str
    port: int
    started_utc: str
    started: float
    finished: float
    ending: Ending
    detail: str = ""
    errno: int | None = None
    connected_at: float | None = None
    own_address: str | None = None
    ehlo_name: str | None = None
    turns: tuple[Turn, ...] = ()
    tls: TlsSession | None = None
    early: bytes = b""
    injected: bytes = b""
    wire: tuple[Piece, ...] = ()

    @property
    def greeting(self) -> Greeting | None:
        """The greeting, if the server gave one with 220."""
        reply = self.reply(Purpose.GREETING)
        return parse_greeting(reply.text) if reply and reply.code == 220 else None

    @property
    def greeting_seconds(self) -> float | None:
        """How long the greeting took after the connection stood."""
        turn = self.turn(Purpose.GREETING)
        if turn is None or turn.replied_at is None or self.connected_at is None:
            return None
        return turn.replied_at - self.connected_at

    def turn(self, purpose: Purpose, phase: Phase | None = None) -> Turn | None:
        """The last turn of that purpose, in that phase if one is named."""
        for turn in reversed(self.turns):
            if turn.purpose is purpose and phase in (None, turn.phase):
                return turn
        return None

    def reply(self, purpose: Purpose, phase: Phase | None = None) -> Reply | None:
        """The reply of that turn, if there was one."""
        turn = self.turn(purpose, phase)
        return turn.reply if turn else None

    def capabilities(self, phase: Phase) -> Capabilities | None:
        """What the EHLO of that phase was offered; 250 alone accepts one (RFC 5321, 4.3.2)."""
        reply = self.reply(Purpose.EHLO, phase)
        return parse_ehlo(reply) if reply and reply.code == 250 else None

    @property
    def seen_address(self) -> IPv4Address | IPv6Address | None:
        """The address that the server says it saw."""
        phases = (self.capabilities(phase) for phase in Phase)
        seen = (said.seen_address for said in phases if said is not None)
        return next((address for address in seen if address is not None), None)

    @property
    def was_put_off(self) -> bool:
        """Whether a 4xx, a 421 or a cut left a question open that a second try may settle."""
        replies = [turn.reply for turn in self.turns if turn.reply is not None]
        return self.ending is Ending.CLOSED or any(reply.is_temporary for reply in replies)

    @property
    def needs_tls(self) -> bool:
        """Whether the server takes mail only inside TLS (530 or 451 with 5.7.x; RFC 3207, 4)."""
        reply = self.reply(Purpose.MAIL)
        offered = self.capabilities(Phase.BEFORE_TLS)
        if self.layer is not Layer.CLEAR or reply is None or offered is None:
            return False
        says_so = reply.code in (451, 530) and "STARTTLS" in reply.text.upper()
        return says_so and offered.starttls


def transcript_lines(conversation: Conversation) -> Iterator[str]:
    """Give a conversation as the lines of a transcript file: time, direction, text."""
    where = f"{conversation.address} port {conversation.port}"
    yield f"# {conversation.name}, attempt {conversation.attempt}: {where}"
    yield f"# started {conversation.started_utc}, own address {conversation.own_address}"
    phase = Phase.BEFORE_TLS
    for piece in conversation.wire:
        if piece.phase is not phase:
            phase = piece.phase
            tls = conversation.tls
            yield f"# inside TLS: {tls.version if tls else ''} {tls.cipher if tls else ''}".rstrip()
        for line in piece.data.removesuffix(b"\n").split(b"\n"):
            text = visible(line.removesuffix(b"\r"))
            yield f"{piece.at:9.3f} {piece.direction.value} {text}"
    yield f"# {conversation.ending.value} {conversation.detail}".rstrip()
