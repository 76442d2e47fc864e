"""What stands first and last on the page: the verdict, what the run was, and what to do next (pure)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from smtp_exposure.report.elements import Element, Node, element, group, table
from smtp_exposure.report.headline import headline
from smtp_exposure.report.results import (
    NOTHING_ASSESSED,
    STOPPED,
    UNDECIDED,
    Run,
    Summary,
)
from smtp_exposure.report.verdict_words import MARKS, MEANINGS, NAMES
from smtp_exposure.verdicts import Verdict

_EXIT = {
    0: "everything that was asked for is compliant, waived, or below what --fail-on names",
    1: "something deviates",
    UNDECIDED: "nothing deviates, but something is inconclusive, in error, or was deselected",
    NOTHING_ASSESSED: "nothing was assessed",
    STOPPED: "the run was stopped before its end",
    4: "usage error: an option is wrong, or no target was given",
}
_PRECONDITIONS = (
    "Nobody uses POP3 or IMAP from outside. Such clients send through authenticated SMTP, which this "
    "state takes from them.",
    "Exchange itself receives the Internet's mail. Where a filtering service or a relay stands before "
    "it, only that service's addresses should reach Exchange at all.",
)
_SOURCE_ADDRESSES = (
    "No load balancer or firewall replaces the senders' addresses by its own. If one does, all the "
    "Internet looks like an internal host; only the external half can see it, and it did not look."
)


def stand_in(run: Run) -> Iterator[Node]:
    """A banner above everything where no real server was judged."""
    if run.lab is not None:
        title = element("strong", "No real server was judged.")
        text = f" What this page says, it says of the lab's stand-in Exchange, scenario {run.lab}."
        yield element("p", title, text, class_="stand-in", role="note")


def verdict(run: Run, summary: Summary) -> Element:
    """The verdict in one sentence, coloured by the exit status."""
    said = headline(run, summary)
    ends = [place for place in map(said.find, (":", ";")) if place > 0]
    cut = min(ends, default=len(said))
    status = summary.exit_status
    return element(
        "header",
        element("p", "SMTP exposure of Exchange: compliance report", class_="kicker"),
        element("h1", element("strong", said[:cut]), element("span", said[cut:])),
        element("p", f"exit status {status}: {_meaning(summary)}", class_="faint"),
        class_=f"verdict status-{status}",
    )


def _meaning(summary: Summary) -> str:
    if summary.exit_status:
        return _EXIT[summary.exit_status]
    if summary.counts[Verdict.DEVIATES]:
        return f"no deviation is as severe as {summary.fail_on.value}"
    return "everything that was asked for is compliant or waived"


def counts(summary: Summary) -> Element:
    """How many entries came to each verdict, worst first, linked to their sections."""
    return group("nav", (_tile(one, summary.counts[one]) for one in Verdict), class_="counts")


def _tile(one: Verdict, count: int) -> Element:
    inner: list[Node] = [
        element("strong", f"{count:,}"),
        element("span", element("i", MARKS[one], aria_hidden="true"), NAMES[one]),
        element("small", MEANINGS[one]),
    ]
    if not count:
        return group("div", inner, class_="tile none")
    return group("a", inner, href=f"#{one.value}", class_=f"tile v-{one.value}")


def identity(run: Run) -> Element:
    """What the run was."""
    rows: list[tuple[str, list[Node]]] = [
        ("Run", [element("span", run.id, class_="mono")]),
        ("Started", [_moment(run.started)]),
        ("Finished", [_moment(run.finished)]),
        ("Evidence as of", [_moment(run.evidence_as_of)]),
        ("Servers", [_server(server) for server in run.servers] or ["none"]),
        ("Domains", _separate(run.domains) or ["none"]),
        ("Seen from", [_vantage(vantage) for vantage in run.vantages]),
        ("Command line", [element("code", run.command_line)]),
        ("Made by", [f"smtp-exposure {run.tool_version}"]),
        ("Notes", [element("p", note) for note in run.notes]),
    ]
    pairs = (
        element("div", element("dt", name), group("dd", nodes)) for name, nodes in rows if nodes
    )
    return group("dl", pairs, class_="identity")


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%d %B %Y, %H:%M:%S} UTC" if moment else "unknown"


def _separate(texts: Iterable[str]) -> list[Node]:
    return [element("span", text, class_="item") for text in texts]


def _server(server: Mapping[str, str | None]) -> Element:
    fqdn = server.get("fqdn") or server.get("asked") or ""
    name = server.get("name") or fqdn
    other: list[Node] = [element("small", f" {fqdn}")] if fqdn not in ("", name) else []
    return element("span", name, *other, class_="item")


def _vantage(vantage: Mapping[str, str | None]) -> Element:
    own, seen = vantage.get("own_address"), vantage.get("seen_address")
    told = "; ".join([f"own address {own}"] * bool(own) + [f"seen as {seen}"] * bool(seen))
    return element("span", vantage.get("name") or "", element("small", f" {told}"), class_="item")


def unused_waivers(waivers: Sequence[Mapping[str, str]]) -> Iterator[Node]:
    """Waivers that covered nothing: they can go."""
    if waivers:
        heads = tuple(dict.fromkeys(key for waiver in waivers for key in waiver))
        rows = (
            group("tr", (element("td", str(waiver.get(key, ""))) for key in heads))
            for waiver in waivers
        )
        title = element("h2", "Waivers that covered nothing")
        yield element("section", title, table(heads, rows, class_="plain"))


def closing(run: Run, summary: Summary) -> Iterator[Node]:
    """What no check can see, and how to look again."""
    asked = "external" in run.halves_asked
    conditions = _PRECONDITIONS if asked else (*_PRECONDITIONS, _SOURCE_ADDRESSES)
    yield element(
        "section",
        element("h2", "To confirm: what no check can see"),
        element("p", "The verdicts hold under these conditions. Confirm each with whoever knows."),
        group("ul", (element("li", text) for text in conditions), class_="confirm"),
        id="preconditions",
    )
    rows = (
        element(
            "tr",
            element("th", str(status), scope="row", class_="id"),
            element("td", text, *([" (this run)"] if status == summary.exit_status else [])),
        )
        for status, text in _EXIT.items()
    )
    again = "After each change, run the same command again. Its exit status tells a script:"
    files = "Beside this page, results.json holds the verdicts for machines, and MANIFEST.sha256 hashes."
    yield element(
        "section",
        element("h2", "To check again"),
        element("p", again),
        element("pre", run.command_line, tabindex="0"),
        table(("Exit status", "Meaning"), rows, class_="plain"),
        element("p", files),
        id="again",
    )
