"""The mail hosts of the external benchmark: what each is like, and so what is true of it.

A host's kind follows from its number, so whoever knows its address knows the truth about it.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address

NET = "198.51.100.0/22"
MOST = 1_000
CLIENT, SERVER = "203.0.113.9", "203.0.113.1"
PORTS = (110, 995, 143, 993, 717, 465, 587, 2525)
"""The eight that the article names; the suite tries 475 to 477 and a control besides."""
_FIRST = int(IPv4Address(NET.partition("/")[0])) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a mail host is like, seen from outside. Without `is_alive` nothing answers at all."""

    name: str
    auth_clear: bool = False
    auth_tls: bool = False
    takes_unannounced: bool = False
    relays: bool = False
    certificate: str = "good"
    others: str = "silent"
    open_port: int | None = None
    knows_recipients: bool = False
    is_alive: bool = True


KINDS = (
    Kind(name="locked"),
    Kind(name="sign-in after TLS", auth_tls=True, others="refused"),
    Kind(name="sign-in before TLS", auth_clear=True, auth_tls=True, open_port=587),
    Kind(name="sign-in unannounced", takes_unannounced=True),
    Kind(name="relays", relays=True, others="refused"),
    Kind(name="expired", certificate="expired", open_port=993),
    Kind(name="wrong name", certificate="wrong-name", others="refused", knows_recipients=True),
    Kind(name="dead", is_alive=False),
)


def number_of(address: str) -> int:
    """The number of the host with that address."""
    return int(IPv4Address(address)) - _FIRST


def address_of(number: int) -> str:
    """The address of a host; numbers begin with 0."""
    return str(IPv4Address(_FIRST + number))


def host_of(number: int) -> str:
    """The name of a host."""
    return f"mx{number}.d{number}.example"


def kind_of(address: str) -> Kind:
    """What the host with that address is like."""
    return KINDS[number_of(address) % len(KINDS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """So many mail hosts, so many of them for each mail domain."""

    hosts: int
    for_each_domain: int = 1

    @property
    def addresses(self) -> list[str]:
        """Every host's address."""
        return [address_of(number) for number in range(self.hosts)]

    @property
    def domains(self) -> list[str]:
        """Every mail domain."""
        count = -(-self.hosts // self.for_each_domain)
        return [f"d{number}.example" for number in range(count)]

    def zones(self) -> dict[str, str]:
        """The zones of a name server that knows the fleet, and nothing else."""
        found = {".": f"ns.name-server.test. A {SERVER}\nprobe.example. A {CLIENT}\n"}
        names = {CLIENT: "probe.example"}
        for number, address in enumerate(self.addresses):
            host, domain = host_of(number), self.domains[number // self.for_each_domain]
            found["."] += f"{domain}. MX 10 {host}.\n{host}. A {address}\n"
            names[address] = host
        for address, name in names.items():
            pointer = IPv4Address(address).reverse_pointer
            zone = pointer.partition(".")[2]
            found[zone] = f"{found.get(zone, '')}{pointer}. PTR {name}.\n"
        return found

    def firewall(self) -> str:
        """The nftables rules that make hosts dead, and ports silent or refused."""
        members: dict[str, list[str]] = {}
        for address in self.addresses:
            kind = kind_of(address)
            members.setdefault(kind.others if kind.is_alive else "dead", []).append(address)
            if kind.open_port:
                members.setdefault(f"open{kind.open_port}", []).append(address)
        lines = [
            f"set {name} {{ type ipv4_addr; elements = {{ {', '.join(addresses)} }}\n}}"
            for name, addresses in members.items()
        ]
        rules = {"dead": "ip daddr @dead drop", "": "tcp dport 25 accept"}
        rules |= {f"open{port}": f"tcp dport {port} ip daddr @open{port} accept" for port in PORTS}
        rules["silent"] = "ip protocol tcp ip daddr @silent drop"
        rules["refused"] = "ip protocol tcp ip daddr @refused reject with tcp reset"
        chain = [rule for name, rule in rules.items() if not name or name in members]
        head = "chain inward { type filter hook input priority 0"
        return "\n".join(("table ip fleet {", *lines, head, *chain, "}", "}", ""))


def truth_of(kind: Kind) -> dict[str, object]:
    """What is so, by the names of facts.py; a dead host has no other facts than its ports."""
    ports = dict.fromkeys(PORTS, kind.others if kind.is_alive else "silent")
    if kind.open_port:
        ports[kind.open_port] = "open"
    truth: dict[str, object] = {f"port {port}": state for port, state in ports.items()}
    if kind.is_alive:
        truth |= {
            "sign-in before TLS": kind.auth_clear,
            "sign-in after TLS": kind.auth_tls,
            "relays": kind.relays,
            "certificate": kind.certificate,
        }
        if not kind.auth_tls:
            truth["sign-in unannounced"] = kind.takes_unannounced
    return truth
