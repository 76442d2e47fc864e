"""Server processes in a namespace: started, awaited until they listen, and stopped by their id."""

import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from selftests.real_servers.namespaces import Namespace, run

START_S = 20.0
STOP_S = 10.0
POLL_S = 0.05
Listener = tuple[str, int] | Path
"""An address and a TCP port, or a socket file."""


class DidNotStart(Exception):
    """A server that ended, or did not listen in time; with the end of what it wrote."""


class Daemon:
    """One server in the foreground, from `with` to its end."""

    def __init__(
        self,
        space: Namespace,
        words: Iterable[str],
        log: Path,
        listeners: Iterable[Listener],
    ) -> None:
        self._space = space
        self._words = tuple(words)
        self._log = log
        self._awaited = tuple(listeners)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Daemon":
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # the words are ours
                self._space.command(*self._words),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A server may end its whole process group, which must not be ours.
                start_new_session=True,
            )
        try:
            self._await()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _await(self) -> None:
        ends = time.monotonic() + START_S
        while lacking := self._lacking():
            ended = self._process is None or self._process.poll() is not None
            if ended or time.monotonic() > ends:
                what = "it ended" if ended else f"nothing listens on {lacking[0]}"
                said = self._log.read_text(encoding="utf-8", errors="replace")[-2_000:]
                raise DidNotStart(f"{' '.join(self._words)}: {what}\n{said}")
            time.sleep(POLL_S)

    def _lacking(self) -> list[Listener]:
        there = listening(self._space)
        return [
            item
            for item in self._awaited
            if not (item.is_socket() if isinstance(item, Path) else item in there)
        ]

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_S)


def listening(space: Namespace) -> frozenset[tuple[str, int]]:
    """Every address and port on which something in a namespace accepts TCP connections."""
    found = set()
    for line in run(*space.command("ss", "-Hltn")).splitlines():
        address, _, port = line.split()[3].rpartition(":")
        found.add((address.strip("[]").partition("%")[0], int(port)))
    return frozenset(found)
