"""lab/verdicts.py: the tables are complete, and every check is seen passing and failing."""

import pytest

import lab
from lab.verdicts import CHECKS, EXTERNAL, HALVES, expand

INTERNAL_CHECKS = set(CHECKS) - set(EXTERNAL)
VERDICTS = {"compliant", "deviates", "inconclusive", "error", "not_assessed"}
# Advice never deviates, and where one looks from can't deviate either.
NEVER_DEVIATES = {"EXT-02-2", "EXT-05-5", "EXT-07-2", "EXT-08-9"}
TARGETS = (["EX01"], ["corp.example"])


@pytest.mark.parametrize("name", lab.SCENARIOS)
def test_tables_are_complete(name: str) -> None:
    internal = lab.expected_verdicts(name)
    external = lab.expected_verdicts(name, halves=("external",))
    both = lab.expected_verdicts(name, halves=HALVES)
    assert {check for check, _ in internal} == INTERNAL_CHECKS
    assert set(external) == {(id_, each) for id_ in EXTERNAL for each in lab.domains(name)}
    assert both.keys() == internal.keys() | external.keys()
    assert set(both.values()) <= VERDICTS


@pytest.mark.parametrize("name", lab.SCENARIOS)
def test_only_what_needs_the_other_half_changes_with_it(name: str) -> None:
    both = lab.expected_verdicts(name, halves=HALVES)
    apart = lab.expected_verdicts(name) | lab.expected_verdicts(name, halves=("external",))
    changed = {check for (check, target), said in both.items() if apart[check, target] != said}
    assert changed <= {"INT-04-1", "INT-07-3", "EXT-07-3"}


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_is_seen_compliant_and_deviating(check: str) -> None:
    tables = [lab.expected_verdicts(name, halves=HALVES) for name in lab.SCENARIOS]
    seen = {said for table in tables for (each, _), said in table.items() if each == check}
    advice = check in NEVER_DEVIATES or check in ("INT-01-5", "INT-05-2", "INT-08-3")
    assert seen >= ({"compliant"} if advice else {"compliant", "deviates"})


def test_both_halves_settle_names_and_client_ports() -> None:
    both = lab.expected_verdicts("compliant", halves=HALVES)
    assert {both["INT-04-1", "EX01"], both["INT-07-3", "EX01"]} == {"compliant"}
    assert both["EXT-07-3", "corp.example"] == "compliant"


def test_open_submission_deviates_inside_once_outside_was_looked_at() -> None:
    apart = lab.expected_verdicts("submission-open")["INT-07-3", "EX01"]
    both = lab.expected_verdicts("submission-open", halves=HALVES)["INT-07-3", "EX01"]
    assert (apart, both) == ("not_assessed", "deviates")


@pytest.mark.parametrize(
    "named", [{"deviates": "INT-99-1"}, {"deviates": "INT-01 INT-01-2"}, {"error": "INT-01@EX09"}]
)
def test_tokens_that_name_nothing_or_twice_are_refused(named: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="names no check"):
        expand(named, {}, TARGETS, HALVES)


@pytest.mark.parametrize("halves", [(), ("inside",)])
def test_unknown_halves_are_refused(halves: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="halves"):
        expand({}, {}, TARGETS, halves)
