"""The report's page as HTML. Whatever a server or a file said is escaped here and nowhere else.

The other modules of the page make trees of elements (see smtp_exposure/report/elements.py).
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from html import escape

from smtp_exposure.report import findings_section, overview, plain_lists, server_section
from smtp_exposure.report.address_map import AddressMap
from smtp_exposure.report.elements import NEW_LINE, Node
from smtp_exposure.report.page_style import STYLE
from smtp_exposure.report.results import MAX_TEXT, Run, Summary, clipped

_OPENING = '<main class="smtp-exposure">'
_CLOSING = "</main>"
_VOID = frozenset({"br", "rect"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_HEADLINE = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
_SECURITY = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'


def render(run: Run, summary: Summary, maps: Sequence[AddressMap]) -> str:
    """Write the whole page as one fragment of static HTML, for pytest-html's summary."""
    parts = (
        *overview.stand_in(run),
        overview.verdict(run, summary),
        overview.identity(run),
        overview.counts(summary),
        *server_section.servers(maps, summary),
        *findings_section.findings(summary),
        *overview.unused_waivers(run.waivers_unused),
        *plain_lists.not_assessed(summary),
        *plain_lists.compliant(summary),
        *overview.closing(run, summary),
    )
    body = "\n".join(markup(part) for part in parts)
    return f"{_OPENING}\n<style>{STYLE}</style>\n{body}\n{_CLOSING}"


def markup(node: Node) -> str:
    """Write a tree as HTML that is well-formed XML too; every text in it is bounded and escaped."""
    pieces: list[str] = []
    _write(node, pieces.append)
    return "".join(pieces)


def _write(node: Node, put: Callable[[str], None]) -> None:
    if isinstance(node, str):
        put(NEW_LINE if node == NEW_LINE else _safe(node))
        return
    put(f"<{_named(node.name)}")
    for name, value in node.attributes.items():
        put(f' {_named(name)}="{_safe(value)}"')
    if node.name in _VOID:
        put("/>")
        return
    put(">")
    for child in node.children:
        _write(child, put)
    put(f"</{node.name}>")


def _safe(text: str) -> str:
    """Make a text harmless: bounded, its control characters visible, its markup inert."""
    plain = len(text) <= MAX_TEXT and text.isprintable()
    return escape(text if plain else clipped(text))


@cache
def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of an element or attribute")
    return name


def finish(html: str) -> str:
    """Turn the file that pytest-html wrote into the page alone, under a policy that runs nothing.

    Where the page isn't in it, the text stays as it is and only the policy is added.
    """
    start, end = html.find(_OPENING), html.rfind(_CLOSING)
    if start < 0 or end < start:
        return _secured(html)
    page = html[start : end + len(_CLOSING)]
    said = _HEADLINE.search(page)
    verdict = _TAG.sub("", said[1]) if said else "no verdict"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"{_SECURITY}\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>SMTP exposure: {verdict}</title>\n</head>\n<body>\n{page}\n</body>\n</html>\n"
    )


def _secured(html: str) -> str:
    head = _HEAD.search(html)
    place = head.end() if head else 0
    return f"{html[:place]}{_SECURITY}{html[place:]}"
