"""The self-tests' guard: traffic stays on this machine."""

import ipaddress
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT.parent / "shared" / "samples"


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection to an address outside loopback."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))


def _guarded(connect: Callable[[socket.socket, Any], T]) -> Callable[[socket.socket, Any], T]:
    def guarded(self: socket.socket, address: Any) -> T:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = ipaddress.ip_address(address[0].partition("%")[0])
            if not host.is_loopback:
                raise AssertionError(f"a self-test tried to reach {host}")
        return connect(self, address)

    return guarded


@pytest.fixture
def samples() -> Path:
    """Published samples beside the checkout; tests on them skip where the folder is missing."""
    if not SAMPLES.is_dir():
        pytest.skip("samples: the folder ../shared/samples is not there")
    return SAMPLES
