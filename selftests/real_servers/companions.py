"""What Postfix asks: Dovecot, how to sign in; Postgrey, whether a stranger's mail comes too early."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selftests.real_servers.daemons import Daemon
from selftests.real_servers.namespaces import Missing, Namespace

# Nobody signs in: no user name is ever sent. The mechanisms are what is looked at.
SIGN_IN = """protocols =
base_dir = {folder}
log_path = /dev/stderr
auth_mechanisms = plain login
disable_plaintext_auth = no
ssl = no
passdb {{
  driver = static
  args = password=unused
}}
service auth {{
  unix_listener {socket} {{
    mode = 0666
  }}
}}
"""


@contextmanager
def sign_in(space: Namespace, folder: Path, socket: Path) -> Iterator[Daemon]:
    """Let Dovecot's auth service answer at a socket."""
    dovecot = shutil.which("dovecot", path="/usr/sbin:/usr/bin")
    if dovecot is None:
        raise Missing("dovecot is not installed")
    (folder / "dovecot").mkdir()
    configuration = folder / "dovecot.conf"
    text = SIGN_IN.format(folder=folder / "dovecot", socket=socket)
    configuration.write_text(text, encoding="ascii")
    words = (dovecot, "-F", "-c", str(configuration))
    with Daemon(space, words, folder / "dovecot.log", [socket]) as daemon:
        yield daemon


@contextmanager
def greylisting(space: Namespace, folder: Path, socket: Path, seconds: int) -> Iterator[Daemon]:
    """Let Postgrey put off, for so long, who writes for the first time."""
    postgrey = shutil.which("postgrey", path="/usr/sbin:/usr/bin")
    if postgrey is None:
        raise Missing("postgrey is not installed")
    seen = folder / f"seen-{seconds}"
    seen.mkdir()
    shutil.chown(seen, "postfix")
    words = (
        *(postgrey, f"--unix={socket}", f"--delay={seconds}", f"--dbdir={seen}"),
        # As shipped, mail to postmaster is never put off.
        *("--whitelist-recipients=/dev/null", "--whitelist-clients=/dev/null"),
        *("--user=postfix", "--group=postfix"),
    )
    with Daemon(space, words, folder / f"postgrey-{seconds}.log", [socket]) as daemon:
        yield daemon
