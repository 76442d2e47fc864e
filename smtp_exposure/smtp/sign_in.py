"""What a server offers to sign in with, and how it takes an attempt (checklist, EXT-03)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from smtp_exposure.smtp.ehlo import Capabilities
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.plan import Purpose
from smtp_exposure.smtp.replies import Reply

_COMMANDS = {Purpose.AUTH_LOGIN: "AUTH LOGIN", Purpose.AUTH_NTLM: "AUTH NTLM"}


def offered(said: Capabilities) -> tuple[str, ...]:
    """The lines of an EHLO reply that offer something to sign in with, as written."""
    if not said.offers_sign_in:
        return ()
    return tuple(
        line.text
        for line in said.lines
        if line.keyword == "X-EXPS" or (line.keyword == "AUTH" and line.arguments)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One AUTH command that nobody had invited, and the reply.

    A refusal proves something only behind an EHLO: without one AUTH is out of sequence (RFC 4954, 4).
    """

    command: str
    phase: Phase
    reply: Reply
    was_introduced: bool

    @property
    def is_accepted(self) -> bool:
        """Whether it was taken, or asked for more."""
        return self.reply.accepts or self.reply.asks_for_more

    @property
    def is_refused(self) -> bool:
        """Whether it was refused for good."""
        return self.reply.refuses and self.was_introduced

    @property
    def why(self) -> str:
        """Why a refusal proves nothing."""
        return "" if self.was_introduced else "no EHLO was answered before it"


def attempts(probe: AddressProbe) -> Iterator[Attempt]:
    """Every attempt on an address that was answered, in either phase."""
    for phase in Phase:
        for purpose, command in _COMMANDS.items():
            for talk in probe.sign_in_talks(purpose, phase):
                reply = talk.reply(purpose, phase)
                if reply is not None:
                    yield Attempt(
                        command=command,
                        phase=phase,
                        reply=reply,
                        was_introduced=talk.capabilities(phase) is not None,
                    )


def unannounced(tried: Iterable[Attempt], *, with_tls: bool) -> list[str]:
    """The attempts that got no answer at all; inside TLS only where there is TLS."""
    answered = {(item.command, item.phase) for item in tried}
    phases = [Phase.BEFORE_TLS, *([Phase.AFTER_TLS] if with_tls else [])]
    return [
        f"{command} {phase.value}"
        for phase in phases
        for command in _COMMANDS.values()
        if (command, phase) not in answered
    ]
