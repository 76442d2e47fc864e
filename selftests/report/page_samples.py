"""A run with an entry of every verdict, and what a reader sees of a page."""

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

from selftests.checks.registry import CHECKS
from smtp_exposure.checklist import Check
from smtp_exposure.report.results import CheckResult, Run
from smtp_exposure.verdicts import Finding, Level, Outcome, Verdict, Why

STARTED = datetime(2026, 11, 24, 3, 41, 56, tzinfo=UTC)
RUN = Run(
    id="20261124T034156Z-ex01",
    started=STARTED,
    finished=STARTED,
    tool_version="1.2.3",
    command_line="pytest --snapshot=export",
    evidence_as_of=STARTED,
    servers=[{"name": "EX01", "fqdn": "ex01.corp.example", "asked": "ex01"}],
    domains=["corp.example"],
    notes=["the export has no permissions"],
    halves_asked=frozenset({"internal"}),
)


def check(identifier: str = "INT-01-2") -> Check:
    """A real row of the checklist."""
    return CHECKS[identifier][1]


def result(
    verdict: Verdict,
    *findings: Finding,
    identifier: str = "INT-01-2",
    target: str | None = "EX01",
    why: Why | None = None,
    reason: str | None = None,
) -> CheckResult:
    """One entry."""
    outcome = Outcome(verdict=verdict, findings=findings, why=why, reason=reason)
    return CheckResult(check=check(identifier), target=target, outcome=outcome)


def finding(word: str = "seen", level: Level = Level.DEVIATION) -> Finding:
    """A finding that says one word everywhere."""
    return Finding(
        subject=f"subject {word}",
        observed=f"observed {word}",
        expected=f"expected {word}",
        detail=f"detail {word}",
        level=level,
    )


def results() -> tuple[CheckResult, ...]:
    """An entry of every verdict."""
    return (
        result(Verdict.DEVIATES, finding("deviating")),
        result(Verdict.ERROR, finding("error", Level.ERROR), identifier="INT-01-3"),
        result(Verdict.INCONCLUSIVE, finding("unclear", Level.INCONCLUSIVE), identifier="INT-01-4"),
        result(Verdict.WAIVED, replace(finding(), waiver="ticket 7"), identifier="INT-01-6"),
        result(Verdict.NOT_ASSESSED, why=Why.NOT_ASKED, reason="none", identifier="INT-07-3"),
        result(Verdict.COMPLIANT, identifier="INT-03-1"),
        result(Verdict.COMPLIANT, finding("noted", Level.NOTE), identifier="INT-01-5"),
    )


def tree(html: str) -> ElementTree.Element:
    """Read the page as XML, which refuses whatever is not closed or escaped."""
    return ElementTree.fromstring(html)  # noqa: S314  # our own text


def words(html: str) -> str:
    """All text of a page that a reader sees."""
    root = tree(html)
    for style in root.findall("style"):
        root.remove(style)
    return " ".join("".join(root.itertext()).split())
