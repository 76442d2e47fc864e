"""Step 6: a stranger can't send through the server, and mail still comes in."""

from collections.abc import Iterator

from smtp_exposure.checklist import Target, check, examine_addresses
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.smtp.relaying import Relay, delivery, relay_attempts
from smtp_exposure.verdicts import Finding, Level, Severity


@check(
    "EXT-06-1",
    step=6,
    severity=Severity.CRITICAL,
    target=Target.MAIL_DOMAIN,
    fix="""
    INT-06-1 (a right), INT-06-2 (who counts as a server) and INT-06-3 (a wildcard domain) tell what
    lets it through, with the commands. Where all comply, a gateway in front relays: mend that.
    """,
)
def test_a_foreign_recipient_is_refused(approach: Approach) -> Iterator[Finding]:
    """RCPT to a foreign domain is refused, in every form of address that may hide one.

    An open relay sends spam in the organisation's name, and is soon on every blocklist. The probe
    stops before DATA: what is accepted here is never delivered.
    """

    def rule(probe: AddressProbe) -> Iterator[Finding]:
        approach.talks(probe)
        for attempt in relay_attempts(approach, probe):
            if attempt.result is not Relay.REFUSED:
                yield Finding(
                    subject=approach.subject(probe),
                    observed=f"{attempt.command} is answered {attempt.said}",
                    expected="a refusal (550 5.7.1 or 5.7.54)",
                    detail=attempt.why,
                    level=Level.DEVIATION
                    if attempt.result is Relay.ACCEPTED
                    else Level.INCONCLUSIVE,
                )

    yield from examine_addresses(approach, rule)


@check(
    "EXT-06-2",
    step=6,
    severity=Severity.HIGH,
    target=Target.MAIL_DOMAIN,
    fix="""
    See whether the domain is accepted (INT-06-4), whether the recipient exists (a profile names
    another: recipient), and whether a filter on the way refuses the probe.
    """,
)
def test_mail_still_comes_in(approach: Approach) -> Iterator[Finding]:
    """RCPT to a recipient of the domain is accepted.

    The change must not stop the mail. Name a mailbox as recipient in a profile; without one,
    postmaster is asked for (RFC 5321, section 4.5.1).
    """

    def rule(probe: AddressProbe) -> Iterator[Finding]:
        approach.talks(probe)
        answer = delivery(approach, probe)
        if answer is not None:
            yield Finding(
                subject=approach.subject(probe),
                observed=f"{answer.command} is answered {answer.said}",
                expected="250",
                detail=answer.why,
                level=answer.level,
            )

    yield from examine_addresses(approach, rule)
