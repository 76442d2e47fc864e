"""Verdicts with their findings: grouped by verdict, then by check, then by target (pure)."""

from collections.abc import Iterable, Iterator, Sequence

from smtp_exposure.report.alike import alike
from smtp_exposure.report.elements import Element, Node, disclosure, element, group, lines, table
from smtp_exposure.report.results import CheckResult, Summary, ordered
from smtp_exposure.report.verdict_words import MARKS, MEANINGS, NAMES, STEPS, severity_chip
from smtp_exposure.verdicts import Finding, Level, Severity, Verdict

_TOLD = (Verdict.DEVIATES, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.WAIVED)
_FINDINGS = 100
_REMEDIES = 20
_OPEN_TARGETS = 4
_HEADS = ("Subject", "Observed", "Expected")
_HOW_TO_MEND = {
    "internal": "Remedy: review it, then run it in the Exchange Management Shell",
    "external": "Remedy",
}

Grouped = dict[str, list[CheckResult]]


def findings(summary: Summary) -> Iterator[Node]:
    """Show what stands against compliance worst first, then the notes of compliant entries."""
    for verdict in _TOLD:
        chosen = [item for item in summary.results if item.outcome.verdict is verdict]
        if chosen:
            yield _section(verdict.value, heading(verdict, len(chosen)), chosen)
    noted = [
        item
        for item in summary.results
        if item.outcome.verdict is Verdict.COMPLIANT and item.outcome.findings
    ]
    if noted:
        title: list[Node] = [f"Notes ({len(noted):,})", element("small", "they change no verdict")]
        yield _section("notes", title, noted)


def heading(verdict: Verdict, count: int) -> list[Node]:
    """Name a verdict with its mark, its number of entries and its meaning."""
    mark = element("span", MARKS[verdict], class_=f"sign v-{verdict.value}", aria_hidden="true")
    return [mark, f"{NAMES[verdict]} ({count:,})", element("small", MEANINGS[verdict])]


def _section(name: str, title: list[Node], chosen: Sequence[CheckResult]) -> Element:
    entries = (_check(name, results) for results in by_check(chosen).values())
    return group("section", [group("h2", title, id=name), *entries], class_=f"told-{name}")


def by_check(results: Iterable[CheckResult]) -> Grouped:
    """Bring the entries of one check together: the worst severity first, then by id and target."""
    grouped: Grouped = {}
    for result in sorted(results, key=lambda item: (item.check.severity.rank, *item.order)):
        grouped.setdefault(result.check.id, []).append(result)
    return grouped


def _check(section: str, results: Sequence[CheckResult]) -> Element:
    check = results[0].check
    step = f"step {check.step}: {STEPS.get(check.step, '')}"
    tags = element(
        "p",
        element("span", check.id, class_="id"),
        severity_chip(check.severity),
        element("span", f"{step} · {check.half} half", class_="faint"),
        class_="tags",
    )
    return element(
        "article",
        tags,
        element("h3", check.title),
        group("p", lines(check.rationale), class_="rationale"),
        *(_target(result, is_open=number < _OPEN_TARGETS) for number, result in enumerate(results)),
        class_="entry",
        id=f"{section}-{check.id}",
    )


def _target(result: CheckResult, *, is_open: bool) -> Element:
    found = ordered(result.outcome.findings)
    told = f"{len(found):,} findings" if len(found) != 1 else "1 finding"
    seen_from = f", seen from {result.vantage}" if result.vantage else ""
    title: list[Node] = [element("h4", target_name(result)), " "]
    title.append(element("small", told + seen_from))
    rows = [_row(result, *together) for together in alike(found[:_FINDINGS])]
    rest = len(found) - _FINDINGS
    return disclosure(
        title,
        table(_HEADS, rows, class_="findings stacked"),
        *([element("p", f"{rest:,} more findings are in results.json.")] if rest > 0 else []),
        *_remedies(result, found),
        is_open=is_open,
        class_="target",
    )


def target_name(result: CheckResult) -> str:
    """What an entry is about."""
    return result.target or "no target"


def _row(result: CheckResult, finding: Finding, subjects: tuple[str, ...]) -> Element:
    observed: list[Node] = [finding.observed]
    if finding.level is not result.outcome.findings[0].level or finding.level is Level.NOTE:
        observed.insert(0, element("span", finding.level.value, class_="chip level"))
    if finding.detail:
        observed.append(element("p", finding.detail, class_="detail"))
    if finding.waiver is not None:
        observed.append(
            element("p", element("strong", "waived: "), finding.waiver, class_="detail")
        )
    return element(
        "tr",
        group("th", (_subject(result, subject) for subject in subjects), scope="row"),
        group("td", observed, data_label="observed"),
        element("td", finding.expected, data_label="expected"),
    )


def _subject(result: CheckResult, subject: str) -> Element:
    return element("div", subject or target_name(result))


def _remedies(result: CheckResult, found: Sequence[Finding]) -> Iterator[Node]:
    """Each remedy once, however many findings it mends; a note needs one in advice alone."""
    mended = Level.NOTE if result.check.severity is Severity.ADVICE else Level.DEVIATION
    texts = dict.fromkeys(result.remedy(item) for item in found if item.level is mended)
    remedies = [text for text in texts if text]
    if remedies:
        yield element("h5", _HOW_TO_MEND[result.check.half])
    for text in remedies[:_REMEDIES]:
        yield group("pre", lines(text), tabindex="0")
    if len(remedies) > _REMEDIES:
        yield element("p", f"{len(remedies) - _REMEDIES:,} more remedies are left out here.")
