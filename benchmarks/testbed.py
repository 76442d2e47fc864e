"""Where the external benchmark runs: client - delay - servers, in network namespaces of its own.

Nothing leaves them, and all is gone when the `with` block ends. Linux, as root.
"""

import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from benchmarks.fleet import CLIENT, NET, SERVER, Fleet
from selftests.real_servers.certificates import Authorities
from selftests.real_servers.daemons import Daemon
from selftests.real_servers.name_server import HEAD, OPTIONS, ZONE
from selftests.real_servers.namespaces import Missing, Namespace, connect, require, run

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 240.0
"""Seconds after which one command is given up."""
_LOOK_AGAIN = 0.02
_QUEUES = ("net.ipv4.tcp_max_syn_backlog=16384", "net.core.somaxconn=8192")


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one command cost, as a whole process; `output` is what it printed."""

    seconds: float
    cpu: float
    mib: float
    output: str = ""
    is_whole: bool = True

    def less(self, other: "Cost") -> "Cost":
        """The same without the share of another command."""
        return Cost(
            seconds=self.seconds - other.seconds,
            cpu=self.cpu - other.cpu,
            mib=self.mib - other.mib,
            is_whole=self.is_whole,
        )


class Testbed:
    """A fleet behind a delay (the round trip in milliseconds), and a place to look from.

    `mail` is what serves port 25 of its hosts.
    """

    def __init__(self, fleet: Fleet, round_trip: float, mail: "Mail") -> None:
        self.fleet, self.authorities = fleet, Authorities()
        self._round_trip, self._mail = round_trip, mail
        self._client, self._box, self.servers = map(Namespace, ("client", "box", "servers"))
        self._built = ExitStack()
        self.folder = Path()

    def __enter__(self) -> "Testbed":
        require()
        with ExitStack() as building:
            for space in (self._client, self._box, self.servers):
                building.enter_context(space)
            self.folder = Path(tempfile.mkdtemp(prefix="external-"))
            building.callback(shutil.rmtree, self.folder)
            # Real servers have users of their own.
            self.folder.chmod(0o755)
            self._lay_cables()
            # Some tools ask the system's name server, whatever they are told.
            place = Path("/etc/netns") / self._client.name
            place.mkdir(parents=True)
            building.callback(shutil.rmtree, place)
            (place / "resolv.conf").write_text(f"nameserver {SERVER}\n")
            self.ca_file = self.authorities.write_root(self.folder)
            for server in (self._name_server(), self._mail(self), self._delay()):
                building.enter_context(server)
            self._built = building.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._built.close()

    def _lay_cables(self) -> None:
        connect(self._box, self._client, ("left", "eth0"))
        connect(self._box, self.servers, ("right", "eth0"))
        self._client.add_addresses((f"{CLIENT}/24",), "eth0")
        self.servers.add_addresses((f"{SERVER}/24",), "eth0")
        self._client.ip("route", "add", "default", "via", SERVER)
        self.servers.ip("route", "add", "local", NET, "dev", "lo")
        self.servers.filter(self.fleet.firewall())
        for setting in _QUEUES:
            run(*self.servers.command("sysctl", "-qw", setting))

    def _name_server(self) -> Daemon:
        named = shutil.which("named", path="/usr/sbin:/usr/bin")
        if named is None:
            raise Missing("bind9 is not installed")
        file = self.folder / "named.conf"
        configuration = OPTIONS.format(folder=self.folder, address=SERVER)
        for zone, records in self.fleet.zones().items():
            name = zone.strip(".") or "root"
            configuration += ZONE.format(zone=zone, folder=self.folder, file=name)
            (self.folder / f"{name}.zone").write_text(HEAD + records)
        file.write_text(configuration)
        words = (named, "-g", "-c", str(file))
        return Daemon(self.servers, words, self.folder / "named.log", [(SERVER, 53)])

    def _delay(self) -> Daemon:
        compiler = shutil.which("cc")
        if compiler is None:
            raise Missing("no C compiler for delay_box.c")
        program = str(self.folder / "delay_box")
        run(compiler, "-O2", "-o", program, str(ROOT / "benchmarks" / "delay_box.c"))
        words = (program, "left", "right", f"{self._round_trip / 2:g}")
        return Daemon(self._box, words, self.folder / "delay_box.log", ())

    def run(self, words: Sequence[str], folder: Path = ROOT) -> Cost:
        """Run a command where the client is."""
        with tempfile.TemporaryFile() as told:
            started = time.perf_counter()
            running = subprocess.Popen(  # noqa: S603  # the words are ours
                self._client.command(*words),
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                # Everybody's Python keeps what it compiled.
                env=os.environ | {"NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": ""},
            )
            used, peak, is_whole = _watch(running, started + LONGEST)
            seconds = time.perf_counter() - started
            told.seek(0)
            output = told.read().decode("utf-8", "replace")
        cpu = used.ru_utime + used.ru_stime
        return Cost(seconds=seconds, cpu=cpu, mib=peak, output=output, is_whole=is_whole)


Mail = Callable[[Testbed], AbstractContextManager[object]]


def _watch(
    running: "subprocess.Popen[bytes]", latest: float
) -> tuple["resource.struct_rusage", float, bool]:
    peak, is_whole = 0.0, True
    while True:
        peak = max(peak, _peak_of(running.pid))
        number, status, used = os.wait4(running.pid, os.WNOHANG)
        if number:
            running.returncode = os.waitstatus_to_exitcode(status)
            return used, peak, is_whole
        if is_whole and time.perf_counter() > latest:
            is_whole = False
            running.terminate()
        time.sleep(_LOOK_AGAIN)


def _peak_of(number: int) -> float:
    # Not ru_maxrss, which begins with the peak of the process that forked.
    try:
        told = Path(f"/proc/{number}/status").read_text()
    except OSError:
        return 0.0
    return int(told.partition("VmHWM:")[2].split()[0]) / 1_024 if "VmHWM:" in told else 0.0
