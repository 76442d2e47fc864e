"""MAIL, RCPT, RSET and what would be the message, which nobody keeps."""

import re
import time

from lab.permissions import ACCEPT_ANY_RECIPIENT, SUBMIT, anonymous_may
from lab.session import Session
from lab.state import Organization

NO_RELAY = "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"
INVALID = "501 5.5.4 Invalid arguments"
PUT_OFF = "450 4.7.1 Greylisted, please try again later"
_PATH = re.compile(r"(?i)(FROM|TO):\s*<((?:\"[^\"]*\"|[^<>\"])*)>(?:\s+(.*))?")
_SIZE = re.compile(r"(?i)\bSIZE=(\d+)\b")
_QUEUED = "250 2.6.0 <dropped@lab> [InternalId=1, Hostname={}] Queued mail for delivery"


async def mail(session: Session, rest: str) -> None:
    """Begin a message, if strangers may."""
    path = _PATH.fullmatch(rest)
    connector = session.connector
    if connector.require_tls and not session.situation.is_tls:
        await session.hang_up("451 5.7.3 STARTTLS is required to send mail")
    if not anonymous_may(connector, SUBMIT):
        await session.hang_up(
            "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM"
        )
    if path is None or path[1].upper() != "FROM":
        await session.protocol_error(INVALID)
    elif session.sender is not None:
        await session.protocol_error("503 5.5.2 Sender already specified")
    elif _size(path[3] or "") > connector.max_message_size_mb * 1024 * 1024:
        await session.say("552 5.3.4 Message size exceeds fixed maximum message size")
    else:
        session.sender = path[2]
        await session.say("250 2.1.0 Sender OK")


async def rcpt(session: Session, rest: str) -> None:
    """Take a recipient of an accepted domain, or any, if strangers have that right."""
    path = _PATH.fullmatch(rest)
    if session.sender is None:
        await session.protocol_error("503 5.5.2 Need mail command")
        return
    if path is None or path[1].upper() != "TO" or not path[2]:
        await session.protocol_error(INVALID)
        return
    recipient = path[2]
    organization = session.terms.organization
    if is_put_off(session, recipient):
        await session.say(PUT_OFF)
    elif anonymous_may(session.connector, ACCEPT_ANY_RECIPIENT):
        await _take(session, recipient)
    elif not is_accepted(organization, recipient):
        await session.say(NO_RELAY)
    elif organization.recipients is not None and recipient not in organization.recipients:
        await session.say(
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"
        )
    else:
        await _take(session, recipient)


async def rset(session: Session, _rest: str) -> None:
    """Forget the message that was begun."""
    session.reset()
    await session.say("250 2.0.0 Resetting")


async def data(session: Session, _rest: str) -> None:
    """Hear a message out and drop it."""
    if not session.recipients:
        await session.protocol_error("503 5.5.2 Need rcpt command")
        return
    await session.say("354 Start mail input; end with <CRLF>.<CRLF>")
    while await session.hear() != ".":
        pass
    session.reset()
    await session.say(_QUEUED.format(session.situation.server.name))


async def bdat(session: Session, rest: str) -> None:
    """Hear a piece of a message and drop it (RFC 3030, 2)."""
    count, _, last = rest.partition(" ")
    if not count.isdigit() or len(count) > 9:
        await session.protocol_error(INVALID)
        return
    await session.wire.skip(int(count))
    if not session.recipients:
        await session.protocol_error("503 5.5.2 Need rcpt command")
    elif last.upper() == "LAST":
        session.reset()
        await session.say(_QUEUED.format(session.situation.server.name))
    else:
        await session.say(f"250 2.6.0 CHUNK received OK, {count} octets")


def is_accepted(organization: Organization, recipient: str) -> bool:
    """Return whether an address belongs to an accepted domain; one without a domain does."""
    local, at, domain = recipient.rpartition("@")
    domain = domain.lower()
    if not at or not local:
        return "." not in recipient and "!" not in recipient and "%" not in recipient
    for accepted in organization.accepted_domains:
        own = accepted.domain_name.lower()
        parent = own.removeprefix("*.") if own.startswith("*.") else own
        below = accepted.match_sub_domains or own.startswith("*.")
        if own in ("*", domain) or (below and domain.endswith(f".{parent}")):
            return True
    return False


def is_put_off(session: Session, recipient: str) -> bool:
    """Return whether greylisting puts this sender off: not seen for long enough."""
    seconds = session.terms.interference.greylist_seconds
    if seconds is None:
        return False
    triplet = (session.client, session.sender or "", recipient)
    now = time.monotonic()
    first = session.terms.seen_senders.setdefault(triplet, now)
    return first == now or now - first < seconds


async def _take(session: Session, recipient: str) -> None:
    session.recipients.append(recipient)
    await session.say("250 2.1.5 Recipient OK")


def _size(parameters: str) -> int:
    found = _SIZE.search(parameters)
    return int(found[1]) if found else 0
