"""The words of a judgement: severities, verdicts, findings, outcomes. No pytest here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from smtp_exposure.errors import ExposureError, MissingEvidence, Undecided


class Severity(Enum):
    """How much a deviation exposes; fixed for each check (checklist.md). Ordered, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    ADVICE = "advice"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Verdict(Enum):
    """The six verdicts (product.md, "Verdicts"), spelt as in results.json; worst first."""

    DEVIATES = "deviates"
    ERROR = "error"
    INCONCLUSIVE = "inconclusive"
    WAIVED = "waived"
    NOT_ASSESSED = "not_assessed"
    COMPLIANT = "compliant"


class Why(Enum):
    """Why a check was not assessed."""

    NOT_ASKED = "not_asked"
    NOT_APPLICABLE = "not_applicable"


class Level(Enum):
    """What a finding says; each but a note decides the verdict of its entry."""

    DEVIATION = "deviation"
    ERROR = "error"
    INCONCLUSIVE = "inconclusive"
    NOTE = "note"

    @property
    def verdict(self) -> Verdict:
        """The verdict that a finding of this level stands for."""
        return _VERDICT_OF[self]


_VERDICT_OF = {
    Level.DEVIATION: Verdict.DEVIATES,
    Level.ERROR: Verdict.ERROR,
    Level.INCONCLUSIVE: Verdict.INCONCLUSIVE,
    Level.NOTE: Verdict.COMPLIANT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was seen: its subject names the offender inside the target (product.md).

    `fix` takes the place of the check's remedy where another one mends this finding. `blanks` tells,
    when a remedy is shown, what fills its placeholders: `identity` for `<identity>`.
    """

    subject: str
    observed: str
    expected: str = ""
    detail: str = ""
    level: Level = Level.DEVIATION
    fix: str = ""
    blanks: Callable[[], Mapping[str, str]] = dict
    waiver: str | None = None

    @property
    def verdict(self) -> Verdict:
        """The finding's own verdict; a waiver that covers it turns it into waived."""
        return Verdict.WAIVED if self.waiver is not None else self.level.verdict


class NotAssessed(Exception):
    """The check does not apply here, or what it needs was not asked for."""

    def __init__(self, reason: str, why: Why = Why.NOT_APPLICABLE) -> None:
        self.reason = reason
        self.why = why
        super().__init__(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What judging one check on one target came to."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    why: Why | None = None
    reason: str | None = None

    @classmethod
    def of(cls, findings: tuple[Finding, ...]) -> "Outcome":
        """The worst finding decides (product.md, "Verdicts"); none, or notes alone, comply."""
        present = {finding.verdict for finding in findings}
        worst = next((verdict for verdict in Verdict if verdict in present), Verdict.COMPLIANT)
        return cls(verdict=worst, findings=findings)


def trouble(subject: str, problem: ExposureError) -> Finding:
    """Turn a failure to look or to decide into a finding about its subject.

    What would settle it is known where something is missing; else its message says all there is.
    """
    undecided = isinstance(problem, MissingEvidence | Undecided)
    return Finding(
        subject=subject,
        observed=str(problem),
        expected=f"the whole output of {problem.cmdlet}: exported, or read with the right to run it"
        if isinstance(problem, MissingEvidence)
        else "",
        level=Level.INCONCLUSIVE if undecided else Level.ERROR,
    )
