"""A stand-in Exchange and its scenarios.

It follows the documents on its own and never imports smtp_exposure, so that a misreading
can't agree with itself.
"""

from pathlib import Path

from lab import exports, scenarios
from lab.scenario import REGISTRY, Scenario

DEFAULT = "compliant"
SCENARIOS: tuple[str, ...] = scenarios.NAMES


def summary(name: str) -> str:
    """Return one line that says what is peculiar about a scenario."""
    return _named(name).summary


def profile(name: str) -> str | None:
    """Return the profile that a scenario is judged with, as TOML; None is no profile."""
    return _named(name).profile


def domains(name: str) -> tuple[str, ...]:
    """Return the mail domains to judge."""
    return _named(name).domains


def expected_verdicts(name: str) -> dict[tuple[str, str], str]:
    """Return (check id, target) -> verdict for every check from inside and every target."""
    return _named(name).expected_verdicts()


def write_export(name: str, folder: Path) -> None:
    """Write the Export-Clixml files of a scenario, one for each cmdlet."""
    exports.write(_named(name).build(), folder)


def _named(name: str) -> Scenario:
    if name not in REGISTRY:
        raise ValueError(f"no scenario is named {name!r}")
    return REGISTRY[name]
