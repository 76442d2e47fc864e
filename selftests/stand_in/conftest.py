"""Running scenarios for the lab's own tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

import lab
from lab import running
from lab.running import Lab
from lab.state import Organization

Run = Callable[..., Lab]


@pytest.fixture
def run() -> Iterator[Run]:
    """Start scenarios by name, or states that a test made; they end with the test."""
    with ExitStack() as stack:

        def start(what: str | Organization, tarpit: float = 0.0) -> Lab:
            if isinstance(what, str):
                return stack.enter_context(lab.start(what, tarpit=tarpit))
            return stack.enter_context(running.start(what, ("corp.example",), tarpit))

        yield start
