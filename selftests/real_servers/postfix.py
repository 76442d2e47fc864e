"""Postfix in the servers' namespace: one master, and one smtpd for each address of each case."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from selftests.real_servers.certificates import Authorities
from selftests.real_servers.companions import greylisting, sign_in
from selftests.real_servers.daemons import Daemon
from selftests.real_servers.namespaces import Missing, Namespace
from selftests.real_servers.tables import Case

PROGRAMS = Path("/usr/lib/postfix/sbin")
MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {programs}
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_protocols = all
notify_classes =
smtpd_peername_lookup = no
mydestination =
alias_maps =
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = regexp:{folder}/etc/recipients
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_security_level = may
smtpd_tls_protocols = >=TLSv1.2
smtpd_tls_mandatory_protocols = >=TLSv1.2
"""
SERVICES = """tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
dnsblog unix - - n - 0 dnsblog
"""
RECIPIENTS = "/^postmaster@/ ok\n"
QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming")
OTHERS = ("private", "saved", "trace", "pid")
# The folders that programs outside the mail system may enter.
SHARED = ("public", "maildrop")
Settings = dict[str, str]
GREYLISTS = {"greylist": 3_600, "short-greylist": 3}
"""Postgrey's sockets in `private`, and how long each puts off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostfixCase(Case):
    """What one smtpd has that the others don't; `ipv6_settings` hold on that address besides."""

    settings: Settings = field(default_factory=dict)
    ipv6_settings: Settings = field(default_factory=dict)
    certificate: str = "good"
    has_postscreen: bool = False

    def settings_of(self, address: str, chain: Path) -> Settings:
        """Everything that is set for the smtpd on an address."""
        usual = {"myhostname": self.host, "smtpd_tls_chain_files": str(chain)}
        return usual | self.settings | (self.ipv6_settings if ":" in address else {})


@contextmanager
def postfix(
    space: Namespace, folder: Path, cases: Iterable[PostfixCase], authorities: Authorities
) -> Iterator[Daemon]:
    """Run Postfix for some cases while the block lasts. The folder must be open to its user."""
    if not (PROGRAMS / "master").exists():
        raise Missing("postfix is not installed")
    cases = tuple(cases)
    _make_folders(folder)
    domains = " ".join(case.domain for case in cases)
    main = MAIN.format(folder=folder, programs=PROGRAMS, domains=domains)
    listeners = [line for case in cases for line in _listeners(folder, case, authorities)]
    (folder / "etc" / "main.cf").write_text(main, encoding="ascii")
    (folder / "etc" / "master.cf").write_text(SERVICES + "".join(listeners), encoding="ascii")
    (folder / "etc" / "recipients").write_text(RECIPIENTS, encoding="ascii")
    words = (str(PROGRAMS / "master"), "-d", "-c", str(folder / "etc"))
    awaited = [(address, 25) for case in cases for address in case.addresses]
    with ExitStack() as companions:
        private = folder / "queue" / "private"
        companions.enter_context(sign_in(space, folder, private / "auth"))
        for name, seconds in GREYLISTS.items():
            companions.enter_context(greylisting(space, folder, private / name, seconds))
        with Daemon(space, words, folder / "master.log", awaited) as daemon:
            yield daemon


def _make_folders(folder: Path) -> None:
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir()
    for name in (*QUEUES, *OTHERS, *SHARED):
        (folder / "queue" / name).mkdir()
        shutil.chown(folder / "queue" / name, "postfix")
    for name in SHARED:
        shutil.chown(folder / "queue" / name, "postfix", "postdrop")
    shutil.chown(folder / "queue" / "pid", "root")
    shutil.chown(folder / "data", "postfix")


def _listeners(folder: Path, case: PostfixCase, authorities: Authorities) -> Iterator[str]:
    chain = authorities.write(folder / "etc", case.certificate, case.host)
    for address in case.addresses:
        where = f"[{address}]:25" if ":" in address else f"{address}:25"
        settings = case.settings_of(address, chain)
        yield from (_postscreen if case.has_postscreen else _smtpd)(where, settings)


def _smtpd(where: str, settings: Settings) -> Iterator[str]:
    yield _service(f"{where} inet n - n - - smtpd", settings)


def _postscreen(where: str, settings: Settings) -> Iterator[str]:
    name = where.strip("[").replace(":", "-").replace("]", "")
    names = {
        "smtpd_service_name": f"smtpd-{name}",
        "tlsproxy_service_name": f"tlsproxy-{name}",
        "postscreen_cache_map": f"btree:$data_directory/{name}",
    }
    yield _service(f"{where} inet n - n - 1 postscreen", settings | names)
    yield _service(f"smtpd-{name} pass - - n - - smtpd", settings)
    yield _service(f"tlsproxy-{name} unix - - n - 0 tlsproxy", settings)


def _service(line: str, settings: Settings) -> str:
    options = (f"  -o {{ {name} = {value} }}" for name, value in settings.items())
    return "\n".join((line, *options, ""))
