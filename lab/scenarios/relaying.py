"""Step 6: the ways in which a server becomes a relay, and what only looks like one."""

from dataclasses import replace

from lab.permissions import ACCEPT_ANY_RECIPIENT, allow_anonymous
from lab.scenario import scenario
from lab.scenarios.compliant import (
    DOMAIN,
    compliant,
    scanner_connector,
    with_further,
    with_internet_connector,
)
from lab.state import FULL_IPV4, AcceptedDomain, Organization


@scenario(deviates="INT-06-1 EXT-06-1")
def relay_ace_outside() -> Organization:
    """Anonymous sessions on the Internet connector may send to any recipient."""
    return with_internet_connector(extra_aces=allow_anonymous(ACCEPT_ANY_RECIPIENT))


@scenario()
def relay_ace_inside() -> Organization:
    """A relay connector for application servers is scoped to internal addresses: a note."""
    return with_further(
        scanner_connector(
            "Relay for application servers",
            "10.30.0.5",
            "10.30.0.16/28",
            auth_mechanism=("Tls",),
            permission_groups=("AnonymousUsers",),
            extra_aces=allow_anonymous(ACCEPT_ANY_RECIPIENT),
        )
    )


@scenario()
def disabled_connector() -> Organization:
    """A relay connector that is open to everybody is disabled: harmless."""
    return with_further(
        scanner_connector(
            "Old relay",
            FULL_IPV4,
            enabled=False,
            bindings=("10.1.2.20:25",),
            permission_groups=("AnonymousUsers", "ExchangeUsers"),
            extra_aces=allow_anonymous(ACCEPT_ANY_RECIPIENT),
        )
    )


@scenario(deviates="INT-06-2 INT-07-1 EXT-04-1 EXT-04-2 EXT-05-2 EXT-06-1")
def external_authoritative() -> Organization:
    """A public /24 is trusted as externally secured: it relays without signing in."""
    return with_further(
        scanner_connector(
            "Externally secured partner",
            "198.51.100.0/24",
            auth_mechanism=("Tls", "ExternalAuthoritative"),
            permission_groups=("AnonymousUsers", "ExchangeServers"),
        )
    )


@scenario(deviates="INT-06-3 EXT-06-1")
def wildcard_domain() -> Organization:
    """An accepted domain * of type InternalRelay makes every recipient acceptable."""
    return _with_domains(
        AcceptedDomain(name=DOMAIN, domain_name=DOMAIN, default=True),
        AcceptedDomain(name="Everything", domain_name="*", domain_type="InternalRelay"),
    )


@scenario(deviates="INT-06-4", inconclusive="EXT-06-2")
def domain_not_accepted() -> Organization:
    """The domain isn't among the accepted domains, so its mail is refused."""
    return _with_domains(AcceptedDomain(name="Old", domain_name="old.example", default=True))


@scenario(domains=("sales.corp.example",))
def subdomain_accepted() -> Organization:
    """The domain is accepted by its parent, which matches its subdomains."""
    state = _with_domains(
        AcceptedDomain(name=DOMAIN, domain_name=DOMAIN, default=True, match_sub_domains=True)
    )
    (host,) = state.mail_hosts
    return replace(state, mail_hosts=(host, replace(host, domain="sales.corp.example")))


def _with_domains(*domains: AcceptedDomain) -> Organization:
    return replace(compliant(), accepted_domains=domains)
