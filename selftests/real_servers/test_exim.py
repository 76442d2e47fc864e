"""Exim and OpenSMTPD, each case on addresses of its own, judged from outside in one run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from selftests.real_servers.certificates import Authorities
from selftests.real_servers.conftest import skipping_what_is_missing
from selftests.real_servers.exim import exim
from selftests.real_servers.exim_cases import EXIM, OPENSMTPD
from selftests.real_servers.name_server import name_server
from selftests.real_servers.namespaces import Network
from selftests.real_servers.opensmtpd import opensmtpd
from selftests.real_servers.suite_runs import Run, look_from_outside
from selftests.real_servers.tables import Case

pytestmark = pytest.mark.real_server

CASES: tuple[Case, ...] = (*EXIM, *OPENSMTPD)


@pytest.fixture(scope="module")
def run(folder: Path) -> Iterator[Run]:
    """One run that judges all cases."""
    authorities = Authorities()
    with skipping_what_is_missing(), Network() as network:
        network.servers.add_addresses(address for case in CASES for address in case.addresses)
        with (
            name_server(network, folder, CASES, authorities),
            exim(network, folder, EXIM, authorities),
            opensmtpd(network, folder, OPENSMTPD, authorities),
        ):
            trusted = f"--ca-file={authorities.write_root(folder)}"
            yield look_from_outside(network, folder / "run", CASES, trusted)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gives_the_verdicts_of_the_truth_table(run: Run, case: Case) -> None:
    assert run.verdicts_of(case.domain) == case.expected


def test_a_hole_over_ipv6_alone_is_named_by_its_address(run: Run) -> None:
    subjects = {item["subject"] for item in run.findings_of("auth-over-ipv6.example", "EXT-03-1")}
    assert subjects == {"mail.auth-over-ipv6.example [2001:db8:1::64]:25"}
