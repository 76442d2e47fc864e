"""Step 8 from outside: ports that the firewall lets through."""

from dataclasses import replace

from lab import defaults
from lab.network import PORTS
from lab.scenario import scenario
from lab.scenarios.compliant import compliant, with_server
from lab.scenarios.surroundings import with_ways
from lab.state import Organization, Service


@scenario(deviates="EXT-08-7", jointly={"deviates": "INT-07-3"})
def submission_open() -> Organization:
    """The firewall lets 587 through, where Client Frontend offers sign-in."""
    return with_ways(compliant(), open_ports=(25, 587))


@scenario(deviates="INT-08-2 EXT-08-3 EXT-08-4")
def imap_open() -> Organization:
    """IMAP4 runs, and the firewall lets 143 and 993 through."""
    return with_ways(_running("MSExchangeImap4", "MSExchangeIMAP4BE"), open_ports=(25, 143, 993))


@scenario(
    deviates="INT-08-1 EXT-08-1 EXT-08-2 EXT-08-5 EXT-08-6 EXT-08-7 EXT-08-8",
    jointly={"deviates": "INT-07-3"},
)
def no_firewall() -> Organization:
    """POP3 runs, and no firewall stands in front: whatever listens can be reached."""
    state = _running("MSExchangePop3", "MSExchangePOP3BE")
    return with_ways(state, open_ports=PORTS, closed="refused")


@scenario(inconclusive="EXT-08", jointly={"inconclusive": "INT-07-3"})
def syn_proxy() -> Organization:
    """The firewall accepts a connection on every port by itself, so acceptance proves nothing."""
    return with_ways(compliant(), accepts_everything=True)


def _running(*names: str) -> Organization:
    def changed(service: Service) -> Service:
        if service.name not in names:
            return service
        return replace(service, status="Running", start_type="Automatic")

    services = defaults.services(pop="Disabled", imap="Disabled")
    return with_server(services=tuple(map(changed, services)))
