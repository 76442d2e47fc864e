"""Exim and OpenSMTPD, each case on addresses of its own, judged from outside by either plan.

More than 16 domains in a run get the compact plan.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from selftests.real_servers.certificates import Authorities
from selftests.real_servers.conftest import skipping_what_is_missing
from selftests.real_servers.exim import exim
from selftests.real_servers.exim_cases import BY_COMPACT_PLAN, EXIM, OPENSMTPD
from selftests.real_servers.name_server import name_server
from selftests.real_servers.namespaces import Network
from selftests.real_servers.opensmtpd import opensmtpd
from selftests.real_servers.suite_runs import Run, look_from_outside
from selftests.real_servers.tables import Case

pytestmark = pytest.mark.real_server

CASES: tuple[Case, ...] = (*EXIM, *OPENSMTPD)
HALF = len(CASES) // 2
GROUPS = {"compact": CASES, "wide": CASES[:HALF], "wide too": CASES[HALF:]}
Looks = dict[str, Run]


@pytest.fixture(scope="module")
def looks(folder: Path) -> Iterator[Looks]:
    """Every case judged in a compact run, and in one of two wide ones."""
    authorities = Authorities()
    with skipping_what_is_missing(), Network() as network:
        for case in CASES:
            case.prepare(network)
        with (
            name_server(network, folder, CASES, authorities),
            exim(network.servers, folder, EXIM, authorities),
            opensmtpd(network, folder, OPENSMTPD, authorities),
            ThreadPoolExecutor(len(GROUPS)) as pool,
        ):
            trusted = f"--ca-file={authorities.write_root(folder)}"
            runs = {
                name: pool.submit(look_from_outside, network, folder / name, cases, trusted)
                for name, cases in GROUPS.items()
            }
            yield {name: run.result() for name, run in runs.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gives_the_verdicts_of_the_truth_table(looks: Looks, case: Case) -> None:
    run = looks["wide" if case in GROUPS["wide"] else "wide too"]
    assert (run.verdicts_of(case.domain), run.noted_of(case.domain)) == (case.expected, case.noted)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gives_the_same_verdicts_by_the_compact_plan(looks: Looks, case: Case) -> None:
    expected = BY_COMPACT_PLAN.get(case.name, case.expected)
    assert looks["compact"].verdicts_of(case.domain) == expected


def test_a_hole_over_ipv6_alone_is_named_by_its_address(looks: Looks) -> None:
    domain = "auth-over-ipv6.example"
    subjects = {item["subject"] for item in looks["wide"].findings_of(domain, "EXT-03-1")}
    assert subjects == {f"mail.{domain} [2001:db8:1::64]:25"}


@pytest.mark.parametrize(
    ("name", "check", "cause"),
    [
        ("opensmtpd", "EXT-05-1", "the handshake fails"),
        ("no-starttls", "EXT-05-1", "not offered"),
        ("certificate-of-its-own", "EXT-05-2", "self-signed"),
        ("percent-hack", "EXT-06-1", "%example.com@percent-hack.example> is answered 250"),
        ("bang-path", "EXT-06-1", "<example.com!"),
        ("quoted-relay", "EXT-06-1", '@example.com"@quoted-relay.example> is answered 250'),
        ("turns-away", "EXT-02-1", "turned away by the greeting 550"),
    ],
)
def test_tells_the_cause(looks: Looks, name: str, check: str, cause: str) -> None:
    found = looks["compact"].findings_of(f"{name}.example", check)
    assert any(cause in item["observed"] for item in found), found
