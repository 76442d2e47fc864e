"""Findings that say the same of several subjects, brought together for people to read (pure)."""

from collections.abc import Iterable, Iterator

from smtp_exposure.verdicts import Finding


def alike(findings: Iterable[Finding]) -> Iterator[tuple[Finding, tuple[str, ...]]]:
    """The first of all findings that differ in their subject only, and the subjects of all."""
    found: dict[tuple[object, ...], tuple[Finding, dict[str, None]]] = {}
    for item in findings:
        said = (item.level, item.observed, item.expected, item.detail, item.waiver)
        found.setdefault(said, (item, {}))[1][item.subject] = None
    for first, subjects in found.values():
        yield first, tuple(subjects)
