"""Other organisations: several servers, several domains, an Edge server, an internal server."""

from dataclasses import replace

from lab import defaults
from lab.scenario import scenario
from lab.scenarios.compliant import (
    CERTIFICATE,
    DOMAIN,
    INTERNET,
    MAIL_HOST,
    compliant_server,
    fresh_server,
    organization,
    with_server,
    without_connector,
)
from lab.scenarios.surroundings import behind_gateway
from lab.state import AcceptedDomain, Certificate, MailHost, Organization, Server
from lab.verdicts import SIGN_IN_SEEN

BRAND = "brand.example"


@scenario(
    deviates=(
        "INT-01-2@EX03 INT-02-1@EX03 INT-07-1@EX03 INT-08-1@EX03 INT-08-2@EX03 "
        f"{SIGN_IN_SEEN} EXT-05-2"
    ),
    not_assessed=("INT-02-2@EX03 INT-03@EX03 INT-04@EX03 INT-05@EX03 INT-08-3@EX03"),
)
def several_servers() -> Organization:
    """Three servers, of which the third is as setup left it."""
    return organization(
        compliant_server("EX01", "10.1.2.20"),
        compliant_server("EX02", "10.1.2.21"),
        fresh_server("EX03", "10.1.2.22"),
    )


@scenario(
    domains=(DOMAIN, BRAND),
    profile="""\
[[domains]]
name = "corp.example"
mail_host = "mail.corp.example"

[[domains]]
name = "brand.example"
mail_host = "mail.brand.example"
""",
    compliant="INT-04-1",
)
def two_domains() -> Organization:
    """Two domains with MX names of their own lead to one server."""
    host = f"mail.{BRAND}"
    state = with_server(
        certificates=(
            *defaults.certificates("EX01", f"ex01.{DOMAIN}"),
            replace(CERTIFICATE, names=(MAIL_HOST, host)),
        )
    )
    (first,) = state.mail_hosts
    return replace(
        state,
        accepted_domains=(
            *state.accepted_domains,
            AcceptedDomain(name=BRAND, domain_name=BRAND),
        ),
        mail_hosts=(
            first,
            MailHost(domain=BRAND, host=host, addresses=first.addresses, servers=("EX01",)),
        ),
    )


@scenario(
    profile="""\
[[servers]]
name = "EX01"
internet_facing = false
""",
    not_assessed="INT-02-1 INT-02-2 INT-03 INT-04 INT-05 INT-07 INT-08-3 EXT-07-1",
    jointly={"not_assessed": "EXT-07-3"},
)
def internal_only_server() -> Organization:
    """A server that no outsider reaches has no Internet connector, and needs none."""
    return behind_gateway(without_connector(INTERNET))


@scenario(
    profile="""\
[internet]
ranges = ["0.0.0.0/0"]

[[servers]]
name = "EDGE01"
edge = true
""",
    compliant="INT-07-3",
    not_assessed="INT-01 INT-02-1 INT-02-2 INT-03-1 INT-05-2",
)
def edge() -> Organization:
    """An Edge Transport server alone, which receives Internet mail as setup made it."""
    fqdn = f"edge01.{DOMAIN}"
    server = Server(
        name="EDGE01",
        fqdn=fqdn,
        addresses=("172.20.0.25",),
        receive_connectors=(defaults.edge_receive_connector("EDGE01", fqdn),),
        certificates=(
            Certificate(
                subject=f"CN={fqdn}",
                names=(fqdn,),
                issuer=CERTIFICATE.issuer,
                services=("SMTP",),
            ),
        ),
        services=defaults.edge_services(),
        edge=True,
    )
    state = organization(server)
    # The server has no IPv6 binding, so its name has no IPv6 address.
    host = replace(state.mail_hosts[0], host=fqdn, addresses=("203.0.113.25",))
    return replace(state, mail_hosts=(host,))
