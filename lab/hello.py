"""HELO, EHLO, STARTTLS and the commands that matter to nobody."""

import re

from lab import capabilities, presented
from lab.session import HungUp, Session

TLS_READY = "220 2.0.0 SMTP server ready"
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\.?|\[[0-9A-Fa-f:.]+\]|\[IPv6:\S+\]")
_PASSED_BY_MASKS = ("SIZE", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "8BITMIME")


async def helo(session: Session, domain: str) -> None:
    """Greet an old client."""
    if await _is_bad(session, domain):
        return
    await session.say(f"250 {_first_line(session)}")


async def ehlo(session: Session, domain: str) -> None:
    """Greet a client and tell what is offered."""
    if await _is_bad(session, domain):
        return
    way = session.terms.interference
    offered = [
        line
        for line in capabilities.lines(session.situation)
        if line.partition(" ")[0] not in way.strips
    ]
    if way.masks:
        offered = [_masked(line) for line in offered]
    *before, last = [_first_line(session), *offered]
    await session.say(*(f"250-{line}" for line in before), f"250 {last}")


async def starttls(session: Session, rest: str) -> None:
    """Turn to TLS, with the connector's certificate."""
    way = session.terms.interference
    if session.situation.is_tls:
        await session.protocol_error("503 5.5.2 Only one STARTTLS command can be issued")
    elif "STARTTLS" in way.strips or not capabilities.offers_starttls(session.situation):
        await session.unrecognized("STARTTLS")
    elif rest:
        await session.protocol_error("501 5.5.4 Invalid arguments")
    elif way.starttls == "refused":
        await session.say("454 4.7.0 TLS not available due to temporary reason")
    else:
        await session.say(TLS_READY)
        chosen = session.certificate
        usable = chosen is not None and presented.serves_smtp(chosen) and way.starttls != "failing"
        await session.start_tls(chosen if usable else None)


async def anonymous_tls(session: Session, _rest: str) -> None:
    """Turn to TLS between Exchange servers."""
    if not capabilities.offers_anonymous_tls(session.situation):
        await session.unrecognized("X-ANONYMOUSTLS")
        return
    await session.say(TLS_READY)
    await session.start_tls(presented.own_certificate(session.situation.server), anonymous=True)


async def noop(session: Session, _rest: str) -> None:
    """Do nothing."""
    await session.say("250 2.0.0 OK")


async def show_help(session: Session, _rest: str) -> None:
    """Name the commands."""
    await session.say(
        "214-This server supports the following commands:",
        "214 HELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP AUTH BDAT",
    )


async def verify(session: Session, _rest: str) -> None:
    """Tell nothing about a mailbox."""
    await session.say("252 2.1.5 Cannot VRFY user")


async def leave(session: Session, _rest: str) -> None:
    """Say goodbye."""
    await session.say("221 2.0.0 Service closing transmission channel")
    raise HungUp


async def _is_bad(session: Session, domain: str) -> bool:
    # RequireEHLODomain is off by default, so none need be given.
    if not domain or _DOMAIN.fullmatch(domain):
        session.has_greeted = True
        session.reset()
        return False
    await session.protocol_error("501 5.5.4 Invalid domain name")
    return True


def _first_line(session: Session) -> str:
    return f"{session.connector.fqdn} Hello [{session.client}]"


def _masked(line: str) -> str:
    word = line.partition(" ")[0]
    return line if word in _PASSED_BY_MASKS else "X" * (len(word) - 1) + "A"
