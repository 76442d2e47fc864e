"""Each scenario with both halves, and from outside alone: every verdict as the scenario deserves."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import lab
from selftests.runs.conftest import ROOT, Run, Suite
from selftests.runs.contract import violations
from smtp_exposure.verdicts import Severity

pytestmark = pytest.mark.process
OUTSIDE = "tests_external"
HALVES = {"both": ("internal", "external"), "external": ("external",)}
NEVER_DEVIATES = frozenset({"EXT-07-2"})
"""What is inconclusive at worst."""
COMMANDS: dict[str, tuple[str, ...]] = {"both": (), "external": (OUTSIDE,)}


def ids(half: str) -> dict[str, Severity]:
    """The checks of a half, as their functions carry them."""
    modules = sorted(path.stem for path in (ROOT / half).glob("test_*.py"))
    members = (
        item
        for name in modules
        for item in vars(importlib.import_module(f"{half}.{name}")).values()
    )
    rows = (item.check for item in members if hasattr(item, "check"))
    return {row.id: row.severity for row in rows}


SEVERITIES = ids("tests_internal") | ids(OUTSIDE)


@pytest.fixture(scope="module", autouse=True)
def all_at_once(suite: Suite) -> None:
    suite.ahead(
        (*command, f"--lab={name}") for name in lab.SCENARIOS for command in COMMANDS.values()
    )


@pytest.fixture(params=lab.SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=COMMANDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def run(scenario: str, kind: str, suite: Suite) -> Run:
    return suite.run(*COMMANDS[kind], f"--lab={scenario}")


def judged(run: Run, kind: str) -> dict[tuple[str, str | None], str]:
    """The verdicts of the halves that were asked for."""
    wanted = tuple({"internal": "INT", "external": "EXT"}[half] for half in HALVES[kind])
    return {key: verdict for key, verdict in run.verdicts.items() if key[0].startswith(wanted)}


def differences(run: Run, kind: str, scenario: str) -> Iterator[str]:
    """Each verdict that is not as deserved, with what was seen."""
    table: dict[tuple[str, str | None], str] = {
        (check, target): verdict
        for (check, target), verdict in lab.expected_verdicts(scenario, HALVES[kind]).items()
    }
    found = judged(run, kind)
    entries = {(item["id"], item["target"]): item for item in run.results["checks"]}
    for key in sorted({*table, *found}, key=str):
        if table.get(key) != found.get(key):
            seen = [item["observed"] for item in entries.get(key, {}).get("findings", ())]
            yield f"{key}: {found.get(key)}, not {table.get(key)}: {seen}"


def test_every_verdict_is_as_deserved(scenario: str, kind: str, run: Run) -> None:
    assert list(differences(run, kind, scenario)) == []


def test_the_exit_status_follows(scenario: str, kind: str, run: Run) -> None:
    verdicts = set(lab.expected_verdicts(scenario, HALVES[kind]).values())
    unproved = verdicts & {"inconclusive", "error"}
    wanted = 1 if "deviates" in verdicts else 10 if unproved else 0
    assert (run.status, run.results["run"]["exit_status"]) == (wanted, wanted)


def test_the_results_keep_the_contract(run: Run) -> None:
    assert violations(run.results) == []


def test_nothing_but_the_verdict_is_complained_of(run: Run) -> None:
    assert (run.err, "Traceback" in run.out, "warning" in run.out.lower()) == ("", False, False)


def test_external_findings_name_host_address_and_port(run: Run) -> None:
    named = re.compile(r"[a-z0-9.-]+(?: \[[0-9a-f.:]+\]:\d+)?|https://[a-z0-9./_-]+|")
    subjects = [
        finding["subject"]
        for item in run.results["checks"]
        if item["half"] == "external"
        for finding in item["findings"]
    ]
    assert [subject for subject in subjects if not named.fullmatch(subject)] == []


@pytest.mark.parametrize("identifier", sorted(SEVERITIES))
def test_some_scenario_deviates_and_some_complies(identifier: str) -> None:
    seen = {
        verdict
        for name in lab.SCENARIOS
        for (check, _), verdict in lab.expected_verdicts(name, HALVES["both"]).items()
        if check == identifier
    }
    never = identifier in NEVER_DEVIATES or SEVERITIES[identifier] is Severity.ADVICE
    assert seen >= ({"compliant"} if never else {"compliant", "deviates"})


def test_the_headline_names_the_half_that_was_not_looked_at(suite: Suite) -> None:
    out = suite.run(OUTSIDE, "--lab=compliant").out
    assert "the internal half was not looked at" in out
    assert "was not looked at" not in suite.run("--lab=compliant").out


def test_where_the_probe_stood_is_part_of_the_results(suite: Suite) -> None:
    (vantage,) = suite.run("--lab=compliant").results["run"]["vantages"]
    assert vantage["name"] == "here"
    assert vantage["own_address"] == vantage["seen_address"]


def test_a_run_of_both_halves_keeps_its_evidence(suite: Suite) -> None:
    folder: Path = suite.run("--lab=compliant").folder
    assert (folder / "evidence.json").is_file()
    assert list((folder / "transcripts").glob("*.txt"))
