"""The verdict on a run in one sentence (pure)."""

from collections.abc import Iterator

from smtp_exposure.report.results import (
    NOTHING_ASSESSED,
    STOPPED,
    UNDECIDED,
    Run,
    Summary,
    clipped,
    timestamp,
)
from smtp_exposure.verdicts import Verdict


def headline(run: Run, summary: Summary) -> str:
    """The verdict in one sentence; "compliant" only at exit status 0 (product.md)."""
    status = summary.exit_status
    counts = ", ".join(_counts(summary))
    if status == 0 and summary.counts[Verdict.DEVIATES]:
        verdict = f"Nothing deviates at or above {summary.fail_on.value}; {counts}"
    else:
        verdict = f"{_SAID[status]}: {counts}" if counts else _SAID[status]
    return clipped("; ".join((verdict, *_remarks(run, summary)))) + "."


_SAID = {
    0: "Compliant: everything that was asked for is as demanded",
    1: "Not compliant",
    UNDECIDED: "Not proved",
    STOPPED: "Stopped before the end",
    NOTHING_ASSESSED: "Nothing was assessed",
}


def _counts(summary: Summary) -> Iterator[str]:
    """How many entries there are of each verdict; those never reached are told apart."""
    counts = dict(summary.counts)
    counts[Verdict.ERROR] -= summary.unreached
    tolerated = summary.exit_status in (0, UNDECIDED)
    for verdict, (one, several) in _WORDS.items():
        if counts[verdict]:
            below = verdict is Verdict.DEVIATES and tolerated
            word = one if counts[verdict] == 1 else several
            yield f"{counts[verdict]} {word}" + f" below {summary.fail_on.value}" * below
    if summary.unreached:
        yield f"{summary.unreached} not reached"


def _remarks(run: Run, summary: Summary) -> Iterator[str]:
    if summary.deselected:
        yield f"{summary.deselected} {'entry' if summary.deselected == 1 else 'entries'} deselected"
    missing = {"internal", "external"} - run.halves_asked
    if missing:
        yield f"the {' and '.join(sorted(missing))} half was not looked at"
    if not run.is_vouched_for:
        yield "no manifest vouches for the recorded evidence"
    if run.is_offline:
        yield f"state as of {timestamp(run.evidence_as_of) or 'an unknown time'}"
    if run.lab is not None:
        yield f"what was judged is the lab's stand-in ({run.lab}), no real server"


_WORDS = {
    Verdict.DEVIATES: ("deviates", "deviate"),
    Verdict.ERROR: ("in error", "in error"),
    Verdict.INCONCLUSIVE: ("inconclusive", "inconclusive"),
    Verdict.WAIVED: ("waived", "waived"),
}
"""What is said of one entry, and of several."""
