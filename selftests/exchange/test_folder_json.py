"""What a folder held, to JSON and back: nothing is lost, and damage is named."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selftests.exchange.builders import AUTH_31, connector, folder, permission
from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.exchange.folder_json import from_json, to_json
from smtp_exposure.exchange.objects import EnumValue, Value
from smtp_exposure.exchange.recognition import KINDS, Folder

TAKEN = datetime(2026, 11, 24, 3, 41, 56, tzinfo=UTC)
ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
    | st.builds(EnumValue, st.text(st.characters(exclude_categories=["Cs"])), st.integers())
)
VALUES = st.recursive(ATOMS, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=8)


def shown(held: Folder) -> tuple[Any, ...]:
    """Everything that a folder holds, comparable."""
    objects = [(type(item), item.source, dict(item.properties)) for item in held.objects]
    return objects, held.read, held.problems, held.taken


def again(held: Folder) -> Folder:
    """The folder after a way through a file."""
    return from_json(json.loads(json.dumps(to_json(held))))


def example() -> Folder:
    """A folder with something in each part."""
    held = folder(connector(AuthMechanism=AUTH_31), permission(), read=["Get-HybridConfiguration"])
    held.problems["Get-Service", "ex02"] = "EX02: RPC server unavailable"
    held.taken.update({TAKEN, None})
    return held


def test_everything_comes_back() -> None:
    assert shown(again(example())) == shown(example())
    assert again(example()).objects[0].properties["AuthMechanism"] == AUTH_31


@pytest.mark.parametrize("kind", sorted(set(KINDS.values()), key=str))
@given(value=VALUES)
def test_each_value_of_each_kind_comes_back(kind: Any, value: Value) -> None:
    held = folder(kind({"Name": "x", "Some": value}, "export.xml"))
    assert shown(again(held)) == shown(held)
    assert repr(again(held).objects[0].properties["Some"]) == repr(value)


@pytest.mark.parametrize("part", ["objects", "read", "problems", "taken"])
@pytest.mark.parametrize("change", ["gone", "a number", "a list of numbers"])
def test_a_damaged_part_is_refused(part: str, change: str) -> None:
    document = deepcopy(to_json(example()))
    document[part] = {"a number": 5, "a list of numbers": [5]}.get(change)
    if change == "gone":
        del document[part]
    with pytest.raises(UnreadableEvidence):
        from_json(document)


@pytest.mark.parametrize(
    "change",
    [
        {"cmdlet": "Get-Mailbox"},
        {"cmdlet": None},
        {"source": 5},
        {"properties": [1]},
        {"properties": {"RawData": {"bytes": "no base64!"}}},
        {"properties": {"AuthMechanism": {"enum": ["Tls"]}}},
        {"properties": {"AuthMechanism": {"enum": ["Tls", 1], "more": 1}}},
        {"properties": {"AuthMechanism": {}}},
    ],
)
def test_a_damaged_object_is_refused(change: dict[str, Any]) -> None:
    document = deepcopy(to_json(example()))
    document["objects"][0] |= change
    with pytest.raises(UnreadableEvidence):
        from_json(document)


@pytest.mark.parametrize("moment", ["2026-11-24T03:41:56", "yesterday"])
def test_a_time_needs_its_zone(moment: str) -> None:
    with pytest.raises(UnreadableEvidence):
        from_json(to_json(example()) | {"taken": [moment]})


def test_later_keys_are_ignored() -> None:
    document = to_json(example()) | {"later": 1}
    document["objects"][0]["later"] = 1
    assert shown(from_json(document)) == shown(example())
