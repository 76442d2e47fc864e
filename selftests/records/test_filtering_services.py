"""Which mail hosts are strangers."""

import pytest

from smtp_exposure.records.filtering_services import foreign_service


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("SJ5PEPF000001F2.mail.protection.outlook.com", "Exchange Online Protection"),
        ("corp-example.mail.protection.outlook.com.", "Exchange Online Protection"),
        ("aspmx.l.google.com", "Google Workspace"),
        ("mail.corp.example", None),
        ("protection.outlook.com.corp.example", None),
    ],
)
def test_knows_shipped_services(host: str, service: str | None) -> None:
    assert foreign_service(host) == service


def test_the_profile_adds_its_own() -> None:
    assert foreign_service("mx.filter.example", ("*.Filter.example",)) is not None
    assert foreign_service("filter.example", ("*.filter.example",)) is None
