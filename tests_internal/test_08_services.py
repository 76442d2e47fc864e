"""Step 8: services that the article switches off, and the log that shows who came."""

from collections.abc import Iterator
from functools import partial

from smtp_exposure.checklist import check, examine
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.inventory import Service
from smtp_exposure.exchange.services import find_services
from smtp_exposure.remedy import blanks
from smtp_exposure.verdicts import Finding, Level, Severity

POP = ("MSExchangePop3", "MSExchangePOP3BE")
# Facts sheet, 7: the published STIG command asks for MSExchangeIMAPBE, which does not exist.
IMAP = ("MSExchangeImap4", "MSExchangeIMAP4BE")
SWITCH_OFF = """
# On <server> itself:
Stop-Service -Name <identity>
Set-Service -Name <identity> -StartupType Disabled
"""


@check("INT-08-1", step=8, severity=Severity.MEDIUM, fix=SWITCH_OFF)
def test_pop_is_switched_off(front_door: FrontDoor) -> Iterator[Finding]:
    """The POP3 services are stopped and disabled, or absent, or the profile allows POP.

    POP3 is one more place to try passwords. A service that is only stopped, and may be started by
    hand, is a change away from listening.
    """
    yield from _running(front_door, POP, allowed=front_door.expected.pop)


@check("INT-08-2", step=8, severity=Severity.MEDIUM, fix=SWITCH_OFF)
def test_imap_is_switched_off(front_door: FrontDoor) -> Iterator[Finding]:
    """The IMAP4 services are stopped and disabled, or absent, or the profile allows IMAP.

    IMAP4 is one more place to try passwords. A service that is only stopped, and may be started by
    hand, is a change away from listening.
    """
    yield from _running(front_door, IMAP, allowed=front_door.expected.imap)


def _running(front_door: FrontDoor, wanted: tuple[str, ...], *, allowed: bool) -> Iterator[Finding]:
    def rule(service: Service) -> Iterator[Finding]:
        status, start_type = service.status, service.start_type
        if (status.lower(), start_type.lower()) != ("stopped", "disabled"):
            yield Finding(
                subject=service.name,
                observed=f"Status {status}, StartType {start_type}",
                expected="Stopped and Disabled",
                detail="the profile allows it" if allowed else "",
                level=Level.NOTE if allowed else Level.DEVIATION,
                blanks=partial(blanks.on_server, front_door),
            )

    services = find_services(front_door.server.services.read(), wanted)
    yield from examine(services, rule, name=lambda service: service.name)


@check(
    "INT-08-3",
    step=8,
    severity=Severity.ADVICE,
    fix="Set-ReceiveConnector -Identity <identity> -ProtocolLoggingLevel Verbose",
)
def test_the_internet_connector_keeps_a_log(front_door: FrontDoor) -> Iterator[Finding]:
    """The protocol logging of its Internet connector is Verbose.

    The log is the only independent proof of which connector served which address.
    """

    def rule(connector: ReceiveConnector) -> Iterator[Finding]:
        if connector.protocol_logging_level.lower() != "verbose":
            yield Finding(
                subject=connector.identity,
                observed=f"ProtocolLoggingLevel is {connector.protocol_logging_level}",
                expected="Verbose",
            )

    yield from examine(front_door.internet_connectors, rule, name=lambda item: item.identity)
