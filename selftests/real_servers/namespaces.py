"""Network namespaces: a probe and servers, joined by one cable; nothing leaves them.

The addresses are from the ranges for documentation, which count as Internet. What is built here
is gone when its `with` block ends.
"""

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import ExitStack
from enum import Enum
from ipaddress import ip_address
from types import TracebackType

PROBE = ("192.0.2.2", "2001:db8::2")
"""The probe's own addresses."""
INSIDE = ("10.20.30.40", "fd00:20:30::40")
"""The probe's addresses in internal space; used only towards servers that are told so."""
GATEWAY = ("192.0.2.1", "2001:db8::1")
"""The near end of the servers' namespace."""
LIMIT_S = 30

_serial = itertools.count(1)


class Missing(Exception):
    """What this machine lacks to build it."""


class Blocking(Enum):
    """How a packet filter keeps a connection out; the value is nftables' own word."""

    RESET = "reject with tcp reset"
    PROHIBITED = "reject with icmpx admin-prohibited"
    SILENCE = "drop"


def run(*words: str, text: str | None = None) -> str:
    """Run a command that must succeed, and give what it prints."""
    done = subprocess.run(  # noqa: S603  # the words are ours
        words, input=text, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    if done.returncode:
        raise OSError(f"{' '.join(words)}: {done.stderr.strip()[:500]}")
    return done.stdout


def require() -> None:
    """Raise Missing where namespaces can't be built."""
    for command, package in (("ip", "iproute2"), ("nft", "nftables")):
        if shutil.which(command) is None:
            raise Missing(f"{package} is not installed")
    if not hasattr(os, "geteuid") or os.geteuid():
        raise Missing("needs root")


class Namespace:
    """One network namespace, from `with` to its end."""

    def __init__(self, role: str) -> None:
        self.name = f"{role}-{os.getpid()}-{next(_serial)}"

    def __enter__(self) -> "Namespace":
        run("ip", "netns", "add", self.name)
        self.ip("link", "set", "lo", "up")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        run("ip", "netns", "delete", self.name)

    def ip(self, *words: str) -> None:
        """Run `ip` on this namespace."""
        run("ip", "-n", self.name, *words)

    def command(self, *words: str) -> list[str]:
        """Give the command line that runs a command in this namespace."""
        return ["ip", "netns", "exec", self.name, *words]

    def add_addresses(self, addresses: Iterable[str], device: str = "lo") -> None:
        """Give a device addresses that are its own, at once."""
        lines = [_address_line(address, device) for address in addresses]
        run("ip", "-n", self.name, "-batch", "-", text="\n".join(lines))

    def filter(self, rules: str) -> None:
        """Load nftables rules; they add to those that are there."""
        run(*self.command("nft", "-f", "-"), text=rules)


def _address_line(address: str, device: str) -> str:
    bits, _, length = address.partition("/")
    length = length or str(ip_address(bits).max_prefixlen)
    # Without nodad an IPv6 address can't be used for the first second.
    flag = " nodad" if ":" in bits else ""
    return f"address add {bits}/{length} dev {device}{flag}"


def connect(one: Namespace, other: Namespace, names: tuple[str, str] = ("eth0", "eth0")) -> None:
    """Lay a cable (a veth pair) between two namespaces; the names are those of its ends."""
    ends = ("type", "veth", "peer", "name", names[1], "netns", other.name)
    one.ip("link", "add", "name", names[0], *ends)
    one.ip("link", "set", names[0], "up")
    other.ip("link", "set", names[1], "up")


def _chain(table: str, kind: str, rule: str, hook: str = "input") -> str:
    head = f"type {kind} hook {hook} priority 0"
    return f"table inet {table} {{ chain {hook} {{ {head}\n{rule}\n}}\n}}\n"


class Network:
    """A namespace for the probe and one for all servers, which hold the other addresses."""

    def __init__(self) -> None:
        self.probe = Namespace("probe")
        self.servers = Namespace("servers")
        self._built = ExitStack()

    def __enter__(self) -> "Network":
        require()
        with ExitStack() as building:
            building.enter_context(self.probe)
            building.enter_context(self.servers)
            connect(self.probe, self.servers)
            for space, own in ((self.probe, PROBE), (self.servers, GATEWAY)):
                space.add_addresses((f"{own[0]}/24", f"{own[1]}/64"), "eth0")
            for here, there in zip(PROBE, GATEWAY, strict=True):
                self.probe.ip("route", "add", "default", "via", there, "src", here)
                self.servers.ip("route", "add", "default", "via", here)
            self.probe.add_addresses(INSIDE, "eth0")
            # As Linux comes, it says "prohibited" once a second, and is silent in between.
            for limit in ("ipv4/icmp_ratelimit", "ipv6/icmp/ratelimit"):
                run(*self.servers.command("sh", "-c", f"echo 0 >/proc/sys/net/{limit}"))
            self._built = building.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._built.close()

    def block(self, address: str, port: int, blocking: Blocking, protocol: str = "tcp") -> None:
        """Keep connections to a server's address and port out."""
        family = "ip6" if ":" in address else "ip"
        rule = f"{family} daddr {address} {protocol} dport {port} {blocking.value}"
        self.servers.filter(_chain("ports", "filter", rule))

    def come_from_inside(self, addresses: Iterable[str]) -> None:
        """Let the probe use an address of internal space towards some servers."""
        for address in addresses:
            family = ":" in address
            way = ("via", GATEWAY[family], "src", INSIDE[family])
            self.probe.ip("route", "add", address, *way)

    def translate_source(self, address: str, source: str) -> None:
        """Let the server behind an address see another source than the probe's (SNAT)."""
        family = "ip6" if ":" in address else "ip"
        rule = f"{family} daddr {address} snat {family} to {source}"
        self.servers.filter(_chain("sources", "nat", rule))

    def shut_out(self, address: str, port: int) -> None:
        """Let an address drop every new connection of whoever tried that port."""
        family = "ip6" if ":" in address else "ip"
        kind = "ipv6_addr" if ":" in address else "ipv4_addr"
        pair = f"{family} saddr . {family} daddr"
        rules = (
            f"{pair} @seen_{family} ct state new drop",
            f"{family} daddr {address} tcp dport {port} add @seen_{family} {{ {pair} }} drop",
        )
        kept = f"set seen_{family} {{ type {kind} . {kind}; flags dynamic; }}"
        chain = _chain("scans", "filter", "\n".join(rules))
        self.servers.filter(chain.replace("{ chain", f"{{ {kept}\nchain", 1))

    def answer_everywhere(self, address: str) -> None:
        """Lead every other port of an address to port 25, as a device accepts all connections."""
        family, bare = ("ip6", f"[{address}]") if ":" in address else ("ip", address)
        rule = f"{family} daddr {address} tcp dport != 25 dnat {family} to {bare}:25"
        self.servers.filter(_chain("destinations", "nat", rule, "prerouting"))
