"""OpenSMTPD in the servers' namespace, one process group for all of its cases.

Debian 12 builds it with an OpenSSL in which its privilege separation can't sign: STARTTLS is
offered, and each handshake breaks off.
"""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from selftests.real_servers.certificates import Authorities
from selftests.real_servers.daemons import Daemon
from selftests.real_servers.name_server import ADDRESS
from selftests.real_servers.namespaces import Missing, Network
from selftests.real_servers.tables import Case

# Its package conflicts with Postfix: .ci/install-servers unpacks it beside.
PROGRAM = "/usr/local/lib/real-servers/opensmtpd/usr/sbin/smtpd"
# Its folders are compiled in. `ip netns exec` gives it mounts of its own, so nothing is left.
START = """set -e
for place in /run /var/lib /var/spool; do mount -t tmpfs tmpfs $place; done
mkdir -p /var/lib/opensmtpd/empty
mount --bind "$2" /etc/resolv.conf
exec "$0" -d -f "$1"
"""
ACTIONS = """table aliases { "postmaster" = "root" }
action "aliased" mbox alias <aliases>
action "unaliased" mbox
"""
CASE = """pki "{case.host}" cert "{chain}"
pki "{case.host}" key "{chain}"
listen on {case.ipv4} tls pki "{case.host}" hostname "{case.host}"
listen on {case.ipv6} tls pki "{case.host}" hostname "{case.host}"
match from any for domain "{case.domain}" action "{action}"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSmtpdCase(Case):
    """A domain of OpenSMTPD's, with or without an alias for its postmaster."""

    has_postmaster: bool = True


@contextmanager
def opensmtpd(
    network: Network, folder: Path, cases: Iterable[OpenSmtpdCase], authorities: Authorities
) -> Iterator[Daemon]:
    """Run OpenSMTPD for some cases while the block lasts."""
    if not Path(PROGRAM).exists():
        raise Missing("opensmtpd is not installed")
    configuration = ACTIONS
    for case in cases:
        chain = authorities.write(folder, "good", case.host)
        action = "aliased" if case.has_postmaster else "unaliased"
        configuration += CASE.format(case=case, chain=chain, action=action)
    file = folder / "smtpd.conf"
    file.write_text(configuration, encoding="ascii")
    file.chmod(0o600)
    resolver = folder / "resolv.conf"
    resolver.write_text(f"nameserver {ADDRESS}\n", encoding="ascii")
    words = (shutil.which("sh") or "sh", "-c", START, PROGRAM, str(file), str(resolver))
    awaited = [(address, 25) for case in cases for address in case.addresses]
    with Daemon(network.servers, words, folder / "smtpd.log", awaited) as daemon:
        yield daemon
