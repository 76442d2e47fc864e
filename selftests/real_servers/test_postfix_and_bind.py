"""Postfix and BIND, judged from outside: one whole run for all cases, and a few for 16 at a time.

More than 16 domains get the compact plan; what a server is does not depend on the plan.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from selftests.real_servers import (
    dns_cases,
    postfix_cases,
    postfix_path_cases,
    postfix_tls_cases,
)
from selftests.real_servers.certificates import Authorities
from selftests.real_servers.conftest import skipping_what_is_missing
from selftests.real_servers.name_server import name_server
from selftests.real_servers.namespaces import Network
from selftests.real_servers.policy_host import policy_host
from selftests.real_servers.postfix import PostfixCase, postfix
from selftests.real_servers.suite_runs import Run, look_from_outside

pytestmark = pytest.mark.real_server

CASES = (
    *(*postfix_cases.CASES, *postfix_tls_cases.CASES),
    *(*postfix_path_cases.CASES, *dns_cases.CASES),
)
# What these do depends on whether they have seen the probe before.
REMEMBERING = postfix_path_cases.POSTSCREEN_CASES
IN_ONE_RUN = tuple(case for case in CASES if case not in REMEMBERING)
AT_ONCE = 2


@dataclass(frozen=True)
class Looks:
    """The runs: who was judged in which."""

    network: Network
    options: tuple[str, ...]
    compact: Run
    wide: dict[str, Run]


@pytest.fixture(scope="module")
def looks(folder: Path) -> Iterator[Looks]:
    """Every case judged in a wide run, and nearly all in a compact one."""
    authorities = Authorities()
    with skipping_what_is_missing(), ExitStack() as up:
        network = up.enter_context(Network())
        for case in CASES:
            case.prepare(network)
        up.enter_context(name_server(network, folder, CASES, authorities))
        up.enter_context(postfix(network, folder, CASES, authorities))
        for case in CASES:
            if case.policy:
                up.enter_context(policy_host(network, folder, case, authorities))
        options = (f"--ca-file={authorities.write_root(folder)}",)
        yield _look(network, folder, options)


def _look(network: Network, folder: Path, options: tuple[str, ...]) -> Looks:
    groups = [CASES[start : start + 16] for start in range(0, len(CASES), 16)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = [
            pool.submit(look_from_outside, network, folder / f"run-{number}", group, *options)
            for number, group in enumerate((IN_ONE_RUN, *groups))
        ]
    compact, *wide = (run.result() for run in runs)
    judged = zip(wide, groups, strict=True)
    by_name = {case.name: run for run, group in judged for case in group}
    return Looks(network, options, compact, by_name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gives_the_verdicts_of_the_truth_table(looks: Looks, case: PostfixCase) -> None:
    run = looks.wide[case.name]
    assert run.verdicts_of(case.domain) == case.expected
    assert run.noted_of(case.domain) == case.noted


@pytest.mark.parametrize("case", IN_ONE_RUN, ids=lambda case: case.name)
def test_gives_the_same_verdicts_by_the_compact_plan(looks: Looks, case: PostfixCase) -> None:
    assert looks.compact.verdicts_of(case.domain) == case.expected
    assert looks.compact.noted_of(case.domain) == case.noted
