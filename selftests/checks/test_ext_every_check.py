"""No check from outside goes unproved: these cases have seen each one comply and deviate.

Runs behind the other files of its kind, by its name.
"""

import pytest

from selftests.checks.outside import OUTSIDE_CHECKS, SEEN_OUTSIDE
from smtp_exposure.verdicts import Severity, Verdict

NEVER_DEVIATES = frozenset({"EXT-07-2"})
"""What is inconclusive at worst: a probe from inside says nothing of the server."""
UNPROVED = {Verdict.INCONCLUSIVE, Verdict.NOT_ASSESSED}
NEVER_LEFT_OUT = frozenset({"EXT-09-1"})
"""What applies to every domain, and is decided or an error."""


@pytest.mark.parametrize("identifier", sorted(OUTSIDE_CHECKS))
def test_was_seen_to_comply_and_to_deviate(identifier: str, request: pytest.FixtureRequest) -> None:
    module, check = OUTSIDE_CHECKS[identifier]
    ours = module.replace("test_", "test_ext_")
    if request.config.option.keyword or "::" in "".join(request.config.args):
        pytest.skip("only some cases were selected")
    if not any(item.path.stem == ours for item in request.session.items):
        pytest.skip(f"{ours}.py was not selected")
    seen = SEEN_OUTSIDE[identifier]
    verdicts = {verdict for verdict, _ in seen}
    assert verdicts >= _bad_ends(identifier) | {Verdict.COMPLIANT}
    if check.severity is Severity.ADVICE:
        assert seen >= {(Verdict.COMPLIANT, True), (Verdict.COMPLIANT, False)}


def _bad_ends(identifier: str) -> set[Verdict]:
    """The verdicts beside compliant that somebody must have seen."""
    ends = set() if identifier in NEVER_LEFT_OUT else set(UNPROVED)
    is_advice = OUTSIDE_CHECKS[identifier][1].severity is Severity.ADVICE
    return ends if is_advice or identifier in NEVER_DEVIATES else ends | {Verdict.DEVIATES}
