"""Whole runs of the external half from the probe's namespace, as a user would start them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
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

    @cached_property
    def results(self) -> dict[str, Any]:
        """The document of results.json."""
        text = (self.folder / "results.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
        return found

    @cached_property
    def evidence(self) -> dict[str, Any]:
        """The document of evidence.json."""
        found: dict[str, Any] = json.loads((self.folder / "evidence.json").read_bytes())
        return found

    def verdicts_of(self, domain: str) -> Table:
        """Check -> verdict, for one domain."""
        return {item["id"]: item["verdict"] for item in self._entries(domain)}

    def noted_of(self, domain: str) -> frozenset[str]:
        """The checks that found something and call it a note.

        EXT-02-2 apart: a busy machine greets late, too, and that is not the server's doing.
        """
        noted = {
            item["id"]
            for item in self._entries(domain)
            if any(finding["level"] == "note" for finding in item["findings"])
        }
        return frozenset(noted - {"EXT-02-2"})

    def findings_of(self, domain: str, check: str) -> list[dict[str, Any]]:
        """The findings of one entry."""
        (found,) = [item["findings"] for item in self._entries(domain) if item["id"] == check]
        return list(found)

    def _entries(self, domain: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.results["checks"]
        return [item for item in entries if item["half"] == "external" and item["target"] == domain]


def look_from_outside(network: Network, folder: Path, cases: Iterable[Case], *options: str) -> Run:
    """Judge the domains of some cases from outside in one run."""
    domains = (f"--domain={case.domain}" for case in cases)
    return judge(network, folder, "tests_external", *domains, *options)


def judge(network: Network, folder: Path, *options: str) -> Run:
    """Run the suite with these arguments; it asks the name server of the namespace."""
    words = (sys.executable, "-m", "pytest", *options)
    done = subprocess.run(  # noqa: S603  # our own suite, with arguments of our own
        network.probe.command(*words, f"--resolver={ADDRESS}", f"--report-dir={folder}"),
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "SMTP_EXPOSURE"))},
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        check=False,
    )
    return Run(done.returncode, done.stdout + done.stderr, folder)
