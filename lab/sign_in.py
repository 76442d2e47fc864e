"""AUTH and X-EXPS. Nobody's password is right here."""

from lab import capabilities
from lab.session import Session

UNRECOGNIZED = "504 5.7.4 Unrecognized authentication type"
CANCELLED = "501 5.5.4 Authentication cancelled"
FAILED = "535 5.7.3 Authentication unsuccessful"
EXCHANGE_FAILED = "454 4.7.0 Temporary authentication failure"
USERNAME, PASSWORD = "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"


async def auth(session: Session, rest: str) -> None:
    """Let a client try to sign in, by the mechanisms that the AUTH line would name."""
    mechanism, _, initial = rest.partition(" ")
    mechanism = mechanism.upper()
    if mechanism not in capabilities.sign_in_words(session.situation):
        await session.protocol_error(UNRECOGNIZED)
        return
    if await _went_through(session, _prompts(mechanism), initial):
        await session.logon_failure(FAILED)


async def x_exps(session: Session, rest: str) -> None:
    """Let a client try to sign in as an Exchange server; one failure ends the session."""
    words = capabilities.exchange_words(session.situation)
    mechanism, _, initial = rest.partition(" ")
    if not words:
        await session.unrecognized("X-EXPS")
    elif mechanism.upper() not in words:
        await session.protocol_error(UNRECOGNIZED)
    elif await _went_through(session, _prompts(mechanism.upper()), initial):
        await session.hang_up(EXCHANGE_FAILED)


def _prompts(mechanism: str) -> list[str]:
    return [USERNAME, PASSWORD] if mechanism == "LOGIN" else [f"334 {mechanism} supported"]


async def _went_through(session: Session, prompts: list[str], initial: str) -> bool:
    """Ask everything; False if the client gave up. An initial response answers the first."""
    for prompt in prompts[1:] if initial else prompts:
        await session.say(prompt)
        if (await session.hear()).strip() == "*":
            await session.say(CANCELLED)
            return False
    return True
