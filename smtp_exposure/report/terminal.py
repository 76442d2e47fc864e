"""Results as text for the terminal and for junit.xml (pure)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from smtp_exposure.report.alike import alike
from smtp_exposure.report.results import CheckResult, clipped, ordered
from smtp_exposure.verdicts import Finding, Level, Verdict

_SHOWN = 20


def word(verdict: Verdict) -> str:
    """How the terminal spells a verdict."""
    return verdict.value.replace("_", " ").upper()


def name(result: CheckResult) -> str:
    """The verdict and the check's id."""
    return f"{word(result.outcome.verdict)} {result.check.id}"


def title(result: CheckResult) -> str:
    """The verdict, and the check in one line."""
    return f"{name(result)} {result.check.severity.value}: {result.check.title}"


def describe(result: CheckResult) -> str:
    """The check, and for each finding what was observed, what is expected, and the remedy."""
    findings = ordered(result.outcome.findings)
    return "\n".join((title(result), *_told([result]), *_remedies(result, findings)))


def describe_alike(results: Sequence[CheckResult]) -> str:
    """Several checks, and once what their findings say of each subject."""
    return "\n".join((*dict.fromkeys(map(title, results)), *_told(results)))


def told_alike(results: Iterable[CheckResult]) -> Iterator[list[CheckResult]]:
    """Bring together the results whose findings say the same, of whatever subjects."""
    together: dict[tuple[Finding, ...], list[CheckResult]] = {}
    for result in results:
        found = (one for one, _ in alike(result.outcome.findings))
        said = tuple(replace(one, subject="", fix="", blanks=dict) for one in found)
        together.setdefault(said, []).append(result)
    yield from together.values()


def _told(results: Sequence[CheckResult]) -> Iterator[str]:
    named = (
        finding if finding.subject else replace(finding, subject=result.target or "")
        for result in results
        for finding in ordered(result.outcome.findings)
    )
    found = [(one, subject) for one, subjects in alike(named) for subject in subjects]
    for one, some in groupby(found[:_SHOWN], key=itemgetter(0)):
        label = "" if one.level is Level.DEVIATION else f" ({one.level.value})"
        yield from (f"  {clipped(subject)}{label}" for _, subject in some)
        parts = {"observed": one.observed, "expected": one.expected, "detail": one.detail}
        yield from (f"    {part}: {clipped(text)}" for part, text in parts.items() if text)
    if len(found) > _SHOWN:
        yield f"  and {len(found) - _SHOWN} more findings, all in the report"


def _remedies(result: CheckResult, findings: list[Finding]) -> list[str]:
    """Each remedy once, however many findings it mends."""
    texts = dict.fromkeys(
        result.remedy(finding) for finding in findings if finding.level is Level.DEVIATION
    )
    return [f"  remedy: {line}" for text in texts for line in text.splitlines() if line]
