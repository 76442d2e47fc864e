"""Each scenario of the lab in a whole run of its own: every verdict as the scenario deserves."""

import pytest

import lab
from selftests.checks.registry import CHECKS
from selftests.runs.conftest import Run, Suite
from selftests.runs.contract import violations
from smtp_exposure.verdicts import Severity

pytestmark = pytest.mark.process
FROM_INSIDE = sorted(name for name in CHECKS if name.startswith("INT"))
NEEDS_THE_OUTSIDE_HALF = frozenset({"INT-07-3"})


@pytest.fixture(scope="module", autouse=True)
def all_at_once(suite: Suite) -> None:
    suite.ahead([("tests_internal", f"--lab={name}") for name in lab.SCENARIOS])


@pytest.fixture(params=lab.SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def run(scenario: str, suite: Suite) -> Run:
    return suite.run("tests_internal", f"--lab={scenario}")


def deserved(scenario: str) -> dict[tuple[str, str], str]:
    table = lab.expected_verdicts(scenario).items()
    return {key: verdict for key, verdict in table if key[0] in FROM_INSIDE}


def test_every_verdict_is_as_deserved(scenario: str, run: Run) -> None:
    inside = {key: verdict for key, verdict in run.verdicts.items() if key[0].startswith("INT")}
    assert inside == deserved(scenario)


def test_the_exit_status_follows(scenario: str, run: Run) -> None:
    verdicts = set(deserved(scenario).values())
    wanted = 1 if "deviates" in verdicts else 10 if "inconclusive" in verdicts else 0
    assert (run.status, run.results["run"]["exit_status"]) == (wanted, wanted)


def test_the_results_keep_the_contract(run: Run) -> None:
    assert violations(run.results) == []


def test_nothing_but_the_verdict_is_complained_of(run: Run) -> None:
    assert (run.err, "Traceback" in run.out, "warning" in run.out.lower()) == ("", False, False)


@pytest.mark.parametrize("identifier", FROM_INSIDE)
def test_some_scenario_deviates_and_some_complies(identifier: str) -> None:
    seen = {
        verdict
        for name in lab.SCENARIOS
        for (check, _), verdict in deserved(name).items()
        if check == identifier
    }
    never = (
        identifier in NEEDS_THE_OUTSIDE_HALF or CHECKS[identifier][1].severity is Severity.ADVICE
    )
    assert seen >= ({"compliant"} if never else {"compliant", "deviates"})
