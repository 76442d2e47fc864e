"""Every check met every verdict by a real server, but for what real servers can't show."""

from collections.abc import Iterator

from selftests.real_servers import ports_cases, test_exim, test_postfix_and_bind
from selftests.real_servers.tables import CHECKS, VERDICTS, Table
from selftests.real_servers.waivers import waived_table

Pair = tuple[str, str]

ADVICE = "advice never deviates (docs/checklist.md)"
EXCHANGE_ONLY = "only Exchange offers such words; the lab does"
ONLY_OUTSIDE = "a probe that was inside has seen nothing wrong: inconclusive (docs/product.md)"
DECIDED = "the DNS answers, be it in the negative, or it does not (error)"
ALWAYS = "where mail is to go is asked of every domain"
UNMET: dict[Pair, str] = {
    **{(check, "deviates"): ADVICE for check in ("EXT-02-2", "EXT-05-5", "EXT-08-9")},
    ("EXT-03-4", "deviates"): EXCHANGE_ONLY,
    ("EXT-07-2", "deviates"): ONLY_OUTSIDE,
    ("EXT-09-1", "inconclusive"): DECIDED,
    ("EXT-09-1", "not_assessed"): ALWAYS,
}
"""What no real server shows, and why."""


def tables() -> Iterator[Table]:
    """Every table that some run is compared with."""
    for case in (*test_postfix_and_bind.CASES, *test_exim.CASES):
        yield case.expected
    for case in test_postfix_and_bind.IN_ONE_RUN:
        yield waived_table(case.expected)
    yield from ports_cases.TABLES


def test_every_check_meets_every_verdict() -> None:
    wanted = {(check, verdict) for check in CHECKS for verdict in (*VERDICTS, "waived")}
    met = {pair for table in tables() for pair in table.items()}
    assert wanted - met == set(UNMET)
