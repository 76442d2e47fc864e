"""Step 7: whom a connector with sign-in answers, where Exchange's rules are easily misread."""

import pytest

from selftests.checks.builders import (
    GLOBAL_IPV6,
    INTERNET_IPV4,
    compliant,
    deviates,
    edge_door,
    error,
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
    HUB,
    INTERNAL,
    INTERNET,
    INTERNET_CONNECTOR,
    SCANNERS,
    Properties,
    auth,
    connector,
    scanners,
)


@pytest.mark.parametrize("check", ["INT-07-1", "INT-07-2"])
def test_an_anonymous_connector_for_everyone_complies(check: str) -> None:
    compliant(check, front_door())


@pytest.mark.parametrize("check", ["INT-07-1", "INT-07-2", "INT-07-3"])
def test_a_server_that_faces_no_internet_is_not_judged(check: str) -> None:
    not_applicable(check, front_door(expected=of_server(internet_facing=False)))


def test_a_server_as_installed_is_open_to_every_internet_address() -> None:
    door = front_door(
        default={"RemoteIPRanges": (ALL_IPV6, ALL_IPV4)}, without=[INTERNET_CONNECTOR]
    )
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


def test_signing_in_with_everything_is_no_hole_while_it_is_inside() -> None:
    custom = scanners("10.20.0.0/16", "fd00::/8", AuthMechanism=ALL_BUT_EXTERNAL)
    compliant("INT-07-1", front_door(further=[custom]))


def test_ipv6_is_answered_apart_from_ipv4() -> None:
    custom = scanners("::ffff:198.51.100.0/120", ALL_IPV6)
    door = front_door(internet={"RemoteIPRanges": (ALL_IPV4,)}, further=[custom])
    deviates("INT-07-1", door, (GLOBAL_IPV6, SCANNERS))
