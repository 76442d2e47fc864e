"""What the outside look is asked to do: targets, names and limits; all of it known beforehand."""

from dataclasses import dataclass

MOST_TARGETS, MOST_ADDRESSES = 16, 32
"""More than so many are a fleet, whose questions share conversations."""

# docs/checklist.md, EXT-08-1 to -9, in this order.
EXPOSED_PORTS = (110, 995, 143, 993, 717, 465, 587, 2525, 475, 476, 477)


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainTarget:
    """A mail domain; `hosts` stand in for its MX, `public_hosts` are probed besides.

    Without `recipient`, postmaster is the own recipient (RFC 5321, 4.5.1).
    """

    domain: str
    hosts: tuple[str, ...] = ()
    public_hosts: tuple[str, ...] = ()
    recipient: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Upper bounds in seconds, and in numbers; a hostile answer can't stretch them."""

    reply: float = 30.0
    connect: float = 3.0
    conversation: float = 90.0
    run: float = 180.0
    dns: float = 5.0
    retry_pause: float = 5.0
    port_wait: float = 3.0
    at_once: int = 8
    hosts_per_domain: int = 20
    addresses_per_host: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRequest:
    """One outside look. `hosts` are probed without belonging to a domain."""

    domains: tuple[DomainTarget, ...] = ()
    hosts: tuple[str, ...] = ()
    vantage: str = "here"
    foreign_domain: str = "example.com"
    foreign_mx: tuple[str, ...] = ()
    ehlo_name: str | None = None
    mail_from: str = "<>"
    resolver: str | None = None
    ca_file: str | None = None
    smtp_port: int = 25
    ports: tuple[int, ...] = EXPOSED_PORTS
    limits: Limits = Limits()
    # What the probe's own addresses are said to be, where a stand-in on loopback hides them.
    own_addresses: tuple[str, ...] = ()
    # None: one conversation for each expected refusal, unless it is a fleet.
    compact: bool | None = None

    def is_compact(self, addresses: int = 0) -> bool:
        """Whether conversations are shared: for a fleet, connections cost more than a tarpit.

        `addresses` is how many were found, 0 before that is known.
        """
        if self.compact is not None:
            return self.compact
        return len(self.domains) + len(self.hosts) > MOST_TARGETS or addresses > MOST_ADDRESSES
