"""Step 3 from outside: what a stranger is offered, and which connector offers it."""

from dataclasses import replace

from lab.defaults import BASIC, default_frontend_name
from lab.network import Way
from lab.scenario import scenario
from lab.scenarios.compliant import (
    CERTIFICATE,
    DOMAIN,
    INTERNAL_RANGES,
    INTERNET,
    MAIL_HOST,
    compliant,
    fresh_server,
    scanner_connector,
    with_further,
    with_internet_connector,
    with_server,
)
from lab.scenarios.surroundings import with_further_host, with_interference, with_network
from lab.state import FULL_IPV4, FULL_IPV6, MailHost, Organization
from lab.verdicts import SIGN_IN_SEEN


@scenario(deviates="INT-07-1 EXT-03-2 EXT-03-3")
def auth_only_after_tls() -> Organization:
    """A branch office's public /24 meets a connector that offers LOGIN, but only within TLS."""
    return with_further(
        scanner_connector(
            "Branch office",
            "198.51.100.0/24",
            fqdn=MAIL_HOST,
            auth_mechanism=("Tls", "BasicAuth", "BasicAuthRequireTLS"),
            permission_groups=("AnonymousUsers", "ExchangeUsers"),
            tls_certificate_name=CERTIFICATE.tls_certificate_name,
        )
    )


@scenario(
    deviates=("INT-03-2 INT-05-3 INT-07-1 EXT-03-1 EXT-03-2 EXT-03-4 EXT-04-1 EXT-04-2"),
    jointly={"deviates": "INT-04-1"},
)
def x_exps_only() -> Organization:
    """The Internet connector has no AUTH line, but offers sign-in between Exchange servers."""
    return with_internet_connector(fqdn=f"ex01.{DOMAIN}", auth_mechanism=("Tls", "ExchangeServer"))


@scenario(deviates="INT-03-2 INT-07-1 EXT-03-3", jointly={"deviates": "EXT-07-3"})
def hidden_auth() -> Organization:
    """A proxy in front takes AUTH out of the EHLO reply; whoever sends it signs in nevertheless."""
    return with_interference(with_internet_connector(auth_mechanism=BASIC), strips=("AUTH",))


@scenario(deviates=f"INT-01-2 INT-02-1 INT-07-1 {SIGN_IN_SEEN}")
def ipv6_only_hole() -> Organization:
    """The article was followed for IPv4 alone: over IPv6 Default Frontend still answers."""
    ranges = {
        default_frontend_name("EX01"): (*INTERNAL_RANGES[:-1], FULL_IPV6),
        INTERNET: (FULL_IPV4,),
    }
    return with_server(
        receive_connectors=tuple(
            replace(each, remote_ip_ranges=ranges.get(each.name, each.remote_ip_ranges))
            for each in compliant().servers[0].receive_connectors
        )
    )


@scenario(deviates=f"{SIGN_IN_SEEN} EXT-05-2", jointly={"deviates": "EXT-07-3"})
def second_mx_hole() -> Organization:
    """The second MX leads to a forgotten Exchange server of another organisation, as installed."""
    forgotten = fresh_server("OLD01", "10.9.0.25")
    host = MailHost(
        domain=DOMAIN,
        host=f"mx2.{DOMAIN}",
        addresses=("203.0.113.77",),
        servers=("OLD01",),
        preference=20,
    )
    way = Way(address="203.0.113.77", servers=("OLD01",))
    return with_network(with_further_host(host, way), other_servers=(forgotten,))
