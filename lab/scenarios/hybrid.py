"""Step 7 with Exchange Online as a peer, and with a filtering service in front."""

from dataclasses import replace

from lab.network import Way
from lab.scenario import scenario
from lab.scenarios.compliant import (
    CERTIFICATE,
    DOMAIN,
    MAIL_HOST,
    with_internet_connector,
)
from lab.scenarios.surroundings import behind_service
from lab.state import (
    AcceptedDomain,
    HybridConfiguration,
    MailHost,
    Organization,
    SendConnector,
)
from lab.verdicts import NO_SESSION

ONLINE = "corp.mail.onmicrosoft.com"
CAPABILITIES = "mail.protection.outlook.com:AcceptCloudServicesMail"
VENDOR_RANGES = ("203.0.113.0/24", "198.51.100.0/25", "2001:db8:ff::/48")


def as_hybrid(state: Organization) -> Organization:
    """Return the state with what the hybrid wizard adds, but for the receive connector."""
    name = CERTIFICATE.tls_certificate_name
    return replace(
        state,
        accepted_domains=(
            *state.accepted_domains,
            AcceptedDomain(name=ONLINE, domain_name=ONLINE),
        ),
        send_connectors=(
            *state.send_connectors,
            SendConnector(
                name="Outbound to Office 365",
                address_space=f"SMTP:{ONLINE};1",
                fqdn=MAIL_HOST,
                cloud_services_mail_enabled=True,
                tls_certificate_name=name,
            ),
        ),
        hybrid=HybridConfiguration(
            domains=(DOMAIN,),
            receiving_servers=tuple(server.name for server in state.servers),
            on_premises_smart_host=MAIL_HOST,
            tls_certificate_name=name,
        ),
    )


@scenario(compliant="INT-07-4")
def hybrid() -> Organization:
    """A hybrid organisation whose Internet connector knows Exchange Online by its certificate."""
    return as_hybrid(with_internet_connector(tls_domain_capabilities=(CAPABILITIES,)))


@scenario(deviates="INT-07-4")
def hybrid_without_capabilities() -> Organization:
    """A hybrid organisation whose new Internet connector takes cloud mail for a stranger's."""
    return as_hybrid(with_internet_connector())


@scenario(
    profile="""\
[internet]
ranges = ["203.0.113.0/24", "198.51.100.0/25", "2001:db8:ff::/48"]
foreign_mx = ["*.filter.example"]

[[servers]]
name = "EX01"
public_hosts = ["mail.corp.example"]
""",
    inconclusive=f"EXT-02-1 {NO_SESSION} EXT-08",
    compliant="INT-04-1",
    jointly={"inconclusive": "INT-07-3 EXT-07-3"},
)
def vendor_ranges() -> Organization:
    """The MX is a filtering service: only its ranges are admitted, and only with TLS."""
    state = with_internet_connector(remote_ip_ranges=VENDOR_RANGES, require_tls=True)
    own = MailHost(
        domain=DOMAIN, host=MAIL_HOST, addresses=("192.0.2.25",), servers=("EX01",), is_in_mx=False
    )
    shut = Way(address="192.0.2.25", servers=("EX01",), open_ports=())
    outsider = replace(state, client_address="192.0.2.77", mail_hosts=(own,))
    return behind_service(outsider, "mx1.filter.example", "203.0.113.10", shut)
