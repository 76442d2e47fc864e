"""No check goes unproved: the cases of this session have seen each one comply, and deviate.

Runs behind all cases of both halves (selftests/checks/conftest.py); what was not selected in this
session is not asked for.
"""

import pytest

from selftests.checks.registry import CHECKS, PROVED
from smtp_exposure.check_ids import CHECK_IDS
from smtp_exposure.verdicts import Severity, Verdict

NEVER_DEVIATES = frozenset({"EXT-07-2"})
"""What is inconclusive at worst: a probe from inside says nothing of the server."""

NEVER_LEFT_OUT = frozenset({"EXT-09-1"})
"""What applies to every domain, and is decided or an error."""

UNPROVED = {Verdict.INCONCLUSIVE, Verdict.NOT_ASSESSED}


def test_the_whole_checklist_is_counted() -> None:
    assert set(CHECKS) == CHECK_IDS


@pytest.mark.parametrize("identifier", sorted(CHECKS))
def test_was_seen_to_comply_and_to_deviate(identifier: str, request: pytest.FixtureRequest) -> None:
    begins, check = CHECKS[identifier]
    if request.config.option.keyword or "::" in "".join(request.config.args):
        pytest.skip("only some cases were selected")
    missing = {path.stem for path in request.path.parent.glob(f"{begins}_*.py")} - {
        item.path.stem for item in request.session.items
    }
    if missing:
        pytest.skip(f"{', '.join(sorted(missing))} was not selected")
    seen = PROVED[identifier]
    assert {verdict for verdict, _ in seen} >= _ends(identifier) | {Verdict.COMPLIANT}
    if check.severity is Severity.ADVICE:
        assert seen >= {(Verdict.COMPLIANT, True), (Verdict.COMPLIANT, False)}


def _ends(identifier: str) -> set[Verdict]:
    """The verdicts beside compliant that somebody must have seen."""
    is_outside = identifier.startswith("EXT")
    ends = set(UNPROVED) if is_outside and identifier not in NEVER_LEFT_OUT else set()
    is_advice = CHECKS[identifier][1].severity is Severity.ADVICE
    return ends if is_advice or identifier in NEVER_DEVIATES else ends | {Verdict.DEVIATES}
