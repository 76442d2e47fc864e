"""Addresses that an organisation is known to have."""

# ruff: noqa: S104 - addresses are data here

import pytest

from selftests.exchange.builders import at, connector, folder
from smtp_exposure.exchange.assembly import assemble
from smtp_exposure.exchange.inventory import NetworkConnectionInfo


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("192.0.2.10", "192.0.2.10-192.0.2.10"),
        ("2001:db8::10", "2001:db8::10-2001:db8::10"),
        *((text, "") for text in ("127.0.0.1", "::1", "169.254.1.2", "fe80::1%13", "0.0.0.0")),
        *((text, "") for text in ("224.0.0.1", "255.255.255.255", "ff02::1", "::", "garbage")),
    ],
)
def test_knows_the_addresses_of_adapters_that_others_can_reach(address: str, known: str) -> None:
    adapter = NetworkConnectionInfo({"Identity": "x", "Server": "EX01", "IPAddresses": (address,)})
    [found] = assemble([folder(at("EX01"), adapter)]).organizations
    assert ", ".join(str(item.interval) for item in found.known_addresses) == known


def test_knows_the_addresses_of_specific_bindings_and_their_server() -> None:
    bound = connector(bindings=("192.0.2.10:25", "[2001:db8::10]:25", "0.0.0.0:587"))
    [found] = assemble([folder(bound)]).organizations
    seen = [(item.owner, str(item.interval).partition("-")[0]) for item in found.known_addresses]
    assert seen == [("EX01", "192.0.2.10"), ("EX01", "2001:db8::10")]


def test_unreadable_bindings_are_left_to_the_checks() -> None:
    broken = connector(bindings=("nonsense",))
    [found] = assemble([folder(broken)]).organizations
    assert found.known_addresses == ()
    assert found.servers[0].receive_connectors.read() == (broken,)
