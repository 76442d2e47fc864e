"""A client, a delay and servers in network namespaces of their own; gone when the run ends.

Three namespaces in a row: client - box - servers. Nothing leaves them. The delay is netem's where
the kernel has it, else that of delay_box.c.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from fleet import CLIENT, SERVER

_HERE = Path(__file__).resolve().parent


class CannotMeasure(Exception):
    """What the machine lacks."""


def run(*words: str, text: str | None = None) -> str:
    """Run a command that must succeed, and give what it prints."""
    done = subprocess.run(  # noqa: S603  # the words are ours
        words, input=text, capture_output=True, text=True, timeout=30, check=False
    )
    if done.returncode:
        raise CannotMeasure(f"{' '.join(words)}: {done.stderr.strip()[:300]}")
    return done.stdout


class Network:
    """The namespaces of one run. `delay` is one way, in milliseconds."""

    def __init__(self) -> None:
        names = ("client", "box", "servers")
        self.client, self.box, self.servers = (f"bench-{os.getpid()}-{name}" for name in names)
        self._folder = Path(tempfile.mkdtemp(prefix="delay-box-"))
        self._delaying: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Network":
        if os.geteuid() or not all(map(shutil.which, ("ip", "nft", "sysctl"))):
            raise CannotMeasure("needs root, ip and nft (Debian: iproute2, nftables)")
        try:
            self._build()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._remove()

    def _build(self) -> None:
        for space in (self.client, self.box, self.servers):
            run("ip", "netns", "add", space)
            self.ip(space, "link", "set", "lo", "up")
        for space, inner in ((self.client, "left"), (self.servers, "right")):
            pair = ("link", "add", "name", inner, "type", "veth")
            self.ip(self.box, *pair, "peer", "name", "eth0", "netns", space)
            self.ip(self.box, "link", "set", inner, "up")
            self.ip(space, "link", "set", "eth0", "up")
        self.ip(self.client, "address", "add", f"{CLIENT}/24", "dev", "eth0")
        self.ip(self.servers, "address", "add", f"{SERVER}/24", "dev", "eth0")
        self.ip(self.client, "route", "add", "198.51.100.0/22", "via", SERVER)
        self.ip(self.servers, "route", "add", "local", "198.51.100.0/22", "dev", "lo")
        for setting in ("net.ipv4.tcp_max_syn_backlog=16384", "net.core.somaxconn=8192"):
            run("ip", "netns", "exec", self.servers, "sysctl", "-qw", setting)

    def ip(self, space: str, *words: str) -> None:
        """Run `ip` in a namespace."""
        run("ip", "-n", space, *words)

    def rules(self, text: str) -> None:
        """Replace the servers' packet filter."""
        inside = ("ip", "netns", "exec", self.servers, "nft", "-f", "-")
        run(*inside, text=f"flush ruleset\n{text}")

    def delay(self, round_trip: float) -> str:
        """Set the round-trip time in milliseconds; tells what makes it."""
        self._stop()
        one_way = f"{round_trip / 2:g}"
        try:
            for inner in ("left", "right"):
                shape = ("root", "netem", "delay", f"{one_way}ms", "limit", "100000")
                run("tc", "-n", self.box, "qdisc", "replace", "dev", inner, *shape)
            self._bridge()
        except (CannotMeasure, FileNotFoundError):
            self._start(one_way)
            return "delay_box"
        return "netem"

    def _bridge(self) -> None:
        if "bridge" not in run("ip", "-n", self.box, "-br", "link"):
            self.ip(self.box, "link", "add", "name", "bridge", "type", "bridge")
            self.ip(self.box, "link", "set", "bridge", "up")
        for name in ("left", "right"):
            self.ip(self.box, "link", "set", name, "master", "bridge")

    def _start(self, one_way: str) -> None:
        binary = self._folder / "delay_box"
        if not binary.exists():
            compiler = shutil.which("cc") or shutil.which("gcc")
            if compiler is None:
                raise CannotMeasure("neither netem nor a C compiler for delay_box.c")
            run(compiler, "-O2", "-o", str(binary), str(_HERE / "delay_box.c"))
        self._delaying = subprocess.Popen(  # noqa: S603
            ("ip", "netns", "exec", self.box, str(binary), "left", "right", one_way),  # noqa: S607
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._delaying.stdout is not None
        if self._delaying.stdout.readline().strip() != "ready":
            raise CannotMeasure("delay_box did not start")

    def _stop(self) -> None:
        if self._delaying is not None:
            self._delaying.terminate()
            self._delaying.wait(10)
            self._delaying = None

    def _remove(self) -> None:
        self._stop()
        for space in (self.client, self.box, self.servers):
            subprocess.run(  # noqa: S603
                ("ip", "netns", "delete", space),  # noqa: S607
                capture_output=True,
                timeout=30,
                check=False,
            )
        shutil.rmtree(self._folder, ignore_errors=True)

    def inside(self, space: str, words: Sequence[str]) -> list[str]:
        """Give the command line that runs a command in a namespace."""
        return ["ip", "netns", "exec", space, *words]
