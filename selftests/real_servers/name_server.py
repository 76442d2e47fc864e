"""BIND in the servers' namespace: one zone for each case, and the reverse zones of them all."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

from selftests.real_servers.daemons import Daemon
from selftests.real_servers.namespaces import GATEWAY, Missing, Network
from selftests.real_servers.tables import Case

ADDRESS = GATEWAY[0]
REVERSE_ZONES = ("100.51.198.in-addr.arpa", "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")
HEAD = """$TTL 60
@ SOA ns.name-server.example. hostmaster.name-server.example. 1 60 60 60 60
@ NS ns.name-server.example.
"""
OPTIONS = """options {{
    directory "{folder}";
    pid-file none;
    session-keyfile none;
    listen-on {{ {address}; }};
    listen-on-v6 {{ none; }};
    recursion no;
    dnssec-validation no;
}};
controls {{ }};
"""
ZONE = 'zone "{zone}" {{ type primary; file "{zone}.zone"; }};\n'


@contextmanager
def name_server(network: Network, folder: Path, cases: Iterable[Case]) -> Iterator[Daemon]:
    """Serve the zones of some cases while the block lasts."""
    named = shutil.which("named", path="/usr/sbin:/usr/bin")
    if named is None:
        raise Missing("bind9 is not installed")
    zones = {case.domain: forward_records(case) for case in cases}
    for zone in REVERSE_ZONES:
        zones[zone] = "".join(reverse_records(zone, cases))
    configuration = OPTIONS.format(folder=folder, address=ADDRESS)
    for zone, records in zones.items():
        (folder / f"{zone}.zone").write_text(HEAD.format(zone=zone) + records, encoding="ascii")
        configuration += ZONE.format(zone=zone)
    (folder / "named.conf").write_text(configuration, encoding="ascii")
    words = (named, "-g", "-c", str(folder / "named.conf"))
    with Daemon(network.servers, words, folder / "named.log", [(ADDRESS, 53)]) as daemon:
        yield daemon


def forward_records(case: Case) -> str:
    """The records of a case's zone, without SOA and NS."""
    if case.records is not None:
        return case.records
    return f"@ MX 10 {case.host}.\nmail A {case.ipv4}\nmail AAAA {case.ipv6}\n"


def reverse_records(zone: str, cases: Iterable[Case]) -> Iterator[str]:
    """The PTR records of a reverse zone; none for a case whose reverse name is empty."""
    for case in cases:
        name = case.host if case.reverse is None else case.reverse
        for address in case.addresses if name else ():
            owner = ip_address(address).reverse_pointer
            if owner.endswith(zone):
                yield f"{owner}. PTR {name}.\n"
