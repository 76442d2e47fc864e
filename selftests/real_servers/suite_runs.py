"""Whole runs of the external half from the probe's namespace, as a user would start them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selftests.conftest import ROOT
from selftests.real_servers.name_server import ADDRESS
from selftests.real_servers.namespaces import Network
from selftests.real_servers.tables import Case, Table

LIMIT_S = 240


@dataclass(frozen=True)
class Run:
    """What a run said and left."""

    status: int
    output: str
    folder: Path

    @property
    def results(self) -> dict[str, Any]:
        """The document of results.json."""
        text = (self.folder / "results.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
        return found

    def verdicts_of(self, domain: str) -> Table:
        """Check -> verdict, for one domain."""
        entries = (item for item in self.results["checks"] if item["half"] == "external")
        return {item["id"]: item["verdict"] for item in entries if item["target"] == domain}

    def findings_of(self, domain: str, check: str) -> list[dict[str, Any]]:
        """The findings of one entry."""
        entries = (item for item in self.results["checks"] if item["target"] == domain)
        (found,) = [item["findings"] for item in entries if item["id"] == check]
        return list(found)


def look_from_outside(network: Network, folder: Path, cases: Iterable[Case], *options: str) -> Run:
    """Judge the domains of some cases in one run."""
    words = (sys.executable, "-m", "pytest", "tests_external")
    domains = (f"--domain={case.domain}" for case in cases)
    reports = f"--report-dir={folder}"
    done = subprocess.run(  # noqa: S603  # our own suite, with arguments of our own
        network.probe.command(*words, *domains, f"--resolver={ADDRESS}", reports, *options),
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "SMTP_EXPOSURE"))},
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        check=False,
    )
    return Run(done.returncode, done.stdout + done.stderr, folder)
