"""How long the look from outside takes beside a bare client and other tools, in one run.

    python benchmarks/external.py               the tables (see benchmarks/README.md)
    python benchmarks/external.py --quick       one round, without the slow tools: about a minute
    python benchmarks/external.py --hosts=1000  a fleet of another size

Clients and servers run in network namespaces that this run makes and removes; nothing leaves them.
Linux, as root. Every tool of a table runs in turn in each round; the tables show medians.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import fleet
from namespaces import CannotMeasure, Network
from peers import PEERS, Facts

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LONGEST = 200.0
"""Seconds after which one command is given up."""


@dataclass(kw_only=True)
class Cost:
    """What one run of a command cost; MiB is the growth while it looked, or None."""

    seconds: float
    cpu: float
    mib: float
    facts: Facts = field(default_factory=dict)
    finished: bool = True


class Bench:
    """The places and the servers of a run."""

    def __init__(self, network: Network, folder: Path) -> None:
        self.network, self.folder = network, folder
        self.ca_file = str(folder / "ca.pem")

    @contextmanager
    def servers(self, hosts: int, round_trip: float, tarpit: float = 0.0) -> Iterator[str]:
        """Let the servers of so many hosts run; gives the name of what delays."""
        self.network.rules(fleet.firewall(hosts))
        box = self.network.delay(round_trip)
        words = [sys.executable, str(HERE / "fleet.py"), str(self.folder), str(tarpit)]
        with subprocess.Popen(  # noqa: S603
            self.network.inside(self.network.servers, words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as running:
            try:
                assert running.stdout is not None
                if not running.stdout.readline():
                    raise CannotMeasure("the servers did not start")
                yield box
            finally:
                running.kill()

    def client(self, words: Sequence[str], cwd: Path = ROOT) -> tuple[Cost, str]:
        """Run a command in the client's namespace, whole process."""
        with tempfile.TemporaryFile() as told:
            started = time.perf_counter()
            running = subprocess.Popen(  # noqa: S603
                self.network.inside(self.network.client, words),
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=subprocess.DEVNULL,
                cwd=cwd,
                env=os.environ | {"NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": ""},
            )
            finished, peak = True, 0.0
            while True:
                peak = max(peak, _peak_of(running.pid))
                number, _, used = os.wait4(running.pid, os.WNOHANG)
                if number:
                    break
                if time.perf_counter() - started > LONGEST and finished:
                    finished = False
                    running.terminate()
                time.sleep(0.005)
            running.returncode = 0  # waited for above
            seconds = time.perf_counter() - started
            told.seek(0)
            text = told.read().decode("utf-8", "replace")
        cpu = used.ru_utime + used.ru_stime
        cost = Cost(seconds=seconds, cpu=cpu, mib=peak, finished=finished)
        return cost, text

    def own(self, program: str, *words: str) -> Cost:
        """Run one of our own programs, which says itself what the look cost."""
        whole, text = self.client([sys.executable, str(HERE / program), *words])
        try:
            said = json.loads(text)
        except ValueError:
            raise CannotMeasure(f"{program} said {text[:300]!r}") from None
        facts = said.get("facts")
        return Cost(
            seconds=said["seconds"],
            cpu=said["cpu"],
            mib=said["mib"],
            facts=facts if isinstance(facts, dict) else {},
            finished=whole.finished,
        )

    def suite(self, domains: Sequence[str], *more: str) -> Cost:
        """Look with the suite, in process."""
        place = (f"--resolver={fleet.SERVER}", f"--ca-file={self.ca_file}")
        return self.own("look.py", *place, *more, *domains)

    def floor(self, domains: Sequence[str], *more: str) -> Cost:
        """Look with the floor client, beginning with the domains."""
        named = [f"--domain={name}" for name in domains]
        return self.own("floor.py", f"--resolver={fleet.SERVER}", *named, *more)

    def floor_by_address(self, addresses: Sequence[str], *more: str) -> Cost:
        """Look with the floor client, addresses given."""
        return self.own("floor.py", *(f"--address={item}" for item in addresses), *more)

    def pytest(self, domains: Sequence[str]) -> Cost:
        """Run the compliance run as a user types it."""
        with tempfile.TemporaryDirectory(prefix="bench-report-") as folder:
            words = [
                *(sys.executable, "-m", "pytest", "-q", "tests_external"),
                *(f"--domain={name}" for name in domains),
                *(f"--resolver={fleet.SERVER}", f"--ca-file={self.ca_file}"),
                f"--report-dir={folder}/run",
            ]
            return self.client(words)[0]

    def bare_pytest(self) -> Cost:
        """Run pytest on one empty test in an empty folder: the start-up that isn't ours."""
        with tempfile.TemporaryDirectory(prefix="bench-bare-") as folder:
            (Path(folder) / "test_nothing.py").write_text("def test_nothing(): pass\n")
            return self.client([sys.executable, "-m", "pytest", "-q"], Path(folder))[0]


def _peak_of(number: int) -> float:
    # Not ru_maxrss, which counts what this process had when it forked.
    try:
        told = Path(f"/proc/{number}/status").read_text()
    except OSError:
        return 0.0
    return int(told.partition("VmHWM:")[2].split()[0]) / 1_024 if "VmHWM:" in told else 0.0


def measured(tools: dict[str, Any], rounds: int) -> dict[str, list[Cost]]:
    """Run every tool once in each round."""
    found: dict[str, list[Cost]] = {name: [] for name in tools}
    for _ in range(rounds):
        for name, tool in tools.items():
            if not found[name] or found[name][-1].seconds < LONGEST / 10:
                # What takes long wanders little: once is enough.
                found[name].append(tool())
    return found


def middle(costs: Sequence[Cost], value: str) -> float:
    """Give the median of one value."""
    return median(getattr(cost, value) for cost in costs)


def table(title: str, found: dict[str, list[Cost]], hosts: int, floors: Sequence[str]) -> None:
    """Print a table, with the ratio to each floor."""
    heads = [f"/ {name}" for name in floors]
    print(f"\n{title}\n{'':34}{'s':>9}{'CPU ms':>10}{'MiB':>8}  " + "  ".join(heads))
    for name, costs in found.items():
        seconds = middle(costs, "seconds")
        ratios = [f"{seconds / middle(found[item], 'seconds'):{len(head)}.2f}" for item, head in zip(floors, heads, strict=True)]
        late = "" if all(cost.finished for cost in costs) else "  given up"
        cpu, mib = (middle(costs, value) for value in ("cpu", "mib"))
        print(f"{name:34}{seconds:9.3f}{cpu * 1_000:10.1f}{mib:8.1f}  {'  '.join(ratios)}{late}")
        if hosts > 1:
            print(f"{'  a host':34}{'':9}{cpu * 1_000 / hosts:10.2f}{mib / hosts:8.2f}")


def one_host(bench: Bench, round_trip: float, rounds: int, *, quick: bool, tarpit: float = 0.0) -> None:
    """One locked host: everything that was asked for, and every peer."""
    domains, addresses = [fleet.domain_of(0)], [fleet.address_of(0)]
    with bench.servers(1, round_trip, tarpit) as box:
        tools: dict[str, Any] = {
            "floor": lambda: bench.floor(domains),
            "floor by address": lambda: bench.floor_by_address(addresses),
            "suite, gather()": lambda: bench.suite(domains),
            "bare pytest": bench.bare_pytest,
            "suite, whole pytest": lambda: bench.pytest(domains),
            "floor by address, no ports": lambda: bench.floor_by_address(addresses, "--no-ports"),
            "lean floor, no ports": lambda: bench.floor_by_address(addresses, "--no-ports", "--lean"),
        }
        for peer in PEERS if not tarpit else ():
            slow = "4 scripts" in peer.name or peer.name.startswith("testssl")
            if peer.path and not (quick and slow) and "512" not in peer.name:
                tools[peer.name] = lambda peer=peer: bench.client(peer.command(addresses))[0]
        found = measured(tools, rounds)
    took = middle(found["suite, whole pytest"], "seconds") - middle(found["bare pytest"], "seconds")
    less = Cost(seconds=took, cpu=middle(found["suite, whole pytest"], "cpu") - middle(found["bare pytest"], "cpu"), mib=0.0)
    title = f"one host, {round_trip:g} ms ({box}), eight and more silent ports"
    title += f", each refusal delayed {tarpit:g} s" if tarpit else ""
    table(title, found | {"suite, less bare pytest": [less]}, 1, ("floor", "floor by address"))
    whole = found.get("nmap, ports and 4 scripts")
    if whole:
        print(f"nmap's whole job / suite less bare pytest: {middle(whole, 'seconds') / took:.1f}")


def many_hosts(bench: Bench, hosts: int, round_trip: float, rounds: int, *, quick: bool) -> Cost:
    """A fleet with mixed port states; gives what the suite cost."""
    numbers = range(hosts)
    domains = [fleet.domain_of(number) for number in numbers]
    addresses = [fleet.address_of(number) for number in numbers]
    with bench.servers(hosts, round_trip) as box:
        tools: dict[str, Any] = {
            "floor": lambda: bench.floor(domains),
            "floor by address": lambda: bench.floor_by_address(addresses),
            "suite, gather()": lambda: bench.suite(domains),
            "lean floor by address": lambda: bench.floor_by_address(addresses, "--lean"),
        }
        for peer in PEERS if hosts <= 256 else ():
            if peer.path and peer.most >= hosts and not (quick and "scripts" in peer.name):
                tools[peer.name] = lambda peer=peer: bench.client(peer.command(addresses))[0]
        found = measured(tools, rounds)
    title = f"{hosts} hosts, {round_trip:g} ms ({box}), mixed port states, one in eight dead"
    table(title, found, hosts, ("floor", "floor by address"))
    suite = found["suite, gather()"]
    return Cost(**{value: middle(suite, value) for value in ("seconds", "cpu", "mib")})


def truths(bench: Bench, *, quick: bool) -> None:
    """One host of each kind: which facts each tool got right."""
    hosts = len(fleet.KINDS)
    addresses = [fleet.address_of(number) for number in range(hosts)]
    domains = [fleet.domain_of(number) for number in range(hosts)]
    with bench.servers(hosts, 0):
        told = {"suite": bench.suite(domains, "--facts").facts}
        for peer in PEERS:
            if not peer.path or (quick and "scripts" in peer.name) or "512" in peer.name:
                continue
            facts: Facts = {}
            for group in [addresses] if peer.most >= hosts else [[item] for item in addresses]:
                if peer.read.__name__ != "<lambda>":
                    facts |= peer.read(bench.client(peer.command(group))[1], group)
            if facts:
                told[peer.name] = facts
    columns = ("ports", "sign-in before TLS", "sign-in after TLS", "sign-in unannounced", "relays", "certificate")
    print("\nfacts told right of those asked (one host of each kind; ! = told wrong)")
    print(f"{'':30}" + "".join(f"{name:>21}" for name in columns))
    for name, facts in told.items():
        print(f"{name:30}" + "".join(f"{_score(column, facts, addresses):>21}" for column in columns))


def truth_of(address: str) -> dict[str, Any]:
    """What is so; a dead host has no other facts than its ports."""
    kind, ports = fleet.kind_of(address), fleet.port_states(address)
    if not kind.is_alive:
        return {"ports": ports}
    return {
        "ports": ports,
        "sign-in before TLS": kind.auth_clear,
        "sign-in after TLS": kind.auth_tls,
        "sign-in unannounced": kind.takes_unannounced,
        "relays": kind.relays,
        "certificate": kind.certificate,
    }


def _score(column: str, facts: Facts, addresses: Sequence[str]) -> str:
    right = wrong = asked = 0
    for address in addresses:
        true, told = truth_of(address), facts.get(address, {})
        if column not in true:
            continue
        if column == "ports":
            said = {int(port): state for port, state in told.get("ports", {}).items()}
            pairs = [(said.get(port), state) for port, state in true["ports"].items()]
        else:
            pairs = [(told.get(column), true[column])]
        asked += len(pairs)
        right += sum(said == state for said, state in pairs)
        wrong += sum(said is not None and said != state for said, state in pairs)
    if not right + wrong:
        return "not told"
    return f"{right}/{asked}" + (f", {wrong}!" if wrong else "")


def startup(bench: Bench, rounds: int) -> None:
    """How long it takes before anything is looked at."""
    listing = [sys.executable, "-m", "pytest", "--collect-only", "-q"]
    found = measured(
        {
            "bare pytest": bench.bare_pytest,
            "pytest --collect-only": lambda: bench.client(listing)[0],
            "... --domain=NAME": lambda: bench.client([*listing, "--domain=d0.fleet.example"])[0],
        },
        rounds,
    )
    table("start-up", found, 1, ("bare pytest",))


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round, without the slow tools")
    parser.add_argument("--rounds", type=int, help="how often each tool runs (default 5)")
    parser.add_argument("--hosts", default="64,256", help="sizes of the fleets")
    parser.add_argument("--round-trips", default="0,50", help="milliseconds")
    parser.add_argument("--only", default="start,one,many,tarpit,facts", help="tables to make")
    asked = parser.parse_args()
    rounds = asked.rounds or (1 if asked.quick else 5)
    sizes = [int(text) for text in asked.hosts.split(",") if text]
    trips = [float(text) for text in asked.round_trips.split(",")]
    if asked.quick:
        sizes, trips = sizes[-1:], trips[-1:]
    if max(sizes, default=0) > fleet.MOST:
        parser.error(f"--hosts: at most {fleet.MOST}")
    only = asked.only.split(",")
    with tempfile.TemporaryDirectory(prefix="bench-external-") as folder, Network() as network:
        bench = Bench(network, Path(folder))
        fleet.make_certificates(bench.folder)
        if "start" in only:
            startup(bench, rounds)
        for trip in trips:
            if "one" in only:
                one_host(bench, trip, rounds, quick=asked.quick)
            grown = [many_hosts(bench, size, trip, rounds, quick=asked.quick) for size in sizes if "many" in only]
            for (small, before), (large, after) in zip(zip(sizes, grown), zip(sizes[1:], grown[1:])):
                print(f"CPU a host, {large} / {small} hosts: {after.cpu / large / (before.cpu / small):.2f}")
        if "tarpit" in only:
            one_host(bench, trips[-1], 1, quick=asked.quick, tarpit=5.0)
        if "facts" in only:
            truths(bench, quick=asked.quick)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotMeasure as problem:
        sys.exit(f"external.py: {problem}")
