"""Waivers: what they cover, until when, and which of them cover nothing."""

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest

from smtp_exposure.expectations import Waiver
from smtp_exposure.verdicts import Finding, Level, Outcome, Verdict, Why
from smtp_exposure.waivers import evidence_of, unused, waive, words

TODAY = date(2026, 11, 24)
POP = Finding(subject="MSExchangePop3", observed="Status Stopped, StartType Manual")
BACK_END = Finding(subject="MSExchangePOP3BE", observed="Status Running, StartType Automatic")
UNDECIDED = Finding(
    subject="MSExchangePop3", observed="missing: Get-Service", level=Level.INCONCLUSIVE
)
BROKEN = Finding(subject="MSExchangePop3", observed="can't be read", level=Level.ERROR)
NOTE = Finding(subject="MSExchangePop3", observed="the profile allows it", level=Level.NOTE)
NOWHERE = "nothing was found of this subject"
HASH = hashlib.sha256(b"Status Stopped, StartType Manual").hexdigest()


def waiver(**changes: Any) -> Waiver:
    """A waiver that fits POP, changed in what is given."""
    own: dict[str, Any] = {
        "check": "INT-08-1",
        "target": "EX01",
        "subject": "MSExchangePop3",
        "reason": "the scanners read a mailbox",
        "approver": "J. Doe",
        "expires": TODAY + timedelta(days=60),
    }
    return Waiver(**own | changes)


def waived(
    *findings: Finding, by: list[Waiver], target: str | None = "EX01", today: date = TODAY
) -> Outcome:
    """What remains of these findings on INT-08-1."""
    return waive(Outcome.of(findings), "INT-08-1", target, by, today)


def why_unused(*findings: Finding, by: list[Waiver], today: date = TODAY) -> list[str]:
    """Why each waiver that covers nothing does so."""
    outcome = waived(*findings, by=by, today=today)
    return [row["why"] for row in unused(by, [("INT-08-1", "EX01", outcome)], today)]


def test_the_evidence_is_the_hash_of_what_was_observed() -> None:
    assert evidence_of(POP) == HASH
    assert evidence_of(Finding(subject="x", observed="é", detail="y")) == (
        hashlib.sha256("é".encode()).hexdigest()
    )


def test_says_reason_approver_and_day() -> None:
    text = words(waiver())
    assert text == "the scanners read a mailbox (approved by J. Doe, until 2027-01-23)"


def test_what_fits_exactly_is_waived_and_keeps_its_level() -> None:
    outcome = waived(POP, by=[waiver()])
    (finding,) = outcome.findings
    assert (outcome.verdict, finding.verdict) == (Verdict.WAIVED, Verdict.WAIVED)
    assert (finding.level, finding.observed) == (Level.DEVIATION, POP.observed)
    assert finding.waiver == words(waiver())
    assert why_unused(POP, by=[waiver()]) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"check": "INT-08-2"},
        {"check": "EXT-08-1"},
        {"target": "EX02"},
        {"target": "ex01"},
        {"target": ""},
        {"subject": "msexchangepop3"},
        {"subject": "MSExchangePOP3BE"},
        {"subject": "MSExchangePop"},
        {"subject": "*"},
        {"subject": "EX01"},
    ],
)
def test_what_fits_only_nearly_covers_nothing(changes: dict[str, Any]) -> None:
    nearly = waiver(**changes)
    assert waived(POP, by=[nearly]) == Outcome.of((POP,))
    assert why_unused(POP, by=[nearly]) == [NOWHERE]


@pytest.mark.parametrize(
    ("days", "verdict"),
    [(-1, Verdict.DEVIATES), (0, Verdict.WAIVED), (1, Verdict.WAIVED), (-400, Verdict.DEVIATES)],
)
def test_ends_with_its_day(days: int, verdict: Verdict) -> None:
    dated = waiver(expires=TODAY + timedelta(days=days))
    assert waived(POP, by=[dated]).verdict is verdict
    assert why_unused(POP, by=[dated]) == (
        ["it has expired"] if verdict is Verdict.DEVIATES else []
    )


@pytest.mark.parametrize(
    ("finding", "covers", "verdict"),
    [
        (POP, "deviates", Verdict.WAIVED),
        (POP, "inconclusive", Verdict.DEVIATES),
        (UNDECIDED, "inconclusive", Verdict.WAIVED),
        (UNDECIDED, "deviates", Verdict.INCONCLUSIVE),
        (BROKEN, "deviates", Verdict.ERROR),
        (BROKEN, "inconclusive", Verdict.ERROR),
        (NOTE, "deviates", Verdict.COMPLIANT),
        (NOTE, "inconclusive", Verdict.COMPLIANT),
    ],
)
def test_covers_one_verdict_and_no_other(finding: Finding, covers: str, verdict: Verdict) -> None:
    outcome = waived(finding, by=[waiver(covers=covers)])
    assert outcome.verdict is verdict
    assert [item.level for item in outcome.findings] == [finding.level]
    said = f"it covers {covers}, and the finding is {finding.verdict.value}"
    expected = [] if verdict is Verdict.WAIVED else [said]
    assert why_unused(finding, by=[waiver(covers=covers)]) == expected


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [(None, Verdict.WAIVED), (HASH, Verdict.WAIVED), ("0" * 64, Verdict.DEVIATES)],
)
def test_insists_on_the_evidence_that_it_names(evidence: str | None, verdict: Verdict) -> None:
    assert waived(POP, by=[waiver(evidence=evidence)]).verdict is verdict
    changed = [f"the evidence has changed: it is now {HASH}"]
    expected = [] if verdict is Verdict.WAIVED else changed
    assert why_unused(POP, by=[waiver(evidence=evidence)]) == expected


def test_the_worst_that_is_not_covered_decides() -> None:
    outcome = waived(POP, BACK_END, by=[waiver()])
    assert outcome.verdict is Verdict.DEVIATES
    assert [item.waiver for item in outcome.findings] == [words(waiver()), None]
    assert outcome.findings[1] is BACK_END


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (BROKEN, Verdict.ERROR),
        (UNDECIDED, Verdict.INCONCLUSIVE),
        (NOTE, Verdict.WAIVED),
    ],
)
def test_a_covered_finding_ranks_below_what_is_open(other: Finding, verdict: Verdict) -> None:
    outcome = waived(POP, other, by=[waiver()])
    assert outcome.verdict is verdict
    assert outcome.findings[1] is other


def test_two_waivers_cover_two_findings() -> None:
    both = [waiver(), waiver(subject="MSExchangePOP3BE", reason="so does the fax")]
    outcome = waived(POP, BACK_END, by=both)
    assert outcome.verdict is Verdict.WAIVED
    assert [item.waiver for item in outcome.findings] == list(map(words, both))
    assert why_unused(POP, BACK_END, by=both) == []


@pytest.mark.parametrize("covering", [0, 1])
def test_the_one_that_fits_covers_wherever_it_stands(covering: int) -> None:
    pair = [waiver(expires=TODAY - timedelta(days=1), reason="old")]
    pair.insert(covering, waiver(reason="renewed"))
    (finding,) = waived(POP, by=pair).findings
    assert finding.waiver == words(pair[covering])
    assert why_unused(POP, by=pair) == ["it has expired"]


def test_deviation_and_doubt_of_one_subject_need_two_waivers() -> None:
    both = [waiver(), waiver(covers="inconclusive")]
    assert waived(POP, UNDECIDED, by=both[:1]).verdict is Verdict.INCONCLUSIVE
    assert waived(POP, UNDECIDED, by=both).verdict is Verdict.WAIVED


def test_several_findings_of_one_subject_are_covered_alike() -> None:
    second = Finding(subject=POP.subject, observed="another thing")
    assert waived(POP, second, by=[waiver()]).verdict is Verdict.WAIVED
    exact = waiver(evidence=HASH)
    assert waived(POP, second, by=[exact]).verdict is Verdict.DEVIATES
    assert why_unused(POP, second, by=[exact]) == []


@pytest.mark.parametrize("second", [waiver(reason="another"), waiver()])
def test_a_second_waiver_for_a_covered_finding_is_not_said_to_miss_it(second: Waiver) -> None:
    assert NOWHERE not in why_unused(POP, by=[waiver(), second])


def test_a_waiver_whose_evidence_changed_is_not_taken_for_its_twin() -> None:
    twins = [waiver(), waiver(evidence="0" * 64)]
    expected = [f"the evidence has changed: it is now {HASH}"]
    assert why_unused(POP, by=twins) == expected


@pytest.mark.parametrize("target", ["EX01", "corp.example"])
def test_a_finding_without_subject_is_of_its_target(target: str) -> None:
    nameless = Finding(subject="", observed="missing: Get-Service", level=Level.INCONCLUSIVE)
    own = waiver(target=target, subject=target, covers="inconclusive")
    outcome = waived(nameless, by=[own], target=target)
    assert outcome.verdict is Verdict.WAIVED
    assert unused([own], [("INT-08-1", target, outcome)], TODAY) == []


def test_a_check_that_was_not_assessed_stays_so() -> None:
    left_out = Outcome(verdict=Verdict.NOT_ASSESSED, why=Why.NOT_ASKED, reason="deselected")
    assert waive(left_out, "INT-08-1", "EX01", [waiver()], TODAY) is left_out
    rows = unused([waiver()], [("INT-08-1", "EX01", left_out)], TODAY)
    assert [row["why"] for row in rows] == [NOWHERE]


def test_a_compliant_check_stays_so() -> None:
    assert waived(by=[waiver()]).verdict is Verdict.COMPLIANT
    assert why_unused(by=[waiver()]) == [NOWHERE]


@pytest.mark.parametrize(
    ("outcomes", "why"),
    [
        ([], NOWHERE),
        ([("INT-08-1", "EX02", Outcome.of((POP,)))], NOWHERE),
        ([("INT-08-2", "EX01", Outcome.of((POP,)))], NOWHERE),
        ([("INT-08-1", None, Outcome.of((POP,)))], NOWHERE),
        ([("INT-08-1", "EX01", Outcome.of((BACK_END,)))], NOWHERE),
    ],
)
def test_a_waiver_without_its_finding_is_unused(outcomes: list[Any], why: str) -> None:
    assert [row["why"] for row in unused([waiver()], outcomes, TODAY)] == [why]


def test_an_expired_waiver_without_its_finding_has_expired() -> None:
    old = waiver(expires=TODAY - timedelta(days=1))
    assert why_unused(by=[old]) == ["it has expired"]


def test_each_unused_waiver_is_a_row_as_results_list_it() -> None:
    rows = unused([waiver(), waiver(subject="x", expires=date(2027, 1, 31))], [], TODAY)
    assert [row["subject"] for row in rows] == ["MSExchangePop3", "x"]
    assert rows[1] == {
        "check": "INT-08-1",
        "target": "EX01",
        "subject": "x",
        "reason": "the scanners read a mailbox",
        "approver": "J. Doe",
        "expires": "2027-01-31",
        "why": NOWHERE,
    }
