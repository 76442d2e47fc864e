"""What the relay conversations prove (checklist, EXT-06-1 and EXT-06-2; facts sheet, 5.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from smtp_exposure.errors import Undecided
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.conversations import Conversation
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.smtp.plan import Purpose
from smtp_exposure.smtp.replies import Reply
from smtp_exposure.verdicts import Level

# Facts sheet, 5.4: only these say in so many words that relaying was refused.
_RELAY_DENIED = ("5.7.1", "5.7.54")
# RFC 7505, 4.2 (null MX; example.com has one), and RFC 3463, 3.2: it is the domain's own fault.
_TAKES_NO_MAIL, _NO_SUCH_DOMAIN = 556, "5.1.2"
_HIDDEN_FORMS = (Purpose.RCPT_PERCENT, Purpose.RCPT_BANG, Purpose.RCPT_QUOTED)


class Relay(Enum):
    """What an attempt to relay came to."""

    REFUSED = "refused"
    ACCEPTED = "accepted at RCPT, delivery unproven"
    UNKNOWN = "proves neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayAttempt:
    """One foreign recipient, the reply, and what it proves."""

    command: str
    said: str
    result: Relay
    why: str


def relay_attempts(approach: Approach, probe: AddressProbe) -> Iterator[RelayAttempt]:
    """Judge every attempt on an address in the domain's name. Raises Undecided for those not made.

    Hidden forms are told only where they were not refused, one inside TLS only where it was accepted.
    """
    domain = approach.domain.domain if approach.domain else None
    forms = (Purpose.RCPT_FOREIGN, *(_telling_forms(probe, domain) if domain else ()))
    asked = {purpose: probe.relay_talks(purpose, domain) for purpose in forms}
    for talk in probe.relay_talks(Purpose.RCPT_INSIDE, None):
        attempt = _judged(talk, Purpose.RCPT_INSIDE)
        if attempt.result is Relay.ACCEPTED:
            yield attempt
    for purpose, talks in asked.items():
        for talk in talks:
            attempt = _judged(talk, purpose)
            if purpose is Purpose.RCPT_FOREIGN or attempt.result is not Relay.REFUSED:
                yield attempt
    if not asked[Purpose.RCPT_FOREIGN]:
        raise Undecided(_unasked(probe, domain) or "no relay attempt came as far as RCPT")
    if not all(asked.values()):
        names = (purpose.value for purpose, talks in asked.items() if not talks)
        raise Undecided(f"not asked: {', '.join(names)}")


def _telling_forms(probe: AddressProbe, domain: str) -> tuple[Purpose, ...]:
    """The forms besides the plain one that prove something.

    Where recipients aren't checked a hidden form proves nothing; whether they are, a random one tells.
    """
    talks = probe.relay_talks(Purpose.RCPT_RANDOM, domain)
    replies = [reply for talk in talks if (reply := talk.reply(Purpose.RCPT_RANDOM)) is not None]
    if not replies:
        return (Purpose.RCPT_RANDOM,)
    return _HIDDEN_FORMS if any(reply.refuses for reply in replies) else ()


def _unasked(probe: AddressProbe, domain: str | None) -> str:
    if probe.skipped or any(talk.domain == domain for talk in probe.conversations):
        return ""
    return "nothing was asked for this domain: too many share the address (give it its own run)"


def _judged(talk: Conversation, purpose: Purpose) -> RelayAttempt:
    turn = talk.turn(purpose)
    reply = turn.reply if turn else None
    result, why = _meaning(talk, purpose, reply)
    return RelayAttempt(
        command=turn.command if turn else purpose.value,
        said=reply.text if reply else f"nothing: {talk.ending.value}",
        result=result,
        why=why,
    )


def _meaning(talk: Conversation, purpose: Purpose, reply: Reply | None) -> tuple[Relay, str]:
    if reply is not None and reply.accepts:
        where = " inside TLS" if purpose is Purpose.RCPT_INSIDE else ""
        return Relay.ACCEPTED, f"accepted at RCPT{where}, delivery unproven"
    if reply is None or not reply.refuses:
        return Relay.UNKNOWN, "only a refusal for good (5xx) proves anything"
    if reply.enhanced in _RELAY_DENIED or purpose in _HIDDEN_FORMS:
        return Relay.REFUSED, ""
    if reply.code == _TAKES_NO_MAIL or reply.enhanced == _NO_SUCH_DOMAIN:
        return Relay.UNKNOWN, "it may be the domain that is refused: foreign_domain names another"
    own = talk.reply(Purpose.RCPT_OWN)
    if own is not None and own.accepts:
        return Relay.REFUSED, ""
    refused = own.text if own else "not answered"
    return Relay.UNKNOWN, f"the own recipient in this session was {refused}: all may be refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrance:
    """Why mail for an own recipient may not come in."""

    command: str
    said: str
    why: str
    level: Level


def delivery(approach: Approach, probe: AddressProbe) -> Hindrance | None:
    """Judge the own recipient: None if it was accepted in any conversation."""
    domain = approach.domain.domain if approach.domain else None
    turns = [
        turn
        for talk in probe.relay_talks(Purpose.RCPT_OWN, domain)
        if (turn := talk.turn(Purpose.RCPT_OWN)) is not None and turn.reply is not None
    ]
    if not turns:
        raise Undecided(_unasked(probe, domain) or "no conversation came as far as RCPT")
    if any(turn.reply is not None and turn.reply.accepts for turn in turns):
        return None
    turn = turns[-1]
    reply = turn.reply
    unknown_user = reply is not None and reply.refuses and (reply.enhanced or "").startswith("5.1.")
    # The profile's recipient belongs to one domain only.
    named = (approach.expected.recipient or "").lower().endswith(f"@{approach.target}")
    level = Level.INCONCLUSIVE
    if unknown_user:
        level = Level.DEVIATION if named else Level.NOTE
    return Hindrance(
        command=turn.command,
        said=reply.text if reply else "",
        why=""
        if unknown_user
        else "a policy, a blocklist or greylisting may be meant for this probe",
        level=level,
    )
