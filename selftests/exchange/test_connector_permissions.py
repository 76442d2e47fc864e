"""Which entries are those of a connector."""

import pytest

from selftests.exchange.builders import SERVER, connector, distinguished_name, permission
from smtp_exposure.errors import MissingEvidence
from smtp_exposure.exchange.inventory import ADPermission, Section, missing
from smtp_exposure.exchange.permissions import access_to, by_connector

INTERNET = connector(DistinguishedName=distinguished_name("Internet"))


@pytest.mark.parametrize(
    "identity",
    [
        f"{SERVER}\\Internet",
        f"{SERVER.lower()}\\INTERNET ",
        distinguished_name("Internet"),
        distinguished_name("Internet").upper(),
    ],
)
def test_finds_the_entries_of_a_connector_by_identity_and_dn(identity: str) -> None:
    entries = (permission(identity=identity), permission(identity="EX01\\Relay"))
    assert len(access_to(INTERNET, by_connector(Section("Get-ADPermission", entries))).entries) == 1


@pytest.mark.parametrize("identity", ["EX02\\Internet", "Internet", "", "EX01\\Internet 2", None])
def test_entries_of_other_connectors_are_not_its_own(identity: str | None) -> None:
    other = permission(Identity=identity)
    for one in (INTERNET, connector()):
        with pytest.raises(
            MissingEvidence, match=r"missing: Get-ADPermission \(for EX01\\Internet\)"
        ):
            access_to(one, by_connector(Section("Get-ADPermission", (other,))))


def test_permissions_that_nobody_read_are_missing() -> None:
    with pytest.raises(MissingEvidence, match="missing: Get-ADPermission"):
        access_to(INTERNET, by_connector(missing(ADPermission)))
