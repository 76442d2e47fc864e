"""How sign-in is kept from strangers: the Internet keeps its connector, and the inside its own."""

from typing import Any

import pytest

from selftests.checks.builders import edge_door, front_door
from selftests.checks.exported import (
    ALL_BUT_EXTERNAL,
    ALL_IPV4,
    ALL_IPV6,
    DEFAULT_FRONTEND,
    GONE,
    INTERNAL,
    INTERNET,
    INTERNET_CONNECTOR,
    SCANNERS,
    auth,
    connector,
    scanners,
)
from selftests.remedy.proposals import proposed
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.expectations import Expectations

SIGN_IN = auth("Tls", "BasicAuth", "BasicAuthRequireTLS")
INSIDE = "'10.0.0.0/8','172.16.0.0/12','192.168.0.0/16','fc00::/7'"
EVERYWHERE = {"RemoteIPRanges": (ALL_IPV6, ALL_IPV4)}


def without_sign_in(identity: str = INTERNET, kept: str = "Tls") -> str:
    """The command that takes sign-in away from a connector."""
    return f"Set-ReceiveConnector -Identity '{identity}' -AuthMechanism {kept}"


def scoped(ranges: str, identity: str = DEFAULT_FRONTEND) -> str:
    """The command that narrows whom a connector answers."""
    return f"Set-ReceiveConnector -Identity '{identity}' -RemoteIPRanges {ranges}"


ALONE = (
    "# It answers nobody inside, so it can't be narrowed; "
    "who signs in to it from outside then can't.\n"
)
NEXT = (
    "\n# Then at once INT-02-1: until there is an Internet connector, nobody outside is answered."
)


@pytest.mark.parametrize("check", ["INT-03-2", "INT-07-1"])
def test_the_internet_connector_loses_sign_in_and_keeps_its_addresses(check: str) -> None:
    door = front_door(internet={"AuthMechanism": SIGN_IN})
    assert proposed(check, front_door=door) == [without_sign_in()]


@pytest.mark.parametrize(
    "changes",
    [{"RemoteIPRanges": ("0.0.0.0-223.255.255.255",)}, {"Name": "internet (Anonymous SMTP) "}],
)
def test_the_internet_connector_is_known_by_its_name_too(changes: dict[str, Any]) -> None:
    door = front_door(internet={"AuthMechanism": SIGN_IN} | changes)
    assert proposed("INT-07-1", front_door=door) == [without_sign_in()]


def test_a_profile_names_the_internet_connector() -> None:
    mail_in = connector("Mail in", {"RemoteIPRanges": ("11.0.0.0/8", "10.0.0.0/24")})
    door = front_door(
        without=[INTERNET_CONNECTOR],
        further=[{**mail_in, "AuthMechanism": SIGN_IN}],
        expected=Expectations(internet_connector="Mail in"),
    )
    assert proposed("INT-07-1", front_door=door) == [without_sign_in("EX01\\Mail in")]


def test_default_frontend_is_scoped_and_keeps_its_sign_in() -> None:
    door = front_door(default={"RemoteIPRanges": (*INTERNAL, "8.8.8.0/24")})
    for check in ("INT-01-2", "INT-07-1"):
        assert proposed(check, front_door=door) == [scoped(INSIDE)]


@pytest.mark.parametrize("check", ["INT-01-2", "INT-07-1"])
def test_what_comes_after_scoping_is_said_where_nobody_else_answers(check: str) -> None:
    door = front_door(default=EVERYWHERE, without=[INTERNET_CONNECTOR])
    assert proposed(check, front_door=door) == [scoped(INSIDE) + NEXT]


def test_a_connector_for_devices_keeps_those_inside() -> None:
    door = front_door(further=[scanners("198.51.100.0/24", "10.20.0.0/16")])
    assert proposed("INT-07-1", front_door=door) == [scoped("'10.20.0.0/16'", SCANNERS)]


def test_a_connector_that_serves_nobody_inside_loses_sign_in() -> None:
    door = front_door(further=[scanners("198.51.100.0/24")])
    assert proposed("INT-07-1", front_door=door) == [ALONE + without_sign_in(SCANNERS)]


def test_an_edge_server_goes_on_knowing_servers() -> None:
    door = edge_door(AuthMechanism=auth("Tls", "Integrated", "ExchangeServer"))
    wanted = [without_sign_in(door.connectors[0].identity, "Tls, ExchangeServer")]
    for check in ("INT-03-2", "INT-07-1"):
        assert proposed(check, front_door=door) == wanted


def two_candidates() -> FrontDoor:
    """A server of which two connectors may be the Default Frontend, and both answer everyone."""
    first, second = (
        connector(name, {"AuthMechanism": ALL_BUT_EXTERNAL, "RemoteIPRanges": (ranges,)})
        for name, ranges in (("One", ALL_IPV4), ("Two", ALL_IPV6))
    )
    return front_door(
        without=["Default Frontend EX01", INTERNET_CONNECTOR], further=[first, second]
    )


def test_nothing_is_proposed_while_it_is_not_known_which_connector_is_which() -> None:
    (remedy,) = proposed("INT-07-1", front_door=two_candidates())
    assert remedy == (
        "# What mends this can't be told yet: 'any of these may be the Default Frontend: "
        "EX01\\One, EX01\\Two; name it in a profile'"
    )


def test_an_unread_connector_does_not_hide_how_to_scope() -> None:
    unread = connector("Unread", {"Enabled": GONE, "Bindings": ("0.0.0.0:26",)})
    door = front_door(default={"RemoteIPRanges": (*INTERNAL, "8.8.8.8")}, further=[unread])
    assert proposed("INT-01-2", front_door=door) == [scoped(INSIDE)]


def test_who_trusts_strangers_is_narrowed_or_trusts_nobody() -> None:
    trusting = {"AuthMechanism": auth("Tls", "ExternalAuthoritative")}
    both, outside = ("198.51.100.7", "10.20.0.0/16"), ("198.51.100.7",)
    for ranges, remedy in (
        (both, scoped("'10.20.0.0/16'", SCANNERS)),
        (outside, ALONE + without_sign_in(SCANNERS)),
    ):
        door = front_door(further=[scanners(*ranges, **trusting)])
        assert proposed("INT-06-2", front_door=door) == [remedy]


def test_the_mechanisms_without_tls_get_it_back() -> None:
    door = front_door(internet={"AuthMechanism": auth("Integrated")})
    assert proposed("INT-03-3", front_door=door) == [without_sign_in()]
    required = front_door(internet={"RequireTLS": True})
    assert proposed("INT-03-3", front_door=required) == [
        f"Set-ReceiveConnector -Identity '{INTERNET}' -RequireTLS $false"
    ]


HOSTILE = "Mail in'; Remove-Mailbox x\n#\u2019 <ranges>"


def test_a_hostile_name_stays_inside_its_quotes() -> None:
    quoted = "EX01\\Mail in''; Remove-Mailbox x#\u2019\u2019 <ranges>"
    inward = scanners("198.51.100.0/24", "10.20.0.0/16", Identity=f"EX01\\{HOSTILE}", Name=HOSTILE)
    door = front_door(further=[inward])
    assert proposed("INT-07-1", front_door=door) == [scoped("'10.20.0.0/16'", quoted)]
    unclear = two_candidates()
    door = front_door(
        without=["Default Frontend EX01", INTERNET_CONNECTOR],
        further=[
            {**item.properties, "Identity": f"{item.identity}{HOSTILE}"}
            for item in unclear.connectors
            if item.name in ("One", "Two")
        ],
    )
    (remedy,) = proposed("INT-07-1", front_door=door)
    assert len(remedy.splitlines()) == 1
    assert remedy.startswith("# What mends this can't be told yet: 'any of these may be")
