"""Step 5: mail comes in over TLS, with a certificate that names the mail host."""

from collections.abc import Callable, Iterator

from smtp_exposure.checklist import Target, check, examine_addresses
from smtp_exposure.errors import ExposureError, Undecided, UnreadableEvidence
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.certificates import NameMatch, TrustState
from smtp_exposure.smtp.conversations import Ending, TlsSession
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.plan import Layer
from smtp_exposure.smtp.policies import policy_mismatches, publishes_policies, uncompared
from smtp_exposure.smtp.shown_certificates import shown_hosts
from smtp_exposure.verdicts import Finding, Level, NotAssessed, Severity, trouble

COMFORTABLE_DAYS = 60
NOT_COMPLETED = {
    Ending.NO_STARTTLS: "STARTTLS is not offered",
    Ending.STARTTLS_REFUSED: "STARTTLS is offered and refused",
    Ending.TLS_FAILED: "STARTTLS is offered and the handshake fails",
}
SOME_COMPLETE = "another conversation completed it: several servers may share the address"
MODERN = ("TLSv1.2", "TLSv1.3")
UNTRUSTED = {
    TrustState.SELF_SIGNED: "the certificate is self-signed",
    TrustState.INCOMPLETE: "the chain is incomplete, or its authority is not known here",
    TrustState.UNTRUSTED_ROOT: "the chain ends in an authority that is not trusted",
    TrustState.REFUSED: "the chain is refused",
}


@check(
    "EXT-05-1",
    step=5,
    severity=Severity.HIGH,
    target=Target.MAIL_DOMAIN,
    fix="INT-05-1 (the certificate) or INT-03-3 (Tls) has the command; else a device is in the way.",
)
def test_starttls_completes(approach: Approach) -> Iterator[Finding]:
    """STARTTLS is offered, and the handshake completes.

    Without it mail crosses the Internet in clear text. A TlsCertificateName that finds no
    certificate makes STARTTLS vanish without a word.
    """

    def rule(probe: AddressProbe) -> Iterator[Finding]:
        approach.talks(probe)
        said = probe.capabilities(Phase.BEFORE_TLS)
        if said and all(one.masked for one in said) and not any(one.starttls for one in said):
            raise Undecided("a device overwrote words of the EHLO reply; STARTTLS may be one")
        talks = [item for item in probe.final if item.layer is not Layer.OLD_TLS]
        talk = next((item for item in talks if item.ending in NOT_COMPLETED), None)
        completed = bool(probe.completed_sessions)
        if talk is None and not completed:
            raise Undecided("no conversation came as far as STARTTLS")
        if talk is not None:
            put_off = talk.ending is Ending.STARTTLS_REFUSED and talk.was_put_off
            yield Finding(
                subject=approach.subject(probe),
                observed=f"{NOT_COMPLETED[talk.ending]} {talk.detail}".rstrip(),
                expected="STARTTLS, and a handshake that completes",
                detail=SOME_COMPLETE if completed else "",
                level=Level.INCONCLUSIVE if put_off or completed else Level.DEVIATION,
            )

    yield from examine_addresses(approach, rule)


Session = tuple[AddressProbe, TlsSession]


def _judge_sessions(
    approach: Approach, judge: Callable[[Session], Iterator[Finding]]
) -> Iterator[Finding]:
    """Judge the handshake of each address; one that offers no STARTTLS is EXT-05-1's."""
    probes = [probe for probe in approach.probes if not probe.lacks_starttls]
    if not probes:
        raise NotAssessed("no TLS session to judge (see EXT-05-1)")

    def rule(probe: AddressProbe) -> Iterator[Finding]:
        # A pool may present several certificates at one address.
        distinct = {
            item.leaf.sha256 if item.leaf else "": item for item in probe.completed_sessions
        }
        findings = (item for session in distinct.values() for item in judge((probe, session)))
        said: set[Finding] = set()
        for finding in findings:
            if finding not in said:
                said.add(finding)
                yield finding
        if not distinct:
            raise Undecided("no TLS session came about (see EXT-02-1, EXT-05-1)")

    yield from examine_addresses(approach, rule, among=probes)


@check(
    "EXT-05-2",
    step=5,
    severity=Severity.MEDIUM,
    target=Target.MAIL_DOMAIN,
    fix="""
    Get a certificate for the mail host's name from an authority that senders trust. Put it, with
    its chain, on the server (INT-05-1 has the commands) or on the device in front that ends TLS.
    """,
)
def test_the_certificate_is_trusted_and_covers_the_name(approach: Approach) -> Iterator[Finding]:
    """The certificate's chain is trusted, and it covers the mail host.

    Senders that check certificates (MTA-STS, many partners) refuse to deliver otherwise.
    """

    def judge(pair: Session) -> Iterator[Finding]:
        probe, session = pair
        try:
            yield from _trust(approach.subject(probe), session)
        except ExposureError as problem:
            yield trouble(approach.subject(probe), problem)
        yield from _names(approach, probe, session)

    yield from _judge_sessions(approach, judge)


def _trust(subject: str, session: TlsSession) -> Iterator[Finding]:
    trust = session.trust
    if trust is None or trust.state is TrustState.NO_STORE:
        raise Undecided("this machine has no trusted authorities to compare with (--ca-file)")
    if trust.state is TrustState.UNREADABLE or session.leaf is None:
        raise UnreadableEvidence(f"the certificate can't be read: {trust.detail}")
    if trust.state in UNTRUSTED:
        yield Finding(
            subject=subject,
            observed=f"{UNTRUSTED[trust.state]}: {session.leaf.whose}",
            expected="a chain to an authority that senders trust",
            detail=f"the verifier says: {trust.detail}"
            if trust.state is TrustState.REFUSED
            else "",
        )


def _names(approach: Approach, probe: AddressProbe, session: TlsSession) -> Iterator[Finding]:
    leaf = session.leaf
    for host, is_certain in shown_hosts(approach, probe, session) if leaf else ():
        match = leaf.covers(host) if leaf else NameMatch.NONE
        if match not in (NameMatch.EXACT, NameMatch.WILDCARD):
            named = ", ".join(leaf.names) or f"CN {leaf.common_name} only" if leaf else ""
            yield Finding(
                subject=approach.subject(probe),
                observed=f"it is for {named}, not for {host}",
                expected=f"a subject alternative name that covers {host}",
                detail=f"it is what {session.server_name} is shown; {host} was not asked for (SNI)"
                if not is_certain
                else "senders no longer look at the common name (RFC 6125, 6.4.4)"
                if match is NameMatch.COMMON_NAME_ONLY
                else "",
                level=Level.DEVIATION if is_certain else Level.INCONCLUSIVE,
            )


@check(
    "EXT-05-3",
    step=5,
    severity=Severity.MEDIUM,
    target=Target.MAIL_DOMAIN,
    fix="Renew it on the server (INT-05-3 has the commands) or on the device in front of it.",
)
def test_the_certificate_is_valid_and_lasts(approach: Approach) -> Iterator[Finding]:
    """The certificate is valid now, and will not run out soon.

    Enough are 30 days, or a third of the lifetime where that is shorter.
    """

    def judge(pair: Session) -> Iterator[Finding]:
        probe, session = pair
        leaf = session.leaf
        if leaf is None:
            raise UnreadableEvidence("no certificate was presented")
        moment = approach.latest_moment
        left, needed = leaf.days_left(moment), min(30.0, leaf.lifetime_days / 3)
        comfortable = left >= COMFORTABLE_DAYS or leaf.lifetime_days / 3 < COMFORTABLE_DAYS
        if leaf.is_valid_at(moment) and left >= needed and comfortable:
            return
        poor = not leaf.is_valid_at(moment) or left < needed
        yield Finding(
            subject=approach.subject(probe),
            observed=leaf.validity(moment),
            expected=f"valid, and at least {needed:.0f} days left",
            level=Level.DEVIATION if poor else Level.NOTE,
        )

    yield from _judge_sessions(approach, judge)


@check(
    "EXT-05-4",
    step=5,
    severity=Severity.LOW,
    target=Target.MAIL_DOMAIN,
    fix="Switch older versions off: in the server's Schannel settings, or on a device in front.",
)
def test_only_modern_tls_is_spoken(approach: Approach) -> Iterator[Finding]:
    """TLS 1.2 or newer is negotiated, and nothing older is accepted.

    Older versions have known weaknesses (RFC 8996).
    """
    untested: list[AddressProbe] = []

    def judge(pair: Session) -> Iterator[Finding]:
        probe, session = pair
        old = probe.old_tls
        accepted = old.version if old and old.problem is None and old.is_testable else None
        spoken = session.version if session.version not in MODERN else accepted
        if spoken is not None:
            yield Finding(
                subject=approach.subject(probe),
                observed=f"{spoken} is accepted",
                expected="TLS 1.2 or newer only",
            )
        elif old is None:
            raise Undecided("no handshake with an older version came about")
        elif not old.is_testable:
            untested.append(probe)

    yield from _judge_sessions(approach, judge)
    if untested:
        raise NotAssessed("older versions can't be tested: this OpenSSL does not speak them")


@check(
    "EXT-05-5",
    step=5,
    severity=Severity.ADVICE,
    target=Target.MAIL_DOMAIN,
    fix="Publish what is so: each mail host in the policy (with a new id), and its TLSA records.",
)
def test_published_policies_match(approach: Approach) -> Iterator[Finding]:
    """A published MTA-STS policy and TLSA records match the mail host and its certificate.

    A policy that does not match makes careful senders stop delivering.
    """
    if not publishes_policies(approach):
        raise NotAssessed("neither an MTA-STS policy nor TLSA records are published")
    for subject, observed, expected in policy_mismatches(approach):
        yield Finding(subject=subject, observed=observed, expected=expected)
    for probe in uncompared(approach):
        yield trouble(
            approach.subject(probe), Undecided("no certificate to compare the TLSA records with")
        )
