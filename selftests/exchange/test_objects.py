"""Objects as bags of properties: read once, when asked for, and never with a default."""

from collections.abc import Callable

import pytest

from smtp_exposure.errors import MissingEvidence, UnreadableEvidence
from smtp_exposure.exchange.objects import (
    EnumValue,
    ExchangeObject,
    Property,
    Value,
    as_bool,
    as_bytes,
    as_list,
    as_text,
    shown,
)

CALLS: list[Value] = []


def counted(value: Value) -> str:
    CALLS.append(value)
    return as_text(value)


class Thing(ExchangeObject):
    """An object with one property of each kind."""

    cmdlet = "Get-Thing"
    title = Property("Title", counted)
    enabled = Property("Enabled", as_bool)


def test_names_cmdlet_property_and_object_where_the_export_lacks_it() -> None:
    with pytest.raises(MissingEvidence, match=r"^missing: Get-Thing \(property Enabled of EX01\\T"):
        _ = Thing({"Identity": "EX01\\T"}).enabled


def test_names_them_where_the_value_cannot_be_read() -> None:
    with pytest.raises(UnreadableEvidence, match=r"Get-Thing: Enabled of T .*'maybe'"):
        _ = Thing({"Name": "T", "Enabled": "maybe"}).enabled


def test_a_property_that_is_there_and_empty_is_not_missing() -> None:
    assert Thing({"Title": None}).title == ""


def test_reads_a_property_once() -> None:
    CALLS.clear()
    thing = Thing({"Title": "x"})
    assert (thing.title, thing.title) == ("x", "x")
    assert CALLS == ["x"]


def test_objects_do_not_share_what_they_read() -> None:
    assert [Thing({"Title": text}).title for text in ("a", "b")] == ["a", "b"]


@pytest.mark.parametrize("identity", [b"\x00", ("a", "b"), ("EX01",)])
def test_an_unreadable_identity_is_unreadable_evidence(identity: Value) -> None:
    with pytest.raises((UnreadableEvidence, MissingEvidence)):
        _ = Thing({"Identity": identity}).enabled


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), ("", ""), ("x", "x"), (EnumValue("Tls", 1), "Tls"), (5, "5"), (True, "True")],
)
def test_reads_text(value: Value, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("value", "truth"),
    [(True, True), (False, False), ("True", True), ("false", False), (" TRUE ", True)],
)
def test_reads_booleans(value: Value, truth: bool) -> None:  # a case, no option
    assert as_bool(value) is truth


@pytest.mark.parametrize(
    ("value", "items"),
    [
        (None, ()),
        ("", ()),
        ("{}", ()),
        ("{a, b}", ("a", "b")),
        ("a,b", ("a", "b")),
        ("a b", ("a", "b")),
        ("a", ("a",)),
        (("a ", " b"), ("a", "b")),
        ((), ()),
        (("a", None), ("a", "")),
        ("{a, b...}", ("a", "b...")),
    ],
)
def test_reads_lists(value: Value, items: tuple[str, ...]) -> None:
    assert as_list(value) == items


@pytest.mark.parametrize(
    ("read", "value"),
    [
        *((as_bool, value) for value in (None, 1, 0, "yes", "", "1", EnumValue("True", 1), ())),
        *(
            (as_list, value)
            for value in (1, True, 1.5, b"a", EnumValue("a", 1), (("a",),), (b"a",))
        ),
        *((as_text, value) for value in (b"a", ("a",), ())),
        *((as_bytes, value) for value in (None, "YQ==", ("a",), 1)),
    ],
)
def test_refuses_values_of_another_kind(read: Callable[[Value], object], value: Value) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(value)


def test_shows_a_value_bounded_and_on_one_line() -> None:
    text = shown("x\n" * 500)
    assert len(text) <= 120
    assert "\n" not in text
