"""What a check is: metadata, title, rationale, remedy and judgement in one function."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from smtp_exposure.check_ids import CHECK_IDS
from smtp_exposure.errors import ExposureError
from smtp_exposure.verdicts import (
    Finding,
    Level,
    NotAssessed,
    Outcome,
    Severity,
    Verdict,
    trouble,
)

if TYPE_CHECKING:
    from smtp_exposure.smtp.approach import Approach
    from smtp_exposure.smtp.evidence import AddressProbe

Judgement = Callable[..., Iterator[Finding]]
T = TypeVar("T")

_ID = re.compile(r"(INT|EXT)-(\d\d)-(\d)")


class Target(Enum):
    """What one entry of a check is about (product.md); the value is the fixture that brings it."""

    SERVER = "front_door"
    ORGANIZATION = "inventory"
    DOMAIN = "domain"
    MAIL_DOMAIN = "approach"


class NotCompliant(AssertionError):
    """We looked, and it deviates; carries the outcome. Raised where a check is called by itself."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__("; ".join(f"{item.subject}: {item.observed}" for item in outcome.findings))


class Inconclusive(NotCompliant):
    """We looked, and the answer proves neither; or we could not look. Carries the outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row of the checklist with its judgement; built by `check` and never by hand."""

    id: str
    step: int
    severity: Severity
    target: Target
    title: str
    rationale: str
    fix: str
    judgement: Judgement

    @property
    def half(self) -> str:
        """`internal` or `external`: which half of the run it belongs to."""
        return "internal" if self.id.startswith("INT") else "external"

    def judge(self, **evidence: Any) -> Outcome:
        """Judge evidence. What could not be read or decided becomes a finding, never a pass."""
        findings: list[Finding] = []
        left_off: NotAssessed | None = None
        try:
            for finding in self.judgement(**evidence):
                findings.append(finding)  # noqa: PERF402  # what came before an error counts too
        except NotAssessed as reason:
            left_off = reason
        except ExposureError as problem:
            findings.append(trouble("", problem))
        if left_off is not None and all(item.level is Level.NOTE for item in findings):
            return Outcome(
                verdict=Verdict.NOT_ASSESSED,
                findings=tuple(findings),
                why=left_off.why,
                reason=left_off.reason,
            )
        if self.severity is Severity.ADVICE:
            findings = [_as_note(finding) for finding in findings]
        return Outcome.of(tuple(findings))


def _as_note(finding: Finding) -> Finding:
    # product.md: a check of severity advice never deviates; what it saw is a note.
    return replace(finding, level=Level.NOTE) if finding.level is Level.DEVIATION else finding


def check(
    identifier: str,
    *,
    step: int,
    severity: Severity,
    target: Target = Target.SERVER,
    fix: str = "",
) -> Callable[[Judgement], Callable[..., None]]:
    """Make a test of a generator of findings. Title and rationale are its docstring.

    Raises ValueError, and so stops collection, where a part is wrong or missing.
    """

    def decorate(judgement: Judgement) -> Callable[..., None]:
        row = _row(identifier, step, severity, target, fix, judgement)

        @wraps(judgement)
        def test(**evidence: Any) -> None:
            enforce(row.judge(**evidence))

        test.check = row  # type: ignore[attr-defined]  # functions carry attributes; typing lacks it
        return test

    return decorate


def _row(
    identifier: str, step: int, severity: Severity, target: Target, fix: str, judgement: Judgement
) -> Check:
    parts = _ID.fullmatch(identifier)
    if not parts or int(parts[2]) != step:
        raise ValueError(f"{identifier!r} is no id of step {step}, like INT-0{step}-1")
    if identifier not in CHECK_IDS:
        raise ValueError(f"{identifier} is not counted in smtp_exposure/check_ids.py")
    title, _, rationale = inspect.cleandoc(judgement.__doc__ or "").partition("\n\n")
    if not title.endswith(".") or not rationale:
        raise ValueError(f"{identifier}: the docstring needs a sentence as title, and a rationale")
    return Check(
        id=identifier,
        step=step,
        severity=severity,
        target=target,
        title=" ".join(title.split()),
        rationale=rationale,
        fix=inspect.cleandoc(fix),
        judgement=judgement,
    )


def enforce(outcome: Outcome) -> None:
    """Raise what pytest shows for an outcome; a compliant one passes."""
    match outcome.verdict:
        case Verdict.DEVIATES:
            raise NotCompliant(outcome)
        case Verdict.INCONCLUSIVE | Verdict.ERROR:
            raise Inconclusive(outcome)
        case Verdict.WAIVED:
            pytest.xfail("waived")
        case Verdict.NOT_ASSESSED:
            pytest.skip(f"{outcome.why.value if outcome.why else ''}: {outcome.reason}")


def examine(
    subjects: Iterable[T], rule: Callable[[T], Iterable[Finding]], name: Callable[[T], str]
) -> Iterator[Finding]:
    """Apply a rule to each subject; one that can't be read or decided doesn't hide the others."""
    for subject in subjects:
        try:
            yield from rule(subject)
        except ExposureError as problem:
            yield trouble(name(subject), problem)


def examine_addresses(
    approach: "Approach",
    rule: Callable[["AddressProbe"], Iterable[Finding]],
    *,
    among: Iterable["AddressProbe"] | None = None,
) -> Iterator[Finding]:
    """Apply a rule to each address of a mail domain's hosts; those that nobody saw are told."""
    probes = approach.probes if among is None else among
    yield from examine(probes, rule, name=approach.subject)
    yield from approach.unseen
