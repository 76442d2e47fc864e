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
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.facts import COLUMNS, score, suite_facts  # noqa: E402  # runs from its checkout
from benchmarks.fleet import KINDS, MOST, SERVER, Fleet, kind_of, truth_of  # noqa: E402
from benchmarks.mail import REAL, exim, postfix, responder  # noqa: E402
from benchmarks.peers import PEERS, Facts  # noqa: E402
from benchmarks.testbed import Cost, Mail, Testbed  # noqa: E402
from selftests.real_servers.namespaces import Missing  # noqa: E402

SLOW_S = 15.0
"""What takes longer wanders little: it runs once."""
HOSTS_OF_A_DOMAIN = 20
"""As many as the suite looks at: with fewer, a fleet has more domains, and the run more checks."""
TARPIT_S = 5
REAL_SERVERS: tuple[Mail, ...] = (postfix, exim)
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
        fits = peer.is_fit_for(fleet.hosts) and not (quick and peer.is_slow)
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


def time_table(
    fleet: Fleet, mail: Mail, round_trip: float, rounds: int, folder: Path, *, quick: bool
) -> None:
    """One fleet, one round trip: every tool."""
    with Testbed(fleet, round_trip, mail) as bed:
        costs = measured(tools_of(bed, folder, quick=quick), rounds)
    count = (
        f"{fleet.hosts} hosts of {len(fleet.domains)} domains" if fleet.hosts > 1 else "one host"
    )
    table(f"{count} ({name_of(mail)}), round trip {round_trip:g} ms", costs, fleet.hosts)
    compare_with_nmap(costs)


def name_of(mail: Callable[..., object]) -> str:
    """The server's name, as in mail.py."""
    return mail.__name__


def compare_with_nmap(costs: dict[str, Cost]) -> None:
    """Say how much longer nmap takes for ports and scripts, where it was asked."""
    whole = costs.get("nmap, ports and 4 scripts")
    if whole is not None:
        ratio = whole.seconds / costs["suite less bare pytest"].seconds
        say(f"\nnmap's whole job takes {ratio:.1f} times as long as the suite less bare pytest.")


def tarpit_table(
    mail: Callable[..., AbstractContextManager[object]],
    round_trip: float,
    rounds: int,
    folder: Path,
    *,
    quick: bool,
) -> None:
    """One host that delays each refusal, beside the floor's time for one that doesn't."""
    with Testbed(Fleet(hosts=1), round_trip, mail) as bed:
        floor = measured(tools_of(bed, folder, quick=True, peers=False), rounds)["floor"]
    with Testbed(Fleet(hosts=1), round_trip, partial(mail, tarpit=TARPIT_S)) as bed:
        costs = measured(tools_of(bed, folder, quick=quick), rounds)
    what = f"one host ({name_of(mail)}), each refusal delayed {TARPIT_S} s"
    table(f"{what}, round trip {round_trip:g} ms", costs, 1)
    compare_with_nmap(costs)
    taken = costs["suite less bare pytest"].seconds
    ratio = (taken - TARPIT_S) / floor.seconds
    say(f"\nSuite less bare pytest: {TARPIT_S} s + {ratio:.2f} x floor.")


def facts_table(mail: Mail, truths: Facts, folder: Path, *, quick: bool) -> None:
    """Ask every tool about hosts of which the truth is known."""
    told: dict[str, Facts] = {}
    with Testbed(Fleet(hosts=len(truths)), 0.0, mail) as bed:
        suite(bed, folder)
        told["suite"] = suite_facts(folder / "run", truths)
        for peer in PEERS:
            if not peer.is_installed or peer.read is None or (quick and peer.is_slow):
                continue
            groups = [[*truths]] if peer.most > 1 else [[address] for address in truths]
            told[peer.name] = {}
            for group in groups:
                output = bed.run(peer.command(group, bed.ca_file)).output
                told[peer.name] |= peer.read(output, group)
    say(f"\nfacts told right, of those that are so ({len(truths)}, {name_of(mail)})\n")
    say(f"| | {' | '.join(COLUMNS)} |\n|---{'|---' * len(COLUMNS)}|")
    for name, facts in told.items():
        scores = " | ".join(score(column, facts, truths) for column in COLUMNS)
        say(f"| {name} | {scores} |")


def tables(asked: argparse.Namespace, folder: Path) -> Iterator[Callable[[], None]]:
    """What makes each table that the command line asks for."""
    rounds, only = asked.rounds or (1 if asked.quick else 5), asked.only.split(",")
    sizes = [int(text) for text in asked.hosts.split(",")]
    trips = [float(text) for text in asked.round_trips.split(",")]
    common = {"folder": folder, "quick": asked.quick}
    for trip, size in product(trips, sizes if "times" in only else ()):
        for each in (HOSTS_OF_A_DOMAIN, 1) if size > 1 else (1,):
            fleet = Fleet(hosts=size, for_each_domain=each)
            quick = asked.quick or each > 1
            yield partial(time_table, fleet, responder, trip, rounds, folder, quick=quick)
    for trip, mail in product(trips, REAL_SERVERS if "real" in only else ()):
        yield partial(time_table, Fleet(hosts=1), mail, trip, rounds, **common)
    for mail in (responder, postfix) if "tarpit" in only else ():
        yield partial(tarpit_table, mail, trips[-1], rounds, **common)
    if "facts" in only:
        addresses = Fleet(hosts=len(KINDS)).addresses
        truths = {address: truth_of(kind_of(address)) for address in addresses}
        yield partial(facts_table, responder, truths, **common)
        for mail in REAL_SERVERS:
            yield partial(facts_table, mail, {addresses[0]: truth_of(REAL)}, **common)


def main() -> int:
    """Measure what the command line asks for; what this machine lacks is named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one round, without the slow tools")
    parser.add_argument("--rounds", type=int, help="how often each tool runs (default 5)")
    parser.add_argument("--hosts", default="1,64,256", help=f"sizes of the fleets, up to {MOST}")
    parser.add_argument("--round-trips", default="0,50", help="milliseconds")
    parser.add_argument("--only", default="times,real,tarpit,facts", help="tables to make")
    asked, is_whole = parser.parse_args(), True
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(prefix="external-") as name:
        for make in tables(asked, Path(name)):
            try:
                make()
            except Missing as lacking:
                is_whole = False
                say(f"\nA table is left out: {lacking}.")
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
