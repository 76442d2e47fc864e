"""What the terminal shows of one result."""

from typing import Any

import pytest

from smtp_exposure.checklist import Check, Target
from smtp_exposure.report.results import CheckResult
from smtp_exposure.report.terminal import describe
from smtp_exposure.verdicts import Finding, Level, Outcome, Severity

RELAY = Finding(subject="EX01\\Relay", observed="open", expected="closed", detail="since May")


def described(*findings: Finding, fix: str = "Set-It -Identity <identity>") -> str:
    check = Check(
        id="INT-03-1",
        step=3,
        severity=Severity.CRITICAL,
        target=Target.SERVER,
        title="It is so.",
        rationale="Somebody gains.",
        fix=fix,
        judgement=lambda: iter(()),
    )
    outcome = Outcome.of(findings)
    return describe(CheckResult(check=check, target="EX01", outcome=outcome))


def test_shows_check_finding_and_remedy() -> None:
    assert described(RELAY).splitlines() == [
        "INT-03-1 critical: It is so.",
        "  EX01\\Relay",
        "    observed: open",
        "    expected: closed",
        "    detail: since May",
        "  remedy: Set-It -Identity 'EX01\\Relay'",
    ]


def test_shows_each_remedy_once() -> None:
    again = Finding(subject="EX01\\Relay", observed="open too")
    assert described(RELAY, again).count("remedy:") == 1


@pytest.mark.parametrize("level", [Level.NOTE, Level.INCONCLUSIVE, Level.ERROR])
def test_only_a_deviation_has_a_remedy(level: Level) -> None:
    shown = described(Finding(subject="EX01\\Relay", observed="odd", level=level))
    assert f"EX01\\Relay ({level.value})" in shown
    assert "remedy:" not in shown


def test_a_finding_without_subject_is_about_the_target() -> None:
    shown = described(Finding(subject="", observed="odd", level=Level.ERROR))
    assert "  EX01 (error)" in shown.splitlines()


def test_many_findings_are_cut_with_their_number() -> None:
    shown = described(*(Finding(subject=f"EX01\\{n}", observed="open") for n in range(25)))
    assert shown.count("observed:") == 20
    assert "  and 5 more findings, all in the report" in shown.splitlines()


def test_the_worst_is_never_cut_off() -> None:
    notes = [Finding(subject=f"{n}", observed="odd", level=Level.NOTE) for n in range(30)]
    assert "EX01\\Relay\n" in described(*notes, RELAY)


@pytest.mark.parametrize("field", ["subject", "observed", "expected", "detail"])
@pytest.mark.parametrize(
    "mark", ["\x1b[2J", "\n  INT-03-1 forged", "\r", "\x07", "\u202e", "\x9b2J"]
)
def test_a_servers_words_stay_on_their_line(field: str, mark: str) -> None:
    words: dict[str, Any] = {"subject": "EX01\\Relay", "observed": "open"}
    words[field] = f"a{mark}b"
    shown = described(Finding(**words))
    plain = described(Finding(**(words | {field: "ab"})))
    assert len(shown.splitlines()) == len(plain.splitlines())
    assert all(line.isprintable() for line in shown.split("\n"))


def test_long_words_are_bounded() -> None:
    shown = described(Finding(subject="s" * 9000, observed="o" * 9000), fix="")
    assert max(map(len, shown.splitlines())) < 2100
