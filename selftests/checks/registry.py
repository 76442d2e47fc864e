"""Every check of both halves, and what the cases of this session have seen each one come to.

selftests/checks/test_every_check.py tells from it which checks nobody has seen comply, or fail.
"""

import importlib
from collections import defaultdict
from types import ModuleType
from typing import Any

from selftests.conftest import ROOT
from smtp_exposure.checklist import Check
from smtp_exposure.report.results import ordered
from smtp_exposure.verdicts import Finding, Level, Verdict, Why

Seen = tuple[str | None, str]
"""What a case expects of one finding: its subject (None: whichever), and what was observed."""

PREFIXES = {"tests_internal": "test_", "tests_external": "test_ext_"}
"""How the cases' files are called, in place of the `test_` of the checks' own file."""


def _modules() -> dict[str, ModuleType]:
    """The modules of both halves, by the names that their cases' files begin with."""
    return {
        path.stem.replace("test_", prefix, 1)[: len(prefix) + 2]: module
        for half, prefix in PREFIXES.items()
        for path in sorted((ROOT / half).glob("test_*.py"))
        for module in [importlib.import_module(f"{half}.{path.stem}")]
    }


CHECKS: dict[str, tuple[str, Check]] = {
    item.check.id: (name, item.check)
    for name, module in _modules().items()
    for item in vars(module).values()
    if hasattr(item, "check") and hasattr(item, "__wrapped__")
}
"""Every check, by its id, with the beginning of its cases' files: `test_03`, `test_ext_03`."""

PROVED: dict[str, set[tuple[Verdict, bool]]] = defaultdict(set)
"""The verdicts that cases of this session have seen each check come to, and whether with notes."""


def prove(check: str, verdict: Verdict, *seen: Seen, why: Why | None = None, **given: Any) -> None:
    """Assert what a check comes to: its verdict and, worst first, each finding."""
    outcome = CHECKS[check][1].judge(**given)
    found = [(item.subject, _words(item)) for item in ordered(outcome.findings)]
    assert (outcome.verdict, outcome.why) == (verdict, why), (outcome.reason, found)
    assert len(found) == len(seen), found
    for (subject, words), (wanted, telling) in zip(found, seen, strict=True):
        assert wanted in (None, subject), found
        assert telling in words, found
    noted = any(item.level is Level.NOTE for item in outcome.findings)
    PROVED[check].add((outcome.verdict, noted))


def _words(finding: Finding) -> str:
    return f"{finding.observed} | {finding.detail}"
