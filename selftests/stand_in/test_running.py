"""lab/running.py: starting, redirects, stopping; and that the lab keeps to itself."""

import ast
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import lab
from lab.running import Lab
from selftests.stand_in.conftest import Run
from selftests.stand_in.talk import V4, V6, connect, greeting

FOLDER = Path(lab.__file__).parent


def listening(running: Lab) -> list[tuple[str, int]]:
    targets = {where for where in running.redirects.values() if not isinstance(where, str)}
    return [where for where in (*targets, running.resolver) if _accepts(where)]


def _accepts(where: tuple[str, int]) -> bool:
    try:
        socket.create_connection(where, timeout=2).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.mark.parametrize("name", lab.SCENARIOS)
def test_every_scenario_starts_and_stops(name: str) -> None:
    with lab.start(name) as running:
        assert len(listening(running)) >= 1
        assert running.domains == lab.domains(name)
    assert listening(running) == []


def test_stopping_leaves_nothing() -> None:
    before = threading.active_count()
    running = lab.start("compliant")
    with connect(running) as talk:
        running.stop()
        running.stop()
        assert talk.ask("NOOP") == ""
    assert (threading.active_count(), running.ca_file.parent.exists()) == (before, False)


def test_starting_again_is_quick() -> None:
    lab.start("compliant").stop()
    started = time.monotonic()
    lab.start("as-installed").stop()
    assert time.monotonic() - started < 0.5


def test_only_port_25_gets_through_and_both_families_listen_on_ipv4(run: Run) -> None:
    redirects = run("compliant").redirects
    through = {key: where for key, where in redirects.items() if where != "silent"}
    assert set(through) == {(V4, 25), (V6, 25)}
    assert {where[0] for where in through.values()} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("scenario", "key", "wanted"),
    [
        ("compliant", (V4, 54321), "silent"),
        ("no-firewall", (V4, 54321), "refused"),
        ("no-firewall", (V4, 143), "refused"),
        ("compliant", ("192.0.2.1", 25), "unreachable"),
        ("edge", (V6, 25), "refused"),
        ("port-refused", (V4, 25), "refused"),
        ("blocked-egress", (V4, 25), "silent"),
        ("dead-mx-address", ("203.0.113.99", 25), "silent"),
    ],
)
def test_closed_ports(run: Run, scenario: str, key: tuple[str, int], wanted: str) -> None:
    assert run(scenario).redirects[key] == wanted


def test_notations_of_an_address_mean_the_same(run: Run) -> None:
    redirects = run("compliant").redirects
    assert redirects["2001:0DB8:25:0::25", 25] == redirects[V6, 25]


def test_a_syn_proxy_accepts_any_port_and_says_nothing(run: Run) -> None:
    where = run("syn-proxy").redirects[V4, 54321]
    assert not isinstance(where, str)
    with (
        socket.create_connection(where, timeout=0.2) as connection,
        pytest.raises(TimeoutError),
    ):
        connection.recv(1)


def test_connections_are_counted(run: Run) -> None:
    running = run("third-party-mx")
    assert running.connections.total() == 0
    assert greeting(running, "192.0.2.200")
    assert running.connections["192.0.2.200", 25] == 1


def test_the_declared_client(run: Run) -> None:
    running = run("inside-vantage")
    assert (running.own_address, running.own_address_ipv6) == ("10.20.0.77", "fd00:20::77")


def test_an_unknown_scenario_is_named() -> None:
    with pytest.raises(ValueError, match="'nonsense'"):
        lab.start("nonsense")


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.name)
def test_the_lab_imports_nothing_of_the_suite(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    assert not {name for name in names if name.split(".")[0] in ("smtp_exposure", "fixtures")}


@pytest.mark.process
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C can't be sent to one process there")
def test_a_person_lets_a_scenario_listen_until_ctrl_c() -> None:
    command = [sys.executable, "-m", "lab", "submission-open"]
    with subprocess.Popen(  # noqa: S603  # our own
        command,
        cwd=FOLDER.parent,
        stdout=subprocess.PIPE,
        text=True,
        # Whatever runs in a shell's background inherits that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None
        told = list(iter(process.stdout.readline, "Ctrl-C ends it.\n"))
        process.send_signal(signal.SIGINT)
    assert [line for line in told if "[203.0.113.25]:587" in line and "127.0.0.1 port" in line]
    assert process.returncode == 0
