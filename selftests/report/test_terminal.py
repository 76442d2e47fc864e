"""What the terminal shows of one result."""

from typing import Any

import pytest

from smtp_exposure.checklist import Check, Target
from smtp_exposure.report.results import CheckResult
from smtp_exposure.report.terminal import describe, describe_alike, told_alike
from smtp_exposure.verdicts import Finding, Level, Outcome, Severity

RELAY = Finding(subject="EX01\\Relay", observed="open", expected="closed", detail="since May")


def described(*findings: Finding, fix: str = "Set-It -Identity <identity>") -> str:
    return describe(judged(*findings, fix=fix))


def judged(
    *findings: Finding, identifier: str = "INT-03-1", fix: str = "", target: str = "EX01"
) -> CheckResult:
    check = Check(
        id=identifier,
        step=3,
        severity=Severity.CRITICAL,
        target=Target.SERVER,
        title="It is so.",
        rationale="Somebody gains.",
        fix=fix,
        judgement=lambda: iter(()),
    )
    return CheckResult(check=check, target=target, outcome=Outcome.of(findings))


def test_shows_check_finding_and_remedy() -> None:
    assert described(RELAY).splitlines() == [
        "DEVIATES INT-03-1 critical: It is so.",
        "  EX01\\Relay",
        "    observed: open",
        "    expected: closed",
        "    detail: since May",
        "  remedy: Set-It -Identity 'EX01\\Relay'",
    ]


def test_shows_each_remedy_once() -> None:
    again = Finding(subject="EX01\\Relay", observed="open too")
    assert described(RELAY, again).count("remedy:") == 1


@pytest.mark.parametrize("level", [Level.DEVIATION, Level.INCONCLUSIVE, Level.ERROR])
def test_the_verdict_and_the_id_come_first(level: Level) -> None:
    shown = described(Finding(subject="EX01\\Relay", observed="odd", level=level))
    assert shown.startswith(f"{level.verdict.value.upper()} INT-03-1 critical: It is so.\n")


def test_what_is_said_of_several_subjects_stands_once() -> None:
    subjects = [f"{number}.0.0.0/8" for number in (11, 12, 13)]
    shown = described(*(Finding(subject=subject, observed="open") for subject in subjects))
    assert shown.splitlines()[1:5] == [*(f"  {one}" for one in subjects), "    observed: open"]


def test_many_subjects_are_cut_with_their_number() -> None:
    shown = described(*(Finding(subject=f"R{n}", observed="open") for n in range(25)), fix="")
    assert shown.count("  R") == 20
    assert shown.endswith("  and 5 more findings, all in the report")


def silent(identifier: str, subject: str, observed: str = "silence") -> CheckResult:
    found = Finding(subject=subject, observed=observed, level=Level.INCONCLUSIVE)
    return judged(found, identifier=identifier)


def test_checks_that_say_the_same_are_told_together() -> None:
    results = [
        silent("EXT-08-1", "mail:110"),
        silent("EXT-05-1", "mail:25", "no TLS"),
        silent("EXT-08-2", "mail:995"),
    ]
    ids = [[one.check.id for one in together] for together in told_alike(results)]
    assert ids == [["EXT-08-1", "EXT-08-2"], ["EXT-05-1"]]
    assert describe_alike([results[0], results[2]]).splitlines() == [
        "INCONCLUSIVE EXT-08-1 critical: It is so.",
        "INCONCLUSIVE EXT-08-2 critical: It is so.",
        "  mail:110 (inconclusive)",
        "  mail:995 (inconclusive)",
        "    observed: silence",
    ]


def test_one_check_of_many_servers_is_named_once() -> None:
    found = Finding(subject="", observed="missing: Get-It", level=Level.INCONCLUSIVE)
    shown = describe_alike([judged(found, target=f"EX{number}") for number in range(500)])
    assert shown.count("INT-03-1") == 1
    assert "  EX7 (inconclusive)" in shown.splitlines()
    assert "480 more findings" in shown


@pytest.mark.parametrize("level", [Level.NOTE, Level.INCONCLUSIVE, Level.ERROR])
def test_only_a_deviation_has_a_remedy(level: Level) -> None:
    shown = described(Finding(subject="EX01\\Relay", observed="odd", level=level))
    assert f"EX01\\Relay ({level.value})" in shown
    assert "remedy:" not in shown


def test_a_finding_without_subject_is_about_the_target() -> None:
    shown = described(Finding(subject="", observed="odd", level=Level.ERROR))
    assert "  EX01 (error)" in shown.splitlines()


def test_many_findings_are_cut_with_their_number() -> None:
    shown = described(*(Finding(subject="EX01\\R", observed=f"open {n}") for n in range(25)))
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
