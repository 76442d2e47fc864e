"""Step 2: what can be wrong with the Internet connector's ranges, bindings and role."""

from lab.defaults import ALL_BUT_EXTERNAL
from lab.scenario import scenario
from lab.scenarios.compliant import with_internet_connector
from lab.state import FULL_IPV4, FULL_IPV6, Organization
from lab.verdicts import NO_INTERNET_CONNECTOR, NO_SESSION


@scenario(deviates="INT-02-1 INT-07-2", inconclusive=f"EXT-02-1 {NO_SESSION}")
def ipv6_forgotten() -> Organization:
    """The wizard left the Internet connector's IPv6 range out: IPv6 senders meet no connector."""
    return with_internet_connector(remote_ip_ranges=(FULL_IPV4,))


@scenario(deviates="INT-02-2 INT-07-2", inconclusive=f"EXT-02-1 {NO_SESSION}")
def ipv6_binding_missing() -> Organization:
    """The Internet connector has an IPv6 range, but no binding that it could count for."""
    return with_internet_connector(bindings=("0.0.0.0:25",))


@scenario(deviates="INT-02-1 INT-07-2", inconclusive=f"EXT-02-1 {NO_SESSION}")
def gap() -> Organization:
    """The Internet connector's IPv4 range was written as two halves that leave a hole."""
    return with_internet_connector(
        remote_ip_ranges=(
            "0.0.0.0-198.51.99.255",
            "198.51.101.0-255.255.255.255",
            FULL_IPV6,
        )
    )


@scenario()
def halves_that_add_up() -> Organization:
    """The whole space of both families, written as halves in two notations."""
    return with_internet_connector(
        remote_ip_ranges=("0.0.0.0-127.255.255.255", "128.0.0.0/1", "::/1", "8000::/1")
    )


@scenario(
    deviates="INT-02-1 INT-02-3",
    inconclusive=f"INT-07-2 EXT-02-1 {NO_SESSION}",
    not_assessed=NO_INTERNET_CONNECTOR,
    jointly={"inconclusive": "EXT-07-3"},
)
def hub_role() -> Organization:
    """The Internet connector was made with the cmdlet's default role, HubTransport."""
    return with_internet_connector(transport_role="HubTransport")


@scenario(
    deviates="INT-02-1 INT-02-3",
    inconclusive=f"INT-07-1 INT-07-2 EXT-02-1 {NO_SESSION}",
    not_assessed=NO_INTERNET_CONNECTOR,
    jointly={"inconclusive": "EXT-07-3"},
)
def hub_role_with_sign_in() -> Organization:
    """The new connector got all of the cmdlet's defaults: HubTransport, and every way to sign in."""
    return with_internet_connector(
        transport_role="HubTransport",
        fqdn="ex01.corp.example",
        auth_mechanism=ALL_BUT_EXTERNAL,
        permission_groups=("ExchangeUsers", "ExchangeServers", "ExchangeLegacyServers"),
    )
