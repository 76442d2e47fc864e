"""Step 9: what the DNS says of the domain, or doesn't."""

from dataclasses import replace

from lab.scenario import scenario
from lab.scenarios.compliant import DOMAIN, MAIL_HOST, compliant
from lab.scenarios.surroundings import behind_service, with_further_host, with_names
from lab.state import MailHost, Organization
from lab.verdicts import NO_HOST

_NO_HOST_INSIDE = {"not_assessed": "INT-04-1", "inconclusive": "INT-07-3"}


@scenario()
def mx_cname() -> Organization:
    """The MX host is a CNAME, against RFC 2181, 10.3: mail flows nevertheless; a note."""
    return with_names(compliant(), aliases=((MAIL_HOST, f"gate.{DOMAIN}"),))


@scenario(deviates="EXT-09-1", not_assessed=NO_HOST, jointly=_NO_HOST_INSIDE)
def mx_null() -> Organization:
    """The domain has a null MX: it says that it takes no mail."""
    null = MailHost(domain=DOMAIN, host=".", addresses=(), servers=(), preference=0)
    return replace(compliant(), mail_hosts=(null,))


@scenario(deviates="EXT-09-1", not_assessed=NO_HOST, jointly=_NO_HOST_INSIDE)
def mx_missing() -> Organization:
    """The domain has an A record and no MX."""
    state = compliant()
    (host,) = state.mail_hosts
    return replace(state, mail_hosts=(replace(host, host=DOMAIN, is_in_mx=False),))


@scenario(deviates="EXT-09-1")
def mx_dangling() -> Organization:
    """A second MX names a host that doesn't exist any more."""
    return with_further_host(
        MailHost(domain=DOMAIN, host=f"gone.{DOMAIN}", addresses=(), servers=(), preference=20)
    )


@scenario(error=f"{NO_HOST} EXT-09-1", jointly=_NO_HOST_INSIDE)
def dns_servfail() -> Organization:
    """The question for the domain's MX fails: SERVFAIL."""
    return with_names(compliant(), failures=((DOMAIN, "MX", "SERVFAIL"),))


@scenario(
    inconclusive=("EXT-02 EXT-03 EXT-04 EXT-05-1 EXT-05-2 EXT-05-3 EXT-05-4 EXT-06 EXT-07 EXT-08"),
    jointly=_NO_HOST_INSIDE,
)
def third_party_mx() -> Organization:
    """The only MX is Exchange Online Protection, on which nothing may be tried."""
    host = f"{DOMAIN.replace('.', '-')}.mail.protection.outlook.com"
    return behind_service(replace(compliant(), mail_hosts=()), host, "192.0.2.200")


@scenario(deviates="EXT-04-3")
def reverse_name_generic() -> Organization:
    """The addresses' reverse names are those that the provider gave them."""
    (host,) = compliant().mail_hosts
    generic = tuple((address, f"host-{i}.isp.example") for i, address in enumerate(host.addresses))
    return with_names(compliant(), reverse=generic)
