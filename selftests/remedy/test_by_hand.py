"""Remedies that are partly a person's: rights, names, Default Frontend itself, what clashes."""

from typing import Any

import pytest

from selftests.checks.builders import front_door
from selftests.checks.exported import DEFAULT_FRONTEND, GONE, HUB, INTERNET, auth, scanners
from selftests.checks.state import relay, with_permissions
from selftests.remedy.proposals import proposed
from smtp_exposure.expectations import DomainExpectation, Expectations


@pytest.mark.parametrize(
    ("user", "quoted"),
    [
        ("NT AUTHORITY\\ANONYMOUS LOGON", "'NT AUTHORITY\\ANONYMOUS LOGON'"),
        ("S-1-5-7", "'S-1-5-7'"),
        ("Everyone", "'Everyone'"),
    ],
)
def test_a_right_is_taken_from_whom_the_server_names(user: str, quoted: str) -> None:
    door = with_permissions(front_door(), relay(user))
    assert proposed("INT-06-1", front_door=door) == [
        f"Get-ReceiveConnector -Identity '{INTERNET}' | Remove-ADPermission -User {quoted} `\n"
        "    -ExtendedRights 'ms-Exch-SMTP-Accept-Any-Recipient'"
    ]


def test_an_inherited_right_is_taken_away_where_it_was_given() -> None:
    door = with_permissions(front_door(), relay("Everyone", IsInherited=True))
    assert proposed("INT-06-1", front_door=door) == [
        f"# '{INTERNET}' inherits the right of 'Everyone':\n"
        "# take it away where it was given, on a container above the connector."
    ]


BY_HAND = "# Put it back as set-up makes it, by hand: compare with a server set up afresh."


@pytest.mark.parametrize(
    ("changes", "remedies"),
    [
        (
            {"default": {"Enabled": False}},
            [f"Set-ReceiveConnector -Identity '{DEFAULT_FRONTEND}' -Enabled $true"],
        ),
        ({"default": {"TransportRole": HUB}}, [BY_HAND]),
        ({"without": ["Default Frontend EX01"]}, [BY_HAND]),
    ],
    ids=["disabled", "another role", "gone"],
)
def test_default_frontend_is_put_back(changes: dict[str, Any], remedies: list[str]) -> None:
    assert proposed("INT-01-1", front_door=front_door(**changes)) == remedies


def test_whose_addresses_they_are_is_left_open() -> None:
    clashing = scanners("10.1.0.0-11.255.255.255")
    (remedy,) = proposed("INT-02-4", front_door=front_door(further=[clashing]))
    assert remedy.splitlines() == [
        "# Which of the two is to answer? The other one keeps the rest of its ranges:",
        f"Set-ReceiveConnector -Identity '{DEFAULT_FRONTEND}' -RemoteIPRanges <ranges>",
    ]


NAMED = f"Set-ReceiveConnector -Identity '{INTERNET}' -Fqdn"
FIRST = (
    "# First INT-03-2: with ExchangeServer in AuthMechanism Exchange refuses any but the server's "
    "own name.\n"
)


@pytest.mark.parametrize(
    ("mechanism", "hosts", "remedy"),
    [
        (auth("Tls"), ["mail.corp.example"], f"{NAMED} 'mail.corp.example'"),
        (auth("Tls"), ["mx1.corp.example", "mx2.corp.example"], f"{NAMED} <mail host>"),
        (auth("ExchangeServer"), ["mail.corp.example"], f"{FIRST}{NAMED} 'mail.corp.example'"),
        (GONE, ["mail.corp.example"], f"{NAMED} 'mail.corp.example'"),
    ],
    ids=["one host", "several hosts", "beside ExchangeServer", "not read"],
)
def test_a_connector_gets_the_mail_hosts_name(
    mechanism: Any, hosts: list[str], remedy: str
) -> None:
    domains = tuple(DomainExpectation(name="corp.example", mail_host=host) for host in hosts)
    own = {"Fqdn": "ex01.corp.example", "AuthMechanism": mechanism}
    door = front_door(internet=own, expected=Expectations(domains=domains))
    assert proposed("INT-04-1", front_door=door, approaches=()) == [remedy]
