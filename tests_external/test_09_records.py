"""Step 9: the domain's mail finds its way."""

from collections.abc import Iterable, Iterator

from smtp_exposure.checklist import Target, check
from smtp_exposure.records.answers import Answer
from smtp_exposure.records.mail_domains import MailHost
from smtp_exposure.records.mail_exchangers import (
    MailExchanger,
    RouteState,
    parse_mail_exchangers,
)
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.ehlo import read_address
from smtp_exposure.smtp.transcripts import is_internet
from smtp_exposure.verdicts import Finding, Level, NotAssessed, Severity

NO_ROUTE = {
    RouteState.NO_DOMAIN: "the domain does not exist (NXDOMAIN)",
    RouteState.NO_MX: "the domain has no MX record",
    RouteState.NULL_MX: "the domain has a null MX: it takes no mail (RFC 7505)",
}


@check(
    "EXT-09-1",
    step=9,
    severity=Severity.HIGH,
    target=Target.MAIL_DOMAIN,
    fix="""
    In the DNS of the domain: an MX record that names each mail host, and for each such name an A
    or AAAA record with its public address.
    """,
)
def test_the_domain_leads_to_mail_hosts(approach: Approach) -> Iterator[Finding]:
    """The domain has MX records whose hosts resolve to addresses.

    Without them mail does not arrive, or goes to a host that nobody looks after.
    """
    domain = approach.domain
    if domain is None and not approach.hosts:
        raise NotAssessed("nothing was looked up for this target")
    if domain is not None and domain.route is RouteState.UNKNOWN and domain.mx is not None:
        yield _unanswered(approach.target, domain.mx)
    elif domain is not None and domain.route in NO_ROUTE:
        yield Finding(
            subject=approach.target,
            observed=NO_ROUTE[domain.route],
            expected="an MX record for each mail host",
        )
    elif domain is not None and domain.mx is not None:
        yield from _addresses_as_names(parse_mail_exchangers(domain.mx.values))
    for host in approach.hosts:
        yield from _resolved(host)
        yield from _unreachable_addresses(host)


def _addresses_as_names(exchangers: Iterable[MailExchanger]) -> Iterator[Finding]:
    for exchanger in exchangers:
        if read_address(exchanger.host) is not None:
            yield Finding(
                subject=exchanger.host,
                observed="the MX names an address",
                expected="the name of a host (RFC 5321, section 5.1)",
                detail="many senders look for a host of that name, and find none",
            )


def _unreachable_addresses(host: MailHost) -> Iterator[Finding]:
    for text in host.addresses:
        address = read_address(text)
        if address is not None and not is_internet(address):
            yield Finding(
                subject=host.name,
                observed=f"{text} is no Internet address",
                expected="addresses that strangers can reach",
                detail="strangers may be told another one, if this machine asks an inside DNS",
                level=Level.NOTE,
            )


def _resolved(host: MailHost) -> Iterator[Finding]:
    for answer in (host.a, host.aaaa):
        if not answer.is_answered:
            yield _unanswered(host.name, answer)
    if host.is_resolved and not host.addresses:
        yield Finding(
            subject=host.name,
            observed=f"no address: A {host.a.state.value}, AAAA {host.aaaa.state.value}",
            expected="an A or AAAA record",
        )
    if host.alias_of is not None:
        yield Finding(
            subject=host.name,
            observed=f"it is an alias (CNAME) of {host.alias_of}",
            expected="a name with addresses of its own",
            detail="RFC 2181, section 10.3: an MX names no alias; some senders refuse it",
            level=Level.NOTE,
        )


def _unanswered(name: str, answer: Answer) -> Finding:
    return Finding(
        subject=name,
        observed=f"{answer.kind.value}: {answer.state.value} {answer.detail}".rstrip(),
        expected="an answer, be it in the negative",
        level=Level.ERROR,
    )
