"""results.json's document, the exit status and the headline, from hand-made results."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from smtp_exposure.checklist import Check, Target
from smtp_exposure.report.headline import headline
from smtp_exposure.report.results import (
    CheckResult,
    Run,
    Summary,
    as_json,
    clipped,
    ordered,
    timestamp,
)
from smtp_exposure.verdicts import Finding, Level, Outcome, Severity, Verdict, Why

HOSTILE = "<script>\x1b[31m\n\r\x00\u202e\u2028\x9b'"
RUN = Run(
    id="20261124T034156Z-lab",
    started=datetime(2026, 11, 24, 3, 41, 56, tzinfo=UTC),
    tool_version="0",
    command_line="pytest --lab",
    halves_asked=frozenset({"internal", "external"}),
)


def result(
    verdict: Verdict,
    identifier: str = "INT-03-1",
    target: str | None = "EX01",
    severity: Severity = Severity.HIGH,
    findings: tuple[Finding, ...] = (),
    **changes: Any,
) -> CheckResult:
    check = Check(
        id=identifier,
        step=int(identifier[4:6]),
        severity=severity,
        target=Target.SERVER,
        title="It is so.",
        rationale="Somebody gains.",
        fix="Set-It -Identity <identity>",
        judgement=lambda: iter(()),
    )
    why = Why.NOT_ASKED if verdict is Verdict.NOT_ASSESSED else None
    outcome = Outcome(verdict=verdict, findings=findings, why=why, reason="said" if why else None)
    return CheckResult(check=check, target=target, outcome=outcome, **changes)


def summary(*verdicts: Verdict, **changes: Any) -> Summary:
    return Summary(results=tuple(map(result, verdicts)), **changes)


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ([Verdict.COMPLIANT], 0),
        ([Verdict.WAIVED], 0),
        ([Verdict.COMPLIANT, Verdict.NOT_ASSESSED], 0),
        ([Verdict.WAIVED, Verdict.NOT_ASSESSED], 0),
        ([Verdict.DEVIATES], 1),
        (list(Verdict), 1),
        ([Verdict.COMPLIANT, Verdict.INCONCLUSIVE], 10),
        ([Verdict.COMPLIANT, Verdict.ERROR], 10),
        ([Verdict.NOT_ASSESSED, Verdict.ERROR], 10),
        ([Verdict.NOT_ASSESSED], 11),
        ([], 11),
    ],
)
def test_the_worst_verdict_sets_the_exit_status(verdicts: list[Verdict], status: int) -> None:
    assert summary(*verdicts).exit_status == status


def test_what_was_deselected_is_no_pass_without_partial() -> None:
    left_out = result(Verdict.NOT_ASSESSED, deselected=True)
    results = (result(Verdict.COMPLIANT), left_out)
    assert Summary(results=results).exit_status == 10
    assert Summary(results=results, partial=True).exit_status == 0
    assert Summary(results=results).deselected == 1


def test_partial_excuses_nothing_else() -> None:
    left_out = result(Verdict.NOT_ASSESSED, deselected=True)
    for verdict, status in ((Verdict.DEVIATES, 1), (Verdict.ERROR, 10)):
        assert Summary(results=(result(verdict), left_out), partial=True).exit_status == status


def test_nothing_but_deselected_is_nothing_assessed() -> None:
    left_out = result(Verdict.NOT_ASSESSED, deselected=True)
    assert Summary(results=(left_out,), partial=True).exit_status == 11


@pytest.mark.parametrize(
    ("severity", "fail_on", "status"),
    [
        (Severity.CRITICAL, Severity.CRITICAL, 1),
        (Severity.HIGH, Severity.CRITICAL, 0),
        (Severity.LOW, Severity.MEDIUM, 0),
        (Severity.MEDIUM, Severity.MEDIUM, 1),
        (Severity.LOW, Severity.LOW, 1),
    ],
)
def test_deviations_below_the_limit_do_not_fail_the_run(
    severity: Severity, fail_on: Severity, status: int
) -> None:
    found = (result(Verdict.DEVIATES, severity=severity),)
    assert Summary(results=found, fail_on=fail_on).exit_status == status


def test_every_verdict_is_counted_apart() -> None:
    counted = as_json(RUN, summary(*Verdict, Verdict.COMPLIANT))["summary"]
    assert counted == dict.fromkeys([item.value for item in Verdict], 1) | {"compliant": 2}
    assert list(counted)[:2] == ["compliant", "deviates"]


def test_entries_are_ordered_by_id_then_target() -> None:
    pairs = [("INT-03-1", "EX02"), ("EXT-02-1", None), ("INT-01-2", "EX03"), ("INT-03-1", "EX01")]
    results = tuple(result(Verdict.COMPLIANT, *pair) for pair in pairs)
    entries = as_json(RUN, Summary(results=results))["checks"]
    assert [(entry["id"], entry["target"]) for entry in entries] == [
        ("EXT-02-1", None),
        ("INT-01-2", "EX03"),
        ("INT-03-1", "EX01"),
        ("INT-03-1", "EX02"),
    ]


def test_findings_come_worst_first_and_otherwise_as_named() -> None:
    levels = [Level.NOTE, Level.INCONCLUSIVE, Level.DEVIATION, Level.ERROR, Level.DEVIATION]
    found = [
        Finding(subject=str(number), observed="", level=level)
        for number, level in enumerate(levels)
    ]
    assert [item.subject for item in ordered(found)] == ["2", "4", "3", "1", "0"]


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 24, 3, 41, 56, tzinfo=UTC), "2026-11-24T03:41:56Z"),
        (datetime(2026, 11, 24, 3, 41, 56, 999999, tzinfo=UTC), "2026-11-24T03:41:56Z"),
        (
            datetime(2026, 11, 24, 1, tzinfo=timezone(timedelta(hours=2))),
            "2026-11-23T23:00:00Z",
        ),
        (None, None),
    ],
)
def test_times_are_in_utc_with_z(moment: datetime | None, text: str | None) -> None:
    assert timestamp(moment) == text


@pytest.mark.parametrize(("length", "kept"), [(1999, 1999), (2000, 2000), (2001, 2000)])
def test_a_string_has_two_thousand_characters_at_most(length: int, kept: int) -> None:
    text = clipped("x" * length)
    assert len(text) == kept
    assert text.endswith("...") is (length > kept)


@pytest.mark.parametrize("mark", ["\n", "\r", "\x1b", "\x00", "\x9b", "\u202e", "\u2028", "\ud800"])
def test_control_characters_become_visible(mark: str) -> None:
    assert clipped(f"a{mark}b") == f"a\\x{ord(mark):02x}b"


def test_a_text_that_becomes_longer_by_being_visible_is_bounded_too() -> None:
    assert len(clipped("\x00" * 2000)) == 2000


def test_every_word_of_a_finding_is_bounded_and_visible() -> None:
    words = HOSTILE + "x" * 5000
    finding = Finding(subject=words, observed=words, expected=words, detail=words, waiver=words)
    hostile = result(Verdict.DEVIATES, target=words, findings=(finding,))
    document = as_json(RUN, Summary(results=(hostile,)))
    texts = list(_strings(document["checks"]))
    assert max(map(len, texts)) == 2000
    assert all(text.isprintable() for text in texts)


def test_every_word_of_a_run_is_bounded_and_visible() -> None:
    words = HOSTILE + "x" * 5000
    run = Run(
        id="id",
        started=RUN.started,
        tool_version="0",
        command_line=words,
        servers=[{"name": words, "fqdn": words, "asked": words}],
        domains=[words],
        waivers_unused=[{"reason": words}],
    )
    texts = list(_strings(as_json(run, summary(Verdict.COMPLIANT))["run"]))
    assert max(map(len, texts)) == 2000
    assert all(text.isprintable() for text in texts)


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def test_the_document_can_be_written_as_it_stands() -> None:
    hostile = Finding(subject="\ud800", observed="\udfff")
    document = as_json(RUN, Summary(results=(result(Verdict.DEVIATES, findings=(hostile,)),)))
    assert json.dumps(document, ensure_ascii=False).encode()


def test_a_finding_without_subject_is_about_the_target() -> None:
    found = result(Verdict.ERROR, findings=(Finding(subject="", observed="", level=Level.ERROR),))
    (entry,) = as_json(RUN, Summary(results=(found,)))["checks"]
    assert entry["findings"][0]["subject"] == "EX01"


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.COMPLIANT, "Compliant: everything that was asked for is as demanded"),
        (Verdict.DEVIATES, "Not compliant: 1 deviates"),
        (Verdict.INCONCLUSIVE, "Not proved: 1 inconclusive"),
        (Verdict.ERROR, "Not proved: 1 in error"),
        (Verdict.NOT_ASSESSED, "Nothing was assessed"),
    ],
)
def test_the_headline_says_the_verdict(verdict: Verdict, said: str) -> None:
    assert headline(RUN, summary(verdict)) == f"{said}."


def test_the_headline_counts_one_and_several_in_words_that_fit() -> None:
    several = summary(Verdict.DEVIATES, Verdict.DEVIATES, Verdict.ERROR)
    assert headline(RUN, several) == "Not compliant: 2 deviate, 1 in error."


def test_the_headline_and_the_results_say_that_no_real_server_was_judged() -> None:
    run, total = replace(RUN, lab="as-printed\x1b[2J"), summary(Verdict.COMPLIANT)
    said = headline(run, total)
    assert "what was judged is the lab's stand-in (as-printed\\x1b[2J), no real server." in said
    assert as_json(run, total)["run"]["lab"] == "as-printed\\x1b[2J"
    assert as_json(RUN, total)["run"]["lab"] is None


@pytest.mark.parametrize("verdicts", [[one, Verdict.COMPLIANT] for one in Verdict])
def test_the_headline_says_compliant_at_status_0_only(verdicts: list[Verdict]) -> None:
    total = summary(*verdicts)
    said = headline(RUN, total).startswith("Compliant")
    assert said is (total.exit_status == 0)


def test_a_tolerated_deviation_is_not_called_compliant() -> None:
    total = summary(Verdict.DEVIATES, Verdict.COMPLIANT, fail_on=Severity.CRITICAL)
    said = headline(RUN, total)
    assert said == "Nothing deviates at or above critical; 1 deviates below critical."


def test_a_tolerated_deviation_beside_what_is_not_proved_is_said_to_be_tolerated() -> None:
    total = summary(Verdict.DEVIATES, Verdict.INCONCLUSIVE, fail_on=Severity.CRITICAL)
    assert headline(RUN, total) == "Not proved: 1 deviates below critical, 1 inconclusive."


def test_the_headline_tells_what_was_not_reached_from_errors() -> None:
    unreached = result(Verdict.ERROR, was_reached=False)
    results = (result(Verdict.DEVIATES), result(Verdict.ERROR), unreached, unreached)
    said = headline(RUN, Summary(results=results))
    assert said == "Not compliant: 1 deviates, 1 in error, 2 not reached."


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (frozenset({"internal"}), "the external half was not looked at"),
        (frozenset({"external"}), "the internal half was not looked at"),
    ],
)
def test_the_headline_names_the_half_that_was_not_looked_at(
    asked: frozenset[str], said: str
) -> None:
    run = Run(id="id", started=RUN.started, tool_version="0", command_line="", halves_asked=asked)
    assert said in headline(run, summary(Verdict.COMPLIANT))


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (None, "state as of an unknown time"),
        (datetime(2026, 11, 1, tzinfo=UTC), "state as of 2026-11-01T00:00:00Z"),
    ],
)
def test_the_headline_tells_the_age_of_offline_evidence(as_of: datetime | None, said: str) -> None:
    run = Run(
        id="id",
        started=RUN.started,
        tool_version="0",
        command_line="",
        is_offline=True,
        evidence_as_of=as_of,
    )
    assert said in headline(run, summary(Verdict.COMPLIANT))


def test_the_headline_counts_what_was_deselected() -> None:
    left_out = result(Verdict.NOT_ASSESSED, deselected=True)
    total = Summary(results=(result(Verdict.COMPLIANT), left_out), partial=True)
    assert "1 entry deselected" in headline(RUN, total)
