"""results.json against the schema of docs/product.md, field by field, without the suite's code."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

Fits = Callable[[Any], bool]
MAX_TEXT = 2000


def text(value: Any) -> bool:
    """A string of bounded length without control characters."""
    return isinstance(value, str) and len(value) <= MAX_TEXT and value.isprintable()


def time(value: Any) -> bool:
    """RFC 3339 with `Z`."""
    shape = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
    if not isinstance(value, str) or not re.fullmatch(shape, value):
        return False
    return datetime.fromisoformat(value).tzinfo is not None


def number(value: Any) -> bool:
    """A whole number that is no Boolean."""
    return isinstance(value, int) and not isinstance(value, bool)


def seconds(value: Any) -> bool:
    """A duration."""
    return isinstance(value, float | int) and not isinstance(value, bool) and value >= 0


def boolean(value: Any) -> bool:
    """True or false."""
    return isinstance(value, bool)


def one_of(*known: Any) -> Fits:
    """One of these values."""
    return lambda value: value in known


def maybe(fits: Fits) -> Fits:
    """Null, or what fits."""
    return lambda value: value is None or fits(value)


def matches(pattern: str) -> Fits:
    """A bounded string of this shape."""
    return lambda value: text(value) and re.fullmatch(pattern, value) is not None


def several(shape: "Shape | Fits") -> Fits:
    """A list of what fits."""
    return lambda value: (
        isinstance(value, list) and not any(True for item in value for _ in _odd(item, shape, ""))
    )


Shape = dict[str, Any]
VERDICTS = ("compliant", "deviates", "inconclusive", "error", "waived", "not_assessed")
SERVER: Shape = {"name": text, "fqdn": maybe(text), "asked": text}
VANTAGE: Shape = {"name": text, "own_address": maybe(text), "seen_address": maybe(text)}
RUN: Shape = {
    "id": matches(r"[A-Za-z0-9.-]+"),
    "started": time,
    "finished": time,
    "evidence_as_of": maybe(time),
    "tool_version": text,
    "command_line": text,
    "exit_status": one_of(0, 1, 10, 11),
    "partial": boolean,
    "servers": several(SERVER),
    "domains": several(text),
    "vantages": several(VANTAGE),
    "waivers_unused": lambda value: isinstance(value, list),
    "lab": maybe(text),
}
FINDING: Shape = {
    "level": one_of("deviation", "error", "inconclusive", "note"),
    "verdict": one_of(*VERDICTS),
    "subject": text,
    "observed": text,
    "expected": text,
    "detail": text,
    "waiver": maybe(text),
}
CHECK: Shape = {
    "id": matches(r"(INT|EXT)-\d\d-\d"),
    "half": one_of("internal", "external"),
    "title": text,
    "step": number,
    "severity": one_of("critical", "high", "medium", "low", "advice"),
    "target": maybe(text),
    "vantage": maybe(text),
    "verdict": one_of(*VERDICTS),
    "why": maybe(one_of("not_asked", "not_applicable")),
    "reason": maybe(text),
    "duration_s": seconds,
    "findings": several(FINDING),
}
DOCUMENT: Shape = {
    "schema": one_of(1),
    "run": RUN,
    "summary": dict.fromkeys(VERDICTS, number),
    "checks": several(CHECK),
}
_WORST = ("deviates", "error", "inconclusive", "waived", "compliant")
_VERDICT_OF = {
    "deviation": ("deviates", "waived"),
    "error": ("error",),
    "inconclusive": ("inconclusive", "waived"),
    "note": ("compliant",),
}


def violations(document: Any) -> list[str]:
    """What a document of results.json has that the contract does not allow."""
    shape = list(_odd(document, DOCUMENT, "results"))
    return shape or [*_sums(document), *_order(document), *_entries(document)]


def _odd(value: Any, shape: Any, place: str) -> Iterator[str]:
    if callable(shape):
        if not shape(value):
            yield f"{place}: {str(value)[:200]!r}"
        return
    if not isinstance(value, dict):
        yield f"{place} is no object"
        return
    for name, inner in shape.items():
        if name in value:
            yield from _odd(value[name], inner, f"{place}.{name}")
        else:
            yield f"{place}.{name} is missing"


def _sums(document: dict[str, Any]) -> Iterator[str]:
    verdicts = [item["verdict"] for item in document["checks"]]
    counted = {verdict: verdicts.count(verdict) for verdict in VERDICTS}
    if counted != document["summary"]:
        yield f"the summary is not {counted}"


def _order(document: dict[str, Any]) -> Iterator[str]:
    keys = [(item["id"], item["target"] or "") for item in document["checks"]]
    if keys != sorted(keys):
        yield "the entries are not ordered by id and target"
    if len(keys) != len(set(keys)):
        yield "a check has two entries on one target"
    if document["run"]["started"] > document["run"]["finished"]:
        yield "the run ends before it starts"


def _entries(document: dict[str, Any]) -> Iterator[str]:
    for item in document["checks"]:
        place = f"{item['id']} {item['target']}"
        half = {"INT": "internal", "EXT": "external"}[item["id"][:3]]
        if (item["half"], item["step"]) != (half, int(item["id"][4:6])):
            yield f"{place}: half or step is not the id's"
        if (item["why"] is not None) != (item["verdict"] == "not_assessed"):
            yield f"{place}: why is {item['why']!r}"
        found = {each["verdict"] for each in item["findings"]}
        worst = next((verdict for verdict in _WORST if verdict in found), "compliant")
        if item["verdict"] not in (worst, "not_assessed"):
            yield f"{place}: the worst finding is {worst}"
        for each in item["findings"]:
            if each["verdict"] not in _VERDICT_OF[each["level"]]:
                yield f"{place}: {each['level']} is called {each['verdict']}"
            if (each["verdict"] == "waived") != (each["waiver"] is not None):
                yield f"{place}: waived without a waiver, or the other way round"
        if item["severity"] == "advice" and item["verdict"] == "deviates":
            yield f"{place}: advice deviates"
