"""Step 7: who answers whom, on addresses where Exchange's rules are easily misread."""

from typing import Any

import pytest

from selftests.checks.builders import (
    compliant,
    deviates,
    edge_door,
    error,
    expect,
    front_door,
    inconclusive,
    not_applicable,
    of_server,
)
from selftests.checks.exported import (
    ALL_BUT_EXTERNAL,
    ALL_IPV4,
    ALL_IPV6,
    AUTH,
    DEFAULT_FRONTEND,
    GONE,
    INTERNAL,
    INTERNET,
    Properties,
    auth,
    connector,
    role,
    scanners,
)
from selftests.checks.outside import ADDRESS, at, outside, probe
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.inventory import HybridConfiguration, SendConnector
from smtp_exposure.exchange.objects import ExchangeObject
from smtp_exposure.expectations import Expectations
from smtp_exposure.smtp.ports import PortState
from smtp_exposure.verdicts import Verdict, Why

NAME = "Internet (anonymous SMTP)"
HUB = role("HubTransport")
SCANNERS = "EX01\\Scanners"
GLOBAL_IPV6 = "2000::-3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
INTERNET_IPV4 = [
    "1.0.0.0-9.255.255.255",
    "11.0.0.0-126.255.255.255",
    "128.0.0.0-169.253.255.255",
    "169.255.0.0-172.15.255.255",
    "172.32.0.0-192.167.255.255",
    "192.169.0.0-223.255.255.255",
]
VENDOR = Expectations(internet=AddressSet.parse(["203.0.113.0/24", "2001:db8:ff::/48"]))


@pytest.mark.parametrize("check", ["INT-07-1", "INT-07-2"])
def test_an_anonymous_connector_for_everyone_complies(check: str) -> None:
    compliant(check, front_door())


@pytest.mark.parametrize("check", ["INT-07-1", "INT-07-2", "INT-07-3"])
def test_a_server_that_faces_no_internet_is_not_judged(check: str) -> None:
    not_applicable(check, front_door(expected=of_server(internet_facing=False)))


def test_a_server_as_installed_is_open_to_every_internet_address() -> None:
    door = front_door(default={"RemoteIPRanges": (ALL_IPV6, ALL_IPV4)}, without=[NAME])
    offer = "0.0.0.0:25 and offers Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer"
    seen = [(interval, f"{DEFAULT_FRONTEND} answers on {offer}") for interval in INTERNET_IPV4]
    deviates("INT-07-1", door, *seen, (GLOBAL_IPV6, "answers on [::]:25 and offers"))


@pytest.mark.parametrize(
    ("text", "hole"),
    [
        ("172.160.0.0/12", "172.160.0.0-172.175.255.255"),
        ("198.51.100.7", "198.51.100.7-198.51.100.7"),
        ("10.255.255.0-11.0.0.255", "11.0.0.0-11.0.0.255"),
        ("100.64.0.0(255.192.0.0)", "100.64.0.0-100.127.255.255"),
        ("2001:db8:1::/48", "2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff"),
    ],
)
def test_a_range_that_is_more_specific_wins_and_is_a_hole(text: str, hole: str) -> None:
    door = front_door(default={"RemoteIPRanges": (*INTERNAL, text)})
    deviates("INT-07-1", door, (hole, f"{DEFAULT_FRONTEND} answers on"))


@pytest.mark.parametrize("mechanism", list(AUTH)[1:])
def test_every_way_to_sign_in_is_a_hole(mechanism: str) -> None:
    custom = scanners("198.51.100.0/24", AuthMechanism=auth("Tls", mechanism))
    hole = ("198.51.100.0-198.51.100.255", f"{SCANNERS} answers")
    deviates("INT-07-1", front_door(further=[custom]), hole)


def test_neighbouring_ranges_of_one_connector_are_one_hole() -> None:
    custom = scanners("198.51.100.0/25", "198.51.100.128-198.51.100.200", "198.51.100.201")
    hole = ("198.51.100.0-198.51.100.201", SCANNERS)
    deviates("INT-07-1", front_door(further=[custom]), hole)


def test_a_hole_ends_where_a_more_specific_range_begins() -> None:
    custom = scanners("198.51.100.0/24")
    patch = connector("Patch", {"RemoteIPRanges": ("198.51.100.64/26",)})
    holes = ["198.51.100.0-198.51.100.63", "198.51.100.128-198.51.100.255"]
    door = front_door(further=[custom, patch])
    deviates("INT-07-1", door, *((hole, SCANNERS) for hole in holes))


@pytest.mark.parametrize(
    "custom",
    [
        scanners("10.20.0.0/16"),
        scanners("198.51.100.0/24", Enabled=False),
        scanners("198.51.100.0/24", Bindings=("0.0.0.0:587",)),
        scanners("198.51.100.0/24", Bindings=("[::]:25",)),
        scanners("2001:db8:1::/48", Bindings=("0.0.0.0:25",)),
        scanners("198.51.100.0/24", AuthMechanism=auth("Tls")),
        scanners("127.0.0.0/8", "169.254.0.0/16", "fe80::/10"),
        scanners("0.0.0.0/0", "::/0", Bindings=("10.1.2.20:26",)),
    ],
    ids=[
        "inside",
        "disabled",
        "other port",
        "IPv4 range on an IPv6 binding",
        "IPv6 range on an IPv4 binding",
        "nothing offered",
        "no stranger's addresses",
        "other port of an address",
    ],
)
def test_a_connector_that_no_stranger_reaches_is_no_hole(custom: Properties) -> None:
    compliant("INT-07-1", front_door(further=[custom]))


def test_a_specific_binding_is_a_hole_on_its_own_address_only() -> None:
    bound = scanners(ALL_IPV4, Bindings=("192.0.2.10:25",))
    door = front_door(further=[bound])
    # The bound address itself belongs to the server, and so is inside.
    around = ["172.32.0.0-192.0.2.9", "192.0.2.11-192.167.255.255"]
    blocks = [*INTERNET_IPV4[:4], *around, INTERNET_IPV4[5]]
    deviates("INT-07-1", door, *((block, "answers on 192.0.2.10:25 and") for block in blocks))


def test_a_smaller_range_on_the_wildcard_beats_a_specific_binding() -> None:
    bound = scanners("198.51.100.0/24", Bindings=("10.1.2.20:25",))
    small = connector("Small", {"RemoteIPRanges": ("198.51.100.0/25", "198.51.100.128/25")})
    compliant("INT-07-1", front_door(further=[bound, small]))


def test_a_tie_of_one_that_offers_and_one_that_does_not_proves_nothing() -> None:
    tied = connector("Tied", {"RemoteIPRanges": ("198.51.100.0-198.51.100.255",)})
    door = front_door(further=[scanners("198.51.100.0/24"), tied])
    hole = ("198.51.100.0-198.51.100.255", f"{SCANNERS} or EX01\\Tied answers")
    inconclusive("INT-07-1", door, hole)


def test_a_tie_of_two_that_offer_deviates() -> None:
    tied = connector("Tied", {"RemoteIPRanges": ("198.51.100.0/24",), "AuthMechanism": 6})
    door = front_door(further=[scanners("198.51.100.0/24"), tied])
    hole = ("198.51.100.0-198.51.100.255", f"{SCANNERS} or EX01\\Tied answers")
    deviates("INT-07-1", door, hole)


def test_an_unscoped_default_frontend_beside_the_new_connector_proves_nothing() -> None:
    door = front_door(default={"RemoteIPRanges": (ALL_IPV6, ALL_IPV4)})
    seen = [(interval, f" or {INTERNET}") for interval in [*INTERNET_IPV4, GLOBAL_IPV6]]
    inconclusive("INT-07-1", door, *seen)


def test_a_hub_connector_that_competes_for_the_port_proves_nothing() -> None:
    hub = scanners("198.51.100.0/24", TransportRole=HUB)
    hole = ("198.51.100.0-198.51.100.255", f"{INTERNET} or {SCANNERS} answers")
    door = front_door(further=[hub])
    inconclusive("INT-07-1", door, hole)


def test_the_other_service_leaves_the_rest_of_the_internet_without_answer() -> None:
    hub = scanners("198.51.100.0/24", TransportRole=HUB, Bindings=("0.0.0.0:25",))
    before, after = "192.169.0.0-198.51.99.255", "198.51.101.0-223.255.255.255"
    left = [*INTERNET_IPV4[:5], before, after]
    told = "if the other service owns the port"
    inconclusive("INT-07-2", front_door(further=[hub]), *((each, told) for each in left))


@pytest.mark.parametrize("mechanism", ["Integrated", "BasicAuth", "BasicAuthRequireTLS"])
def test_an_edge_server_that_offers_sign_in_is_a_hole(mechanism: str) -> None:
    door = edge_door(AuthMechanism=auth("Tls", mechanism))
    deviates("INT-07-1", door, *((each, mechanism) for each in INTERNET_IPV4))


def test_an_edge_servers_own_mechanism_is_no_hole() -> None:
    compliant("INT-07-1", edge_door())


def test_a_missing_mechanism_is_named_and_hides_no_hole() -> None:
    unread = scanners("203.0.113.0/24", AuthMechanism=GONE)
    named = ("203.0.113.0-203.0.113.255", f"AuthMechanism of {SCANNERS}")
    inconclusive("INT-07-1", front_door(further=[unread]), named)
    door = front_door(default={"RemoteIPRanges": (*INTERNAL, "8.8.8.8")}, further=[unread])
    deviates("INT-07-1", door, ("8.8.8.8-8.8.8.8", DEFAULT_FRONTEND), named)


def test_an_unreadable_mechanism_is_an_error() -> None:
    door = front_door(further=[scanners("203.0.113.0/24", AuthMechanism="Tls, Kerberos")])
    error("INT-07-1", door, ("203.0.113.0-203.0.113.255", "'Kerberos'"))


def test_a_missing_mechanism_inside_does_not_matter() -> None:
    compliant("INT-07-1", front_door(further=[scanners("10.20.0.0/16", AuthMechanism=GONE)]))


@pytest.mark.parametrize("check", ["INT-07-1", "INT-07-2"])
@pytest.mark.parametrize("lacking", ["Enabled", "Bindings", "RemoteIPRanges", "TransportRole"])
def test_who_answers_needs_every_connector_of_the_port(check: str, lacking: str) -> None:
    unread = connector("Unread", {lacking: GONE})
    named = (None, f"property {lacking} of EX01\\Unread")
    inconclusive(check, front_door(further=[unread]), named)


@pytest.mark.parametrize("lacking", ["RemoteIPRanges", "TransportRole"])
def test_who_answers_needs_no_connector_of_another_port(lacking: str) -> None:
    unread = connector("Unread", {lacking: GONE, "Bindings": ("0.0.0.0:2526",)})
    compliant("INT-07-1", front_door(further=[unread]))


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"RemoteIPRanges": (ALL_IPV4,)}, [GLOBAL_IPV6]),
        ({"Bindings": ("0.0.0.0:25",)}, [GLOBAL_IPV6]),
        ({"Bindings": ("[::]:25",)}, INTERNET_IPV4),
        ({"Enabled": False}, [*INTERNET_IPV4, GLOBAL_IPV6]),
        (
            {
                "RemoteIPRanges": (
                    "0.0.0.0-198.51.99.255",
                    "198.51.101.0-255.255.255.255",
                    ALL_IPV6,
                )
            },
            ["198.51.100.0-198.51.100.255"],
        ),
        ({"RemoteIPRanges": ("0.0.0.0/1", "128.0.0.0/1", "2000::/4")}, ["3000::-3fff:"]),
    ],
    ids=["IPv6 range", "IPv6 binding", "IPv4 binding", "disabled", "hole", "half of IPv6"],
)
def test_names_the_exact_internet_addresses_that_nobody_answers(
    changes: dict[str, Any], left: list[str]
) -> None:
    door = front_door(internet=changes)
    exact = [each if not each.endswith(":") else "3000::" + GLOBAL_IPV6[6:] for each in left]
    deviates("INT-07-2", door, *((each, "no connector answers") for each in exact))


def test_another_connector_may_fill_the_gap() -> None:
    filling = scanners("198.51.100.0/24")
    changes = {
        "RemoteIPRanges": ("0.0.0.0-198.51.99.255", "198.51.101.0-255.255.255.255", ALL_IPV6)
    }
    compliant("INT-07-2", front_door(internet=changes, further=[filling]))


def test_a_gap_inside_is_none() -> None:
    changes = {"RemoteIPRanges": (ALL_IPV4, "2000::/3")}
    door = front_door(default={"RemoteIPRanges": ("10.0.0.0/8",)}, internet=changes)
    compliant("INT-07-2", door)


def test_only_the_vendors_addresses_are_to_be_answered() -> None:
    ranges = {"RemoteIPRanges": ("203.0.113.0/24", "2001:db8:ff::/48")}
    compliant("INT-07-2", front_door(internet=ranges, expected=VENDOR))


def test_names_the_vendors_addresses_that_nobody_answers() -> None:
    ranges = {"RemoteIPRanges": ("203.0.113.0/25", "2001:db8:ff::/48")}
    left = ("203.0.113.128-203.0.113.255", "no connector answers")
    deviates("INT-07-2", front_door(internet=ranges, expected=VENDOR), left)


def test_an_organisation_without_ipv6_needs_no_ipv6() -> None:
    expected = Expectations(internet=AddressSet.parse(["0.0.0.0/0"]))
    door = front_door(internet={"Bindings": ("0.0.0.0:25",)}, expected=expected)
    compliant("INT-07-2", door)


def test_nobody_on_port_25_leaves_everyone_without_answer() -> None:
    door = front_door(without=[NAME, "Default Frontend EX01"])
    left = [*INTERNET_IPV4, GLOBAL_IPV6]
    deviates("INT-07-2", door, *((each, "no connector answers") for each in left))
    compliant("INT-07-1", door)


def test_without_the_outside_half_open_client_ports_are_not_judged() -> None:
    door = front_door()
    expect("INT-07-3", Verdict.NOT_ASSESSED, why=Why.NOT_ASKED, front_door=door)


def test_a_client_port_within_reach_deviates() -> None:
    open_port = outside(probe(ports={587: PortState.OPEN}))
    seen = (at(ADDRESS, 587), "open")
    door, look = front_door(), (open_port,)
    expect("INT-07-3", Verdict.DEVIATES, seen, front_door=door, approaches=look)


def test_scoped_client_ports_need_no_outside_half() -> None:
    compliant("INT-07-3", front_door(on_client_ports={"RemoteIPRanges": INTERNAL}))


def test_client_ports_without_sign_in_need_no_outside_half() -> None:
    compliant("INT-07-3", front_door(on_client_ports={"AuthMechanism": auth("Tls")}))


def test_client_ports_that_the_profile_allows_need_no_outside_half() -> None:
    allowed = Expectations(ports_outside=frozenset({25, 465, 587, 717, 2525}))
    compliant("INT-07-3", front_door(expected=allowed))


def test_one_open_client_port_is_enough_to_ask_for_the_outside_half() -> None:
    allowed = Expectations(ports_outside=frozenset({25, 465, 587, 717}))
    door = front_door(expected=allowed)
    expect("INT-07-3", Verdict.NOT_ASSESSED, why=Why.NOT_ASKED, front_door=door)


def test_a_client_port_whose_connector_was_not_read_proves_nothing() -> None:
    unread = {"AuthMechanism": GONE, "RemoteIPRanges": ("198.51.100.0/24",)}
    allowed = Expectations(ports_outside=frozenset({25, 465, 717, 2525}))
    door = front_door(on_client_ports=unread, expected=allowed)
    inconclusive("INT-07-3", door, (None, "property AuthMechanism"))


def test_signing_in_with_everything_is_no_hole_while_it_is_inside() -> None:
    custom = scanners("10.20.0.0/16", "fd00::/8", AuthMechanism=ALL_BUT_EXTERNAL)
    compliant("INT-07-1", front_door(further=[custom]))


def test_ipv6_is_answered_apart_from_ipv4() -> None:
    custom = scanners("::ffff:198.51.100.0/120", ALL_IPV6)
    door = front_door(internet={"RemoteIPRanges": (ALL_IPV4,)}, further=[custom])
    deviates("INT-07-1", door, (GLOBAL_IPV6, SCANNERS))


CAPABILITY = "mail.protection.outlook.com:AcceptCloudServicesMail"
HYBRID = HybridConfiguration({"Name": "Hybrid Configuration"})
TRUSTING = {"TlsDomainCapabilities": (CAPABILITY,)}


@pytest.mark.parametrize(
    "sign",
    [
        HYBRID,
        SendConnector({"Name": "Outbound to Office 365", "CloudServicesMailEnabled": True}),
    ],
    ids=["configuration", "send connector"],
)
def test_a_sign_of_hybrid_asks_for_the_capability(sign: ExchangeObject) -> None:
    deviates("INT-07-4", front_door(others=[sign]), (INTERNET, "TlsDomainCapabilities is empty"))
    compliant("INT-07-4", front_door(internet=TRUSTING, others=[sign]))


def test_a_connector_that_knows_the_cloud_is_a_sign_too() -> None:
    door = front_door(default=TRUSTING)
    deviates("INT-07-4", door, (INTERNET, "TlsDomainCapabilities is empty"))


def test_without_a_sign_of_hybrid_nothing_is_demanded() -> None:
    not_applicable("INT-07-4", front_door())
    harmless = SendConnector({"Name": "To the Internet", "CloudServicesMailEnabled": False})
    not_applicable("INT-07-4", front_door(others=[harmless]))


@pytest.mark.parametrize(
    ("capabilities", "shown"),
    [
        ((), "empty"),
        (("partner.example:AcceptCloudServicesMail",), "partner.example:Accept"),
        (("mail.protection.outlook.com:AcceptOorgHeader",), "mail.protection.outlook.com:"),
    ],
)
def test_names_the_capabilities_that_are_not_enough(
    capabilities: tuple[str, ...], shown: str
) -> None:
    changes = {"TlsDomainCapabilities": capabilities}
    door = front_door(internet=changes, others=[HYBRID])
    deviates("INT-07-4", door, (INTERNET, f"TlsDomainCapabilities is {shown}"))


@pytest.mark.parametrize(
    "text",
    [
        "Mail.Protection.Outlook.com:acceptcloudservicesmail",
        "mail.protection.outlook.com:AcceptCloudServicesMail, AcceptOorgProtocol",
        "mail.protection.outlook.com:AcceptOorgProtocol",
    ],
)
def test_capabilities_are_compared_without_case_and_among_others(text: str) -> None:
    changes = {"TlsDomainCapabilities": (text,)}
    compliant("INT-07-4", front_door(internet=changes, others=[HYBRID]))


def test_the_capability_needs_a_certificate() -> None:
    changes = TRUSTING | {"TlsCertificateName": None}
    door = front_door(internet=changes, others=[HYBRID])
    deviates("INT-07-4", door, (INTERNET, "TlsCertificateName is unset"))


def test_every_connector_that_answers_some_of_exchange_online_is_asked() -> None:
    custom = scanners("40.92.0.0/16", TlsDomainCapabilities=())
    door = front_door(
        internet=TRUSTING | {"TlsCertificateName": "<I>CN=a<S>CN=b"},
        further=[custom],
        others=[HYBRID],
    )
    unset = (SCANNERS, "TlsCertificateName is unset")
    deviates("INT-07-4", door, (SCANNERS, "TlsDomainCapabilities is empty"), unset)


def test_the_profile_says_where_exchange_online_sends_from() -> None:
    expected = Expectations(exchange_online=AddressSet.parse(["203.0.113.0/24"]))
    custom = scanners("203.0.113.0/24", **TRUSTING, TlsCertificateName="<I>CN=a<S>CN=b")
    compliant("INT-07-4", front_door(further=[custom], others=[HYBRID], expected=expected))


def test_exchange_online_must_be_answered() -> None:
    door = front_door(internet={"Enabled": False}, others=[HYBRID])
    deviates("INT-07-4", door, ("40.92.0.0-40.93.255.255", "no connector answers"))


@pytest.mark.parametrize(
    ("servers", "judged"),
    [
        ((), True),
        (("EX01",), True),
        (("ex01",), True),
        (("EX02",), False),
        (("EX02", "EX01"), True),
    ],
)
def test_only_servers_that_receive_cloud_mail_are_asked(
    servers: tuple[str, ...], judged: bool
) -> None:
    sign = HybridConfiguration({"Name": "Hybrid", "ReceivingTransportServers": servers})
    door = front_door(internet=TRUSTING, others=[sign])
    (compliant if judged else not_applicable)("INT-07-4", door)


def test_capabilities_that_were_not_read_prove_nothing() -> None:
    door = front_door(internet={"TlsDomainCapabilities": GONE}, others=[HYBRID])
    named = (INTERNET, "property TlsDomainCapabilities")
    inconclusive("INT-07-4", door, named)


@pytest.mark.parametrize("lacking", ["CloudServicesMailEnabled"])
def test_a_sign_that_was_not_read_is_not_taken_for_none(lacking: str) -> None:
    """Whether the organisation is hybrid is then not known: never `does not apply`."""
    unread = SendConnector({"Name": "Outbound"})
    door = front_door(others=[unread])
    inconclusive("INT-07-4", door, (None, f"property {lacking}"))
