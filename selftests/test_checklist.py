"""A check refuses to be made wrongly, and judging never turns trouble into a pass."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from smtp_exposure.checklist import (
    Check,
    Inconclusive,
    NotCompliant,
    check,
    enforce,
    examine,
)
from smtp_exposure.errors import (
    CannotLook,
    ExposureError,
    MissingEvidence,
    Undecided,
    UnreadableEvidence,
)
from smtp_exposure.verdicts import Finding, Level, NotAssessed, Outcome, Severity, Verdict, Why

SEEN = Finding(subject="EX01\\Relay", observed="open")
NOTE = Finding(subject="EX01\\Relay", observed="odd", level=Level.NOTE)
Steps = tuple[Finding | Exception, ...]


def made(*steps: Finding | Exception, severity: Severity = Severity.HIGH) -> Check:
    """A check whose judgement yields these findings and raises these errors."""

    def judgement() -> Iterator[Finding]:
        """It is as demanded.

        Somebody gains something.
        """
        for step in steps:
            if isinstance(step, Exception):
                raise step
            yield step

    test: Any = check("INT-03-1", step=3, severity=severity)(judgement)
    return test.check  # type: ignore[no-any-return]


def documented(text: str | None) -> Callable[[], Iterator[Finding]]:
    def judgement() -> Iterator[Finding]:
        yield from ()

    judgement.__doc__ = text
    return judgement


@pytest.mark.parametrize(
    ("identifier", "step"),
    [
        ("INT-03-1", 4),
        ("INT-3-1", 3),
        ("INT-03-10", 3),
        ("int-03-1", 3),
        ("XXX-03-1", 3),
        ("INT-03", 3),
        (" INT-03-1", 3),
        ("", 0),
    ],
)
def test_a_wrong_id_or_step_is_refused_by_name(identifier: str, step: int) -> None:
    decorate = check(identifier, step=step, severity=Severity.HIGH)
    with pytest.raises(ValueError, match=rf"^'{identifier}' is no id of step {step}"):
        decorate(documented("It is so.\n\nSomebody gains."))


def test_a_check_that_is_not_counted_is_refused_by_name() -> None:
    decorate = check("INT-03-9", step=3, severity=Severity.HIGH)
    with pytest.raises(ValueError, match=r"^INT-03-9 is not counted in smtp_exposure/check_ids"):
        decorate(documented("It is so.\n\nSomebody gains."))


@pytest.mark.parametrize(
    "text",
    [None, "", "It is so.", "It is so\n\nSomebody gains.", "It is so.\nSomebody gains.", "\n\nIt."],
)
def test_a_check_without_title_or_rationale_is_refused_by_name(text: str | None) -> None:
    decorate = check("INT-03-1", step=3, severity=Severity.HIGH)
    with pytest.raises(ValueError, match=r"^INT-03-1: the docstring needs a sentence"):
        decorate(documented(text))


def test_title_rationale_and_remedy_come_from_the_function() -> None:
    fix = "\n    Set-It -Identity <identity> `\n        -Off\n    "
    decorate = check("EXT-03-1", step=3, severity=Severity.CRITICAL, fix=fix)
    test: Any = decorate(documented("It is\n    as demanded.\n\n    Somebody\n    gains."))
    row: Check = test.check
    assert (row.title, row.rationale) == ("It is as demanded.", "Somebody\ngains.")
    assert (row.fix, row.half) == ("Set-It -Identity <identity> `\n    -Off", "external")


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        ((), Verdict.COMPLIANT),
        ((NOTE,), Verdict.COMPLIANT),
        ((SEEN,), Verdict.DEVIATES),
        ((NOTE, SEEN), Verdict.DEVIATES),
        ((MissingEvidence("Get-It"),), Verdict.INCONCLUSIVE),
        ((Undecided("either"),), Verdict.INCONCLUSIVE),
        ((UnreadableEvidence("odd"),), Verdict.ERROR),
        ((CannotLook("away"),), Verdict.ERROR),
        ((ExposureError("other"),), Verdict.ERROR),
        ((SEEN, MissingEvidence("Get-It")), Verdict.DEVIATES),
        ((SEEN, UnreadableEvidence("odd")), Verdict.DEVIATES),
        ((NOTE, UnreadableEvidence("odd")), Verdict.ERROR),
        ((SEEN, NotAssessed("half way")), Verdict.DEVIATES),
    ],
)
def test_the_worst_that_was_seen_decides(steps: Steps, verdict: Verdict) -> None:
    outcome = made(*steps).judge()
    assert outcome.verdict is verdict
    kept = [item for item in outcome.findings if item in steps]
    assert kept == [step for step in steps if isinstance(step, Finding)]


def test_trouble_is_a_finding_with_its_message() -> None:
    (finding,) = made(MissingEvidence("Get-It", "for EX01")).judge().findings
    assert (finding.level, finding.observed) == (
        Level.INCONCLUSIVE,
        "missing: Get-It (for EX01)",
    )


def test_what_does_not_apply_keeps_its_reason() -> None:
    outcome = made(NotAssessed("no half", Why.NOT_ASKED)).judge()
    assert (outcome.verdict, outcome.why) == (Verdict.NOT_ASSESSED, Why.NOT_ASKED)
    assert outcome.reason == "no half"


def test_a_bug_in_a_judgement_is_no_verdict() -> None:
    with pytest.raises(ZeroDivisionError):
        made(SEEN, ZeroDivisionError()).judge()


@pytest.mark.parametrize(
    ("steps", "verdict", "levels"),
    [
        ((), Verdict.COMPLIANT, []),
        ((SEEN,), Verdict.COMPLIANT, [Level.NOTE]),
        ((NOTE, SEEN), Verdict.COMPLIANT, [Level.NOTE, Level.NOTE]),
        ((SEEN, Undecided("either")), Verdict.INCONCLUSIVE, [Level.NOTE, Level.INCONCLUSIVE]),
        ((UnreadableEvidence("odd"),), Verdict.ERROR, [Level.ERROR]),
    ],
)
def test_advice_turns_deviations_to_notes_and_nothing_else(
    steps: Steps, verdict: Verdict, levels: list[Level]
) -> None:
    outcome = made(*steps, severity=Severity.ADVICE).judge()
    assert (outcome.verdict, [item.level for item in outcome.findings]) == (verdict, levels)


def test_a_check_called_as_a_plain_function_judges() -> None:
    test: Any = check("INT-03-1", step=3, severity=Severity.HIGH)(_deviating)
    with pytest.raises(NotCompliant, match="EX01") as failed:
        test()
    assert failed.value.outcome.findings == (SEEN,)


def _deviating() -> Iterator[Finding]:
    """It is as demanded.

    Somebody gains something.
    """
    yield SEEN


@pytest.mark.parametrize(
    ("verdict", "raised"),
    [
        (Verdict.DEVIATES, NotCompliant),
        (Verdict.INCONCLUSIVE, Inconclusive),
        (Verdict.ERROR, Inconclusive),
        (Verdict.WAIVED, pytest.xfail.Exception),
        (Verdict.NOT_ASSESSED, pytest.skip.Exception),
    ],
)
def test_nothing_but_compliant_passes(verdict: Verdict, raised: type[BaseException]) -> None:
    enforce(Outcome(verdict=Verdict.COMPLIANT))
    with pytest.raises(raised):
        enforce(Outcome(verdict=verdict, findings=(SEEN,), why=Why.NOT_ASKED, reason="no half"))


def test_trouble_with_one_subject_hides_no_other() -> None:
    def rule(subject: str) -> Iterator[Finding]:
        if subject == "unread":
            raise MissingEvidence("Get-It")
        yield Finding(subject=subject, observed="open")

    found = list(examine(["unread", "open"], rule, name=str))
    assert [(item.subject, item.level) for item in found] == [
        ("unread", Level.INCONCLUSIVE),
        ("open", Level.DEVIATION),
    ]
