"""lab/selection.py: Exchange's choice of a connector (facts sheet, 3.1)."""

from dataclasses import replace

import pytest

from lab.scenarios.compliant import compliant_server, internet_connector
from lab.selection import interval, is_bound, select
from lab.state import FULL_IPV4, FULL_IPV6, ReceiveConnector, Server
from selftests.stand_in.conftest import Run
from selftests.stand_in.talk import V4, V6, connect

LOCAL = "10.1.2.20"


def connector(name: str, *ranges: str, binding: str = "0.0.0.0:25") -> ReceiveConnector:
    return replace(internet_connector(), name=name, bindings=(binding,), remote_ip_ranges=ranges)


def server(*connectors: ReceiveConnector) -> Server:
    return replace(compliant_server("EX01", LOCAL), receive_connectors=connectors)


def chosen(client: str, *connectors: ReceiveConnector, local: str = LOCAL) -> str | None:
    found = select(server(*connectors), local, 25, client)
    return found.name if found else None


def test_the_smallest_range_wins_even_against_the_exact_binding() -> None:
    wide = connector("wide", FULL_IPV4, binding=f"{LOCAL}:25")
    assert chosen("10.1.1.1", wide, connector("narrow", "10.0.0.0/8")) == "narrow"


def test_the_exact_binding_wins_among_equal_sizes() -> None:
    exact = connector("exact", "0.0.0.0/0", binding=f"{LOCAL}:25")
    assert chosen("10.1.1.1", connector("any", FULL_IPV4), exact) == "exact"


def test_the_first_loaded_wins_where_all_is_equal() -> None:
    assert chosen("10.1.1.1", connector("a", FULL_IPV4), connector("b", "0.0.0.0/0")) == "a"


def test_ranges_count_only_for_bindings_of_their_family() -> None:
    both = connector("both", FULL_IPV4, FULL_IPV6)
    assert chosen("10.1.1.1", both) == "both"
    assert chosen("2001:db8::1", both, local="2001:db8::25") is None


def test_disabled_connectors_are_invisible() -> None:
    off = replace(connector("off", "10.1.1.1"), enabled=False)
    assert chosen("10.1.1.1", off, connector("on", FULL_IPV4)) == "on"


def test_hub_connectors_are_invisible_where_the_front_end_owns_the_port() -> None:
    hub = replace(connector("hub", "10.1.1.1"), transport_role="HubTransport")
    assert chosen("10.1.1.1", hub, connector("front", FULL_IPV4)) == "front"
    assert chosen("10.1.1.1", hub) == "hub"


def test_nobody_listens_on_a_port_without_binding() -> None:
    assert not is_bound(server(connector("a", FULL_IPV4)), LOCAL, 587)


@pytest.mark.parametrize(
    "text",
    ["192.168.1.0/24", "192.168.1.9/24", "192.168.1.0-192.168.1.255", "192.168.1.0(255.255.255.0)"],
)
def test_notations_mean_the_same(text: str) -> None:
    assert interval(text) == (4, 0xC0A80100, 0xC0A801FF)


def test_a_stranger_meets_the_internet_connector_in_both_families(run: Run) -> None:
    running = run("compliant")
    for address, client in ((V4, "198.51.100.77"), (V6, "2001:db8:51::77")):
        with connect(running, address) as talk:
            assert talk.ask("HELO x") == f"250 mail.corp.example Hello [{client}]"


def test_an_insider_meets_default_frontend(run: Run) -> None:
    with connect(run("inside-vantage")) as talk:
        assert talk.ask("HELO x") == "250 ex01.corp.example Hello [10.20.0.77]"


def test_translated_addresses_look_internal(run: Run) -> None:
    with connect(run("snat")) as talk:
        assert talk.ask("HELO x") == "250 ex01.corp.example Hello [10.1.2.1]"


def test_where_no_connector_matches_the_connection_is_turned_away(run: Run) -> None:
    with connect(run("ipv6-forgotten"), V6) as talk:
        assert talk.greeting == "421 4.3.2 Service not available"
        assert talk.ask("EHLO x") == ""
