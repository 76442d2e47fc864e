"""Models to JSON and back; one field broken at a time."""

import json
from dataclasses import dataclass
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.smtp.json_form import Json, encoded, model


class Colour(Enum):
    """An enum for the models below."""

    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A model inside another one."""

    data: bytes
    colour: Colour = Colour.RED


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A model with a field of every sort."""

    name: str
    height: float
    count: int
    leaves: tuple[Leaf, ...]
    best: Leaf | None = None
    alive: bool = True


LEAF = {"data": "x", "colour": "red"}
BASE = {
    "name": "a",
    "height": 1.5,
    "count": 2,
    "leaves": [LEAF],
    "best": None,
    "alive": True,
}


@given(st.binary(), st.text(), st.floats(allow_nan=False, allow_infinity=False))
def test_round_trip(data: bytes, name: str, height: float) -> None:
    leaf = Leaf(data=data)
    tree = Tree(name=name, height=height, count=3, leaves=(leaf, leaf), best=leaf)
    assert model(Tree, json.loads(encoded(tree))) == tree


def test_unknown_keys_are_ignored() -> None:
    tree = model(Tree, BASE | {"later": 1, "height": 2})
    assert tree.best is None
    assert tree.height == 2.0


@pytest.mark.parametrize("key", BASE)
def test_a_missing_key_is_named_even_where_the_model_has_a_default(key: str) -> None:
    with pytest.raises(UnreadableEvidence, match=f"{key} is missing"):
        model(Tree, {name: value for name, value in BASE.items() if name != key})


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("name", 1, "$.name"),
        ("count", True, "$.count"),
        ("count", "2", "$.count"),
        ("height", None, "$.height"),
        ("leaves", {}, "$.leaves"),
        ("leaves", [3], r"$.leaves[0]"),
        ("leaves", [{}], "data is missing"),
        ("leaves", [{"data": "x"}], "colour is missing"),
        ("leaves", [LEAF | {"data": "\u20ac"}], "$.leaves[0].data"),
        ("leaves", [{"data": "", "colour": "blue"}], "$.leaves[0].colour"),
    ],
)
def test_a_wrong_field_is_named(key: str, value: Json, place: str) -> None:
    with pytest.raises(UnreadableEvidence) as failed:
        model(Tree, BASE | {key: value})
    assert place in str(failed.value)


def test_what_is_no_model_has_no_json_form() -> None:
    with pytest.raises(TypeError):
        encoded(object())
    with pytest.raises(TypeError):
        model(str, "x")
