"""What serves port 25 in the external benchmark: a responder of our own, or a real server."""

import sys
from contextlib import AbstractContextManager
from dataclasses import replace

from benchmarks.fleet import Kind, host_of, kind_of
from benchmarks.testbed import Testbed
from selftests.real_servers import exim as real_exim
from selftests.real_servers import postfix as real_postfix
from selftests.real_servers.daemons import Daemon
from selftests.real_servers.exim_cases import EXIM
from selftests.real_servers.postfix_cases import SIGN_IN_CASES

REAL = Kind(name="real", auth_tls=True)
"""What both real servers are like: sign-in inside TLS only, and no relay."""
_POSTFIX = next(case for case in SIGN_IN_CASES if case.name == "sign-in-after-tls")
_EXIM = next(case for case in EXIM if case.name == "auth-inside-tls")


def responder(bed: Testbed, tarpit: float = 0.0) -> Daemon:
    """Let one process answer for all hosts; each refusal may be delayed."""
    for number, address in enumerate(bed.fleet.addresses):
        host = host_of(number)
        made = bed.authorities.write(bed.folder, kind_of(address).certificate, host)
        made.rename(bed.folder / f"{host}.pem")
    words = (sys.executable, "-m", "benchmarks.responder", str(bed.folder), str(tarpit))
    log = bed.folder / "responder.log"
    return Daemon(bed.servers, words, log, [("0.0.0.0", 25)])  # noqa: S104  # in its namespace


def postfix(bed: Testbed, tarpit: int = 0) -> AbstractContextManager[Daemon]:
    """Let Postfix be the fleet's first host; each refusal of a recipient may be delayed."""
    rules = f"permit_auth_destination, sleep {tarpit}, reject_unauth_destination"
    settings = _POSTFIX.settings | {"smtpd_relay_restrictions": rules}
    case = replace(_POSTFIX, name="d0", label="mx0", number=1, settings=settings)
    bed.servers.add_addresses((case.ipv6,))
    return real_postfix.postfix(bed.servers, bed.folder, [case], bed.authorities)


def exim(bed: Testbed) -> AbstractContextManager[None]:
    """Let Exim be the fleet's first host."""
    case = replace(_EXIM, name="d0", label="mx0", number=1)
    bed.servers.add_addresses((case.ipv6,))
    return real_exim.exim(bed.servers, bed.folder, [case], bed.authorities)
