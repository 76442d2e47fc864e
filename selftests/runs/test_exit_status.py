"""Exit statuses: what CI relies on."""

from pathlib import Path

import pytest

from lab.scenario import REGISTRY
from selftests.runs.conftest import Suite, write_export

pytestmark = pytest.mark.process

CASES: list[tuple[tuple[str, ...], int]] = [
    (("--lab",), 0),
    (("--lab=compliant", "tests_internal"), 0),
    (("--lab", "-k", "INT-03-1", "--partial"), 0),
    (("--lab=as-installed",), 1),
    (("--lab=as-installed", "--fail-on=low"), 1),
    (("--lab=exchange-server-outside", "--fail-on=medium"), 1),
    (("--lab=exchange-server-outside", "--fail-on=high"), 0),
    (("--lab=as-installed", "-k", "INT-01-2"), 1),
    (("--lab=as-installed", "-k", "INT-01-2", "--partial"), 1),
    (("--lab=hub-role-with-sign-in", "-k", "INT-07", "--partial"), 10),
    (("--lab", "-k", "INT-03-1"), 10),
    (("--lab", "-k", "INT-07-4", "--partial"), 11),
    (("--lab=as-installed", "-k", "INT-03", "--partial"), 11),
    (("--lab=internal-only-server", "-k", "INT-03", "--partial"), 11),
    (("--lab", "-k", "nothing-has-this-name"), 5),
    (("--lab", "-k", "nothing-has-this-name", "--partial"), 5),
    ((), 4),
    (("--lab=no-such-scenario",), 4),
    (("--lab=compliant", "tests_internal/nowhere.py"), 4),
    (("--no-such-option",), 4),
]


@pytest.fixture(scope="module", autouse=True)
def all_at_once(suite: Suite) -> None:
    suite.ahead([arguments for arguments, _ in CASES])


@pytest.mark.parametrize(("arguments", "status"), CASES, ids=lambda value: str(value))
def test_the_exit_status(arguments: tuple[str, ...], status: int, suite: Suite) -> None:
    run = suite.run(*arguments)
    assert run.status == status, run.out + run.err


@pytest.mark.parametrize(("arguments", "status"), CASES, ids=lambda value: str(value))
def test_the_headline_says_compliant_at_status_0_only(
    arguments: tuple[str, ...], status: int, suite: Suite
) -> None:
    out = suite.run(*arguments).out
    tolerated = "--fail-on=high" in arguments
    assert ("\nCompliant: " in out) is (status == 0 and not tolerated)


def test_the_results_carry_the_exit_status(suite: Suite) -> None:
    runs = [suite.run(*arguments) for arguments, _ in CASES]
    judged = [run for run in runs if run.has_results]
    assert {run.status for run in judged} == {0, 1, 10, 11}
    assert all(run.results["run"]["exit_status"] == run.status for run in judged)


def test_a_deviation_outweighs_what_was_not_read(suite: Suite) -> None:
    """Without permissions INT-06-1 is inconclusive; the deviations decide."""
    folder = write_export(REGISTRY["as-installed"].build(), suite.work / "no-permissions")
    (folder / "Get-ADPermission.xml").unlink()
    run = suite.alone("tests_internal", f"--snapshot={folder}", "--domain=corp.example")
    assert run.status == 1
    assert run.verdicts["INT-06-1", "EX01"] == "inconclusive"


def test_what_was_not_read_is_no_pass(suite: Suite) -> None:
    folder = write_export(REGISTRY["compliant"].build(), suite.work / "no-network")
    (folder / "Get-NetworkConnectionInfo.xml").unlink()
    run = suite.alone("tests_internal", f"--snapshot={folder}", "--domain=corp.example")
    assert run.status == 10
    assert run.verdicts["INT-01-4", "EX01"] == "inconclusive"


def test_an_export_is_judged_without_a_domain(export: Path, suite: Suite) -> None:
    run = suite.alone(f"--snapshot={export}")
    assert run.status == 0, run.out + run.err
    assert run.verdicts["INT-06-4", None] == "not_assessed"
