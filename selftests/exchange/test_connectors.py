"""Receive connectors: the export's values, and what follows from them."""

import pytest

from selftests.exchange.builders import (
    ALL_IPV4,
    AUTH_31,
    altered,
    connector,
    default_frontend,
    without,
)
from smtp_exposure.errors import ExposureError, MissingEvidence, UnreadableEvidence
from smtp_exposure.exchange.address_sets import AddressSet, whole
from smtp_exposure.exchange.addresses import Family
from smtp_exposure.exchange.connectors import ReceiveConnector, TransportRole, parse_transport_role
from smtp_exposure.exchange.flags import AuthMechanism, PermissionGroup
from smtp_exposure.exchange.objects import EnumValue, Value

FRONT, HUB = TransportRole.FRONTEND_TRANSPORT, TransportRole.HUB_TRANSPORT


@pytest.mark.parametrize(
    ("value", "role"),
    [
        ("FrontendTransport", FRONT),
        ("frontendtransport ", FRONT),
        ("HubTransport", HUB),
        (EnumValue("FrontendTransport", 16384), FRONT),
        (EnumValue("HubTransport", 32), HUB),
        (16384, FRONT),
        (32, HUB),
        ("16384", FRONT),
        ("32", HUB),
        (EnumValue("16384", 16384), FRONT),
    ],
)
def test_reads_the_transport_role_from_text_and_number(value: Value, role: TransportRole) -> None:
    assert parse_transport_role(value) is role


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", "Mailbox", "Edge", 0, 2, 64, True, b"x", ("FrontendTransport",)),
        *("FrontendTransport, HubTransport", EnumValue("Mailbox", 2)),
        *(EnumValue("FrontendTransport", 32), EnumValue("HubTransport", 16384)),
    ],
)
def test_refuses_what_is_no_transport_role(value: Value) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_transport_role(value)


@pytest.mark.parametrize(
    ("given", "identity", "name", "server"),
    [
        ({}, "EX01\\Internet", "Internet", "EX01"),
        ({"Server": None}, "EX01\\Internet", "Internet", "EX01"),
        ({"Name": None}, "EX01\\Internet", "Internet", "EX01"),
        ({"Identity": None}, "EX01\\Internet", "Internet", "EX01"),
        ({"Identity": "ex01\\Internet"}, "ex01\\Internet", "Internet", "EX01"),
    ],
)
def test_names_itself_by_whatever_the_export_has(
    given: dict[str, Value], identity: str, name: str, server: str
) -> None:
    one = altered(connector(), given)
    assert (one.identity, one.name, one.server_name, one.label) == (
        identity,
        name,
        server,
        identity,
    )


@pytest.mark.parametrize("name", ["Identity", "Name", "Server"])
@pytest.mark.parametrize("value", [b"\x00", ("a", "b")], ids=["bytes", "list"])
def test_a_name_of_another_kind_is_unreadable_evidence(name: str, value: Value) -> None:
    damaged = altered(connector(), {name: value})
    with pytest.raises(ExposureError):
        _ = (damaged.name, damaged.identity, damaged.server_name)


def test_reads_each_property() -> None:
    one = connector(Banner="", Fqdn="mail.corp.example", TlsCertificateName=None, RequireTLS=True)
    assert (one.banner, one.fqdn, one.tls_certificate_name, one.require_tls) == (
        "",
        "mail.corp.example",
        "",
        True,
    )
    assert one.auth_mechanism == {AuthMechanism.TLS}
    assert one.permission_groups == {PermissionGroup.ANONYMOUS_USERS}


PROPERTIES = {
    "Enabled": "enabled",
    "TransportRole": "transport_role",
    "Bindings": "bindings",
    "RemoteIPRanges": "remote_ip_ranges",
    "AuthMechanism": "auth_mechanism",
    "PermissionGroups": "permission_groups",
    "RequireTLS": "require_tls",
    "Fqdn": "fqdn",
    "Banner": "banner",
    "TlsCertificateName": "tls_certificate_name",
    "TlsDomainCapabilities": "tls_domain_capabilities",
    "ProtocolLoggingLevel": "protocol_logging_level",
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_that_the_export_lacks_is_missing_by_name(name: str) -> None:
    with pytest.raises(MissingEvidence, match=f"^missing: Get-ReceiveConnector .*{name} of EX01"):
        getattr(without(connector(), name), PROPERTIES[name])


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_of_another_kind_is_unreadable_by_name(name: str) -> None:
    with pytest.raises(UnreadableEvidence, match=f"^Get-ReceiveConnector: {name} of EX01"):
        getattr(altered(connector(), {name: b"\x00"}), PROPERTIES[name])


@pytest.mark.parametrize("name", ["Enabled", "TransportRole", "AuthMechanism", "PermissionGroups"])
def test_nothing_is_never_a_default(name: str) -> None:
    with pytest.raises(UnreadableEvidence, match=name):
        getattr(altered(connector(), {name: None}), PROPERTIES[name])


@pytest.mark.parametrize(
    "value",
    [
        ("10.0.0.0/8", "..."),
        "{10.0.0.0/8, 192.168.0.0/16...}",
        "10.0.0.0/8 ...",
        "Microsoft.Exchange.Data.MultiValuedProperty`1[Microsoft.Exchange.Data.IPRange]",
        ("10.0.0.0/8", "Microsoft.Exchange.Data.IPRange"),
        ("10.0.0.0/8", ""),
        ("10.0.0.0/8", None),
    ],
)
def test_ranges_that_were_cut_are_unreadable(value: Value) -> None:
    with pytest.raises(UnreadableEvidence, match="RemoteIPRanges"):
        _ = connector(RemoteIPRanges=value).remote_ip_ranges


@pytest.mark.parametrize(
    "value", [("10.0.0.0/8", "fc00::/7"), "10.0.0.0/8,fc00::/7", "{10.0.0.0/8, fc00::/7}"]
)
def test_ranges_may_be_joined(value: Value) -> None:
    assert connector(RemoteIPRanges=value).addresses == AddressSet.parse(["10.0.0.0/8", "fc00::/7"])


def test_ranges_of_a_family_leave_the_other_out() -> None:
    one = connector()
    assert [str(item.interval) for item in one.ranges_of(Family.IPV4)] == [ALL_IPV4]
    assert one.addresses == whole(Family.IPV4) | whole(Family.IPV6)


def test_tells_the_bindings_on_a_port() -> None:
    one = connector(bindings=["0.0.0.0:25", "[::]:587", "192.0.2.1:25"])
    assert [str(item) for item in one.bindings_on(25)] == ["0.0.0.0:25", "192.0.2.1:25"]
    assert [port for port in (25, 465, 587) if one.listens_on(port)] == [25, 587]


# Checklist, "Offers authentication".
@pytest.mark.parametrize(
    ("mechanism", "on_mailbox", "on_edge"),
    [
        ("None", False, False),
        ("Tls", False, False),
        ("Integrated", True, True),
        ("BasicAuth", True, True),
        ("BasicAuthRequireTLS", True, True),
        ("ExchangeServer", True, False),
        ("ExternalAuthoritative", True, False),
        ("Tls, ExchangeServer", True, False),
        ("Tls, BasicAuth, ExchangeServer", True, True),
    ],
)
def test_tells_what_it_offers_to_sign_in_with(
    mechanism: str, on_mailbox: bool, on_edge: bool
) -> None:
    one = connector(AuthMechanism=mechanism)
    assert bool(one.offers_authentication(on_edge=False)) is on_mailbox
    assert bool(one.offers_authentication(on_edge=True)) is on_edge


def test_never_counts_tls_as_authentication() -> None:
    offered = default_frontend(AuthMechanism=AUTH_31).offers_authentication(on_edge=False)
    assert offered == frozenset(AuthMechanism) - {
        AuthMechanism.TLS,
        AuthMechanism.EXTERNAL_AUTHORITATIVE,
    }


def test_admits_the_groups_that_are_set() -> None:
    one = default_frontend()
    admitted = {group for group in PermissionGroup if one.admits(group)}
    assert admitted == {
        PermissionGroup.ANONYMOUS_USERS,
        PermissionGroup.EXCHANGE_SERVERS,
        PermissionGroup.EXCHANGE_LEGACY_SERVERS,
    }


def test_an_export_in_another_order_is_the_same() -> None:
    one = connector()
    turned = ReceiveConnector(dict(reversed(list(one.properties.items()))))
    assert turned.remote_ip_ranges == one.remote_ip_ranges
