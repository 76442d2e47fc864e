"""Ports and vantages: Exim and Dovecot, each case on addresses of its own, in one compact run."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

import lab.exports
from selftests.real_servers.certificates import Authorities
from selftests.real_servers.conftest import skipping_what_is_missing
from selftests.real_servers.dovecot import dovecot
from selftests.real_servers.exim import exim
from selftests.real_servers.listener_cases import PortsCase
from selftests.real_servers.name_server import name_server
from selftests.real_servers.namespaces import Network
from selftests.real_servers.ports_cases import (
    BY_BOTH_HALVES,
    BY_FILTERING_SERVICE,
    BY_PROFILE,
    CASES,
    EXCHANGE,
    FILTERING_SERVICE,
    PROFILE,
)
from selftests.real_servers.suite_runs import Run, look_from_outside
from selftests.real_servers.waivers import waived_table, waivers_for

pytestmark = pytest.mark.real_server


Look = Callable[..., Run]


@pytest.fixture(scope="module")
def look(folder: Path) -> Iterator[Look]:
    """Starts runs while everything listens; each has a name, and the cases that it judges."""
    authorities = Authorities()
    listening = [case for case in CASES if case.ports]
    listeners = [listener for case in CASES for listener in case.listeners]
    with skipping_what_is_missing(), Network() as network:
        for case in CASES:
            case.prepare(network)
        with (
            name_server(network, folder, CASES, authorities),
            exim(network.servers, folder, listening, authorities),
            dovecot(network, folder, listeners, authorities),
        ):
            usual = (f"--ca-file={authorities.write_root(folder)}", "--reply-timeout=5")

            def start(name: str, names: Iterable[str], profile: str = "", *options: str) -> Run:
                file = folder / f"{name}.toml"
                file.write_text(profile, encoding="ascii")
                cases = [case for case in CASES if case.name in names]
                options = (*usual, f"--profile={file}", *options)
                return look_from_outside(network, folder / name, cases, *options)

            yield start


@pytest.fixture(scope="module")
def run(look: Look) -> Run:
    """One run that judges all cases."""
    return look("all", [case.name for case in CASES])


@pytest.fixture(scope="module")
def waived(look: Look, run: Run) -> Run:
    """The same evidence, and a profile that waives what deviates."""
    return look("waived", (), waivers_for(run), f"--replay={run.folder}")


@pytest.fixture(scope="module")
def expected_otherwise(look: Look) -> Run:
    """Some cases by a profile."""
    return look("profile", BY_PROFILE, PROFILE)


@pytest.fixture(scope="module")
def filtered(look: Look) -> Run:
    """Some cases where only a filtering service is to be admitted."""
    return look("filtered", BY_FILTERING_SERVICE, FILTERING_SERVICE)


@pytest.fixture(scope="module")
def both_halves(look: Look, folder: Path) -> Run:
    """Some cases beside the export of an Exchange server."""
    (folder / "export").mkdir()
    lab.exports.write(EXCHANGE, folder / "export")
    options = ("tests_internal", f"--snapshot={folder / 'export'}")
    return look("both", BY_BOTH_HALVES, "", *options)


@pytest.fixture(scope="module")
def both_waived(look: Look, both_halves: Run) -> Run:
    """Both halves once more, and a profile that waives what deviates."""
    waivers = waivers_for(both_halves)
    return look("both-waived", (), waivers, "tests_internal", f"--replay={both_halves.folder}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gives_the_verdicts_of_the_truth_table(run: Run, case: PortsCase) -> None:
    assert (run.verdicts_of(case.domain), run.noted_of(case.domain)) == (case.expected, case.noted)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_waives_what_deviates(waived: Run, case: PortsCase) -> None:
    assert waived.verdicts_of(case.domain) == waived_table(case.expected)


@pytest.mark.parametrize("name", BY_PROFILE)
def test_judges_by_the_profile(expected_otherwise: Run, name: str) -> None:
    assert expected_otherwise.verdicts_of(f"{name}.example") == BY_PROFILE[name]


@pytest.mark.parametrize("name", BY_FILTERING_SERVICE)
def test_silence_is_right_where_a_filtering_service_stands_in_front(
    filtered: Run, name: str
) -> None:
    assert filtered.verdicts_of(f"{name}.example") == BY_FILTERING_SERVICE[name]


@pytest.mark.parametrize("name", BY_BOTH_HALVES)
def test_a_relay_is_not_the_connector_that_the_export_predicts(
    both_halves: Run, both_waived: Run, name: str
) -> None:
    expected = BY_BOTH_HALVES[name]
    assert both_halves.verdicts_of(f"{name}.example") == expected
    assert both_waived.verdicts_of(f"{name}.example") == waived_table(expected)


@pytest.mark.parametrize(
    ("name", "port", "state", "protocol"),
    [
        ("mailboxes", 110, "open", "POP3"),
        ("mailboxes", 993, "open", "TLS"),
        ("mailboxes", 587, "refused", None),
        ("mailboxes-reset", 110, "refused", None),
        ("mailboxes-prohibited", 110, "unreachable", None),
        ("mailboxes-dropped", 110, "silent", None),
        ("submission", 465, "open", "SMTP"),
        ("submission", 587, "open", "SMTP"),
        ("submission-over-tls", 465, "open, says nothing", None),
        ("mute-listener", 2525, "open, says nothing", None),
        ("other-protocol", 587, "open", "IMAP"),
    ],
)
def test_states_and_protocols_are_told_apart(
    run: Run, name: str, port: int, state: str, protocol: str | None
) -> None:
    seen = {
        (item["state"], item["protocol"])
        for address in run.evidence["external"]["addresses"]
        for item in address["ports"]
        if address["domains"] == [f"{name}.example"] and item["port"] == port
    }
    assert seen == {(state, protocol)}


def test_an_open_port_is_named_by_address_and_number(run: Run) -> None:
    domain = "imap-over-ipv6.example"
    subjects = [item["subject"] for item in run.findings_of(domain, "EXT-08-3")]
    assert subjects == [f"mail.{domain} [2001:db8:1::5]:143"]
