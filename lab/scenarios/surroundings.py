"""What can be put around a state: a firewall's rules, machines on the way, other mail servers."""

from dataclasses import replace
from typing import Any

from lab.network import Gateway, Way
from lab.scenarios.compliant import CERTIFICATE, DOMAIN, MAIL_HOST, compliant
from lab.state import MailHost, Organization


def with_network(state: Organization, **changes: Any) -> Organization:
    """Return the state in another network."""
    return replace(state, network=replace(state.network, **changes))


def with_interference(state: Organization, **changes: Any) -> Organization:
    """Return the state with a machine on the way that does this to SMTP."""
    return with_network(state, interference=replace(state.network.interference, **changes))


def with_names(state: Organization, **changes: Any) -> Organization:
    """Return the state with other words in the DNS."""
    return with_network(state, names=replace(state.network.names, **changes))


def with_ways(state: Organization, **changes: Any) -> Organization:
    """Return the state behind a firewall with other rules, the same for each address."""
    return with_network(state, ways=tuple(replace(way, **changes) for way in state.network.ways))


def behind_gateway(state: Organization, relays: str = "nothing") -> Organization:
    """Return the state behind a mail server of another make, which bears the MX host's name."""
    gateway = Gateway(name=MAIL_HOST, certificate=CERTIFICATE, relays=relays)
    return with_ways(state, servers=(), gateway=gateway)


def behind_service(state: Organization, host: str, address: str, *own_ways: Way) -> Organization:
    """Return the state with a filtering service's host as the only MX."""
    certificate = replace(CERTIFICATE, subject=f"CN={host}", names=(host,))
    service = Gateway(name=host, certificate=certificate)
    theirs = MailHost(domain=DOMAIN, host=host, addresses=(address,), servers=())
    kept = tuple(each for each in state.mail_hosts if not each.is_in_mx)
    return with_network(
        replace(state, mail_hosts=(theirs, *kept)),
        ways=(Way(address=address, gateway=service), *own_ways),
    )


def with_ipv4_only(state: Organization) -> Organization:
    """Return the state without IPv6 addresses of its mail hosts."""
    return replace(
        state,
        mail_hosts=tuple(
            replace(each, addresses=tuple(a for a in each.addresses if ":" not in a))
            for each in state.mail_hosts
        ),
    )


def with_further_host(host: MailHost, *ways: Way) -> Organization:
    """Return the compliant state with one more mail host."""
    state = compliant()
    with_host = replace(state, mail_hosts=(*state.mail_hosts, host))
    return with_network(with_host, ways=(*state.network.ways, *ways))
