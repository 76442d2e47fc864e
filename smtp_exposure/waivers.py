"""Waivers: findings that somebody answers for, until a day (product.md, "The profile").

A waiver fits exactly: check, target and subject, and the evidence where it names its hash. The
finding keeps its level; only its verdict, and so the entry's, becomes waived.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from smtp_exposure.expectations import Waiver
from smtp_exposure.verdicts import Finding, Level, Outcome

_COVERED = {"deviates": Level.DEVIATION, "inconclusive": Level.INCONCLUSIVE}


def evidence_of(finding: Finding) -> str:
    """SHA-256 of what was observed, in lower-case hexadecimal: a waiver may insist on it."""
    return hashlib.sha256(finding.observed.encode("utf-8", "surrogatepass")).hexdigest()


def waive(
    outcome: Outcome, check: str, target: str | None, waivers: Iterable[Waiver], today: date
) -> Outcome:
    """Apply the waivers that fit to an outcome; its verdict follows from what remains."""
    ours = [item for item in waivers if item.check == check and item.target == (target or "")]
    if not ours or outcome.why is not None:
        return outcome
    findings = tuple(
        next(
            (
                replace(finding, waiver=words(item))
                for item in ours
                if _hinders(item, finding, target, today) is None
            ),
            finding,
        )
        for finding in outcome.findings
    )
    return Outcome.of(findings)


def words(waiver: Waiver) -> str:
    """What results.json and the report say of a waiver that was applied."""
    return f"{waiver.reason} (approved by {waiver.approver}, until {waiver.expires.isoformat()})"


def _hinders(waiver: Waiver, finding: Finding, target: str | None, today: date) -> str | None:
    """Why a waiver does not cover a finding; None if it does."""
    if waiver.subject != (finding.subject or target):
        return "nothing was found of this subject"
    if finding.level is not _COVERED[waiver.covers]:
        return f"it covers {waiver.covers}, and the finding is {finding.verdict.value}"
    if waiver.evidence not in (None, evidence_of(finding)):
        return f"the evidence has changed: it is now {evidence_of(finding)}"
    return "it has expired" if waiver.expires < today else None


def unused(
    waivers: Iterable[Waiver],
    outcomes: Sequence[tuple[str, str | None, Outcome]],
    today: date,
) -> list[dict[str, str]]:
    """The waivers that cover nothing, each with the reason, as results.json lists them."""
    rows = []
    for waiver in waivers:
        why = _why_unused(waiver, outcomes, today)
        if why is not None:
            rows.append(
                {
                    "check": waiver.check,
                    "target": waiver.target,
                    "subject": waiver.subject,
                    "reason": waiver.reason,
                    "approver": waiver.approver,
                    "expires": waiver.expires.isoformat(),
                    "why": why,
                }
            )
    return rows


def _why_unused(
    waiver: Waiver, outcomes: Sequence[tuple[str, str | None, Outcome]], today: date
) -> str | None:
    hindrances = []
    for check, target, outcome in outcomes:
        if (check, target or "") != (waiver.check, waiver.target):
            continue
        for finding in outcome.findings:
            if waiver.subject != (finding.subject or target):
                continue
            hindrance = _hinders(waiver, finding, target, today)
            if hindrance is None and finding.waiver == words(waiver):
                return None
            hindrances.append(hindrance or "another waiver covers it")
    if hindrances:
        return hindrances[0]
    return "it has expired" if waiver.expires < today else "nothing was found of this subject"
