"""How long it takes to judge an organisation, and how much memory, as it grows.

python benchmarks/inventory.py                  the tables (see benchmarks/README.md)
python benchmarks/inventory.py --profile=500    the functions that take the time

Each server has 20 connectors of 50 ranges in mixed notations and both families. POSIX only: peak
memory is that of a process of its own. Times are CPU seconds, so other work on the machine shows
little.
"""

import argparse
import cProfile
import gc
import inspect
import json
import os
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.organizations import large_organization  # noqa: E402  # runs from its checkout
from fixtures.exchange import front_doors  # noqa: E402
from lab import exports  # noqa: E402
from smtp_exposure.checklist import Check  # noqa: E402
from smtp_exposure.exchange.inventory import Inventory  # noqa: E402
from smtp_exposure.expectations import Expectations  # noqa: E402
from smtp_exposure.gateways.recordings import read_snapshots  # noqa: E402

SIZES = (5, 50, 500)
LIMIT_S = 120
ROUNDS = 5
BIN = 1024 * 1024 if sys.platform == "darwin" else 1024
"""Divides ru_maxrss to MiB: Linux counts in KiB, macOS in bytes."""


def checks() -> list[Check]:
    """Every check from inside."""
    import importlib

    names = sorted(path.stem for path in (ROOT / "tests_internal").glob("test_*.py"))
    modules = [importlib.import_module(f"tests_internal.{name}") for name in names]
    found = [item for module in modules for item in vars(module).values()]
    return [item.check for item in found if hasattr(item, "check") and hasattr(item, "__wrapped__")]


def judge(inventory: Inventory) -> int:
    """Judge everything in this process; return the number of verdicts."""
    doors = front_doors(inventory, Expectations(), datetime.now(UTC))
    done = 0
    for check in checks():
        for evidence in evidence_for(check, inventory, doors):
            check.judge(**evidence)
            done += 1
    return done


def evidence_for(
    check: Check, inventory: Inventory, doors: Sequence[object]
) -> Iterator[dict[str, object]]:
    """What a check is called with, once for each of its targets."""
    if check.target.value == "front_door":
        needed = inspect.signature(check.judgement).parameters
        others = {"approaches": (), "front_doors": tuple(doors)}
        given = {name: value for name, value in others.items() if name in needed}
        yield from ({"front_door": door, **given} for door in doors)
    elif check.target.value == "domain":
        yield {"domain": "corp.example", "inventory": inventory}
    else:
        yield {"inventory": inventory}


def measured_here(servers: int, folder: Path) -> dict[str, float]:
    """Read and judge in this process, and say what it took."""
    gc.set_threshold(200_000, 50, 100)  # as a run does
    begin = time.process_time()
    inventory = read_snapshots([folder])
    gc.freeze()
    read = time.process_time()
    verdicts = judge(inventory)
    end = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / BIN
    return {
        "servers": servers,
        "read_s": read - begin,
        "judge_s": end - read,
        "verdicts": verdicts,
        "peak_mib": peak,
    }


def measured_apart(command: list[str], cwd: Path) -> tuple[float, float, int]:
    """CPU seconds, peak MiB and exit status of a process."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=cwd, stdout=output, stderr=output)  # noqa: S603  # our own
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / BIN, process.returncode


def say(*cells: object) -> None:
    """Write one row of a table."""
    sys.stdout.write("".join(f"{cell:>14}" for cell in cells) + "\n")
    sys.stdout.flush()


def export(servers: int, place: Path) -> Path:
    """Write an organisation's files, in a process of its own.

    Not measured; and a small parent matters, since a child's peak starts at its parent's size.
    """
    folder = place / f"export-{servers}"
    if not folder.exists():
        command = [sys.executable, __file__, f"--export={servers}", str(folder)]
        subprocess.run(command, check=True)  # noqa: S603  # our own
    return folder


def in_process(sizes: Sequence[int], place: Path) -> None:
    """The table of reading and judging in one process each."""
    sys.stdout.write("\nRead and judged in one process (times the smaller size's)\n")
    say("servers", "export MiB", "read s", "judge s", "verdicts", "ms/server", "peak MiB", "ratio")
    before: dict[str, float] | None = None
    for servers in sizes:
        folder = export(servers, place)
        size = sum(file.stat().st_size for file in folder.iterdir()) / 1024**2
        command = [sys.executable, str(Path(__file__)), f"--child={servers}", str(folder)]
        done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603  # our own
        row: dict[str, float] = json.loads(done.stdout)
        ratio = f"{row['judge_s'] / before['judge_s']:.1f}" if before else "-"
        each = 1000 * row["judge_s"] / servers
        say(
            servers,
            f"{size:.1f}",
            f"{row['read_s']:.2f}",
            f"{row['judge_s']:.2f}",
            int(row["verdicts"]),
            f"{each:.1f}",
            f"{row['peak_mib']:.0f}",
            ratio,
        )
        before = row


def whole_runs(sizes: Sequence[int], place: Path) -> None:
    """The table of `pytest --snapshot` as a user runs it."""
    sys.stdout.write("\nWhole runs: pytest --snapshot=FOLDER\n")
    say("servers", "s", "ms/server", "peak MiB", "exit", "report MiB", "results MiB")
    last = 0.0
    for previous, servers in zip((1, *sizes), sizes, strict=False):
        if last * servers / previous > LIMIT_S:
            say(servers, f"> {LIMIT_S}", "not run")
            continue
        folder, reports = export(servers, place), place / "reports" / str(servers)
        options = [
            str(ROOT / "tests_internal"),
            f"--snapshot={folder}",
            "--domain=corp.example",
            f"--report-dir={reports}",
        ]
        command = [sys.executable, "-m", "pytest", "-q", *options]
        last, peak, status = measured_apart(command, place)
        sizes_mib = [
            f"{(reports / name).stat().st_size / 1024**2:.1f}" if (reports / name).exists() else "-"
            for name in ("report.html", "results.json")
        ]
        say(
            servers,
            f"{last:.1f}",
            f"{1000 * last / servers:.0f}",
            f"{peak:.0f}",
            status,
            *sizes_mib,
        )


def start_up(place: Path) -> None:
    """The table of what only shows something, beside bare pytest in an empty folder."""
    sys.stdout.write(f"\nStart-up: median of {ROUNDS}, beside bare pytest in an empty folder\n")
    say("what", "s", "difference s", "ratio")
    empty = place / "empty"
    empty.mkdir(exist_ok=True)
    shown: dict[str, tuple[list[str], Path]] = {
        "bare pytest": ([], empty),
        "collect-only": (["--collect-only", "-q"], ROOT),
        "help": (["--help"], ROOT),
        "bare help": (["--help"], empty),
        "usage error": (["--lab=no-such-scenario"], ROOT),
        "no target": ([], ROOT),
    }
    took: dict[str, list[float]] = {name: [] for name in shown}
    for _ in range(ROUNDS):  # in turns, so that other work on the machine disturbs all alike
        for name, (options, cwd) in shown.items():
            command = [sys.executable, "-m", "pytest", *options]
            took[name].append(measured_apart(command, cwd)[0])
    base = median(took["bare pytest"])
    for name, times in took.items():
        middle = median(times)
        say(name, f"{middle:.2f}", f"{middle - base:+.2f}", f"{middle / base:.2f}")


def profiled(servers: int, place: Path) -> None:
    """The ten functions in which reading, and then judging, spend their time."""
    folder = export(servers, place)
    reading, judging = cProfile.Profile(), cProfile.Profile()
    inventory = reading.runcall(read_snapshots, [folder])
    judging.runcall(judge, inventory)
    for name, profile in (("read", reading), ("judge", judging)):
        sys.stdout.write(f"\n{servers} servers, {name}\n")
        pstats.Stats(profile, stream=sys.stdout).sort_stats("tottime").print_stats(10)


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description="How judging grows with the organisation.")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of servers")
    parser.add_argument("--profile", type=int, metavar="SERVERS", help="profile this size alone")
    parser.add_argument(
        "--exports", type=Path, metavar="DIR", help="keep the exports, for next time"
    )
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--export", type=int, help=argparse.SUPPRESS)
    parser.add_argument("folder", nargs="?", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.export is not None:
        exports.write(large_organization(options.export), options.folder)
        return
    if options.child is not None:
        sys.stdout.write(json.dumps(measured_here(options.child, options.folder)))
        return
    sizes = [int(size) for size in options.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="smtp-exposure-benchmark-") as folder:
        place = (options.exports or Path(folder)).resolve()
        place.mkdir(parents=True, exist_ok=True)
        if options.profile is not None:
            profiled(options.profile, place)
            return
        start_up(Path(folder))
        in_process(sizes, place)
        whole_runs(sizes, place)


if __name__ == "__main__":
    main()
