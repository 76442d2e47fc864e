"""An address map as a picture: 256 IPv4 blocks, the IPv6 space as a strip, and a legend (pure)."""

from smtp_exposure.exchange.addresses import Family
from smtp_exposure.report.address_blocks import Block, blocks, merged
from smtp_exposure.report.address_map import AddressMap, State
from smtp_exposure.report.elements import NEW_LINE, Element, Node, element, group

_WIDTH, _HEIGHT, _GAP = 40, 30, 2
_NARROW = 9.0
_MAIN = 20.0
_TOLD = 12
_STRIP = 46
_LANDMARKS = {16: "2000::/3, the Internet", 126: "fc00::/7, unique local"}
"""What begins at some /7 blocks, by their numbers."""
_IPV6_PREFIX = 7
_ALWAYS = (State.OFFERED, State.NOBODY, State.ANONYMOUS, State.INSIDE)


def picture(address_map: AddressMap) -> Element:
    """Draw the map with its legend."""
    told = f"Who answers which address on port 25 of {address_map.server}"
    told_blocks = (
        "IPv4: each field is a block of 16,777,216 addresses, 0/8 to 255/8; a field in several "
        "states is divided, the worst first"
    )
    return element(
        "figure",
        element("figcaption", told_blocks),
        _grid(address_map, f"{told}: IPv4"),
        element(
            "figcaption",
            "IPv6: neighbouring /7 blocks in the same state are one field; widths are not to scale",
        ),
        _strip(address_map, f"{told}: IPv6"),
        _legend(address_map),
        class_="map",
    )


def _grid(address_map: AddressMap, label: str) -> Element:
    width, height = 16 * (_WIDTH + _GAP) - _GAP, 16 * (_HEIGHT + _GAP) - _GAP
    cells = (
        _cell(
            block,
            (number % 16 * (_WIDTH + _GAP), number // 16 * (_HEIGHT + _GAP), _WIDTH),
            str(number),
        )
        for number, block in enumerate(blocks(address_map, Family.IPV4, 8))
    )
    return group("svg", cells, viewBox=f"0 0 {width} {height}", role="img", aria_label=label)


def _cell(block: Block, place: tuple[float, float, float], mark: str) -> Element:
    """One field: its worst state first and widest, each other state as a stripe with its letter."""
    left, top, width = place
    children: list[Node] = [group("title", _tooltip(block))]
    for index, (state, wide) in enumerate(_stripes(block, width)):
        middle = f"{left + wide / 2:g}"
        children.append(
            element(
                "rect",
                class_=f"s-{state.name.lower()}",
                x=f"{left:g}",
                y=f"{top:g}",
                width=f"{wide:g}",
                height=_HEIGHT,
            )
        )
        size = "letter" if not index else "letter small"
        kind = f"{size} t-{state.name.lower()}"
        children.append(element("text", state.value, x=middle, y=f"{top + 23:g}", class_=kind))
        left += wide
    first = block.states[0].name.lower()
    number = element(
        "text", mark, x=f"{place[0] + 3:g}", y=f"{top + 9:g}", class_=f"mark t-{first}"
    )
    return group("g", [*children, number])


def _stripes(block: Block, width: float) -> list[tuple[State, float]]:
    """Divide a field's width by its states' shares, so that each still has room for its letter."""
    (first, _), *others = block.shares
    wide = [max(_NARROW, share * width) for _, share in others]
    if sum(wide) > width - _MAIN:
        wide = [(width - _MAIN) / len(wide)] * len(wide)
    main = (first, width - sum(wide))
    return [main, *((state, own) for (state, _), own in zip(others, wide, strict=True))]


def _tooltip(block: Block) -> list[Node]:
    mixed = " (mixed)" if len(block.states) > 1 else ""
    nodes: list[Node] = [f"{block.interval.notation}{mixed}"]
    for part in block.parts[:_TOLD]:
        nodes += [NEW_LINE, f"{part.interval}: {part.state.words}"]
    if len(block.parts) > _TOLD:
        nodes += [NEW_LINE, f"and {len(block.parts) - _TOLD} more intervals"]
    return nodes


def _strip(address_map: AddressMap, label: str) -> Element:
    runs = list(merged(blocks(address_map, Family.IPV6, _IPV6_PREFIX)))
    whole = 16 * (_WIDTH + _GAP) - _GAP
    weights = [1 + run.bit_length() for run, _ in runs]
    unit = (whole - _GAP * (len(runs) - 1)) / sum(weights)
    children: list[Node] = []
    left, number = 0.0, 0
    for (count, block), weight in zip(runs, weights, strict=True):
        children.append(_cell(block, (left, 0, weight * unit), ""))
        if number in _LANDMARKS:
            mark = _LANDMARKS[number]
            children.append(element("text", mark, x=f"{left:g}", y=_STRIP - 4, class_="landmark"))
        left += weight * unit + _GAP
        number += count
    box = f"0 0 {whole} {_STRIP}"
    return group("svg", children, viewBox=box, role="img", aria_label=label)


def _legend(address_map: AddressMap) -> Element:
    """The letters with their meaning, and how many addresses of each family are in each state."""
    present = [
        state
        for state in State
        if state is not State.SPECIAL and (state in _ALWAYS or address_map.has(state))
    ]
    entries = (
        element(
            "li",
            swatch(state),
            element("strong", state.words),
            group("span", ["IPv4 ", *_share(address_map, state)]),
            group("span", ["IPv6 ", *amount(address_map.count(state, Family.IPV6))]),
        )
        for state in present
    )
    rest = element("li", swatch(State.SPECIAL), element("strong", State.SPECIAL.words))
    return group("ul", [*entries, rest], class_="legend")


def swatch(state: State) -> Element:
    """A state's letter on its colour."""
    return element("span", state.value, class_=f"swatch w-{state.name.lower()}")


def _share(address_map: AddressMap, state: State) -> list[Node]:
    count = address_map.count(state, Family.IPV4)
    if state is State.INSIDE or not count:
        return amount(count)
    internet = (item for item in State if item not in (State.INSIDE, State.SPECIAL))
    whole = sum(address_map.count(item, Family.IPV4) for item in internet)
    return [*amount(count), f" ({_percent(count, whole)} of the Internet)"]


def _percent(count: int, whole: int) -> str:
    """A share that never rounds something to nothing, or a part to all."""
    if count == whole:
        return "all"
    if count * 1_000 < whole:
        return "less than 0.1%"
    if (whole - count) * 1_000 < whole:
        return "more than 99.9%"
    return f"{count / whole:.1%}"


def amount(count: int) -> list[Node]:
    """Write a number of addresses: in full, or as a power of two where it has too many digits."""
    if count < 1 << 33:
        return [f"{count:,}"]
    power = (count - 1).bit_length()
    less = (1 << power) - count
    if less < 1 << 33:
        exact: list[Node] = ["2", element("sup", str(power))]
        return exact + ([f" less {less:,}"] if less else [])
    # More than a float's digits are lost here, and the table of answers has the exact intervals.
    over = count / (1 << (power - 1))
    return ["about ", f"{over:.2f} · 2", element("sup", str(power - 1))]
