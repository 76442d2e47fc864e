"""BIND in the servers' namespace: one zone for each case, and the reverse zones of them all."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

from selftests.real_servers.certificates import Authorities
from selftests.real_servers.daemons import Daemon
from selftests.real_servers.namespaces import GATEWAY, Blocking, Missing, Network
from selftests.real_servers.tables import Case, Serving

ADDRESS = GATEWAY[0]
SILENT = "198.51.100.253"
REVERSE_ZONES = ("100.51.198.in-addr.arpa", "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")
BROKEN_REVERSE_ZONES = ("113.0.203.in-addr.arpa", "2.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")
# A mail host of somebody else, which must not be contacted.
FOREIGN_HOST = "foreign-mx-example.mail.protection.outlook.com"
HEAD = """$TTL 60
@ SOA ns.name-server.test. hostmaster.name-server.test. 1 60 60 60 60
@ NS ns.name-server.test.
"""
OPTIONS = """options {{
    directory "{folder}";
    pid-file none;
    session-keyfile none;
    listen-on {{ {address}; }};
    listen-on-v6 {{ none; }};
    recursion yes;
    dnssec-validation no;
}};
controls {{ }};
"""
ZONE = 'zone "{zone}" {{ type primary; file "{folder}/{file}.zone"; }};\n'


@contextmanager
def name_server(
    network: Network, folder: Path, cases: Iterable[Case], authorities: Authorities
) -> Iterator[Daemon]:
    """Serve the zones of some cases while the block lasts."""
    named = shutil.which("named", path="/usr/sbin:/usr/bin")
    if named is None:
        raise Missing("bind9 is not installed")
    cases = tuple(cases)
    network.servers.add_addresses((SILENT,))
    for protocol in ("tcp", "udp"):
        network.block(SILENT, 53, Blocking.SILENCE, protocol)
    configuration = OPTIONS.format(folder=folder, address=ADDRESS)
    for zone, records in zones_of(cases, authorities).items():
        file = zone.strip(".") or "root"
        configuration += ZONE.format(zone=zone, folder=folder, file=file)
        if records is not None:
            (folder / f"{file}.zone").write_text(HEAD + records, encoding="ascii")
    (folder / "named.conf").write_text(configuration, encoding="ascii")
    words = (named, "-g", "-c", str(folder / "named.conf"))
    with Daemon(network.servers, words, folder / "named.log", [(ADDRESS, 53)]) as daemon:
        yield daemon


def zones_of(cases: tuple[Case, ...], authorities: Authorities) -> dict[str, str | None]:
    """Zone -> its records without SOA and NS; None for a zone that can't be loaded."""
    zones: dict[str, str | None] = {".": "".join(root_records(cases))}
    zones |= dict.fromkeys(BROKEN_REVERSE_ZONES)
    zones |= {zone: "".join(reverse_records(zone, cases)) for zone in REVERSE_ZONES}
    for case in cases:
        if case.serving is Serving.ZONE:
            zones[case.domain] = case.zone(authorities.pin("good", case.host))
        elif case.serving is Serving.BROKEN:
            zones[case.domain] = None
    return zones


def root_records(cases: Iterable[Case]) -> Iterator[str]:
    """The records of the root zone: everything that it lacks does not exist."""
    yield f"ns.name-server.test. A {ADDRESS}\n"
    yield f"{FOREIGN_HOST}. A 198.51.100.252\n"
    # As it is in the real root.
    yield "example.com. MX 0 .\n"
    for case in cases:
        if case.serving is Serving.SILENT:
            yield f"{case.domain}. NS ns.{case.domain}.\nns.{case.domain}. A {SILENT}\n"


def reverse_records(zone: str, cases: Iterable[Case]) -> Iterator[str]:
    """The PTR records of a reverse zone; none for a case whose reverse name is empty."""
    for case in cases:
        name = case.host if case.reverse is None else case.reverse
        for address in case.addresses if name else ():
            owner = ip_address(address).reverse_pointer
            if owner.endswith(zone):
                yield f"{owner}. PTR {name}.\n"
