"""Step 1: what can be wrong with Default Frontend and its scope."""

from lab.defaults import BASIC, default_frontend_name
from lab.scenario import scenario
from lab.scenarios.compliant import with_default_frontend, with_server, without_connector
from lab.state import Organization


@scenario(deviates="INT-01-1")
def disabled_default_frontend() -> Organization:
    """Default Frontend is scoped as it should be, but disabled."""
    return with_default_frontend(enabled=False)


@scenario(
    deviates="INT-01-1",
    not_assessed="INT-01-2 INT-01-3 INT-01-4 INT-01-5 INT-01-6 INT-05-2",
)
def no_default_frontend() -> Organization:
    """Default Frontend was removed instead of scoped."""
    return without_connector(default_frontend_name("EX01"))


@scenario(deviates="INT-01-6")
def default_frontend_without_servers() -> Organization:
    """Default Frontend was hardened too far: servers can't sign in to it any more."""
    return with_default_frontend(auth_mechanism=BASIC)


@scenario(deviates="INT-01-4")
def exchange_server_outside() -> Organization:
    """An address of the Exchange server itself lies outside Default Frontend's ranges."""
    return with_server(addresses=("10.1.2.20", "203.0.113.20"))
