"""Step 8: the services of the old protocols, and the log."""

from lab import defaults
from lab.scenario import scenario
from lab.scenarios.compliant import with_internet_connector, with_server
from lab.state import Organization


@scenario(deviates="INT-08-1")
def pop_left_manual() -> Organization:
    """The POP3 services are stopped, but somebody can start them."""
    return with_server(services=defaults.services(pop="Manual", imap="Disabled"))


@scenario()
def logging_off() -> Organization:
    """The Internet connector keeps no protocol log: a note."""
    return with_internet_connector(protocol_logging_level="None")
