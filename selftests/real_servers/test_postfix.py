"""Postfix, each case on addresses of its own, judged from outside."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from selftests.real_servers.certificates import Authorities
from selftests.real_servers.conftest import skipping_what_is_missing
from selftests.real_servers.name_server import name_server
from selftests.real_servers.namespaces import Network
from selftests.real_servers.postfix import PostfixCase, postfix
from selftests.real_servers.suite_runs import Run, look_from_outside
from selftests.real_servers.tables import table

pytestmark = pytest.mark.real_server

CASES = (
    PostfixCase(
        name="anonymous-only",
        number=1,
        expected=table(),
    ),
)


@pytest.fixture(scope="module")
def run(folder: Path) -> Iterator[Run]:
    """One run that judges all cases."""
    authorities = Authorities()
    with skipping_what_is_missing(), Network() as network:
        network.servers.add_addresses(address for case in CASES for address in case.addresses)
        with name_server(network, folder, CASES), postfix(network, folder, CASES, authorities):
            trusted = f"--ca-file={authorities.write_root(folder)}"
            yield look_from_outside(network, folder / "run", CASES, trusted)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gives_the_verdicts_of_the_truth_table(run: Run, case: PostfixCase) -> None:
    assert run.verdicts_of(case.domain) == case.expected
