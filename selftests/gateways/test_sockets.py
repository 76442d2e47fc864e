"""What the probing machine allows."""

import socket

import pytest

from smtp_exposure.gateways.sockets import local_address_towards, socket_budget


def test_there_is_a_budget_and_it_stays() -> None:
    assert socket_budget() > 0
    assert socket_budget() == socket_budget()


def test_finds_the_way_to_loopback() -> None:
    assert local_address_towards("127.0.0.1") == "127.0.0.1"


def test_an_address_without_a_way_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_way(_socket: socket.socket, _address: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", no_way)
    assert local_address_towards("2001:db8::1") is None
