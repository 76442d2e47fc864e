"""Before the article, and after it was followed to the letter."""

from dataclasses import replace
from typing import Any

from lab.defaults import default_frontend_name
from lab.scenario import scenario
from lab.scenarios.compliant import INTERNET, compliant, fresh_server, organization
from lab.state import Organization
from lab.verdicts import NO_INTERNET_CONNECTOR, SIGN_IN_SEEN


@scenario(
    deviates=f"INT-01-2 INT-02-1 INT-07-1 INT-08-1 INT-08-2 {SIGN_IN_SEEN} EXT-05-2",
    not_assessed=NO_INTERNET_CONNECTOR,
)
def as_installed() -> Organization:
    """Exchange as setup leaves it: Default Frontend offers sign-in to the whole Internet."""
    return organization(fresh_server("EX01", "10.1.2.20"))


@scenario(deviates="INT-01-2 INT-01-3 INT-07-1")
def as_printed() -> Organization:
    """The article to the letter, with its misprint 172.160.0.0/12 and the deprecated fec0::/10."""
    printed = ("172.160.0.0/12", "10.0.0.0/8", "fec0::/10", "fc00::/7", "192.168.0.0/16")
    changes: dict[str, dict[str, Any]] = {
        default_frontend_name("EX01"): {"remote_ip_ranges": printed},
        INTERNET: {
            "name": "Incoming Email from Internet (Anonymous SMTP)",
            "protocol_logging_level": "None",
        },
    }
    state = compliant()
    (server,) = state.servers
    connectors = tuple(
        replace(each, **changes.get(each.name, {})) for each in server.receive_connectors
    )
    return replace(state, servers=(replace(server, receive_connectors=connectors),))
