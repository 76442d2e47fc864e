"""What remedies propose, run in the order of the checks, makes a server compliant."""

from typing import Any

import pytest

from selftests.checks.exported import (
    ALL_BUT_EXTERNAL,
    ALL_IPV4,
    ALL_IPV6,
    DEFAULT_FRONTEND,
    HUB,
    INTERNAL,
    INTERNET,
    INTERNET_CONNECTOR,
    auth,
    connector,
    default_connectors,
    groups,
    scanners,
)
from selftests.checks.registry import CHECKS
from selftests.remedy.shell import Refused, Shell
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.expectations import Expectations
from smtp_exposure.verdicts import Verdict

MENDED = (
    *("INT-01-1", "INT-01-2", "INT-01-3", "INT-01-4", "INT-02-3", "INT-02-1", "INT-02-2"),
    *("INT-03-1", "INT-03-2", "INT-03-3", "INT-06-2", "INT-07-1", "INT-07-2"),
)
"""In the order in which they are mended: the roles before the connectors."""

EVERYONE = (ALL_IPV6, ALL_IPV4)
SIGN_IN = auth("Tls", "BasicAuth", "BasicAuthRequireTLS")
Changes = dict[str, dict[str, Any] | None]


def shell(changes: Changes, expected: Expectations | None = None) -> Shell:
    """A compliant server with some connectors changed, made, or (None) gone."""
    found = {item["Identity"]: item for item in default_connectors().values()}
    for identity, changed in changes.items():
        before = found.pop(identity, None) or connector(identity.partition("\\")[2])
        if changed is not None:
            found[identity] = {**before, **changed}
    return Shell(found.values(), expected or Expectations())


@pytest.mark.parametrize(
    "changes",
    [
        {INTERNET: None, DEFAULT_FRONTEND: {"RemoteIPRanges": EVERYONE}},
        {INTERNET: {"AuthMechanism": SIGN_IN}},
        {INTERNET: {"AuthMechanism": SIGN_IN, "RemoteIPRanges": (ALL_IPV6,)}},
        {INTERNET: {"RemoteIPRanges": (ALL_IPV4,)}},
        {INTERNET: {"RemoteIPRanges": ("0.0.0.0-9.0.0.0", "11.0.0.0-255.255.255.255", ALL_IPV6)}},
        {
            INTERNET: {"RemoteIPRanges": (ALL_IPV4,)},
            DEFAULT_FRONTEND: {"RemoteIPRanges": (*INTERNAL[:-1], ALL_IPV6)},
        },
        {INTERNET: {"Bindings": ("0.0.0.0:25",)}},
        {INTERNET: {"Enabled": False, "Bindings": ("0.0.0.0:26",), "RemoteIPRanges": (ALL_IPV4,)}},
        {INTERNET: {"RequireTLS": True, "PermissionGroups": groups("ExchangeUsers")}},
        {INTERNET: {"AuthMechanism": auth()}},
        {DEFAULT_FRONTEND: {"RemoteIPRanges": (*INTERNAL, "172.160.0.0/12"), "Enabled": False}},
        {DEFAULT_FRONTEND: {"RemoteIPRanges": ("10.0.0.0/8", "8.8.8.0/24")}},
        {"EX01\\Scanners": dict(scanners("198.51.100.0/24", "10.20.0.0/16"))},
        {"EX01\\Scanners": dict(scanners("198.51.100.0/24"))},
        {
            "EX01\\Scanners": dict(
                scanners("198.51.100.7", AuthMechanism=auth("Tls", "ExternalAuthoritative"))
            )
        },
    ],
)
def test_nothing_deviates_afterwards(changes: Changes) -> None:
    assert_mended(shell(changes))


@pytest.mark.parametrize(
    "changed",
    [{}, {"AuthMechanism": ALL_BUT_EXTERNAL, "PermissionGroups": groups("ExchangeUsers")}],
    ids=["role", "all defaults of the cmdlet"],
)
def test_a_connector_of_the_wrong_role_takes_its_place(changed: dict[str, Any]) -> None:
    assert_mended(shell({INTERNET: {"TransportRole": HUB} | changed}))


def test_a_filtering_services_ranges_are_enough() -> None:
    vendor = Expectations(internet=AddressSet.parse(["203.0.113.0/24", "2001:db8:ff::/48"]))
    wide = {"RemoteIPRanges": EVERYONE}
    assert_mended(shell({INTERNET: None, DEFAULT_FRONTEND: wide}, vendor))
    assert_mended(shell({INTERNET: {"RemoteIPRanges": ("203.0.113.0/24",)}}, vendor))


@pytest.mark.parametrize(
    ("changes", "command", "why"),
    [
        ({}, f"New-ReceiveConnector -Server 'EX01' -Name '{INTERNET_CONNECTOR}'", "is there"),
        ({}, "Set-ReceiveConnector -Identity 'EX01\\Nobody' -Enabled $true", "is not there"),
        ({}, f"Set-ReceiveConnector -Identity '{DEFAULT_FRONTEND}' -AuthMechanism Tls", "keeps"),
        (
            {},
            f"Set-ReceiveConnector -Identity '{DEFAULT_FRONTEND}' -RemoteIPRanges '::/0'",
            "clash",
        ),
        (
            {"EX01\\Relay": {"TransportRole": HUB, "RemoteIPRanges": ("10.9.9.9",)}},
            f"Set-ReceiveConnector -Identity '{INTERNET}' -RequireTLS $false",
            "two roles",
        ),
    ],
)
def test_the_shell_refuses_what_exchange_refuses(changes: Changes, command: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        shell(changes).run(command)


def assert_mended(server: Shell) -> None:
    """Assert that something deviates, and that nothing does once it is mended."""
    assert deviating(server)
    server.mend(MENDED)
    assert not deviating(server)


def deviating(server: Shell) -> dict[str, Verdict]:
    """The checks that a server does not comply with."""
    verdicts = {name: CHECKS[name][1].judge(front_door=server.door).verdict for name in MENDED}
    return {name: verdict for name, verdict in verdicts.items() if verdict is not Verdict.COMPLIANT}
