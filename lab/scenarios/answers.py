"""Step 7: other connectors that answer somebody they should not, or that get in each other's way."""

from dataclasses import replace

from lab.scenario import scenario
from lab.scenarios.compliant import (
    INTERNAL_RANGES,
    INTERNET,
    compliant,
    scanner_connector,
    with_further,
    with_server,
)
from lab.state import Organization


@scenario(
    deviates="INT-07-1 EXT-03-1 EXT-03-2 EXT-03-3 EXT-04-1 EXT-04-2 EXT-05-2",
    inconclusive="EXT-06",
)
def scanner_public_range() -> Organization:
    """A connector for the scanners of a branch office lets a public /24 sign in."""
    return with_further(scanner_connector("Scanners of the branch office", "198.51.100.0/24"))


@scenario(deviates="INT-02-4")
def overlap() -> Organization:
    """Two connectors for scanners share a binding and part of their ranges."""
    return with_further(
        scanner_connector("Scanners first floor", "10.20.0.0-10.21.255.255"),
        scanner_connector("Scanners second floor", "10.21.0.0-10.22.255.255"),
    )


@scenario(compliant="INT-07-3")
def client_ports_scoped() -> Organization:
    """The connectors on 587, 717, 465 and 2525 answer internal addresses only."""
    connectors = compliant().servers[0].receive_connectors
    return with_server(
        receive_connectors=tuple(
            each if each.name == INTERNET else replace(each, remote_ip_ranges=INTERNAL_RANGES)
            for each in connectors
        )
    )
