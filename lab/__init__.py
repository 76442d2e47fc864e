"""A stand-in Exchange and its scenarios.

It follows the documents on its own and never imports smtp_exposure, so that a misreading
can't agree with itself.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lab import exports, scenarios
from lab.scenario import REGISTRY, Scenario

if TYPE_CHECKING:
    from lab.running import Lab

DEFAULT = "compliant"
SCENARIOS: tuple[str, ...] = scenarios.NAMES
USUAL_TARPIT = 0.01


def summary(name: str) -> str:
    """Return one line that says what is peculiar about a scenario."""
    return _named(name).summary


def profile(name: str) -> str | None:
    """Return the profile that a scenario is judged with, as TOML; None is no profile."""
    return _named(name).profile


def domains(name: str) -> tuple[str, ...]:
    """Return the mail domains to judge."""
    return _named(name).domains


def expected_verdicts(
    name: str, halves: Sequence[str] = ("internal",)
) -> dict[tuple[str, str], str]:
    """Return (check id, target) -> verdict for every check of these halves and every target.

    Halves are "internal" and "external"; some verdicts are others where both run.
    """
    return _named(name).expected_verdicts(halves)


def write_export(name: str, folder: Path) -> None:
    """Write the Export-Clixml files of a scenario, one for each cmdlet."""
    exports.write(_named(name).build(), folder)


def start(name: str, *, tarpit: float = USUAL_TARPIT) -> "Lab":
    """Let a scenario listen on loopback; `tarpit` stands for Exchange's five seconds."""
    from lab import running  # dnspython and the servers are loaded for a running lab alone

    found = _named(name)
    return running.start(found.build(), found.domains, tarpit)


def _named(name: str) -> Scenario:
    if name not in REGISTRY:
        raise ValueError(f"no scenario is named {name!r}")
    return REGISTRY[name]
