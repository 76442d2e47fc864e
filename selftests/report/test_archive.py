"""What evidence.json holds, and how it is read back: nothing is lost, and damage is named."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from selftests.checks.outside import ADDRESS, SIXTH, WORDS, broken, greets, outside, probe
from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.report.archive import SCHEMA, RecordedRun, as_document, read_document
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.conversations import Ending
from smtp_exposure.smtp.ports import PortState

MOMENT = datetime(2026, 11, 24, 3, 41, 56, tzinfo=UTC)
SOURCE = "reports/some-run/evidence.json"
SEEN = {
    "good": outside(probe(), probe(SIXTH)),
    "hole": outside(probe(says=greets(*WORDS, "AUTH NTLM"), ports={587: PortState.OPEN})),
    "silent": outside(probe(ending=Ending.SILENT), probe(SIXTH, has_route=False)),
    "broken": outside(probe(tls=broken(), says={"rcpt-own": None})),
    "hostile": outside(
        probe(says={"greeting": "220 <b>\x1b[2J\xff\x00 \u2028".encode().decode("latin-1")})
    ),
    "nothing": outside(),
}


def run(seen: Approach | None = SEEN["good"], profile: str | None = None) -> RecordedRun:
    external = seen.evidence if seen else None
    return RecordedRun(id="20261124T034156Z-x", moment=MOMENT, profile=profile, external=external)


def read_again(recorded: RecordedRun) -> RecordedRun:
    return read_document(json.loads(json.dumps(as_document(recorded))), SOURCE)


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.parametrize("profile", [None, "", '[probe]\nvantage = "outside"  # \u00e4\n'])
def test_what_was_seen_comes_back_equal(name: str, profile: str | None) -> None:
    recorded = run(SEEN[name], profile)
    assert read_again(recorded) == recorded


def test_a_run_that_did_not_look_from_outside_comes_back_too() -> None:
    assert read_again(run(None)) == run(None)


def test_the_schema_is_the_documented_one() -> None:
    document = as_document(run())
    assert (SCHEMA, document["schema"], document["external"]["schema"]) == (1, 1, 1)
    assert document["run"] == {"id": "20261124T034156Z-x", "judged_at": "2026-11-24T03:41:56Z"}
    assert ADDRESS in json.dumps(document["external"]["addresses"])


def test_later_keys_are_ignored() -> None:
    document = as_document(run()) | {"later": {"x": 1}}
    document["run"]["later"] = document["external"]["later"] = [1]
    assert read_document(document, SOURCE) == run()


def changed(*path: str, to: object = None) -> dict[str, Any]:
    """The document with one value changed, or taken out."""
    document: dict[str, Any] = deepcopy(as_document(run()))
    at = document
    for name in path[:-1]:
        at = at[name]
    if to is None:
        del at[path[-1]]
    else:
        at[path[-1]] = to
    return document


@pytest.mark.parametrize("document", [None, [], "x", 1, {}, {"schema": 1}])
def test_other_documents_are_refused_by_the_files_name(document: object) -> None:
    with pytest.raises(UnreadableEvidence, match=SOURCE):
        read_document(document, SOURCE)


@pytest.mark.parametrize(
    "path",
    [
        ("schema",),
        ("run",),
        ("run", "judged_at"),
        ("profile",),
        ("external",),
        ("external", "request"),
    ],
)
def test_a_missing_part_is_named(path: tuple[str, ...]) -> None:
    with pytest.raises(UnreadableEvidence, match=SOURCE) as refused:
        read_document(changed(*path), SOURCE)
    assert path[-1] in str(refused.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("schema",), "1"),
        (("run",), "x"),
        (("run", "judged_at"), "yesterday"),
        (("run", "judged_at"), 5),
        (("external",), []),
        (("external",), "x"),
        (("external", "schema"), 2),
        (("external", "addresses"), {}),
        (("external", "started"), 1),
    ],
)
def test_a_value_of_another_kind_is_refused(path: tuple[str, ...], value: object) -> None:
    with pytest.raises(UnreadableEvidence, match=SOURCE):
        read_document(changed(*path, to=value), SOURCE)


@pytest.mark.parametrize("value", [1, ["x"], {"a": 1}, True])
def test_a_profile_that_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(UnreadableEvidence, match="profile"):
        read_document(changed("profile", to=value), SOURCE)


@pytest.mark.parametrize("value", ["2026-11-24T03:41:56", "2026-11-24"])
def test_a_time_without_a_zone_is_refused(value: str) -> None:
    with pytest.raises(UnreadableEvidence, match=r"judged_at|time"):
        read_document(changed("run", "judged_at", to=value), SOURCE)
