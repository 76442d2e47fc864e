"""One result as text for the terminal and for junit.xml (pure)."""

from smtp_exposure.report.results import CheckResult, clipped, ordered
from smtp_exposure.verdicts import Finding, Level

_SHOWN = 20


def describe(result: CheckResult) -> str:
    """The check, and for each finding what was observed, what is expected, and the remedy."""
    check = result.check
    findings = ordered(result.outcome.findings)
    lines = [f"{check.id} {check.severity.value}: {check.title}"]
    for finding in findings[:_SHOWN]:
        lines += _finding(result, finding)
    if len(findings) > _SHOWN:
        lines.append(f"  and {len(findings) - _SHOWN} more findings, all in the report")
    lines += _remedies(result, findings)
    return "\n".join(lines)


def _finding(result: CheckResult, finding: Finding) -> list[str]:
    parts = {"observed": finding.observed, "expected": finding.expected, "detail": finding.detail}
    subject = clipped(finding.subject or result.target or "")
    label = "" if finding.level is Level.DEVIATION else f" ({finding.level.value})"
    return [
        f"  {subject}{label}",
        *(f"    {name}: {clipped(text)}" for name, text in parts.items() if text),
    ]


def _remedies(result: CheckResult, findings: list[Finding]) -> list[str]:
    """Each remedy once, however many findings it mends."""
    texts = dict.fromkeys(
        result.remedy(finding) for finding in findings if finding.level is Level.DEVIATION
    )
    return [f"  remedy: {line}" for text in texts for line in text.splitlines() if line]
