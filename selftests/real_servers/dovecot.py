"""Dovecot in the servers' namespace: POP3, IMAP and submission, on whatever addresses and ports."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from selftests.real_servers.certificates import Authorities
from selftests.real_servers.daemons import Daemon
from selftests.real_servers.namespaces import Missing, Network

PROGRAMS = Path("/usr/lib/dovecot")
HEAD = """base_dir = {folder}/run
log_path = /dev/stderr
protocols = imap pop3 submission
submission_relay_host = 127.0.0.1
ssl = yes
ssl_cert = <{chain}
ssl_key = <{chain}
passdb {{
  driver = static
  args = nopassword=n
}}
"""


class Service(Enum):
    """What listens on a port; the value is Dovecot's name of the service, and whether TLS comes first."""

    POP3 = ("pop3", False)
    POP3_OVER_TLS = ("pop3", True)
    IMAP = ("imap", False)
    IMAP_OVER_TLS = ("imap", True)
    SUBMISSION = ("submission", False)


class Listener(NamedTuple):
    """A service on one address and port."""

    service: Service
    address: str
    port: int


@contextmanager
def dovecot(
    network: Network, folder: Path, listeners: Iterable[Listener], authorities: Authorities
) -> Iterator[Daemon]:
    """Run Dovecot with these listeners while the block lasts."""
    for protocol in ("imap", "pop3", "submission"):
        if not (PROGRAMS / f"{protocol}-login").exists():
            raise Missing(f"dovecot-{protocol}d is not installed")
    listeners = tuple(listeners)
    own = folder / "dovecot"
    own.mkdir()
    chain = authorities.write(own, "good", "mailboxes.example")
    text = HEAD.format(folder=own, chain=chain) + "".join(services(listeners))
    (own / "dovecot.conf").write_text(text, encoding="ascii")
    program = shutil.which("dovecot", path="/usr/sbin") or "dovecot"
    words = (program, "-F", "-c", str(own / "dovecot.conf"))
    awaited = [(address, port) for _, address, port in listeners]
    with Daemon(network.servers, words, own / "out.log", awaited) as daemon:
        yield daemon


def services(listeners: Iterable[Listener]) -> Iterator[str]:
    """The listeners as Dovecot's configuration has them; the usual ones are switched off."""
    for name in ("imap", "imaps", "pop3", "pop3s", "submission"):
        yield f"service {name.rstrip('s')}-login {{\n  inet_listener {name} {{\n    port = 0\n  }}\n}}\n"
    for number, (service, address, port) in enumerate(listeners):
        name, is_tls = service.value
        yield (
            f"service {name}-login {{\n  inet_listener no{number} {{\n    address = {address}\n"
            f"    port = {port}\n    ssl = {'yes' if is_tls else 'no'}\n  }}\n}}\n"
        )
