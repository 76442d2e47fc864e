"""On the way: address translation, masks, greylists, silence, and where one looks from."""

from dataclasses import replace

from lab.network import PORTS, Way
from lab.scenario import scenario
from lab.scenarios.compliant import DOMAIN, MAIL_HOST, compliant
from lab.scenarios.surroundings import (
    with_further_host,
    with_interference,
    with_ipv4_only,
    with_ways,
)
from lab.state import MailHost, Organization
from lab.verdicts import NO_SESSION, SIGN_IN_SEEN


@scenario(deviates=f"{SIGN_IN_SEEN} EXT-07-1")
def snat() -> Organization:
    """The load balancer puts its own address in place of every client's: all look internal."""
    return with_interference(with_ipv4_only(compliant()), source="10.1.2.1")


@scenario(
    inconclusive="EXT-03 EXT-05-1 EXT-05-2 EXT-05-3 EXT-05-4",
    jointly={"inconclusive": "EXT-07-3"},
)
def masked() -> Organization:
    """A firewall's SMTP inspection writes XXXXXXXA over words that it doesn't know."""
    return with_interference(compliant(), masks=True)


@scenario(inconclusive="EXT-06")
def greylisting() -> Organization:
    """Unknown senders are put off for five minutes, longer than anybody tries again here."""
    return with_interference(compliant(), greylist_seconds=300.0)


@scenario()
def greylisting_passes() -> Organization:
    """Unknown senders are put off once; the second attempt is let through."""
    return with_interference(compliant(), greylist_seconds=0.0)


@scenario(
    deviates="EXT-02-1",
    inconclusive=NO_SESSION,
    jointly={"inconclusive": "EXT-07-3"},
)
def smtp_mute() -> Organization:
    """Port 25 takes connections and never greets."""
    return with_interference(compliant(), swallows_greeting=True)


@scenario(
    deviates="EXT-02-1",
    inconclusive=f"{NO_SESSION} EXT-08",
    jointly={"inconclusive": "INT-07-3 EXT-07-3"},
)
def port_refused() -> Organization:
    """Nothing listens on any port of the MX host: all of them answer with a reset."""
    return with_ways(compliant(), open_ports=(), closed="refused")


@scenario(
    deviates="EXT-02-1",
    inconclusive=f"{NO_SESSION} EXT-08",
    jointly={"inconclusive": "INT-07-3 EXT-07-3"},
)
def dead_mx_address() -> Organization:
    """The MX host has one address more, behind which nobody answers."""
    host = MailHost(domain=DOMAIN, host=MAIL_HOST, addresses=("203.0.113.99",), servers=())
    return with_further_host(host, Way(address="203.0.113.99", open_ports=()))


@scenario(
    inconclusive="EXT-02-1 EXT-03 EXT-04-1 EXT-04-2 EXT-05-1 EXT-06 EXT-07 EXT-08",
    jointly={"inconclusive": "INT-07-3"},
)
def inside_vantage() -> Organization:
    """The probe runs inside, where Default Frontend answers and no firewall stands."""
    state = replace(compliant(), client_address="10.20.0.77", client_address_ipv6="fd00:20::77")
    return with_ways(state, open_ports=PORTS, closed="refused")


@scenario(
    inconclusive=f"EXT-02-1 {NO_SESSION} EXT-08",
    jointly={"inconclusive": "INT-07-3 EXT-07-3"},
)
def blocked_egress() -> Organization:
    """The network that the probe runs in lets no connection out: everything is silent."""
    return with_ways(compliant(), open_ports=())
