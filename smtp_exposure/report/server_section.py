"""Per server: its address map and the table of who answers whom (pure)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from smtp_exposure.exchange.addresses import Family
from smtp_exposure.report.address_map import AddressMap, Answer, State, Stretch
from smtp_exposure.report.answers_table import answers
from smtp_exposure.report.elements import Element, Node, disclosure, element, group, table
from smtp_exposure.report.map_picture import amount, picture
from smtp_exposure.report.results import Summary
from smtp_exposure.report.verdict_words import COUNTED, NAMES, chip
from smtp_exposure.verdicts import Verdict

_OPEN = 20
_PICTURES = 24
_PRINTED = 10
_OUTCOMES = {
    State.OFFERED: "reach a sign-in",
    State.UNDECIDED: "are undecided",
    State.NOBODY: "reach nobody",
}

Drawn = dict[tuple[Stretch, ...] | tuple[Answer, ...], tuple[str, str]]
"""What was shown already: at which server, and where on the page."""


def servers(maps: Sequence[AddressMap], summary: Summary) -> list[Node]:
    """Show every server's map, those that deviate first and open."""
    if not maps:
        return []
    verdicts = _verdicts(summary)
    worst_first = sorted(maps, key=lambda item: not _is_open(item, verdicts))
    drawn: Drawn = {}
    few = len(maps) <= _PRINTED
    sections = []
    for number, item in enumerate(worst_first):
        anchor = f"server-{number}"
        shown = _shown(item, anchor, drawn, few=few)
        is_open = len(maps) == 1 or (number < _OPEN and _is_open(item, verdicts))
        title = _title(item, verdicts)
        sections.append(disclosure(title, *shown, is_open=is_open, class_="server", id=anchor))
    kind = "servers print" if few else "servers"
    overview = [_overview(worst_first, verdicts)] if len(maps) > 1 else []
    heading = element("h2", "Who answers whom on port 25", id="servers")
    return [group("section", [heading, *overview, *sections], class_=kind)]


def _verdicts(summary: Summary) -> dict[str, Counter[Verdict]]:
    found: dict[str, Counter[Verdict]] = {}
    for result in summary.results:
        if result.target is not None:
            found.setdefault(result.target, Counter())[result.outcome.verdict] += 1
    return found


def _is_open(item: AddressMap, verdicts: dict[str, Counter[Verdict]]) -> bool:
    return verdicts.get(item.server, Counter())[Verdict.DEVIATES] > 0 or item.problem is not None


def _title(item: AddressMap, verdicts: dict[str, Counter[Verdict]]) -> list[Node]:
    counts = verdicts.get(item.server, Counter())
    chips = [chip(verdict, str(counts[verdict])) for verdict in COUNTED if counts[verdict]]
    return [element("h3", item.server), " ", _outcome(item), *chips]


def _outcome(item: AddressMap) -> Element:
    """In one sentence: what the Internet finds at this server."""
    if item.problem is not None:
        return element("span", "no map: the evidence for it is missing", class_="told")
    parts: list[Node] = []
    for state, words in _OUTCOMES.items():
        counts = {family: item.count(state, family) for family in Family}
        found = [[*amount(count), f" {family}"] for family, count in counts.items() if count]
        if found:
            joined = [*found[0], *(node for more in found[1:] for node in (" and ", *more))]
            parts += ["; " if parts else "", *joined, f" addresses of the Internet {words}"]
    return group("span", parts or ["no Internet address reaches a sign-in"], class_="told")


def _shown(item: AddressMap, anchor: str, drawn: Drawn, *, few: bool) -> list[Node]:
    if item.problem is not None:
        told = element("strong", "There is no map of this server. ")
        return [element("p", told, item.problem, class_="problem")]
    return [*_map(item, anchor, drawn), *_shared(item, anchor, drawn, few=few)]


def _map(item: AddressMap, anchor: str, drawn: Drawn) -> list[Node]:
    nodes: list[Node] = []
    if not item.is_internet_facing:
        text = "The profile says that this server does not face the Internet: nothing is demanded."
        nodes.append(element("p", text))
    if item.stretches in drawn:
        same, place = drawn[item.stretches]
        link = element("a", same, href=f"#{place}")
        nodes.append(element("p", "The map is the same as that of ", link, "."))
    elif len(drawn) >= _PICTURES:
        nodes.append(element("p", f"Only the first {_PICTURES} different maps are drawn."))
    else:
        drawn[item.stretches] = item.server, f"{anchor}-map"
        nodes.append(element("div", picture(item), id=f"{anchor}-map"))
    return nodes


def _shared(item: AddressMap, anchor: str, drawn: Drawn, *, few: bool) -> list[Node]:
    """The table of answers; of many servers with the same one, the first alone shows it."""
    own = item.server.lower()
    key = tuple(
        replace(
            answer, connectors=tuple(name.lower().replace(own, "*") for name in answer.connectors)
        )
        for answer in item.answers
    )
    if not few and key in drawn:
        same, place = drawn[key]
        link = element("a", same, href=f"#{place}")
        rest = ", with this server's name in the connectors' names."
        return [element("p", "Who answers whom is the same as at ", link, rest)]
    drawn.setdefault(key, (item.server, f"{anchor}-answers"))
    return [group("div", answers(item), id=f"{anchor}-answers")]


def _overview(maps: Sequence[AddressMap], verdicts: dict[str, Counter[Verdict]]) -> Element:
    heads = ("Server", "Sign-in from the Internet", *(NAMES[verdict] for verdict in COUNTED))
    rows = (
        element(
            "tr",
            element("th", element("a", item.server, href=f"#server-{number}"), scope="row"),
            element("td", _outcome(item)),
            *(
                _tally(verdict, verdicts.get(item.server, Counter())[verdict])
                for verdict in COUNTED
            ),
        )
        for number, item in enumerate(maps)
    )
    return table(heads, rows, class_="overview stacked")


def _tally(verdict: Verdict, count: int) -> Element:
    kind = f"number v-{verdict.value}"
    if not count:
        return element("td", class_=kind)
    return element("td", str(count), class_=kind, data_label=NAMES[verdict].lower())
