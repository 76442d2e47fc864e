"""A profile that waives whatever a run found, as somebody who answers for it would write one."""

from datetime import UTC, datetime, timedelta

from selftests.real_servers.suite_runs import Run
from selftests.real_servers.tables import Table

WAIVER = """[[waivers]]
check = "{check}"
target = "{target}"
subject = "{subject}"
reason = "known, and to be mended with the next change"
approver = "J. Doe, ticket 4711"
expires = {expires}
covers = "{covers}"
"""
COVERS = {"deviation": "deviates", "inconclusive": "inconclusive"}
"""Level of a finding -> what a waiver of it covers."""


def waivers_for(run: Run) -> str:
    """The waivers that cover every deviation of a run, and what it leaves open, for a month."""
    expires = (datetime.now(UTC) + timedelta(days=30)).date()
    found = dict.fromkeys(
        (entry["id"], entry["target"], finding["subject"], COVERS[finding["level"]])
        for entry in run.results["checks"]
        for finding in entry["findings"]
        if finding["level"] in COVERS
    )
    return "".join(
        WAIVER.format(check=check, target=target, subject=subject, covers=covers, expires=expires)
        for check, target, subject, covers in found
    )


def waived_table(expected: Table) -> Table:
    """The verdicts once all of that is waived."""
    return {
        check: "waived" if said in COVERS.values() else said for check, said in expected.items()
    }
