"""Each scenario with both halves: every verdict as the scenario deserves."""

import pytest

import lab
from selftests.runs.conftest import Suite

pytestmark = pytest.mark.process
HALVES = ("internal", "external")


@pytest.fixture(scope="module", autouse=True)
def all_at_once(suite: Suite) -> None:
    suite.ahead([(f"--lab={name}",) for name in lab.SCENARIOS])


@pytest.mark.parametrize("scenario", lab.SCENARIOS)
def test_every_verdict_is_as_deserved(scenario: str, suite: Suite) -> None:
    found = suite.run(f"--lab={scenario}").verdicts
    assert found == dict(lab.expected_verdicts(scenario, HALVES))
