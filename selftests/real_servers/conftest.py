"""Real servers need root, namespaces and the servers' packages; what is missing is skipped by name.

A module's fixture builds its network and servers in one `with`, below `skipping_what_is_missing()`.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from selftests.real_servers.namespaces import Missing


@contextmanager
def skipping_what_is_missing() -> Iterator[None]:
    """Skip the tests of whatever is built in the block where this machine lacks something."""
    try:
        yield
    except Missing as lacking:
        pytest.skip(f"real servers: {lacking}")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the servers' own users may enter, as pytest's may not be."""
    made = Path(tempfile.mkdtemp(prefix="real-servers-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)
