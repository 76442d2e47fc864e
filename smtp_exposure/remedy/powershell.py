"""Remedies rendered to PowerShell that a person reviews and runs."""

import re
from collections.abc import Iterable
from unicodedata import category

from smtp_exposure.verdicts import Finding

# about_Quoting_Rules: PowerShell takes these typographic marks for single quotes too.
_PLACEHOLDER = re.compile(r"<([a-z ]+)>")
_SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"


def quote(text: str) -> str:
    """Quote a value as a PowerShell literal; nothing inside it is ever expanded."""
    # Control characters go; every kind of blank stays, for it may belong to a name.
    kept = (mark for mark in text if mark.isprintable() or category(mark) == "Zs")
    return "'" + "".join(mark * 2 if mark in _SINGLE_QUOTES else mark for mark in kept) + "'"


def quote_all(texts: Iterable[str]) -> str:
    """Quote a list of values."""
    return ",".join(map(quote, texts))


def render(fix: str, finding: Finding) -> str:
    """Fill a remedy's placeholders from a finding.

    PowerShell reserves `<`, so a placeholder that nothing fills can't run.
    """
    blanks = {"identity": quote(finding.subject)} | dict(finding.blanks())
    # In one pass: what fills a placeholder may itself look like one.
    return _PLACEHOLDER.sub(lambda match: blanks.get(match[1], match[0]), fix)
