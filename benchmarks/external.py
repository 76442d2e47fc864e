"""How long the look from outside takes beside a bare client and other tools, in one run.

python benchmarks/external.py               the tables (see benchmarks/README.md)
python benchmarks/external.py --quick       one round, without the slow tools
python benchmarks/external.py --hosts=1000  a fleet of another size

Every tool of a table runs in turn in each round; the tables show medians. Linux, as root.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.facts import COLUMNS, score, suite_facts  # noqa: E402  # runs from its checkout
from benchmarks.fleet import KINDS, MOST, SERVER, Fleet  # noqa: E402
from benchmarks.peers import PEERS, Facts  # noqa: E402
from benchmarks.testbed import Cost, Testbed  # noqa: E402
from selftests.real_servers.namespaces import Missing  # noqa: E402

SLOW_S = 15.0
"""What takes longer wanders little: it runs once."""
HOSTS_OF_A_DOMAIN = 8
# The plugin of a package that only the self-tests need.
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:hypothesispytest")
Tools = dict[str, Callable[[], Cost]]
Costs = dict[str, list[Cost]]


def say(line: str = "") -> None:
    """Print a line of a table at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def suite(bed: Testbed, folder: Path) -> Cost:
    """Run the external half as a user types it."""
    words = [
        *PYTEST,
        "tests_external",
        *(f"--domain={name}" for name in bed.fleet.domains),
        *(f"--resolver={SERVER}", f"--ca-file={bed.ca_file}", f"--report-dir={folder / 'run'}"),
    ]
    return bed.run(words)


def bare_pytest(bed: Testbed, folder: Path) -> Cost:
    """Run pytest on one empty test in a folder of its own: the start-up that isn't ours."""
    place = folder / "bare"
    place.mkdir(exist_ok=True)
    (place / "test_nothing.py").write_text("def test_nothing(): pass\n")
    return bed.run(PYTEST, place)


def tools_of(bed: Testbed, folder: Path, *, quick: bool, peers: bool = True) -> Tools:
    """Everything that looks at this fleet, the floor first."""
    fleet = bed.fleet
    own = [sys.executable, "-m"]
    look = [*own, "benchmarks.look", SERVER, str(bed.ca_file), *fleet.domains]
    tools: Tools = {
        "floor": lambda: bed.run([*own, "benchmarks.floor", *fleet.addresses]),
        "suite": lambda: suite(bed, folder),
        "bare pytest": lambda: bare_pytest(bed, folder),
        "suite, the look alone": lambda: bed.run(look),
    }
    for peer in PEERS if peers else ():
        fits = peer.is_installed and peer.most >= fleet.hosts and not (quick and peer.is_slow)
        if fits:
            command = peer.command(fleet.addresses, bed.ca_file)
            tools[peer.name] = lambda command=command: bed.run(command)  # type: ignore[misc]
    return tools


def measured(tools: Tools, rounds: int) -> dict[str, Cost]:
    """Run every tool once in each round; gives the medians."""
    found: Costs = {name: [] for name in tools}
    for _ in range(rounds):
        for name, tool in tools.items():
            if not found[name] or found[name][-1].seconds < SLOW_S:
                found[name].append(tool())
    middle = {name: _middle(costs) for name, costs in found.items()}
    middle["suite less bare pytest"] = middle["suite"].less(middle["bare pytest"])
    return middle


def _middle(costs: Sequence[Cost]) -> Cost:
    return Cost(
        seconds=median(cost.seconds for cost in costs),
        cpu=median(cost.cpu for cost in costs),
        mib=median(cost.mib for cost in costs),
        is_whole=all(cost.is_whole for cost in costs),
    )


def table(title: str, costs: dict[str, Cost], hosts: int) -> None:
    """Print a table, with the ratio to the floor, and the shares of a host."""
    say(f"\n{title}\n")
    say("| | s | / floor | CPU s | MiB | CPU ms a host | MiB a host |")
    say("|---|---|---|---|---|---|---|")
    for name, cost in costs.items():
        ratio = cost.seconds / costs["floor"].seconds
        late = "" if cost.is_whole else " (given up)"
        say(
            f"| {name}{late} | {cost.seconds:.2f} | {ratio:.2f} | {cost.cpu:.2f} | {cost.mib:.0f} "
            f"| {cost.cpu * 1_000 / hosts:.1f} | {cost.mib / hosts:.2f} |"
        )


def time_table(fleet: Fleet, round_trip: float, rounds: int, folder: Path, *, quick: bool) -> None:
    """One fleet, one round trip: every tool."""
    with Testbed(fleet, round_trip) as bed:
        costs = measured(tools_of(bed, folder, quick=quick), rounds)
    count = (
        f"{fleet.hosts} hosts of {len(fleet.domains)} domains" if fleet.hosts > 1 else "one host"
    )
    table(f"{count}, round trip {round_trip:g} ms", costs, fleet.hosts)
    compare_with_nmap(costs)


def compare_with_nmap(costs: dict[str, Cost]) -> None:
    """Say how much longer nmap takes for ports and scripts, where it was asked."""
    whole = costs.get("nmap, ports and 4 scripts")
    if whole is not None:
        ratio = whole.seconds / costs["suite less bare pytest"].seconds
        say(f"\nnmap's whole job takes {ratio:.1f} times as long as the suite less bare pytest.")


def tarpit_table(
    round_trip: float, rounds: int, folder: Path, *, quick: bool, seconds: float = 5.0
) -> None:
    """One host that delays each refusal, beside the floor's time for one that doesn't."""
    with Testbed(Fleet(hosts=1), round_trip) as bed:
        floor = measured(tools_of(bed, folder, quick=True, peers=False), rounds)["floor"]
    with Testbed(Fleet(hosts=1), round_trip, seconds) as bed:
        costs = measured(tools_of(bed, folder, quick=quick), rounds)
    table(f"one host, each refusal delayed {seconds:g} s, {round_trip:g} ms", costs, 1)
    compare_with_nmap(costs)
    taken = costs["suite less bare pytest"].seconds
    say(
        f"\nSuite less bare pytest: {seconds:g} s + {(taken - seconds) / floor.seconds:.2f} x floor."
    )


def facts_table(folder: Path, *, quick: bool) -> None:
    """One host of each kind: which facts each tool got right."""
    fleet = Fleet(hosts=len(KINDS))
    told: dict[str, Facts] = {}
    with Testbed(fleet, 0.0) as bed:
        suite(bed, folder)
        told["suite"] = suite_facts(folder / "run", fleet.addresses)
        for peer in PEERS:
            if not peer.is_installed or peer.read is None or (quick and peer.is_slow):
                continue
            groups = [fleet.addresses] if peer.most > 1 else [[one] for one in fleet.addresses]
            told[peer.name] = {}
            for group in groups:
                output = bed.run(peer.command(group, bed.ca_file)).output
                told[peer.name] |= peer.read(output, group)
    say("\nfacts told right, of those that are so (one host of each kind)\n")
    say(f"| | {' | '.join(COLUMNS)} |\n|---{'|---' * len(COLUMNS)}|")
    for name, facts in told.items():
        scores = " | ".join(score(column, facts, fleet.addresses) for column in COLUMNS)
        say(f"| {name} | {scores} |")


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one round, without the slow tools")
    parser.add_argument("--rounds", type=int, help="how often each tool runs (default 5)")
    parser.add_argument("--hosts", default="1,64,256", help="sizes of the fleets")
    parser.add_argument("--round-trips", default="0,50", help="milliseconds")
    parser.add_argument("--only", default="times,tarpit,facts", help="tables to make")
    asked = parser.parse_args()
    rounds, only = asked.rounds or (1 if asked.quick else 5), asked.only.split(",")
    sizes = [int(text) for text in asked.hosts.split(",")]
    trips = [float(text) for text in asked.round_trips.split(",")]
    if max(sizes) > MOST:
        parser.error(f"--hosts: at most {MOST}")
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(prefix="external-") as name:
        folder = Path(name)
        for trip in trips if "times" in only else ():
            for size in sizes:
                for each in (HOSTS_OF_A_DOMAIN, 1) if size > 1 else (1,):
                    fleet = Fleet(hosts=size, for_each_domain=each)
                    time_table(fleet, trip, rounds, folder, quick=asked.quick or each > 1)
        if "tarpit" in only:
            tarpit_table(trips[-1], rounds, folder, quick=asked.quick)
        if "facts" in only:
            facts_table(folder, quick=asked.quick)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Missing as lacking:
        sys.exit(f"external.py: {lacking}")
