"""The page as a tree of elements. Nothing is escaped here: page.py writes the tree as HTML (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Union

Node = Union["Element", str]
NEW_LINE = "\n"
"""The one text in which page.py keeps a line break; in any other it makes the mark visible."""

_WHOLE_TEXT = 20_000
_CHUNK = 1_500


@dataclass(frozen=True, slots=True)
class Element:
    """One element with its attributes and what it holds."""

    name: str
    attributes: Mapping[str, str]
    children: tuple[Node, ...]


def element(name: str, *children: Node, **attributes: str | int | None) -> Element:
    """Make an element; `class_` is written `class`, `aria_label` as `aria-label`; None is left out."""
    named = {
        key.rstrip("_").replace("_", "-"): str(value)
        for key, value in attributes.items()
        if value is not None
    }
    return Element(name, named, children)


def group(name: str, children: Iterable[Node], **attributes: str | int | None) -> Element:
    """Make an element of an iterable of children."""
    return element(name, *children, **attributes)


def table(heads: Iterable[str], rows: Iterable[Element], **attributes: str | int | None) -> Element:
    """Make a table that scrolls sideways where it is wider than the page."""
    head = element("thead", group("tr", (element("th", text, scope="col") for text in heads)))
    whole = element("table", head, group("tbody", rows), **attributes)
    return element(
        "div", whole, class_="scroll", tabindex="0", role="group", aria_label="table, may scroll"
    )


def lines(text: str) -> list[Node]:
    """Keep a text's own lines and its full length, up to a bound; beyond it, say so instead."""
    if len(text) > _WHOLE_TEXT:
        return [f"This text of {len(text):,} characters is too long for a page."]
    nodes: list[Node] = []
    for line in text.splitlines():
        nodes += [line[start : start + _CHUNK] for start in range(0, len(line), _CHUNK)]
        nodes.append(NEW_LINE)
    return nodes[:-1]


def disclosure(
    summary: Iterable[Node], *children: Node, is_open: bool, **attributes: str | int | None
) -> Element:
    """Make a part that opens and closes without scripts."""
    opened = "" if is_open else None
    return element("details", group("summary", summary), *children, open=opened, **attributes)
