"""Published TLS policies against what the hosts really present (RFC 8461, RFC 7672)."""

from collections.abc import Iterator

from smtp_exposure.errors import CannotLook, UnreadableEvidence
from smtp_exposure.records.mail_domains import MailHost
from smtp_exposure.records.mail_exchangers import RouteState
from smtp_exposure.records.tls_policies import StsMode, parse_sts_policy, parse_tlsa
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.evidence import AddressProbe

Mismatch = tuple[str, str, str]
"""Subject, what was observed, what is expected."""


def publishes_policies(approach: Approach) -> bool:
    """Tell whether anything is published; raises CannotLook where the DNS did not answer."""
    domain = approach.domain
    if domain is not None and domain.route is RouteState.UNKNOWN:
        raise CannotLook(f"MX of {approach.target}: the DNS did not answer")
    answers = [domain.mta_sts if domain else None, *(host.tlsa for host in approach.hosts)]
    asked = [answer for answer in answers if answer is not None]
    unanswered = [answer for answer in asked if not answer.is_answered]
    if unanswered:
        first = unanswered[0]
        raise CannotLook(f"{first.kind.value} of {first.name}: {first.state.value}")
    announced = domain is not None and domain.policy is not None
    return announced or any(host.tlsa and host.tlsa.values for host in approach.hosts)


def policy_mismatches(approach: Approach) -> Iterator[Mismatch]:
    """Everything published that does not fit; nothing published is no mismatch."""
    yield from _mta_sts(approach)
    yield from _tlsa(approach)


def _mta_sts(approach: Approach) -> Iterator[Mismatch]:
    domain = approach.domain
    if domain is None or domain.policy is None:
        return
    where = domain.policy.url
    if domain.policy.text is None:
        yield where, f"announced, and not to be had: {domain.policy.problem}", "a policy file"
        return
    try:
        policy = parse_sts_policy(domain.policy.text)
    except UnreadableEvidence as problem:
        yield where, str(problem), "a policy file (RFC 8461, 3.2)"
        return
    if policy.mode is StsMode.NONE:
        return
    for host in approach.hosts:
        if not policy.covers(host.name):
            listed = ", ".join(policy.patterns)
            yield host.name, f"the MTA-STS policy lists {listed}", "every MX host in the policy"


def _tlsa(approach: Approach) -> Iterator[Mismatch]:
    for host in approach.hosts:
        values = host.tlsa.values if host.tlsa else ()
        if not values:
            continue
        try:
            records = [parse_tlsa(value) for value in values]
        except UnreadableEvidence as problem:
            yield host.name, str(problem), "TLSA records (RFC 6698, 2.1)"
            continue
        for probe in approach.evidence.addresses_of([host.name]):
            chain = next((item.chain for item in probe.tls_sessions if item.chain), ())
            if chain and not any(
                record.matches(item.der_bytes, item.public_key_bytes)
                for record in records
                for item in chain
            ):
                shown = f"no TLSA record matches the certificate of {probe.address}"
                yield approach.subject(probe), shown, "a TLSA record of the presented certificate"


def uncompared(approach: Approach) -> Iterator[AddressProbe]:
    """Addresses of hosts with TLSA records that presented no certificate."""
    for host in approach.hosts:
        for probe in approach.evidence.addresses_of([host.name]) if _pins(host) else ():
            if not any(item.chain for item in probe.tls_sessions):
                yield probe


def _pins(host: MailHost) -> bool:
    return host.tlsa is not None and bool(host.tlsa.values)
