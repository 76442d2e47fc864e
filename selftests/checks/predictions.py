"""What the tests of EXT-07-3 share: an answer as predicted, and what judging it comes to."""

from lab import certificates
from lab.scenarios.compliant import CERTIFICATE
from selftests.checks.builders import front_door
from selftests.checks.exported import MOMENT, Properties
from selftests.checks.outside import SUBJECT, compliant, deviates, probe
from selftests.checks.servers import session
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.certificates import parse_certificate
from smtp_exposure.smtp.evidence import AddressProbe

PREDICTED = "EXT-07-3"
IN_STORE = parse_certificate(certificates.der(certificates.issue(CERTIFICATE, MOMENT)))


def node(*arguments: object, **changes: object) -> AddressProbe:
    """An address of a server that presents the certificate which its store holds."""
    own = {"tls": session(chain=(IN_STORE,))} | changes
    return probe(*arguments, **own)  # type: ignore[arg-type]


def predict(approach: Approach, internet: Properties | None = None, **door: object) -> None:
    """Assert that the Internet connector, changed so, shows what was seen."""
    compliant(PREDICTED, approach, front_doors=(front_door(internet=internet, **door),))  # type: ignore[arg-type]


def differs(
    approach: Approach, telling: str, internet: Properties | None = None, **door: object
) -> None:
    """Assert that it would show something else."""
    doors = (front_door(internet=internet, **door),)  # type: ignore[arg-type]
    deviates(PREDICTED, approach, (SUBJECT, telling), front_doors=doors)
