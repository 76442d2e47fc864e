"""What two witnesses saw of whole runs on port 25: the recording server, and a packet capture.

The suite runs as a user starts it, from a namespace whose only cable leads to the servers.
"""

import base64
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from selftests.conftest import ROOT
from selftests.on_the_wire import promises
from selftests.on_the_wire.capture import capturing
from selftests.on_the_wire.packets import UDP, Connection, connections, is_tls, packets
from selftests.on_the_wire.recorder import MANNERS
from selftests.on_the_wire.recordings import Talk, recording
from selftests.real_servers.conftest import skipping_what_is_missing
from selftests.real_servers.namespaces import GATEWAY, PROBE, Blocking, Network

pytestmark = pytest.mark.real_server

LIMIT_S = 120
MANNER_OF = {
    f"198.51.100.{number}": manner
    for number, manner in enumerate((one for one in MANNERS if one != "mute"), start=1)
} | {"2001:db8:1::1": "as demanded"}
OPEN, SILENT = "198.51.100.1", "198.51.100.2"
"""Where every other port accepts, and where one drops what comes; elsewhere all refuse."""

PORTS = (110, 143, 465, 475, 476, 477, 587, 717, 993, 995, 2525)
HIGH = range(49_152, 65_536)
DOMAINS = {
    "wide": ("corp.example",),
    "compact": tuple(f"brand{number}.example" for number in range(17)),
}
PLANNED = {"wide": promises.CONVERSATIONS, "compact": 2 + 17 * 2 + 1}
PUT_OFF = ("greylist", "busy", "hangs up")
OURS = {"USER": "canary-user", "LOGNAME": "canary-user", "USERNAME": "canary-user"}
OURS |= {"SMTP_EXPOSURE_USER": "canary-user", "SMTP_EXPOSURE_PASSWORD": "canary-password"}
CANARIES = ("canary", *(base64.b64encode(word.encode()).decode() for word in set(OURS.values())))


@dataclass(frozen=True)
class Witnessed:
    """One run, as the servers and the wire saw it."""

    plan: str
    status: int
    talks: tuple[Talk, ...]
    connections: tuple[Connection, ...]
    capture: bytes

    def on(self, address: str) -> tuple[Talk, ...]:
        """The conversations on port 25 of an address."""
        return tuple(talk for talk in self.talks if (talk.address, talk.port) == (address, 25))

    def to(self, address: str, *ports: int) -> list[Connection]:
        """The connections to an address; without ports, to any."""
        return [
            one
            for one in self.connections
            if one.address == address and (not ports or one.port in ports)
        ]


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with skipping_what_is_missing(), Network() as built:
        built.servers.add_addresses(MANNER_OF)
        built.block(SILENT, 587, Blocking.SILENCE)
        yield built


@pytest.fixture(scope="module", params=DOMAINS)
def seen(
    request: pytest.FixtureRequest, network: Network, tmp_path_factory: pytest.TempPathFactory
) -> Witnessed:
    """One run of each plan."""
    plan, folder = request.param, tmp_path_factory.mktemp("wire")
    places = [f"{manner}@{address}@25" for address, manner in MANNER_OF.items()]
    places += [f"mute@{OPEN}@{port}" for port in PORTS]
    file = folder / "wire.pcap"
    with (
        skipping_what_is_missing(),
        recording(folder, places, network.servers.command()) as server,
        capturing(network.servers, file),
    ):
        status = run(network, DOMAINS[plan], folder / "run")
    capture = file.read_bytes()
    found = connections(capture, PROBE)
    return Witnessed(plan, status, server.talks, tuple(found), capture)


def run(network: Network, domains: Iterable[str], folder: Path) -> int:
    """Look at every address for these domains, in a process of its own."""
    words = [sys.executable, "-m", "pytest", "tests_external", f"--report-dir={folder}"]
    words += [f"--domain={name}" for name in domains] + [f"--mx={one}" for one in MANNER_OF]
    # Nobody answers there, and says so.
    words += [f"--resolver={GATEWAY[0]}"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "SMTP_EXPOSURE"))}
    done = subprocess.run(  # noqa: S603  # our own suite, with arguments of our own
        network.probe.command(*words),
        cwd=ROOT,
        env=kept | OURS,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        check=False,
    )
    assert (folder / "results.json").exists(), done.stdout + done.stderr
    return done.returncode


@pytest.fixture(params=MANNER_OF, ids=[f"{a} {m}" for a, m in MANNER_OF.items()])
def address(request: pytest.FixtureRequest, seen: Witnessed) -> str:
    where = str(request.param)
    talks, wire = seen.on(where), seen.to(where, 25)
    sys.stdout.write(
        f"{seen.plan} plan, [{where}]:25, server {MANNER_OF[where]!r}: {len(talks)} conversations, "
        f"{promises.most_at_once(standing(wire))} at once by the capture, "
        f"at most {max(map(promises.refusals, talks))} refusals in one, "
        f"{promises.most_tries(talks)} tries, "
        f"shortest pause {min(promises.pauses(talks), default=0):.2f} s; "
        f"all ports: {promises.most_at_once(standing(seen.to(where)))} at once\n"
    )
    return where


def standing(wire: Iterable[Connection]) -> list[promises.Span]:
    """When each connection that was accepted stood."""
    return [(one.opened, one.closed) for one in wire if one.is_accepted]


def clear_lines(wire: Iterable[Connection]) -> list[str]:
    """What the client said before TLS, by the capture."""
    clear = b"".join(one.clear_and_encrypted[0] for one in wire)
    return [line for line in clear.decode("latin-1").split("\r\n") if line]


def test_servers_saw_nothing_but_the_listed_commands(seen: Witnessed, address: str) -> None:
    talks = seen.on(address)
    assert promises.messages(talks) == []
    assert promises.other_commands(talks) == []
    assert promises.answered_prompts(talks) == []


def test_no_name_or_password_of_ours_went_out(seen: Witnessed) -> None:
    inside = "\n".join(line for talk in seen.talks for line in talk.sent)
    assert promises.words_in(inside, CANARIES) == []
    assert promises.words_in(seen.capture.decode("latin-1"), CANARIES) == []


def test_both_witnesses_saw_the_same_in_the_clear(seen: Witnessed, address: str) -> None:
    told = [
        line.text
        for talk in seen.on(address)
        for line in talk.lines
        if line.direction == "<" and not line.is_inside
    ]
    wire = clear_lines(seen.to(address, 25))
    assert [line for line in wire if not promises.COMMANDS.fullmatch(line)] == []
    if MANNER_OF[address] == "busy":  # which hangs up before the client says QUIT
        assert (told, set(wire)) == ([], {"QUIT"})
    else:
        assert Counter(wire) == Counter(told)


def test_behind_starttls_only_tls_goes_over_the_wire(seen: Witnessed, address: str) -> None:
    encrypted = [one.clear_and_encrypted[1] for one in seen.to(address, 25)]
    inside = any(line.is_inside for talk in seen.on(address) for line in talk.lines)
    assert any(encrypted) >= inside
    assert [data[:80] for data in encrypted if not is_tls(data)] == []


def test_conversations_are_as_many_as_told(seen: Witnessed, address: str) -> None:
    talks, planned = seen.on(address), PLANNED[seen.plan]
    is_repeated = MANNER_OF[address] in (*PUT_OFF, "only inside TLS")
    assert planned <= len(talks) <= planned * (promises.TRIES if is_repeated else 1)
    assert promises.most_tries(talks) <= promises.TRIES
    assert len(seen.to(address, 25)) == len(talks)


def test_no_more_connections_at_once_than_told(seen: Witnessed, address: str) -> None:
    assert promises.most_at_once(standing(seen.to(address, 25))) <= promises.AT_ONCE
    assert promises.most_at_once(standing(seen.to(address))) <= promises.AT_ONCE_ON_ALL_PORTS


def test_no_more_refusals_in_a_conversation_than_told(seen: Witnessed, address: str) -> None:
    most = max(map(promises.refusals, seen.on(address)))
    assert most <= promises.REFUSALS_OF_ANY[seen.plan] < promises.PROTOCOL_ERRORS
    if MANNER_OF[address] in ("as demanded", "tarpit", "signs in"):
        assert most <= promises.REFUSALS[seen.plan]


def test_whoever_is_put_off_is_left_in_peace_for_a_while(seen: Witnessed, address: str) -> None:
    found = promises.pauses(seen.on(address))
    assert bool(found) == (MANNER_OF[address] in PUT_OFF)
    assert min(found, default=promises.PAUSE_S) >= promises.PAUSE_S


def test_other_ports_are_tried_as_told(seen: Witnessed, address: str) -> None:
    tried = Counter(one.port for one in seen.to(address))
    (high,) = set(tried) - {25, *PORTS}
    assert high in HIGH
    silent = {(address, port) for port in PORTS} & {(SILENT, 587)}
    wanted = dict.fromkeys((*PORTS, high), 1) | {port: promises.TRIES for _, port in silent}
    assert {port: tried[port] for port in wanted} == wanted


def test_other_ports_hear_a_client_hello_or_nothing(seen: Witnessed) -> None:
    accepted = [one for one in seen.to(OPEN, *PORTS) if one.is_accepted]
    assert {one.port for one in accepted} == set(PORTS)
    assert {one.port for one in accepted if one.sent} == {993, 995}
    assert all(is_tls(one.sent) for one in accepted)


def test_nobody_else_is_contacted(seen: Witnessed) -> None:
    sent = [packet for packet in packets(seen.capture) if packet.source[0] in PROBE]
    asked = {packet.target for packet in sent if packet.protocol == UDP}
    assert asked <= {(GATEWAY[0], 53)}
    assert {one.address for one in seen.connections} - set(MANNER_OF) <= {GATEWAY[0]}
    assert {one.port for one in seen.connections if one.address == GATEWAY[0]} <= {53}
