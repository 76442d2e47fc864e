"""What a run must say of a real server: written from the checklist and the configuration.

A table names what is not compliant, as `deviates="EXT-03-1 EXT-08"`: an id, or the beginning of
ids. It stands beside the configuration that it is true of.
"""

from dataclasses import dataclass

CHECKS = (
    *("EXT-02-1", "EXT-02-2", "EXT-03-1", "EXT-03-2", "EXT-03-3", "EXT-03-4"),
    *("EXT-04-1", "EXT-04-2", "EXT-04-3"),
    *("EXT-05-1", "EXT-05-2", "EXT-05-3", "EXT-05-4", "EXT-05-5"),
    *("EXT-06-1", "EXT-06-2", "EXT-07-1", "EXT-07-2", "EXT-07-3"),
    *(f"EXT-08-{number}" for number in range(1, 10)),
    "EXT-09-1",
)
VERDICTS = ("compliant", "deviates", "inconclusive", "error", "not_assessed")
# Nothing is published, the server names no address, and nobody asked the inside.
UNASKED = "EXT-05-5 EXT-07-1 EXT-07-3"
SILENT_ON_TLS = "EXT-03-2 EXT-05-2 EXT-05-3 EXT-05-4"
"""What has no subject where no address offers STARTTLS."""
NEEDS_A_HOST = "EXT-02 EXT-03 EXT-04 EXT-05 EXT-06 EXT-07 EXT-08"
"""What has no subject without a mail host."""

Table = dict[str, str]


def table(**named: str) -> Table:
    """Verdict of every check: compliant, or unasked, unless it is named (the last word wins)."""
    found = dict.fromkeys(CHECKS, "compliant")
    for verdict, words in (("not_assessed", UNASKED), *named.items()):
        if verdict not in VERDICTS:
            raise ValueError(f"{verdict} is no verdict")
        for word in words.split():
            alike = [check for check in CHECKS if check.startswith(word)]
            if not alike:
                raise ValueError(f"{word} names no check")
            found |= dict.fromkeys(alike, verdict)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One mail domain of its own, its addresses, and the verdicts that a run must give it.

    `number` makes the addresses; `records` stand in for the usual MX, A and AAAA.
    """

    name: str
    number: int
    expected: Table
    records: str | None = None
    reverse: str | None = None

    @property
    def domain(self) -> str:
        """The mail domain."""
        return f"{self.name}.example"

    @property
    def host(self) -> str:
        """The mail host."""
        return f"mail.{self.domain}"

    @property
    def ipv4(self) -> str:
        """The mail host's IPv4 address."""
        return f"198.51.100.{self.number}"

    @property
    def ipv6(self) -> str:
        """The mail host's IPv6 address."""
        return f"2001:db8:1::{self.number}"

    @property
    def addresses(self) -> tuple[str, str]:
        """Both addresses."""
        return self.ipv4, self.ipv6
