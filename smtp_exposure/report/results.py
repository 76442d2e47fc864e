"""Outcomes turned into results: one per check and target, as results.json has them (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from smtp_exposure.checklist import Check
from smtp_exposure.remedy.powershell import render
from smtp_exposure.verdicts import Finding, Outcome, Severity, Verdict
from smtp_exposure.waivers import evidence_of

MAX_TEXT = 2_000
"""Characters of a string in results.json (product.md)."""

NOTHING_ASSESSED = 11
UNDECIDED = 10
STOPPED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The verdict on one check and target."""

    check: Check
    target: str | None
    outcome: Outcome
    duration_s: float = 0.0
    vantage: str | None = None
    deselected: bool = False
    was_reached: bool = True

    @property
    def order(self) -> tuple[str, str]:
        """By id, then target (product.md)."""
        return self.check.id, self.target or ""

    def remedy(self, finding: Finding) -> str:
        """The commands that mend what a finding shows; empty where there is nothing to mend."""
        return render(finding.fix or self.check.fix, finding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run was, apart from its verdicts."""

    id: str
    started: datetime
    tool_version: str
    command_line: str
    finished: datetime | None = None
    evidence_as_of: datetime | None = None
    is_offline: bool = False
    partial: bool = False
    servers: Sequence[Mapping[str, str | None]] = ()
    domains: Sequence[str] = ()
    vantages: Sequence[Mapping[str, str | None]] = ()
    waivers_unused: Sequence[Mapping[str, str]] = ()
    notes: Sequence[str] = ()
    is_vouched_for: bool = True
    halves_asked: frozenset[str] = frozenset()
    lab: str | None = None
    """The scenario of the lab that was judged instead of a real server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The verdicts of a run together, and the exit status that they make."""

    results: tuple[CheckResult, ...]
    partial: bool = False
    fail_on: Severity = Severity.LOW
    was_stopped: bool = False
    counts: Mapping[Verdict, int] = field(init=False)

    def __post_init__(self) -> None:
        counts = dict.fromkeys(Verdict, 0)
        for result in self.results:
            counts[result.outcome.verdict] += 1
        object.__setattr__(self, "counts", counts)

    @property
    def exit_status(self) -> int:
        """1 before 10 before 11 before 0 (product.md, "Exit status"); pytest's own 2 if stopped."""
        if self.was_stopped:
            return STOPPED
        verdicts = {result.outcome.verdict for result in self.results}
        if any(
            result.outcome.verdict is Verdict.DEVIATES
            and result.check.severity.rank <= self.fail_on.rank
            for result in self.results
        ):
            return 1
        dropped = any(result.deselected for result in self.results) and not self.partial
        if verdicts & {Verdict.INCONCLUSIVE, Verdict.ERROR} or dropped:
            return UNDECIDED
        return NOTHING_ASSESSED if verdicts <= {Verdict.NOT_ASSESSED} else 0

    @property
    def deselected(self) -> int:
        """How many entries were dropped by the command line."""
        return sum(result.deselected for result in self.results)

    @property
    def unreached(self) -> int:
        """How many entries a stopped run did not come to; each is an error."""
        return sum(not result.was_reached for result in self.results)


def as_json(run: Run, summary: Summary) -> dict[str, Any]:
    """The document of results.json, schema 1."""
    return bounded(  # type: ignore[no-any-return]  # a dict comes out where one goes in
        {
            "schema": 1,
            "run": {
                "id": run.id,
                "started": timestamp(run.started),
                "finished": timestamp(run.finished),
                "evidence_as_of": timestamp(run.evidence_as_of),
                "tool_version": run.tool_version,
                "command_line": run.command_line,
                "exit_status": summary.exit_status,
                "partial": run.partial,
                "servers": [dict(server) for server in run.servers],
                "domains": list(run.domains),
                "vantages": [dict(vantage) for vantage in run.vantages],
                "waivers_unused": [dict(waiver) for waiver in run.waivers_unused],
                "lab": run.lab,
            },
            "summary": {verdict.value: summary.counts[verdict] for verdict in _SUMMARY_ORDER},
            "checks": [
                _entry(result) for result in sorted(summary.results, key=lambda item: item.order)
            ],
        }
    )


def bounded(value: Any) -> Any:
    """Bound every string of a document, and make its control characters visible."""
    if isinstance(value, str):
        return clipped(value)
    if isinstance(value, dict):
        return {clipped(name): bounded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [bounded(item) for item in value]
    return value


_SUMMARY_ORDER = (
    Verdict.COMPLIANT,
    Verdict.DEVIATES,
    Verdict.INCONCLUSIVE,
    Verdict.ERROR,
    Verdict.WAIVED,
    Verdict.NOT_ASSESSED,
)


def _entry(result: CheckResult) -> dict[str, Any]:
    outcome = result.outcome
    return {
        "id": result.check.id,
        "half": result.check.half,
        "title": result.check.title,
        "step": result.check.step,
        "severity": result.check.severity.value,
        "target": result.target,
        "vantage": result.vantage,
        "verdict": outcome.verdict.value,
        "why": outcome.why.value if outcome.why else None,
        "reason": outcome.reason,
        "duration_s": round(result.duration_s, 6),
        "findings": [_finding(item, result.target) for item in ordered(outcome.findings)],
    }


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Findings worst first, otherwise as the check named them."""
    ranks = list(Verdict)
    return sorted(findings, key=lambda item: ranks.index(item.verdict))


def _finding(item: Finding, target: str | None) -> dict[str, Any]:
    return {
        "level": item.level.value,
        "verdict": item.verdict.value,
        "subject": item.subject or target or "",
        "observed": item.observed,
        "expected": item.expected,
        "detail": item.detail,
        "waiver": item.waiver,
        "evidence": evidence_of(item),
    }


def timestamp(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with `Z`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def clipped(text: str) -> str:
    """Bound a string and make its control characters visible: servers' words are hostile."""
    visible = text
    if not text.isprintable():
        visible = "".join(mark if mark.isprintable() else f"\\x{ord(mark):02x}" for mark in text)
    return visible if len(visible) <= MAX_TEXT else visible[: MAX_TEXT - 3] + "..."
