"""What a run must say of a real server: written from the checklist and the configuration.

A table names what is not compliant, as `deviates="EXT-03-1 EXT-08"`: an id, or the beginning of
ids. It stands beside the configuration that it is true of.
"""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from selftests.real_servers.namespaces import Blocking, Network

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
ONLY_IN_TLS = "EXT-03-2 EXT-05-2 EXT-05-3 EXT-05-4"
"""What has no subject where no address offers STARTTLS."""
BROKEN_TLS = f"{ONLY_IN_TLS} EXT-03-3 EXT-03-4"
"""What can't be looked at where STARTTLS is offered and no session comes about."""
IN_CONVERSATION = (
    "EXT-02-2 EXT-03 EXT-04-1 EXT-04-2 EXT-05-1 EXT-05-2 EXT-05-3 EXT-05-4 EXT-06 EXT-07-1"
)
"""What can't be looked at on an address that doesn't greet; EXT-02-1 says so."""
AT_A_HOST = (
    "EXT-02 EXT-03 EXT-04 EXT-05-1 EXT-05-2 EXT-05-3 EXT-05-4 EXT-06 EXT-07-1 EXT-07-2 EXT-08"
)
"""What has no subject without a mail host; the other half and policies apart."""

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


class Serving(Enum):
    """What a name server does with the zone of a domain."""

    ZONE = "serves it"
    ABSENT = "knows no such domain"
    BROKEN = "can't load it"
    SILENT = "hands over to a server that never answers"


class Blocked(NamedTuple):
    """Ports of one address that a packet filter keeps closed; the IP version names the address."""

    version: int
    ports: tuple[int, ...]
    blocking: Blocking


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One mail domain of its own, its addresses, and the verdicts that a run must give it.

    `number` makes the addresses. `records` stand in for the usual MX, A and AAAA; `reverse` for
    the name in the reverse zones (none if it is empty). `policy` is the text of its MTA-STS
    policy. `noted` names the checks that find something, and call it a note.
    """

    name: str
    number: int
    expected: Table
    noted: frozenset[str] = frozenset()
    label: str = "mail"
    records: str = "@ MX 10 {host}.\n{host}. A {ipv4}\n{host}. AAAA {ipv6}\n"
    serving: Serving = Serving.ZONE
    reverse: str | None = None
    reverse_is_broken: bool = False
    policy: str | None = None
    blocked: tuple[Blocked, ...] = ()
    is_seen_inside: bool = False

    @property
    def domain(self) -> str:
        """The mail domain."""
        return f"{self.name}.example"

    @property
    def host(self) -> str:
        """The mail host."""
        return f"{self.label}.{self.domain}"

    @property
    def ipv4(self) -> str:
        """The mail host's IPv4 address."""
        return f"203.0.113.{self.number}" if self.reverse_is_broken else f"198.51.100.{self.number}"

    @property
    def ipv6(self) -> str:
        """The mail host's IPv6 address."""
        return f"2001:db8:{2 if self.reverse_is_broken else 1}::{self.number}"

    @property
    def addresses(self) -> tuple[str, str]:
        """Both addresses."""
        return self.ipv4, self.ipv6

    def zone(self, pin: str) -> str:
        """The domain's records, without SOA and NS; `pin` is the hash of the host's public key."""
        return self.records.format(host=self.host, ipv4=self.ipv4, ipv6=self.ipv6, pin=pin)

    def prepare(self, network: Network) -> None:
        """Give the network this case's addresses, filters and routes."""
        network.servers.add_addresses(self.addresses)
        for version, ports, blocking in self.blocked:
            for port in ports:
                network.block(self.ipv6 if version == 6 else self.ipv4, port, blocking)
        if self.is_seen_inside:
            network.come_from_inside(self.addresses)
