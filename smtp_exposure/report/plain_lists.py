"""Entries without findings, in as little space as they need: not assessed, and compliant (pure)."""

from collections.abc import Iterable, Iterator, Sequence

from smtp_exposure.report.elements import Element, Node, disclosure, element, group, table
from smtp_exposure.report.findings_section import by_check, heading, target_name
from smtp_exposure.report.results import CheckResult, Summary
from smtp_exposure.verdicts import Verdict, Why

_TARGETS = 12
_WHY = {Why.NOT_ASKED: "not asked for", Why.NOT_APPLICABLE: "not applicable"}


def not_assessed(summary: Summary) -> Iterator[Node]:
    """List what was not assessed, with why and the reason."""
    chosen = _of(summary, Verdict.NOT_ASSESSED)
    rows = (
        element(
            "tr",
            *_named(results[0]),
            element("td", _WHY[why] if why else "", class_="short", data_label="why"),
            element("td", reason, data_label="reason"),
            group("td", _targets(results), data_label="target"),
        )
        for (why, reason), results in _by_reason(chosen)
    )
    yield from _listed(Verdict.NOT_ASSESSED, chosen, (*_HEADS, "Why", "Reason", "Target"), rows)


def compliant(summary: Summary) -> Iterator[Node]:
    """List what is compliant."""
    chosen = _of(summary, Verdict.COMPLIANT)
    rows = (
        element("tr", *_named(results[0]), group("td", _targets(results), data_label="target"))
        for _, results in sorted(by_check(chosen).items())
    )
    yield from _listed(Verdict.COMPLIANT, chosen, (*_HEADS, "Target"), rows)


_HEADS = ("Check", "What is demanded", "Severity")


def _of(summary: Summary, verdict: Verdict) -> list[CheckResult]:
    return [item for item in summary.results if item.outcome.verdict is verdict]


def _by_reason(
    chosen: Iterable[CheckResult],
) -> Iterator[tuple[tuple[Why | None, str], list[CheckResult]]]:
    for _, results in sorted(by_check(chosen).items()):
        grouped: dict[tuple[Why | None, str], list[CheckResult]] = {}
        for result in results:
            key = result.outcome.why, result.outcome.reason or ""
            grouped.setdefault(key, []).append(result)
        yield from grouped.items()


def _named(result: CheckResult) -> tuple[Element, ...]:
    return (
        element("th", result.check.id, scope="row", class_="id"),
        element("td", result.check.title),
        element("td", result.check.severity.value, class_="short", data_label="severity"),
    )


def _targets(results: Sequence[CheckResult]) -> list[Node]:
    text = ", ".join(map(target_name, results[:_TARGETS]))
    if len(results) <= _TARGETS:
        return [text]
    # A text node has a bound, so that a long list is written as many.
    rest = [f"{target_name(result)} " for result in results]
    return [disclosure([f"{len(results):,} targets"], *rest, is_open=False)]


def _listed(
    verdict: Verdict, chosen: Sequence[CheckResult], heads: tuple[str, ...], rows: Iterable[Element]
) -> Iterator[Node]:
    if chosen:
        title = group("h2", heading(verdict, len(chosen)))
        listed = table(heads, rows, class_="stacked")
        shown = disclosure([title], listed, is_open=True, class_="verdict")
        yield element("section", shown, id=verdict.value, class_="print")
