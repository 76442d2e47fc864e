"""The ids of the checks seen from inside, and the full verdict table from the short form.

A table names what is not compliant, as `deviates="INT-01-2 INT-07-1@EX02"`: an id or the
beginning of ids (`INT-03` for all of step 3), for one server only after an @.
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
CHECKS = tuple(sorted(STAGE_ONE + STAGE_TWO))

NO_INTERNET_CONNECTOR = "INT-02-2 INT-03 INT-04 INT-05 INT-08-3"
"""What has no subject without an Internet connector."""

_LEFT_OPEN = ("INT-04-1", "INT-07-3", "INT-07-4")
"""Not assessed unless a table says otherwise: without the outside half nobody knows the mail
host's name or whether 587 can be reached, and without a hybrid tie nothing is demanded of it."""


def expand(
    named: Mapping[str, str], servers: Sequence[str], domains: Sequence[str]
) -> dict[tuple[str, str], str]:
    """Return (check id, target) -> verdict for every check and target."""
    table = {
        (check, target): "not_assessed" if check in _LEFT_OPEN else "compliant"
        for check in CHECKS
        for target in _targets(check, servers, domains)
    }
    said: set[tuple[str, str]] = set()
    for verdict, text in named.items():
        for token in text.split():
            keys = set(_keys(token, table))
            if not keys or keys & said:
                raise ValueError(f"{token} names no check, or one that was named before")
            said |= keys
            table |= dict.fromkeys(keys, verdict)
    return table


def _targets(check: str, servers: Sequence[str], domains: Sequence[str]) -> Sequence[str]:
    if check == "INT-06-3":
        return ["organization"]
    return domains if check == "INT-06-4" else servers


def _keys(token: str, table: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, str]]:
    start, _, only = token.partition("@")
    for check, target in table:
        if f"{check}-".startswith(f"{start}-") and only in ("", target):
            yield check, target
