"""Step 2: the Internet reaches a mail server on port 25, at each address."""

from collections.abc import Iterator

from smtp_exposure.checklist import Target, check, examine_addresses
from smtp_exposure.errors import CannotLook, Undecided, UnreadableEvidence
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.conversations import NOT_OPENED, Conversation, Ending
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.verdicts import Finding, Level, Severity

GREETING_SECONDS = 5.0
CONVERSATION_SECONDS = 15.0
DEVIATING = {
    Ending.REFUSED: "port 25 refuses the connection",
    Ending.NO_GREETING: "port 25 accepts the connection and says nothing",
    Ending.NOT_SMTP: "what answers on port 25 is no SMTP server",
}
BLOCKED_HERE = "nothing answers anywhere on any port: the probe's own network seems to block"


@check(
    "EXT-02-1",
    step=2,
    severity=Severity.HIGH,
    target=Target.MAIL_DOMAIN,
    fix="""
    See which it is: the rule for <identity> on the firewall or load balancer, the
    service MSExchangeFrontEndTransport, or the connector (INT-02-1, INT-02-2, INT-07-2).
    An address that is to take no mail does not belong behind the MX.
    """,
)
def test_each_address_greets(approach: Approach) -> Iterator[Finding]:
    """Every address of every mail host answers port 25 with an SMTP greeting.

    An address in the DNS that does not answer loses or delays mail, and what else answers there
    may not be the server that was made safe.
    """

    def rule(probe: AddressProbe) -> Iterator[Finding]:
        if not probe.has_route:
            raise Undecided("no route for this address family: look from a machine that has one")
        approach.require_outside(probe)
        if approach.answers_smtp(probe):
            if approach.is_filtered:
                yield _admitted(approach, probe)
            return
        yield from _unanswered(approach, probe)

    yield from examine_addresses(approach, rule)


def _admitted(approach: Approach, probe: AddressProbe) -> Finding:
    return Finding(
        subject=approach.subject(probe),
        observed="port 25 answers this probe",
        expected="only the filtering service's ranges are answered",
        level=Level.NOTE,
    )


def _unanswered(approach: Approach, probe: AddressProbe) -> Iterator[Finding]:
    if not probe.final:
        raise Undecided("nothing was tried on this address")
    # Routers and kernels bound how often they say "unreachable"; in between they are silent.
    spoken = (talk for talk in probe.final if talk.ending is not Ending.SILENT)
    talk = next(spoken, probe.final[0])
    if talk.ending is Ending.SILENT and approach.everything_is_silent:
        raise Undecided(BLOCKED_HERE)
    if approach.is_filtered and talk.ending in NOT_OPENED:
        return  # only the filtering service is admitted (checklist, EXT-02-1)
    if talk.ending is Ending.UNREACHABLE:
        raise CannotLook(f"unreachable: {talk.detail}")
    if talk.ending is Ending.UNREADABLE:
        raise UnreadableEvidence(f"{talk.ending.value}: {talk.detail}")
    if talk.ending is Ending.OUT_OF_TIME:
        raise Undecided(talk.ending.value)
    if talk.ending is Ending.SILENT and not approach.others_answer(probe):
        raise Undecided("silence on port 25, and no other address shows that the path works")
    yield Finding(
        subject=approach.subject(probe),
        observed=_what_came(talk),
        expected="220 and the mail host's name",
        level=Level.INCONCLUSIVE if talk.ending is Ending.TURNED_AWAY else Level.DEVIATION,
    )


def _what_came(talk: Conversation) -> str:
    if talk.ending in DEVIATING:
        return f"{DEVIATING[talk.ending]} {talk.detail}".rstrip()
    if talk.ending is Ending.SILENT:
        return "silence on port 25, while other addresses answer"
    return f"{talk.ending.value} {talk.detail}".rstrip()


@check(
    "EXT-02-2",
    step=2,
    severity=Severity.ADVICE,
    target=Target.MAIL_DOMAIN,
    fix="""
    See what the server, or a device in front, waits for: DNS look-ups, a filter, its load.
    """,
)
def test_each_address_answers_in_good_time(approach: Approach) -> Iterator[Finding]:
    """The greeting comes within 5 s, and a whole conversation ends within 15 s.

    Senders give up on slow servers. Delays of refusals (tarpit) are meant and don't count.
    """

    def rule(probe: AddressProbe) -> Iterator[Finding]:
        for talk in approach.talks(probe, from_inside=True):
            waited = talk.greeting_seconds or 0.0
            spent = talk.finished - talk.started - approach.refusal_seconds(talk)
            if waited > GREETING_SECONDS or spent > CONVERSATION_SECONDS:
                yield Finding(
                    subject=approach.subject(probe),
                    observed=f"greeting after {waited:.1f} s, {talk.name} took {spent:.1f} s",
                    expected=f"{GREETING_SECONDS:.0f} s and {CONVERSATION_SECONDS:.0f} s",
                )
                return

    yield from examine_addresses(approach, rule)
