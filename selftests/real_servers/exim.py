"""Exim in the servers' namespace: one daemon for each case, which differs from the rest by it."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from selftests.real_servers.certificates import Authorities
from selftests.real_servers.daemons import Daemon
from selftests.real_servers.namespaces import Missing, Namespace
from selftests.real_servers.tables import Case, Table, table

# Its package conflicts with Postfix: .ci/install-servers unpacks it beside.
PROGRAM = "/usr/local/lib/real-servers/exim4-daemon-light/usr/sbin/exim4"
USER = "Debian-exim"
RELAY_DENIED = """  deny domains = !+own
       message = relay not permitted
"""
RECIPIENTS = f"""{RELAY_DENIED}  deny local_parts = ^.*[@%!/|]
       message = restricted characters in address
  accept local_parts = postmaster
  deny message = no such user here
"""
CONFIGURATION = """{options}
domainlist own = {domain}

begin acl
recipients:
{recipients}
turn_away:
  deny message = your address is on a list

begin authenticators
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = false
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EximCase(Case):
    """What one daemon has that the others don't: main options, and the rules for RCPT.

    `pem` stands in for the usual key and chain.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    recipients: str = RECIPIENTS
    ports: tuple[int, ...] = (25,)
    pem: bytes | None = None

    def configuration(self, folder: Path, chain: Path) -> str:
        """The whole configuration file; the folder is the daemon's own."""
        usual = {
            "primary_hostname": self.host,
            "local_interfaces": f"<; {' ; '.join(self.addresses)}",
            "daemon_smtp_ports": " : ".join(map(str, self.ports)),
            "spool_directory": str(folder),
            "log_file_path": f"{folder}/%slog",
            "pid_file_path": f"{folder}/pid",
            "keep_environment": "",
            "queue_only": "true",
            # Two addresses are looked at at once, eight conversations each.
            "smtp_accept_max": "100",
            "acl_smtp_rcpt": "recipients",
            "auth_advertise_hosts": "",
            "tls_certificate": str(chain),
            "tls_require_ciphers": "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1",
        }
        options = "\n".join(
            f"{name} = {value}" for name, value in {**usual, **self.options}.items()
        )
        return CONFIGURATION.format(options=options, domain=self.domain, recipients=self.recipients)


def exim_table(**named: str) -> Table:
    """Verdicts of a server that names the address it saw, as Exim does."""
    return table(**({"compliant": "EXT-07-1"} | named))


@contextmanager
def exim(
    space: Namespace, folder: Path, cases: Iterable[EximCase], authorities: Authorities
) -> Iterator[None]:
    """Run Exim for some cases while the block lasts. The folder must be open to its user."""
    if not Path(PROGRAM).exists():
        raise Missing("exim4-daemon-light is not installed")
    with ExitStack() as running:
        for case in cases:
            own = folder / f"exim-{case.name}"
            own.mkdir()
            chain = authorities.write(own, "good", case.host)
            if case.pem is not None:
                chain.write_bytes(case.pem)
            for path in (own, chain):
                shutil.chown(path, USER)
            (own / "exim.conf").write_text(case.configuration(own, chain), encoding="ascii")
            words = (PROGRAM, "-bdf", "-C", str(own / "exim.conf"))
            awaited = [(address, port) for address in case.addresses for port in case.ports]
            running.enter_context(Daemon(space, words, own / "out.log", awaited))
        yield
