"""No check goes unproved: the cases of this folder have seen each one comply and deviate.

Runs last, by its name; what was not selected in this session is not asked for.
"""

import pytest

from selftests.checks.builders import CHECKS, PROVED
from smtp_exposure.verdicts import Severity, Verdict

NEEDS_THE_OUTSIDE_HALF = frozenset({"INT-07-3"})
"""What deviates only by what a probe saw from outside."""


@pytest.mark.parametrize("identifier", sorted(CHECKS))
def test_was_seen_to_comply_and_to_deviate(identifier: str, request: pytest.FixtureRequest) -> None:
    module, check = CHECKS[identifier]
    if request.config.option.keyword or "::" in "".join(request.config.args):
        pytest.skip("only some cases were selected")
    selected = any(item.path.stem == module for item in request.session.items)
    if not selected and (request.path.parent / f"{module}.py").exists():
        pytest.skip(f"{module}.py was not selected")
    verdicts = {verdict for verdict, _ in PROVED[identifier]}
    assert Verdict.COMPLIANT in verdicts
    if check.severity is Severity.ADVICE:
        assert {(Verdict.COMPLIANT, True), (Verdict.COMPLIANT, False)} <= PROVED[identifier]
    elif identifier not in NEEDS_THE_OUTSIDE_HALF:
        assert Verdict.DEVIATES in verdicts
