"""What is expected where no profile says otherwise, and how a profile's words are looked up."""

import pytest

from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.expectations import DomainExpectation, Expectations, ServerExpectation

ALL = AddressSet.parse(["0.0.0.0/0", "::/0"])
VENDOR = AddressSet.parse(["203.0.113.0/24", "2001:db8:ff::/48"])
DEFAULTS: dict[str, object] = {
    "internal": AddressSet.parse(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]),
    "internet": None,
    "foreign_mx": (),
    "default_frontend": None,
    "internet_connector": None,
    "mail_host": None,
    "ports_outside": frozenset({25}),
    "pop": False,
    "imap": False,
    "recipient": None,
    "foreign_domain": "example.com",
    "vantage": "auto",
    "known_addresses": (),
    "servers": {},
    "domains": (),
    "waivers": (),
    "internet_ranges": ALL,
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_without_a_profile_the_articles_values_apply(name: str) -> None:
    assert getattr(Expectations(), name) == DEFAULTS[name]


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("172.16.0.0", True),
        ("172.31.255.255", True),
        ("172.160.0.0", False),
        ("172.175.255.255", False),
        ("172.15.255.255", False),
        ("172.32.0.0", False),
        ("10.255.255.255", True),
        ("192.168.0.0", True),
        ("fdff::1", True),
        ("fec0::1", False),
        ("fe80::1", False),
        ("100.64.0.1", False),
    ],
)
def test_the_misprint_is_mended_and_the_deprecated_range_left_out(
    address: str, inside: bool
) -> None:
    assert Expectations().internal.holds(AddressSet.parse([address])) is inside


@pytest.mark.parametrize(
    ("address", "inside"),
    [("40.92.0.1", True), ("104.47.127.255", True), ("104.47.128.0", False), ("40.94.0.0", False)],
)
def test_exchange_online_is_shipped(address: str, inside: bool) -> None:
    assert Expectations().exchange_online.holds(AddressSet.parse([address])) is inside


def test_a_vendors_ranges_replace_everybody() -> None:
    assert Expectations(internet=VENDOR).internet_ranges == VENDOR


@pytest.mark.parametrize("asked", ["EX01", "ex01", "Ex01"])
def test_servers_are_looked_up_without_case(asked: str) -> None:
    named = ServerExpectation(name="EX01", internet_facing=False, edge=True)
    assert Expectations(servers={"ex01": named}).server(asked) is named


def test_a_server_that_nobody_named_faces_the_internet() -> None:
    said = Expectations(servers={"ex01": ServerExpectation(name="EX01", edge=True)}).server("EX02")
    assert (said.name, said.internet_facing, said.edge, said.public_hosts) == (
        "EX02",
        True,
        False,
        (),
    )


@pytest.mark.parametrize(
    ("expected", "hosts"),
    [
        (Expectations(), set()),
        (Expectations(mail_host="Mail.Corp.Example."), {"mail.corp.example"}),
        (Expectations(domains=(DomainExpectation(name="corp.example"),)), set()),
        (
            Expectations(domains=(DomainExpectation(name="corp.example", mail_host="MX.example"),)),
            {"mx.example"},
        ),
        (
            Expectations(
                mail_host="mail.corp.example",
                domains=(
                    DomainExpectation(name="a.example", mail_host="mx.a.example"),
                    DomainExpectation(name="b.example", mail_host="mail.corp.example."),
                ),
            ),
            {"mail.corp.example", "mx.a.example"},
        ),
        (
            Expectations(
                servers={"ex01": ServerExpectation(name="EX01", public_hosts=("Edge.example.",))}
            ),
            {"edge.example"},
        ),
        (
            Expectations(
                servers={"ex02": ServerExpectation(name="EX02", public_hosts=("edge.example",))}
            ),
            set(),
        ),
    ],
    ids=["none", "profile", "no host", "domain", "several", "own public hosts", "another's"],
)
def test_gathers_the_names_under_which_mail_finds_a_server(
    expected: Expectations, hosts: set[str]
) -> None:
    assert expected.mail_hosts("EX01") == hosts
