"""Strangers' bytes made fit to be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtp_exposure.smtp.visible import visible


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain\ttext", "plain\ttext"),
        (b"a\x00b\x1b[31m\x7f", "a\\x00b\\x1b[31m\\x7f"),
        ("\u00e4\u2028\u202e".encode(), "\u00e4\\u2028\\u202e"),
        (b"\xe4\xff", "\\xe4\\xff"),
        ("\U000e0041".encode(), "\\ue0041"),
    ],
)
def test_shows_what_is_invisible(data: bytes, text: str) -> None:
    assert visible(data) == text


@given(st.binary())
def test_nothing_unprintable_is_left(data: bytes) -> None:
    assert visible(data).replace("\t", "").isprintable()
