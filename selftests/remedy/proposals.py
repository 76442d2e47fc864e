"""What a reader is told to do about what a check finds."""

from typing import Any

from selftests.checks.registry import CHECKS
from smtp_exposure.report.results import CheckResult
from smtp_exposure.verdicts import Level


def proposed(check: str, **evidence: Any) -> list[str]:
    """The remedies of a check's deviations, each once."""
    row = CHECKS[check][1]
    result = CheckResult(check=row, target="EX01", outcome=row.judge(**evidence))
    found = [item for item in result.outcome.findings if item.level is Level.DEVIATION]
    return list(dict.fromkeys(result.remedy(item) for item in found))
