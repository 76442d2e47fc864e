"""A packet capture in a namespace, while a block lasts."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selftests.real_servers.namespaces import Missing, Namespace

STOPS_WITHIN_S = 10
# The kernel keeps a place of the packet's greatest length for each packet that waits: 3,600 places.
SIZES = ("-s", "9000", "-B", "32768")


@contextmanager
def capturing(space: Namespace, file: Path, device: str = "eth0") -> Iterator[None]:
    """Write everything that passes a device into a file; fails if a packet was lost."""
    if shutil.which("tcpdump") is None:
        raise Missing("tcpdump is not installed")
    # -Z: it would give its rights up to a user who may not write here.
    words = ("tcpdump", "-n", "-U", "--immediate-mode", *SIZES, "-Z", "root", "-i", device)
    command = space.command(*words, "-w", str(file))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:  # noqa: S603
        assert running.stderr
        while "listening on" not in (line := running.stderr.readline()):
            assert line, "tcpdump ended"
        try:
            yield
        finally:
            running.terminate()
            _, said = running.communicate(timeout=STOPS_WITHIN_S)
    assert "\n0 packets dropped by kernel" in said, said
