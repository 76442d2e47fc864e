"""The table of who answers whom on one server (pure)."""

from collections.abc import Iterator

from smtp_exposure.report.address_map import AddressMap, Answer
from smtp_exposure.report.elements import Element, Node, element, group, table
from smtp_exposure.report.map_picture import swatch

_ROWS = 200
_INTERVALS = 16
_HEADS = ("From", "Addresses", "Arriving at", "Answered by", "Offers to sign in with", "State")


def answers(item: AddressMap) -> Iterator[Node]:
    """Show who answers: the Internet first, the worst state first, up to a bound."""
    rows = [_answer(answer) for answer in item.answers[:_ROWS]]
    yield element("h4", "Who answers whom")
    yield table(_HEADS, rows, class_="answers stacked")
    if len(item.answers) > _ROWS:
        left = len(item.answers) - _ROWS
        yield element("p", f"{left:,} more rows are left out here; the worst are shown.")


def _answer(answer: Answer) -> Element:
    connectors = " or ".join(answer.connectors) or "nobody"
    return element(
        "tr",
        element("td", answer.place.value),
        group("td", _intervals(answer), class_="mono"),
        element("td", answer.binding, class_="mono", data_label="arriving at"),
        element("td", connectors, data_label="answered by"),
        element("td", answer.offers, data_label="offers"),
        element("td", swatch(answer.state), title=answer.state.words, data_label="state"),
        class_=f"place-{answer.place.name.lower()}",
    )


def _intervals(answer: Answer) -> list[Node]:
    intervals = answer.addresses.intervals
    nodes: list[Node] = []
    for interval in intervals[:_INTERVALS]:
        text = interval.notation
        nodes.append(element("span", text.replace("-", " - "), class_="interval"))
    if len(intervals) > _INTERVALS:
        nodes.append(element("span", f"and {len(intervals) - _INTERVALS} more intervals"))
    return nodes
