"""Whole runs in processes of their own, from a copy of the checkout, two at a time.

The copy keeps what a run leaves behind out of the checkout, and holds still while it is edited.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

import lab
import lab.exports
from lab.scenario import REGISTRY
from lab.state import Organization

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("conftest.py", "pytest.ini", "fixtures", "lab", "smtp_exposure")
HALVES = ("tests_internal", "tests_external")
OUTSIDE = "tests_external"
EVIDENCE = "evidence.json"
AT_ONCE = 2
LIMIT_S = 120


@dataclass(frozen=True)
class Run:
    """What a finished run said and left behind."""

    status: int
    out: str
    err: str
    folder: Path

    @cached_property
    def results(self) -> dict[str, Any]:
        """The document of results.json."""
        text = (self.folder / "results.json").read_text(encoding="utf-8")
        document: dict[str, Any] = json.loads(text)
        return document

    @property
    def has_results(self) -> bool:
        """Tell whether there is a results.json."""
        return (self.folder / "results.json").exists()

    @property
    def verdicts(self) -> dict[tuple[str, str | None], str]:
        """(check, target) -> verdict."""
        return {(item["id"], item["target"]): item["verdict"] for item in self.results["checks"]}

    @property
    def compliant(self) -> set[tuple[str, str | None]]:
        """What the run calls compliant; nothing where it left no results."""
        if not self.has_results:
            return set()
        return {key for key, verdict in self.verdicts.items() if verdict == "compliant"}

    @property
    def complaint(self) -> str:
        """What the run complains of, when it refuses to start: one line."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        assert len(lines) == 1, self.err
        return lines[0]


class Suite:
    """Starts runs of the suite, each command once, and shares what came of them."""

    def __init__(self, checkout: Path, work: Path) -> None:
        self.checkout = checkout
        self.work = work
        self.pool = ThreadPoolExecutor(AT_ONCE)
        self.runs: dict[tuple[str, ...], Future[Run]] = {}
        self.started = 0

    def ahead(self, commands: Iterable[tuple[str, ...]]) -> None:
        """Start runs that will be asked for soon."""
        for arguments in commands:
            self._future(arguments)

    def run(self, *arguments: str) -> Run:
        """The run of these arguments from the checkout, with a report folder of its own."""
        return self._future(arguments).result()

    def _future(self, arguments: tuple[str, ...]) -> "Future[Run]":
        if arguments not in self.runs:
            self.runs[arguments] = self.pool.submit(self.alone, *arguments)
        return self.runs[arguments]

    def alone(
        self,
        *arguments: str,
        cwd: Path | None = None,
        variables: Mapping[str, str] | None = None,
        own_folder: bool = True,
    ) -> Run:
        """A run that is not shared; without `own_folder` its reports go where they go."""
        self.started += 1
        folder = self.work / f"run-{self.started}"
        reports = [f"--report-dir={folder}"] if own_folder else []
        done = subprocess.run(  # noqa: S603  # our own suite, with arguments of our own
            self.command(*arguments, *reports),
            cwd=cwd or self.checkout,
            env=environment(variables or {}),
            capture_output=True,
            encoding="utf-8",
            timeout=LIMIT_S,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr, folder)

    def command(self, *arguments: str) -> list[str]:
        """The command line, as a user would type it."""
        return [sys.executable, "-m", "pytest", *arguments]


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process without what would steer a run, and with these variables."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SMTP_EXPOSURE_", "PYTEST_", "COV_"))
    }
    # No question may leave this machine: what is not meant for the lab meets a closed port.
    here = {"PYTHONIOENCODING": "utf-8", "SMTP_EXPOSURE_RESOLVER": "127.0.0.1:9"}
    return kept | here | dict(variables)


def copy_checkout(to: Path) -> Path:
    """Copy what a run needs."""
    skipped = shutil.ignore_patterns("__pycache__")
    for name in (*PARTS, *HALVES):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=skipped)
        elif source.exists():
            shutil.copy2(source, to / name)
    for half in HALVES:
        (to / half).mkdir(exist_ok=True)
    return to


@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterable[Suite]:
    """The suite, as a checkout of its own."""
    place = tmp_path_factory.mktemp("suite")
    (place / "checkout").mkdir()
    made = Suite(copy_checkout(place / "checkout"), place)
    yield made
    made.pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exports of a compliant server."""
    return write_export(REGISTRY["compliant"].build(), tmp_path_factory.mktemp("export"))


def write_export(organization: Organization, folder: Path) -> Path:
    """Write the Export-Clixml files of an organisation."""
    lab.exports.write(organization, folder)
    return folder


@pytest.fixture(params=lab.SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def seen(scenario: str, suite: Suite) -> Run:
    """The run that looked from outside."""
    return suite.run(OUTSIDE, f"--lab={scenario}")


@pytest.fixture
def good(suite: Suite) -> Run:
    """A look at a compliant server."""
    return suite.run(OUTSIDE, "--lab=compliant")
