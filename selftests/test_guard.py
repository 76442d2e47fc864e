"""The guard of selftests/conftest.py: no self-test reaches another machine, however it connects."""

import socket

import pytest


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"])
def test_other_machines_are_out_of_reach(method: str, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with (
        socket.socket(family) as opened,
        pytest.raises(AssertionError, match="tried to reach"),
    ):
        getattr(opened, method)((address, 25))
