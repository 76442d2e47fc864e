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
"""


def waivers_for(run: Run) -> str:
    """The waivers that cover every deviation of a run, for a month."""
    expires = (datetime.now(UTC) + timedelta(days=30)).date()
    found = dict.fromkeys(
        (entry["id"], entry["target"], finding["subject"])
        for entry in run.results["checks"]
        for finding in entry["findings"]
        if finding["level"] == "deviation"
    )
    return "".join(
        WAIVER.format(check=check, target=target, subject=subject, expires=expires)
        for check, target, subject in found
    )


def waived_table(expected: Table) -> Table:
    """The verdicts once all deviations are waived."""
    return {check: "waived" if said == "deviates" else said for check, said in expected.items()}
