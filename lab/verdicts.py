"""The ids of the checks, and the full verdict table from the short form.

A table names what is not compliant, as `deviates="INT-01-2 INT-07-1@EX02"`: an id or the
beginning of ids (`INT-03` for all of step 3), for one target only after an @.
"""

from collections.abc import Iterator, Mapping, Sequence

STAGE_ONE = (
    *("INT-01-1", "INT-01-2", "INT-01-3", "INT-01-4", "INT-01-5", "INT-01-6"),
    *("INT-02-1", "INT-02-2", "INT-02-3", "INT-02-4"),
    *("INT-03-1", "INT-03-2", "INT-03-3"),
    *("INT-07-1", "INT-07-2", "INT-07-3"),
)
STAGE_TWO = (
    *("INT-04-1", "INT-04-2"),
    *("INT-05-1", "INT-05-2", "INT-05-3"),
    *("INT-06-1", "INT-06-2", "INT-06-3", "INT-06-4"),
    *("INT-07-4", "INT-08-1", "INT-08-2", "INT-08-3"),
)
EXTERNAL = (
    *("EXT-02-1", "EXT-02-2"),
    *("EXT-03-1", "EXT-03-2", "EXT-03-3", "EXT-03-4"),
    *("EXT-04-1", "EXT-04-2", "EXT-04-3"),
    *("EXT-05-1", "EXT-05-2", "EXT-05-3", "EXT-05-4", "EXT-05-5"),
    *("EXT-06-1", "EXT-06-2", "EXT-07-1", "EXT-07-2", "EXT-07-3"),
    *(f"EXT-08-{number}" for number in range(1, 10)),
    "EXT-09-1",
)
CHECKS = tuple(sorted(STAGE_ONE + STAGE_TWO + EXTERNAL))

NO_INTERNET_CONNECTOR = "INT-02-2 INT-03 INT-04 INT-05 INT-08-3"
"""What has no subject without an Internet connector."""
NO_SESSION = "EXT-02-2 EXT-03 EXT-04-1 EXT-04-2 EXT-05-1 EXT-05-2 EXT-05-3 EXT-05-4 EXT-06 EXT-07-1"
"""What can't be looked at on an address that holds no SMTP session with us (EXT-02-1 apart)."""
SIGN_IN_SEEN = "EXT-03 EXT-04-1 EXT-04-2"
"""What deviates where Default Frontend answers a stranger, under its own name."""
NO_TLS_SEEN = "EXT-03-2 EXT-05-2 EXT-05-3 EXT-05-4"
"""What only a TLS session shows: without an offer of STARTTLS there is nothing to look at."""

BROKEN_TLS = "EXT-03-2 EXT-03-3 EXT-03-4 EXT-05-2 EXT-05-3 EXT-05-4"
"""What can't be looked at where STARTTLS is offered and doesn't work."""
NO_HOST = "EXT-02 EXT-03 EXT-04 EXT-05 EXT-06 EXT-07 EXT-08"
"""Everything that needs a mail host to look at."""

INTERNAL, OUTSIDE = "internal", "external"
HALVES = (INTERNAL, OUTSIDE)
_PREFIX = {INTERNAL: "INT-", OUTSIDE: "EXT-"}

# Not assessed unless a table says otherwise: without a hybrid tie and without published policies
# nothing is demanded of them.
_LEFT_OPEN = ("INT-07-4", "EXT-05-5")
_NEEDS_BOTH = ("EXT-07-3",)
# Without the outside half nobody knows the mail host's name or whether 587 can be reached, unless
# the profile or the connectors themselves settle it.
_HELPED_BY_OUTSIDE = ("INT-04-1", "INT-07-3")

Table = dict[tuple[str, str], str]


def expand(
    named: Mapping[str, str],
    jointly: Mapping[str, str],
    targets: tuple[Sequence[str], Sequence[str]],
    halves: Sequence[str],
) -> Table:
    """Return (check id, target) -> verdict for every check of these halves and every target.

    `targets` are servers and domains; `jointly` holds where both halves run.
    """
    if not halves or set(halves) - set(HALVES):
        raise ValueError(f"halves are {' and '.join(HALVES)}, not {tuple(halves)}")
    are_both = set(halves) == set(HALVES)
    table = {
        (check, target): _usual(check, are_both=are_both)
        for check in CHECKS
        for target in _targets(check, *targets)
    }
    _overlay(table, named)
    if are_both:
        _overlay(table, jointly)
    else:
        table |= {key: "not_assessed" for key in table if key[0] in _NEEDS_BOTH}
    prefixes = tuple(_PREFIX[half] for half in halves)
    return {key: verdict for key, verdict in table.items() if key[0].startswith(prefixes)}


def _usual(check: str, *, are_both: bool) -> str:
    is_open = check in _LEFT_OPEN or (check in _HELPED_BY_OUTSIDE and not are_both)
    return "not_assessed" if is_open else "compliant"


def _overlay(table: Table, named: Mapping[str, str]) -> None:
    said: set[tuple[str, str]] = set()
    for verdict, text in named.items():
        for token in text.split():
            keys = set(_keys(token, table))
            if not keys or keys & said:
                raise ValueError(f"{token} names no check, or one that was named before")
            said |= keys
            table |= dict.fromkeys(keys, verdict)


def _targets(check: str, servers: Sequence[str], domains: Sequence[str]) -> Sequence[str]:
    if check == "INT-06-3":
        return ["organization"]
    return domains if check == "INT-06-4" or check.startswith("EXT-") else servers


def _keys(token: str, table: Table) -> Iterator[tuple[str, str]]:
    start, _, only = token.partition("@")
    for check, target in table:
        if f"{check}-".startswith(f"{start}-") and only in ("", target):
            yield check, target
