"""The proof that every check was seen failing comes behind all cases."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let selftests/checks/test_every_check.py run last."""
    items.sort(key=lambda item: item.path.stem == "test_every_check")
