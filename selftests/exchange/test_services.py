"""Services looked up by name, and the words that say how they are."""

import pytest

from smtp_exposure.errors import MissingEvidence
from smtp_exposure.exchange.inventory import Service, parse_start_type, parse_status
from smtp_exposure.exchange.objects import EnumValue, Value
from smtp_exposure.exchange.services import find_services

POP = ("MSExchangePop3", "MSExchangePOP3BE")


def named(*names: str) -> list[Service]:
    """Services of these names, in this order."""
    return [Service({"Name": name}) for name in names]


def found(services: list[Service], *wanted: str) -> list[str]:
    return [item.name for item in find_services(services, wanted)]


def test_finds_services_in_the_order_asked_for() -> None:
    services = named("MSExchangePOP3BE", "W32Time", "MSExchangePop3")
    assert found(services, *POP) == ["MSExchangePop3", "MSExchangePOP3BE"]


def test_names_are_compared_without_case_and_kept_as_written() -> None:
    assert found(named("MSEXCHANGEPOP3", "msexchangepop3be"), *POP) == [
        "MSEXCHANGEPOP3",
        "msexchangepop3be",
    ]


@pytest.mark.parametrize("always", ["MSExchangeTransport", "msexchangefrontendtransport"])
def test_an_absent_service_of_a_whole_list_is_none(always: str) -> None:
    assert found(named(always, "MSExchangePop3"), *POP) == ["MSExchangePop3"]
    assert found(named(always), *POP) == []


@pytest.mark.parametrize("listed", [[], ["W32Time"], ["MSExchangePop3"], ["MSExchangeImap4"]])
def test_an_absent_service_of_a_part_proves_nothing(listed: list[str]) -> None:
    with pytest.raises(MissingEvidence, match=r"Get-Service \(.*MSExchangePOP3BE not in the expo"):
        find_services(named(*listed), POP)


def test_a_part_that_holds_all_that_is_asked_for_is_enough() -> None:
    assert found(named(*POP), *POP) == list(POP)


def test_similar_names_are_other_services() -> None:
    services = named("MSExchangePop3x", "xMSExchangePop3", "MSExchangeTransport")
    assert found(services, *POP) == []


@pytest.mark.parametrize(
    ("properties", "name"),
    [
        ({"Name": "MSExchangePop3", "DisplayName": "Microsoft Exchange POP3"}, "MSExchangePop3"),
        ({"ServiceName": "MSExchangePop3"}, "MSExchangePop3"),
        ({"Name": None, "ServiceName": "MSExchangePop3"}, "MSExchangePop3"),
        ({"DisplayName": "Microsoft Exchange POP3"}, ""),
    ],
)
def test_the_name_is_the_short_one(properties: dict[str, Value], name: str) -> None:
    assert Service(properties).name == name


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (1, "Stopped"),
        (2, "StartPending"),
        (3, "StopPending"),
        (4, "Running"),
        (7, "Paused"),
        (9, "9"),
        ("Stopped", "Stopped"),
        (EnumValue("Running", 4), "Running"),
    ],
)
def test_reads_a_status_from_text_or_number(value: Value, status: str) -> None:
    assert parse_status(value) == status


@pytest.mark.parametrize(
    ("value", "start_type"),
    [
        (0, "Boot"),
        (1, "System"),
        (2, "Automatic"),
        (3, "Manual"),
        (4, "Disabled"),
        (9, "9"),
        ("Auto", "Automatic"),
        ("Disabled", "Disabled"),
        (EnumValue("Manual", 3), "Manual"),
    ],
)
def test_reads_a_start_type_from_text_or_number(value: Value, start_type: str) -> None:
    assert parse_start_type(value) == start_type
