"""What a look from outside leaves behind, and judging it again without contacting anything."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import lab
from lab.scenario import REGISTRY
from selftests.runs.conftest import EVIDENCE, OUTSIDE, Run, Suite, write_export

pytestmark = pytest.mark.process
TOGETHER = ("compliant", "hidden-auth", "snat", "submission-open", "third-party-mx", "gap")
JUDGED_TWICE = ("compliant", "snat", "several-servers")

WATCH = '''
"""Keeps a run from the network and from the stand-in: whatever it tries is written down."""

import os
import sys

HARMLESS = ("socket.__new__", "socket.gethostname")


def watch(event, arguments):
    touches = event.startswith("socket.") and event not in HARMLESS
    if touches or (event == "import" and arguments[0].partition(".")[0] == "lab"):
        with open(os.environ["CONTACTS"], "a", encoding="utf-8") as log:
            log.write(f"{event} {arguments!r}\\n")
        raise RuntimeError(f"{event}: a replay contacts nothing")


open(os.environ["CONTACTS"], "a", encoding="utf-8").close()
sys.addaudithook(watch)
'''
Replay = Callable[..., Run]


@pytest.fixture(scope="module")
def watched(suite: Suite) -> Replay:
    """Judge a run's evidence again, kept from network and stand-in; each command once."""
    place = suite.work / "watch"
    place.mkdir()
    (place / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    done: dict[tuple[str, ...], Run] = {}

    def judge(recorded: Run, *more: str) -> Run:
        command = (*more, f"--replay={recorded.folder}")
        if command not in done:
            contacts = place / f"contacts-{len(done)}"
            variables = {"PYTHONPATH": str(place), "CONTACTS": str(contacts)}
            done[command] = suite.pool.submit(suite.alone, *command, variables=variables).result()
            # The file is there because the watch was on; nothing is in it.
            assert contacts.read_text(encoding="utf-8") == ""
        return done[command]

    return judge


@pytest.fixture(scope="module", autouse=True)
def all_at_once(suite: Suite) -> None:
    suite.ahead((OUTSIDE, f"--lab={name}") for name in lab.SCENARIOS)
    suite.ahead([(f"--lab={name}",) for name in JUDGED_TWICE])


def entries(run: Run, half: str = "") -> list[dict[str, Any]]:
    """The entries of results.json as far as a replay must give them again."""
    return [
        {name: value for name, value in item.items() if name != "duration_s"}
        for item in run.results["checks"]
        if item["half"].startswith(half)
    ]


def test_a_replay_judges_alike_and_contacts_nothing(seen: Run, watched: Replay) -> None:
    again = watched(seen)
    assert entries(again, "external") == entries(seen, "external")
    assert (again.status, again.err) == (seen.status, "")


@pytest.mark.parametrize("name", JUDGED_TWICE)
def test_checks_and_summary_of_a_look_from_outside_come_out_equal(
    name: str, suite: Suite, watched: Replay
) -> None:
    once = suite.run(OUTSIDE, f"--lab={name}")
    again = watched(once)
    assert entries(again) == entries(once)
    assert again.results["summary"] == once.results["summary"]


@pytest.mark.parametrize("name", JUDGED_TWICE)
def test_checks_and_summary_of_both_halves_come_out_equal(
    name: str, suite: Suite, watched: Replay
) -> None:
    once = suite.run(f"--lab={name}")
    again = watched(once)
    assert entries(again) == entries(once)
    assert again.results["summary"] == once.results["summary"]


def test_a_replay_can_be_replayed(good: Run, watched: Replay) -> None:
    again = watched(watched(good))
    assert entries(again, "external") == entries(good, "external")


def test_a_replay_judges_at_the_recorded_time_by_the_recorded_profile(
    suite: Suite, watched: Replay
) -> None:
    once = suite.run(OUTSIDE, "--lab=vendor-ranges")
    again = watched(once)
    documents = [json.loads((run.folder / EVIDENCE).read_text("utf-8")) for run in (once, again)]
    judged = [(item["run"]["judged_at"], item["profile"]) for item in documents]
    assert judged[0] == judged[1]
    assert "ranges" in judged[0][1]


def test_another_profile_judges_the_same_evidence_anew(
    suite: Suite, tmp_path: Path, watched: Replay
) -> None:
    once = suite.run(OUTSIDE, "--lab=submission-open")
    profile = tmp_path / "profile.toml"
    profile.write_text("[ports]\nallowed_outside = [25, 587]\n", encoding="utf-8")
    again = watched(once, f"--profile={profile}")
    key = ("EXT-08-7", "corp.example")
    assert (once.verdicts[key], again.verdicts[key]) == ("deviates", "compliant")


@pytest.mark.parametrize("name", TOGETHER)
def test_beside_a_snapshot_a_replay_gives_the_other_half(
    name: str, suite: Suite, tmp_path: Path
) -> None:
    once = suite.run(OUTSIDE, f"--lab={name}")
    export = write_export(REGISTRY[name].build(), tmp_path)
    both = suite.alone(f"--snapshot={export}", f"--replay={once.folder}")
    assert both.verdicts == lab.expected_verdicts(name, ("internal", "external"))
    assert "was not looked at" not in both.out


@pytest.mark.parametrize("name", ["compliant", "as-installed", "hybrid-without-capabilities"])
def test_checks_and_summary_of_a_look_from_inside_come_out_equal(
    name: str, suite: Suite, watched: Replay
) -> None:
    once = suite.run("tests_internal", f"--lab={name}")
    again = watched(once)
    assert (entries(again), again.status) == (entries(once), once.status)
    assert again.results["summary"] == once.results["summary"]


@pytest.mark.parametrize("name", ["compliant", "snat", "submission-open"])
def test_two_replays_give_a_half_each(name: str, suite: Suite, watched: Replay) -> None:
    inside = suite.run("tests_internal", f"--lab={name}")
    outside = suite.run(OUTSIDE, f"--lab={name}")
    both = watched(inside, f"--replay={outside.folder}")
    assert both.verdicts == lab.expected_verdicts(name, ("internal", "external"))


def test_wrong_usage_takes_nothing_of_an_earlier_run_away(suite: Suite, tmp_path: Path) -> None:
    once = suite.alone(OUTSIDE, "--lab")
    before = {path: path.read_bytes() for path in once.folder.glob("*.*")}
    profile = tmp_path / "profile.toml"
    profile.write_text("[nonsense]\n", encoding="utf-8")
    place = (f"--replay={once.folder}", f"--report-dir={once.folder}")
    run = suite.alone(*place, f"--profile={profile}", own_folder=False)
    assert run.status == 4
    assert {path: path.read_bytes() for path in once.folder.glob("*.*")} == before


def test_two_looks_from_outside_are_refused(good: Run, suite: Suite) -> None:
    run = suite.alone(f"--replay={good.folder}", f"--replay={good.folder}")
    assert run.status == 4
    assert "both looked from outside" in run.complaint


def test_a_run_of_the_lab_and_its_replay_are_marked_as_such(good: Run, watched: Replay) -> None:
    for run in (good, watched(good), watched(watched(good))):
        assert run.results["run"]["lab"] == "compliant"
        assert "no real server" in run.out
        page = (run.folder / "report.html").read_text(encoding="utf-8")
        assert "No real server was judged" in page


def test_the_state_is_as_of_the_look(good: Run, watched: Replay) -> None:
    document = json.loads((good.folder / EVIDENCE).read_text(encoding="utf-8"))
    again = watched(good)
    as_of = again.results["run"]["evidence_as_of"]
    assert as_of[:19] == document["external"]["started"][:19]
    assert f"state as of {as_of}" in again.out


def test_a_domain_beside_a_replay_needs_its_inside(good: Run, suite: Suite) -> None:
    run = suite.alone(f"--replay={good.folder}", "--domain=other.example")
    assert (run.status, run.has_results) == (4, False)
    assert "saw nothing from inside" in run.complaint


def test_a_snapshot_beside_a_replay_needs_its_outside(suite: Suite, export: Path) -> None:
    inside = suite.run("tests_internal", "--lab=compliant")
    run = suite.alone(f"--replay={inside.folder}", f"--snapshot={export}")
    assert (run.status, run.has_results) == (4, False)
    assert "did not look from outside" in run.complaint


def test_a_domain_beside_an_inside_replay_is_looked_at_now(suite: Suite) -> None:
    inside = suite.run("tests_internal", "--lab=as-installed")
    run = suite.alone(f"--replay={inside.folder}", "--domain=corp.example")
    # Its name server is a closed port (selftests/runs/conftest.py): it was asked, and in vain.
    assert run.verdicts["EXT-09-1", "corp.example"] == "error"
    assert run.verdicts["INT-01-2", "EX01"] == "deviates"
