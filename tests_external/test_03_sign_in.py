"""Step 3: a stranger finds nothing to sign in with."""

from collections.abc import Iterator

from smtp_exposure.checklist import Target, check, examine_addresses
from smtp_exposure.errors import Undecided
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.ehlo import Capabilities
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.sign_in import attempts, offered, unannounced
from smtp_exposure.verdicts import Finding, Level, NotAssessed, Severity

ANOTHER_CONNECTOR = """
Where EXT-07-1 deviates, mend that first: the server takes strangers for insiders. Else
INT-07-1 names the connector that answers them, with the command: the Internet connector
loses its sign-in (INT-03-2), Default Frontend answers the inside alone (INT-01-2).
"""


@check(
    "EXT-03-1",
    step=3,
    severity=Severity.CRITICAL,
    target=Target.MAIL_DOMAIN,
    fix=ANOTHER_CONNECTOR,
)
def test_no_sign_in_is_offered_in_the_clear(approach: Approach) -> Iterator[Finding]:
    """Nothing to sign in with is advertised before TLS.

    AUTH, its old form AUTH= and X-EXPS tell an attacker where passwords can be tried.
    """
    yield from _advertised(approach, Phase.BEFORE_TLS)


@check(
    "EXT-03-2",
    step=3,
    severity=Severity.CRITICAL,
    target=Target.MAIL_DOMAIN,
    fix=ANOTHER_CONNECTOR,
)
def test_no_sign_in_is_offered_inside_tls(approach: Approach) -> Iterator[Finding]:
    """Nothing to sign in with is advertised after STARTTLS and a second EHLO.

    LOGIN often appears only there: a look that stops before STARTTLS calls the default
    installation safe. AUTH that names no mechanism even here proves neither.
    """
    if not any(_has_starttls(probe) for probe in approach.probes):
        raise NotAssessed("no address offers STARTTLS (see EXT-05-1)")
    yield from _advertised(approach, Phase.AFTER_TLS)


def _has_starttls(probe: AddressProbe) -> bool:
    said = probe.capabilities(Phase.BEFORE_TLS)
    return not said or any(one.starttls or one.masked for one in said)


def _phases(probe: AddressProbe) -> tuple[Phase, ...]:
    """The phases that an address has: without STARTTLS there is no inside of TLS."""
    return tuple(Phase) if _has_starttls(probe) else (Phase.BEFORE_TLS,)


def _advertised(approach: Approach, phase: Phase) -> Iterator[Finding]:
    def rule(probe: AddressProbe) -> Iterator[Finding]:
        approach.talks(probe)
        said = probe.capabilities(phase)
        if phase not in _phases(probe):
            return
        if not said:
            raise Undecided(f"no EHLO was answered {phase.value}")
        for one in dict.fromkeys(said):
            yield from _of_one_reply(approach, probe, phase, one)

    yield from examine_addresses(approach, rule)


def _of_one_reply(
    approach: Approach, probe: AddressProbe, phase: Phase, said: Capabilities
) -> Iterator[Finding]:
    words = offered(said)
    only_x_exps = bool(words) and not (said.auth or said.auth_equals)
    if words:
        on_edge = only_x_exps and approach.is_edge(probe)
        yield Finding(
            subject=approach.subject(probe),
            observed=f"{phase.value}: {', '.join(words)}",
            expected="neither AUTH nor X-EXPS",
            detail="an Edge server's server-to-server word" if on_edge else "",
            level=Level.NOTE if on_edge else Level.DEVIATION,
        )
    elif said.masked:
        yield Finding(
            subject=approach.subject(probe),
            observed=f"{phase.value}: a device overwrote {', '.join(said.masked)}",
            expected="the server's own words: what was overwritten may be AUTH",
            level=Level.INCONCLUSIVE,
        )
    elif said.has_bare_auth:
        yield _bare_auth(approach.subject(probe), phase)


def _bare_auth(subject: str, phase: Phase) -> Finding:
    """AUTH without a mechanism: before TLS it says nothing yet, inside TLS nothing decides."""
    is_clear = phase is Phase.BEFORE_TLS
    return Finding(
        subject=subject,
        observed=f"{phase.value}: AUTH without a mechanism",
        expected="no AUTH",
        detail="what is held back until TLS shows in EXT-03-2" if is_clear else "",
        level=Level.NOTE if is_clear else Level.INCONCLUSIVE,
    )


@check(
    "EXT-03-3",
    step=3,
    severity=Severity.CRITICAL,
    target=Target.MAIL_DOMAIN,
    fix=ANOTHER_CONNECTOR,
)
def test_sign_in_is_refused_when_tried(approach: Approach) -> Iterator[Finding]:
    """AUTH LOGIN and AUTH NTLM sent unannounced are refused, before and after TLS.

    A server may hide what it accepts all the same. No user name and no password is ever sent: a
    prompt (334) is proof enough, and is cancelled.
    """

    def rule(probe: AddressProbe) -> Iterator[Finding]:
        approach.talks(probe)
        tried = list(attempts(probe))
        for attempt in tried:
            if attempt.is_accepted or not attempt.is_refused:
                yield Finding(
                    subject=approach.subject(probe),
                    observed=f"{attempt.phase.value}: {attempt.command} is answered"
                    f" {attempt.reply.text}",
                    expected="a refusal (5xx)",
                    detail=attempt.why,
                    level=Level.DEVIATION if attempt.is_accepted else Level.INCONCLUSIVE,
                )
        lacking = unannounced(tried, with_tls=_has_starttls(probe))
        if lacking:
            raise Undecided(f"no reply to {', '.join(lacking)}")

    yield from examine_addresses(approach, rule)


@check(
    "EXT-03-4",
    step=3,
    severity=Severity.MEDIUM,
    target=Target.MAIL_DOMAIN,
    fix=ANOTHER_CONNECTOR,
)
def test_no_server_to_server_word_is_offered(approach: Approach) -> Iterator[Finding]:
    """X-ANONYMOUSTLS and other words between Exchange servers are not offered.

    They show that another connector than the Internet's own answered.
    """

    def rule(probe: AddressProbe) -> Iterator[Finding]:
        approach.talks(probe)
        said = [one for phase in Phase for one in probe.capabilities(phase)]
        words = {word for one in said for word in one.server_words}
        if words:
            yield Finding(
                subject=approach.subject(probe),
                observed=", ".join(sorted(words)),
                expected="none of the words between Exchange servers",
                level=Level.NOTE if approach.is_edge(probe) else Level.DEVIATION,
            )
        elif any(one.masked for one in said):
            raise Undecided("a device overwrote words of the EHLO reply")
        for phase in _phases(probe):
            if not probe.capabilities(phase):
                raise Undecided(f"no EHLO was answered {phase.value}")

    yield from examine_addresses(approach, rule)
