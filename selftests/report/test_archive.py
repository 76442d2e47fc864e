"""What evidence.json holds, and how it is read back: nothing is lost, and damage is named."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from selftests.checks.outside import ADDRESS, SIXTH, outside, probe
from selftests.checks.servers import WORDS, broken, greets
from selftests.exchange.builders import connector, folder, permission
from smtp_exposure.errors import SettingsError, UnreadableEvidence
from smtp_exposure.report.archive import SCHEMA, RecordedRun, as_document, combine, read_document
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.conversations import Ending
from smtp_exposure.smtp.json_form import encoded
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
    return RecordedRun(
        id="20261124T034156Z-x",
        moment=MOMENT,
        domains=("corp.example",),
        profile=profile,
        internal=None,
        external=seen.evidence if seen else None,
    )


def inside(server: str = "EX01") -> RecordedRun:
    """A run that looked from inside alone."""
    held = folder(connector(server=server))
    return replace(run(None), id=f"inside-{server}", internal=(held,))


def written(recorded: RecordedRun) -> dict[str, Any]:
    """The document as somebody else reads it."""
    document: dict[str, Any] = json.loads(encoded(as_document(recorded)))
    return document


def read_again(recorded: RecordedRun) -> RecordedRun:
    return read_document(written(recorded), SOURCE)


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.parametrize("profile", [None, "", '[probe]\nvantage = "outside"  # \u00e4\n'])
def test_what_was_seen_comes_back_equal(name: str, profile: str | None) -> None:
    recorded = run(SEEN[name], profile)
    assert read_again(recorded) == recorded


def test_a_run_that_did_not_look_from_outside_comes_back_too() -> None:
    assert read_again(run(None)) == run(None)


def test_what_exchange_said_comes_back_folder_by_folder() -> None:
    recorded = replace(inside(), internal=(folder(connector()), folder(permission())))
    assert as_document(read_again(recorded)) == as_document(recorded)
    kinds = [
        type(item).__name__ for held in read_again(recorded).internal or () for item in held.objects
    ]
    assert kinds == ["ReceiveConnector", "ADPermission"]


def test_the_schema_is_the_documented_one() -> None:
    document = written(run())
    assert (SCHEMA, document["schema"], document["external"]["schema"]) == (1, 1, 1)
    assert document["run"] == {
        "id": "20261124T034156Z-x",
        "judged_at": "2026-11-24T03:41:56Z",
        "domains": ["corp.example"],
        "lab": None,
    }
    assert ADDRESS in json.dumps(document["external"]["addresses"])


def test_later_keys_are_ignored() -> None:
    document = written(run()) | {"later": {"x": 1}}
    document["run"]["later"] = document["external"]["later"] = [1]
    assert read_document(document, SOURCE) == run()


def test_evidence_of_the_lab_says_so() -> None:
    of_lab = replace(run(), lab="as-printed")
    assert read_again(of_lab).lab == "as-printed"
    both = combine([inside(), of_lab], by_their_profile=True)
    assert (both.lab, combine([inside()], by_their_profile=True).lab) == ("as-printed", None)


def test_evidence_that_does_not_name_a_lab_is_of_a_real_server() -> None:
    assert read_document(changed("run", "lab"), SOURCE).lab is None


def changed(*path: str, to: object = None) -> dict[str, Any]:
    """The document with one value changed, or taken out."""
    document = written(run())
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
        ("run", "domains"),
        ("profile",),
        ("internal",),
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
        (("run", "domains"), [1]),
        (("run", "domains"), "corp.example"),
        (("run", "lab"), True),
        (("internal",), 5),
        (("internal",), [5]),
        (("internal",), [{}]),
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


def test_servers_of_several_runs_and_one_look_from_outside_go_together() -> None:
    later = replace(run(), moment=MOMENT + timedelta(hours=1), domains=("other.example",))
    both = combine([inside("EX01"), inside("EX02"), later], by_their_profile=True)
    held = [item.label for each in both.internal or () for item in each.objects]
    assert held == ["EX01\\Internet", "EX02\\Internet"]
    assert both.external is later.external
    assert (both.moment, both.domains) == (later.moment, ("corp.example", "other.example"))


def test_a_half_that_no_run_looked_at_stays_open() -> None:
    both = [combine([one, one], by_their_profile=True) for one in (inside(), run(None))]
    assert [(item.internal is None, item.external) for item in both] == [
        (False, None),
        (True, None),
    ]


def test_two_looks_from_outside_are_refused() -> None:
    with pytest.raises(
        SettingsError, match="20261124T034156Z-x and 20261124T034156Z-x both looked"
    ):
        combine([run(), run()], by_their_profile=True)


def test_two_profiles_are_refused_unless_neither_counts() -> None:
    runs = [run(), replace(inside(), profile="[ports]\n")]
    with pytest.raises(SettingsError, match="--profile=FILE"):
        combine(runs, by_their_profile=True)
    assert combine(runs, by_their_profile=False).profile is None


@pytest.mark.parametrize("value", [1, ["x"], {"a": 1}, True])
def test_a_profile_that_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(UnreadableEvidence, match="profile"):
        read_document(changed("profile", to=value), SOURCE)


@pytest.mark.parametrize("value", ["2026-11-24T03:41:56", "2026-11-24"])
def test_a_time_without_a_zone_is_refused(value: str) -> None:
    with pytest.raises(UnreadableEvidence, match=r"judged_at|time"):
        read_document(changed("run", "judged_at", to=value), SOURCE)
