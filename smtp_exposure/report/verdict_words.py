"""How the page names verdicts and severities, and marks them without colour alone (pure)."""

from smtp_exposure.report.elements import Element, element
from smtp_exposure.verdicts import Severity, Verdict

COUNTED = tuple(Verdict)
"""All verdicts, worst first."""

NAMES = {
    Verdict.DEVIATES: "Deviates",
    Verdict.ERROR: "Error",
    Verdict.INCONCLUSIVE: "Inconclusive",
    Verdict.WAIVED: "Waived",
    Verdict.NOT_ASSESSED: "Not assessed",
    Verdict.COMPLIANT: "Compliant",
}
MEANINGS = {
    Verdict.DEVIATES: "looked, and it is not as demanded",
    Verdict.ERROR: "could not look",
    Verdict.INCONCLUSIVE: "the answer proves neither",
    Verdict.WAIVED: "deviates, and the profile accepts exactly this",
    Verdict.NOT_ASSESSED: "not asked for, or does not apply",
    Verdict.COMPLIANT: "looked, and it is as demanded",
}
MARKS = {
    Verdict.DEVIATES: "✕",
    Verdict.ERROR: "!",
    Verdict.INCONCLUSIVE: "?",
    Verdict.WAIVED: "≈",
    Verdict.NOT_ASSESSED: "○",
    Verdict.COMPLIANT: "✓",
}
STEPS = {
    1: "scope of Default Frontend",
    2: "the Internet connector",
    3: "security settings",
    4: "names",
    5: "certificate and STARTTLS",
    6: "relaying",
    7: "who answers whom",
    8: "ports and POP/IMAP services",
    9: "DNS",
}
"""The article's steps (docs/checklist.md)."""


def chip(verdict: Verdict, text: str) -> Element:
    """A verdict's mark with a text beside it."""
    mark = element("span", MARKS[verdict], aria_hidden="true")
    kind = f"chip v-{verdict.value}"
    return element("span", mark, f" {text}", class_=kind, title=NAMES[verdict])


def severity_chip(severity: Severity) -> Element:
    """A severity in its own words."""
    return element("span", severity.value, class_=f"chip severity {severity.value}")
