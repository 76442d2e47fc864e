"""The hosts of MTA-STS policies: OpenSSL's own small web server, one for each case that has one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selftests.real_servers.certificates import Authorities
from selftests.real_servers.daemons import Daemon
from selftests.real_servers.namespaces import Missing, Network
from selftests.real_servers.tables import Case


@contextmanager
def policy_host(
    network: Network, folder: Path, case: Case, authorities: Authorities
) -> Iterator[Daemon]:
    """Serve a case's policy on its IPv4 address while the block lasts."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise Missing("openssl is not installed")
    file = folder / case.name / ".well-known" / "mta-sts.txt"
    file.parent.mkdir(parents=True)
    file.write_text((case.policy or "").format(host=case.host), encoding="ascii")
    chain = str(authorities.write(folder, "good", f"mta-sts.{case.domain}"))
    words = (
        *("env", f"--chdir={folder / case.name}"),
        *(openssl, "s_server", "-accept", f"{case.ipv4}:443", "-WWW"),
        *("-cert", chain, "-cert_chain", chain),
    )
    log = folder / f"policy-{case.name}.log"
    with Daemon(network.servers, words, log, [(case.ipv4, 443)]) as daemon:
        yield daemon
