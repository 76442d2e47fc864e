"""The life of a profile in whole runs: a waiver fits, ends, is not needed, its evidence changes."""

import hashlib
import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from selftests.runs.conftest import Run, Suite

pytestmark = pytest.mark.process

KEY = ("INT-08-1", "EX01")
SUBJECTS = ("MSExchangePop3", "MSExchangePOP3BE")
OBSERVED = "Status Stopped, StartType Manual"
HASH = hashlib.sha256(OBSERVED.encode()).hexdigest()
TODAY = datetime.now(UTC).date()
FAR = TODAY + timedelta(days=90)
PAST = TODAY - timedelta(days=2)
REASON = "the scanners read a mailbox"
Judge = Callable[..., Run]


def table(subject: str, expires: object = FAR, **changes: str) -> str:
    """A waiver of the profile."""
    own = {"check": KEY[0], "target": KEY[1], "subject": subject, "reason": REASON}
    texts = own | {"approver": "J. Doe, ticket 4711"} | changes
    lines = [f'{name} = "{text}"' for name, text in texts.items()]
    return "\n".join(["[[waivers]]", *lines, f"expires = {expires}"])


@pytest.fixture(scope="module")
def judge(suite: Suite, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Judge a scenario with the waivers of a profile; the same ones are judged once."""
    folder = tmp_path_factory.mktemp("profiles")

    def run(*waivers: str, scenario: str = "pop-left-manual") -> Run:
        text = "\n\n".join(waivers)
        profile: Path = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.toml"
        profile.write_text(text, encoding="utf-8")
        return suite.run("tests_internal", f"--lab={scenario}", f"--profile={profile}")

    return run


@pytest.fixture(scope="module")
def fits(judge: Judge) -> Run:
    """A run whose profile waives both services."""
    return judge(*map(table, SUBJECTS))


@pytest.fixture(scope="module")
def expired(judge: Judge) -> Run:
    """A run with waivers that ended before yesterday."""
    return judge(*(table(subject, PAST) for subject in SUBJECTS))


@pytest.fixture(scope="module")
def changed(judge: Judge) -> Run:
    """A run whose waivers name the hash of other evidence."""
    return judge(*(table(subject, evidence="0" * 64) for subject in SUBJECTS))


@pytest.fixture(scope="module")
def unneeded(judge: Judge) -> Run:
    """A run on a server that needs no waiver."""
    return judge(*map(table, SUBJECTS), scenario="compliant")


def entry(run: Run) -> dict[str, Any]:
    """The entry that the waivers are about."""
    (found,) = [item for item in run.results["checks"] if (item["id"], item["target"]) == KEY]
    return dict(found)


def report(run: Run) -> str:
    return (run.folder / "report.html").read_text(encoding="utf-8")


def test_without_a_waiver_the_run_fails(suite: Suite) -> None:
    run = suite.run("tests_internal", "--lab=pop-left-manual")
    assert (run.status, run.verdicts[KEY]) == (1, "deviates")
    assert [item["subject"] for item in entry(run)["findings"]] == list(SUBJECTS)
    assert [item["waiver"] for item in entry(run)["findings"]] == [None, None]


def test_a_waiver_that_fits_lets_the_run_pass(fits: Run) -> None:
    assert (fits.status, fits.results["run"]["exit_status"], fits.verdicts[KEY]) == (0, 0, "waived")
    assert (fits.results["summary"]["waived"], fits.results["summary"]["deviates"]) == (1, 0)
    assert fits.results["run"]["waivers_unused"] == []


def test_a_waived_finding_keeps_its_level_and_says_why(fits: Run) -> None:
    said = f"{REASON} (approved by J. Doe, ticket 4711, until {FAR.isoformat()})"
    findings = entry(fits)["findings"]
    assert len(findings) == len(SUBJECTS)
    for finding in findings:
        assert (finding["level"], finding["verdict"]) == ("deviation", "waived")
        assert (finding["observed"], finding["waiver"]) == (OBSERVED, said)


def test_the_results_give_the_hash_that_a_waiver_may_name(fits: Run) -> None:
    assert [item["evidence"] for item in entry(fits)["findings"]] == [HASH, HASH]


def test_a_waived_check_is_an_expected_failure_of_pytests(fits: Run) -> None:
    assert "1 xfailed" in fits.out
    assert "1 failed" not in fits.out
    assert "waiver not used" not in fits.out
    assert re.search(r"^Compliant: .*: 1 waived; ", fits.out, re.MULTILINE)


@pytest.mark.parametrize("words", [REASON, FAR.isoformat(), "J. Doe, ticket 4711"])
def test_the_report_shows_reason_approver_and_day(fits: Run, words: str) -> None:
    assert words in report(fits)


def test_junit_carries_the_verdict(fits: Run) -> None:
    text = (fits.folder / "junit.xml").read_text(encoding="utf-8")
    assert '<property name="verdict" value="waived"' in text
    assert f'message="WAIVED {KEY[0]} ' in text


def test_a_waiver_that_has_ended_covers_nothing(expired: Run) -> None:
    assert (expired.status, expired.verdicts[KEY]) == (1, "deviates")
    assert [item["waiver"] for item in entry(expired)["findings"]] == [None, None]
    unused = expired.results["run"]["waivers_unused"]
    assert [(row["subject"], row["why"], row["expires"]) for row in unused] == [
        (subject, "it has expired", PAST.isoformat()) for subject in SUBJECTS
    ]


def test_a_waiver_that_ends_today_still_covers(judge: Judge) -> None:
    today = datetime.now(UTC).date()
    run = judge(*(table(subject, today) for subject in SUBJECTS))
    if run.results["run"]["finished"][:10] != today.isoformat():
        pytest.skip("the day turned while the run judged")
    assert (run.status, run.verdicts[KEY]) == (0, "waived")


def test_a_waiver_that_is_not_needed_is_loud_and_harmless(unneeded: Run) -> None:
    assert (unneeded.status, unneeded.verdicts[KEY]) == (0, "compliant")
    unused = unneeded.results["run"]["waivers_unused"]
    assert [(row["subject"], row["why"]) for row in unused] == [
        (subject, "nothing was found of this subject") for subject in SUBJECTS
    ]


def test_a_waiver_whose_evidence_changed_covers_nothing(changed: Run) -> None:
    assert (changed.status, changed.verdicts[KEY]) == (1, "deviates")
    unused = changed.results["run"]["waivers_unused"]
    assert [row["why"] for row in unused] == [
        f"the evidence has changed: it is now {HASH}" for _ in SUBJECTS
    ]


def test_a_waiver_that_names_the_right_evidence_covers(judge: Judge) -> None:
    run = judge(*(table(subject, evidence=HASH) for subject in SUBJECTS))
    assert (run.status, run.verdicts[KEY]) == (0, "waived")


@pytest.mark.parametrize(
    ("which", "why"),
    [
        ("expired", "it has expired"),
        ("unneeded", "nothing was found of this subject"),
        ("changed", f"the evidence has changed: it is now {HASH}"),
    ],
)
@pytest.mark.parametrize("subject", SUBJECTS)
def test_terminal_and_report_say_which_waiver_was_not_used_and_why(
    which: str, why: str, subject: str, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(which)
    assert f"note: waiver not used: INT-08-1 EX01 {subject}: {why}" in run.out.splitlines()
    section = report(run).partition("<h2>Waivers that covered nothing</h2>")[2]
    row = next(row for row in section.split("</tr>") if f">{subject}<" in row)
    assert f">{why}<" in row


def test_one_waiver_of_two_covers_one_finding_only(judge: Judge) -> None:
    run = judge(table(SUBJECTS[0]))
    assert (run.status, run.verdicts[KEY]) == (1, "deviates")
    found = {item["subject"]: item["verdict"] for item in entry(run)["findings"]}
    assert found == {"MSExchangePop3": "waived", "MSExchangePOP3BE": "deviates"}
    assert run.results["run"]["waivers_unused"] == []


def test_a_waiver_for_doubt_does_not_cover_a_deviation(judge: Judge) -> None:
    run = judge(*(table(subject, covers="inconclusive") for subject in SUBJECTS))
    assert (run.status, run.verdicts[KEY]) == (1, "deviates")
    (why,) = {row["why"] for row in run.results["run"]["waivers_unused"]}
    assert why == "it covers inconclusive, and the finding is deviates"


def test_a_waiver_without_an_end_is_refused_by_file_and_key(judge: Judge) -> None:
    run = judge(table(SUBJECTS[0]).rpartition("\n")[0])
    assert (run.status, run.has_results) == (4, False)
    assert run.complaint.endswith(".toml: waivers[1].expires is missing")


def test_a_server_of_the_profile_that_nobody_read_is_told(judge: Judge) -> None:
    servers = ('[[servers]]\nname = "EX99"', '[[servers]]\nname = "EDGE9"\nedge = true')
    run = judge(*servers, scenario="compliant")
    said = "the profile's server EX99 is none of those that were read"
    assert run.status == 0
    assert f"note: {said}" in run.out
    assert html.escape(said) in report(run)
    assert "EDGE9" not in run.out
