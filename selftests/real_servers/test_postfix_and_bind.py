"""Postfix and BIND, judged from outside: one whole run for all cases, and a few for 16 at a time.

More than 16 domains get the compact plan; what a server is does not depend on the plan.
"""

import re
from collections.abc import Iterable, Iterator
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
from selftests.real_servers.suite_runs import Run, judge, look_from_outside
from selftests.real_servers.tables import IN_CONVERSATION, table
from selftests.real_servers.waivers import waived_table, waivers_for

pytestmark = pytest.mark.real_server

CASES = (
    *(*postfix_cases.CASES, *postfix_tls_cases.CASES),
    *(*postfix_path_cases.CASES, *dns_cases.CASES),
)
# What these do depends on whether they have seen the probe before.
REMEMBERING = postfix_path_cases.POSTSCREEN_CASES
IN_ONE_RUN = tuple(case for case in CASES if case not in REMEMBERING)
AT_ONCE = 2
# MaxProtocolErrors of a receive connector.
EXCHANGES_LIMIT = 5


@dataclass(frozen=True)
class Looks:
    """The runs: who was judged in which."""

    network: Network
    folder: Path
    options: tuple[str, ...]
    compact: Run
    wide: dict[str, Run]

    def more(self, what: str, names: Iterable[str], *options: str) -> Run:
        """One more run that judges some cases, by name."""
        cases = [case for case in CASES if case.name in names]
        words = (*(f"--domain={case.domain}" for case in cases), *self.options, *options)
        return judge(self.network, self.folder / what, *words)


@pytest.fixture(scope="module")
def looks(folder: Path) -> Iterator[Looks]:
    """Every case judged in a wide run, and nearly all in a compact one."""
    authorities = Authorities()
    with skipping_what_is_missing(), ExitStack() as up:
        network = up.enter_context(Network())
        for case in CASES:
            case.prepare(network)
        up.enter_context(name_server(network, folder, CASES, authorities))
        up.enter_context(postfix(network.servers, folder, CASES, authorities))
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
    return Looks(network, folder, options, compact, by_name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gives_the_verdicts_of_the_truth_table(looks: Looks, case: PostfixCase) -> None:
    run = looks.wide[case.name]
    assert run.verdicts_of(case.domain) == case.expected
    assert run.noted_of(case.domain) == case.noted


@pytest.mark.parametrize("case", IN_ONE_RUN, ids=lambda case: case.name)
def test_gives_the_same_verdicts_by_the_compact_plan(looks: Looks, case: PostfixCase) -> None:
    assert looks.compact.verdicts_of(case.domain) == case.expected
    assert looks.compact.noted_of(case.domain) == case.noted


CAUSES = {
    ("null-mx", "EXT-09-1"): "null MX",
    ("address-without-mx", "EXT-09-1"): "no MX record",
    ("no-such-domain", "EXT-09-1"): "NXDOMAIN",
    ("dangling-mx", "EXT-09-1"): "A NXDOMAIN",
    ("mx-without-address", "EXT-09-1"): "no address: A",
    ("mx-is-alias", "EXT-09-1"): "alias",
    ("zone-is-broken", "EXT-09-1"): "SERVFAIL",
    ("zone-is-silent", "EXT-09-1"): "timed out",
    ("no-starttls", "EXT-05-1"): "not offered",
    ("starttls-put-off", "EXT-05-1"): "refused 454",
    ("handshake-fails", "EXT-05-1"): "handshake fails",
    ("self-signed", "EXT-05-2"): "self-signed",
    ("wrong-name", "EXT-05-2"): "it is for other-mail.wrong-name.example",
    ("incomplete-chain", "EXT-05-2"): "chain is incomplete",
    ("common-name-only", "EXT-05-2"): "CN mail.common-name-only.example only",
    ("open-relay", "EXT-06-1"): "250",
    ("reset", "EXT-02-1"): "refuses the connection",
    ("silent", "EXT-02-1"): "silence on port 25",
}
"""What the checklist wants told apart (EXT-09-1, EXT-05-1, EXT-05-2), and what else has causes."""


@pytest.mark.parametrize(("name", "check"), CAUSES)
def test_tells_causes_apart(looks: Looks, name: str, check: str) -> None:
    found = looks.wide[name].findings_of(f"{name}.example", check)
    assert found
    assert all(CAUSES[name, check] in item["observed"] for item in found)


@pytest.mark.parametrize("check", ["EXT-03-1", "EXT-03-2", "EXT-03-3"])
def test_names_the_one_address_that_deviates(looks: Looks, check: str) -> None:
    found = looks.wide["sign-in-on-ipv6"].findings_of("sign-in-on-ipv6.example", check)
    subjects = {item["subject"] for item in found}
    assert subjects == {"mail.sign-in-on-ipv6.example [2001:db8:1::4]:25"}


def test_stays_below_exchanges_limit_of_protocol_errors_by_postfixs_own_count(
    looks: Looks,
) -> None:
    log = (looks.folder / "mail.log").read_text(encoding="utf-8", errors="replace")
    # "commands=4/6": two of six failed.
    counts = re.findall(r": disconnect from .* commands=(\d+)(?:/(\d+))?$", log, re.MULTILINE)
    failed = [int(tried or done) - int(done) for done, tried in counts]
    assert len(failed) > 1_000
    assert max(failed) < EXCHANGES_LIMIT


@pytest.mark.parametrize("case", REMEMBERING, ids=lambda case: case.name)
def test_notes_the_delay_of_postscreen(looks: Looks, case: PostfixCase) -> None:
    found = looks.wide[case.name].findings_of(case.domain, "EXT-02-2")
    assert {item["level"] for item in found} == {"note"}
    assert {item["subject"] for item in found} == {
        f"{case.host} [{address}]:25" for address in case.addresses
    }


def test_silence_proves_nothing_where_nothing_else_answers(looks: Looks) -> None:
    run = looks.more("alone", ["silent"], "tests_external")
    expected = table(inconclusive=f"EXT-02-1 {IN_CONVERSATION} EXT-07-2 EXT-08")
    assert run.verdicts_of("silent.example") == expected


def test_waivers_cover_what_deviates_and_what_is_open(looks: Looks) -> None:
    profile = looks.folder / "waivers.toml"
    profile.write_text(waivers_for(looks.compact), encoding="utf-8")
    replay = f"--replay={looks.compact.folder}"
    run = judge(looks.network, looks.folder / "waived", replay, f"--profile={profile}")
    for case in IN_ONE_RUN:
        assert run.verdicts_of(case.domain) == waived_table(case.expected)
