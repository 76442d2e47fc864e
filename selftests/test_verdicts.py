"""The words of a judgement: order, spelling, and what trouble becomes."""

from dataclasses import replace
from itertools import combinations

import pytest

from smtp_exposure.errors import (
    CannotLook,
    ExposureError,
    MissingEvidence,
    SettingsError,
    Undecided,
    UnreadableEvidence,
)
from smtp_exposure.verdicts import (
    Finding,
    Level,
    NotAssessed,
    Outcome,
    Severity,
    Verdict,
    Why,
    trouble,
)

# product.md, "Verdicts": the worst wins.
WORST_FIRST = [Level.DEVIATION, Level.ERROR, Level.INCONCLUSIVE, Level.NOTE]


def finding(level: Level, waiver: str | None = None) -> Finding:
    return Finding(subject="EX01\\Relay", observed="seen", level=level, waiver=waiver)


def test_severities_are_ordered_worst_first() -> None:
    ranks = [Severity(text).rank for text in ("critical", "high", "medium", "low", "advice")]
    assert ranks == [0, 1, 2, 3, 4]


def test_verdicts_are_spelt_as_in_the_results() -> None:
    assert {verdict.value for verdict in Verdict} == {
        *("compliant", "deviates", "inconclusive", "error", "waived", "not_assessed")
    }


@pytest.mark.parametrize(("worse", "better"), list(combinations(WORST_FIRST, 2)))
def test_the_worst_finding_decides_in_any_order(worse: Level, better: Level) -> None:
    pair = (finding(worse), finding(better))
    assert Outcome.of(pair).verdict is worse.verdict
    assert Outcome.of(pair[::-1]).verdict is worse.verdict


@pytest.mark.parametrize("level", [Level.DEVIATION, Level.INCONCLUSIVE])
def test_a_waiver_turns_its_finding_to_waived(level: Level) -> None:
    assert Outcome.of((finding(level, waiver="agreed"),)).verdict is Verdict.WAIVED


@pytest.mark.parametrize("level", [Level.DEVIATION, Level.ERROR, Level.INCONCLUSIVE])
def test_a_waiver_of_one_finding_covers_no_other(level: Level) -> None:
    found = (finding(Level.DEVIATION, waiver="agreed"), finding(level))
    assert Outcome.of(found).verdict is level.verdict


@pytest.mark.parametrize("found", [(), (finding(Level.NOTE),), (finding(Level.NOTE),) * 2])
def test_nothing_or_notes_alone_comply(found: tuple[Finding, ...]) -> None:
    outcome = Outcome.of(found)
    assert (outcome.verdict, outcome.findings) == (Verdict.COMPLIANT, found)


@pytest.mark.parametrize(
    ("problem", "level"),
    [
        (MissingEvidence("Get-It"), Level.INCONCLUSIVE),
        (Undecided("either"), Level.INCONCLUSIVE),
        (UnreadableEvidence("odd"), Level.ERROR),
        (CannotLook("away"), Level.ERROR),
        (SettingsError("wrong"), Level.ERROR),
        (ExposureError("other"), Level.ERROR),
    ],
)
def test_trouble_is_inconclusive_or_an_error_and_never_a_pass(
    problem: ExposureError, level: Level
) -> None:
    found = trouble("EX01\\Relay", problem)
    assert (found.level, found.observed, found.subject) == (level, str(problem), "EX01\\Relay")


def test_what_would_settle_it_is_told_where_it_is_known() -> None:
    found = trouble("EX01\\Relay", MissingEvidence("Get-It", "for EX01"))
    assert (
        found.expected == "the whole output of Get-It: exported, or read with the right to run it"
    )
    assert {trouble("EX01", kind("odd")).expected for kind in (Undecided, CannotLook)} == {""}


@pytest.mark.parametrize(
    ("detail", "text"), [("", "missing: Get-It"), ("for EX01", "missing: Get-It (for EX01)")]
)
def test_missing_evidence_names_the_cmdlet(detail: str, text: str) -> None:
    assert str(MissingEvidence("Get-It", detail)) == text


def test_what_does_not_apply_says_so_unless_told_otherwise() -> None:
    assert NotAssessed("no front end").why is Why.NOT_APPLICABLE
    assert NotAssessed("no half", Why.NOT_ASKED).why is Why.NOT_ASKED


def test_findings_are_values() -> None:
    one = finding(Level.NOTE)
    assert replace(one) == one
    assert replace(one, observed="other") != one
