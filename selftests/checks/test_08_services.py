"""Step 8: each check on the services of the old protocols, and on the log."""

from itertools import product
from typing import Any

import pytest

from selftests.checks import state
from selftests.checks.builders import (
    compliant,
    edge_door,
    expect,
    front_door,
    inconclusive,
    not_applicable,
    of_server,
)
from selftests.checks.builders import deviates as finds
from selftests.checks.exported import (
    ALL_IPV6,
    GONE,
    INTERNET,
    INTERNET_CONNECTOR,
    connector,
)
from selftests.checks.state import service, with_services
from smtp_exposure.exchange.inventory import Service, missing
from smtp_exposure.exchange.objects import EnumValue
from smtp_exposure.expectations import Expectations
from smtp_exposure.verdicts import Verdict

POP = ("INT-08-1", "MSExchangePop3", "MSExchangePOP3BE")
IMAP = ("INT-08-2", "MSExchangeImap4", "MSExchangeIMAP4BE")
EACH = [(check, name) for check, *names in (POP, IMAP) for name in names]
OTHER = {"INT-08-1": "INT-08-2", "INT-08-2": "INT-08-1"}
CHECKS = ["INT-08-1", "INT-08-2"]
ALLOWED = {"INT-08-1": Expectations(pop=True), "INT-08-2": Expectations(imap=True)}


@pytest.mark.parametrize("check", CHECKS)
def test_stopped_and_disabled_complies(check: str) -> None:
    compliant(check, with_services())


@pytest.mark.parametrize(("check", "name"), EACH)
@pytest.mark.parametrize(
    ("status", "start"),
    [
        *product(["Stopped"], ["Manual", "Automatic"]),
        *product(["Running", "StartPending", "Paused"], ["Manual", "Automatic", "Disabled"]),
    ],
)
def test_names_the_service_that_is_not_off(check: str, name: str, status: str, start: str) -> None:
    door = with_services(service(name, status, start))
    finds(check, door, (name, f"Status {status}, StartType {start}"))
    compliant(OTHER[check], door)


@pytest.mark.parametrize(("check", "front", "back"), [POP, IMAP])
def test_front_and_back_end_are_both_named(check: str, front: str, back: str) -> None:
    door = with_services(service(front, "Running", "Automatic"), service(back, "Stopped", "Manual"))
    finds(check, door, (front, "Status Running"), (back, "StartType Manual"))


@pytest.mark.parametrize(("check", "name"), EACH)
@pytest.mark.parametrize(
    "changes",
    [
        {"Status": "stopped", "StartType": "DISABLED"},
        {"Status": 1, "StartType": 4},
        {"Status": "Stopped", "StartType": "Disabled"},
        {"Status": EnumValue("Stopped", 1), "StartType": "Disabled"},
    ],
)
def test_off_in_other_spellings_complies(check: str, name: str, changes: dict[str, Any]) -> None:
    compliant(check, with_services(service(name, **changes)))


@pytest.mark.parametrize(("check", "name"), EACH)
@pytest.mark.parametrize(
    ("changes", "observed"),
    [
        ({"Status": 4}, "Status Running, StartType Disabled"),
        ({"StartType": 3}, "Status Stopped, StartType Manual"),
        ({"StartType": "Auto"}, "Status Stopped, StartType Automatic"),
        ({"Status": 9, "StartType": 9}, "Status 9, StartType 9"),
    ],
)
def test_on_in_other_spellings_is_named(
    check: str, name: str, changes: dict[str, Any], observed: str
) -> None:
    finds(check, with_services(service(name, **changes)), (name, observed))


@pytest.mark.parametrize("spell", [str.upper, str.lower])
@pytest.mark.parametrize(("check", "name"), EACH)
def test_the_case_of_a_name_does_not_count(check: str, name: str, spell: Any) -> None:
    running = service(spell(name), "Running", "Automatic")
    finds(check, with_services(running, without=[name]), (spell(name), "Status Running"))


@pytest.mark.parametrize(("check", "name"), EACH)
def test_an_absent_service_complies(check: str, name: str) -> None:
    compliant(check, with_services(without=[name]))
    compliant(check, with_services(without=state.OFF))


@pytest.mark.parametrize(("check", "name"), EACH)
def test_an_absent_service_of_a_part_of_the_list_proves_nothing(check: str, name: str) -> None:
    named = ("", f"missing: Get-Service ({name} not in the export, which is no whole list)")
    inconclusive(check, with_services(without=[name], whole=False), named)
    compliant(check, with_services(whole=False))


@pytest.mark.parametrize(
    ("name", "check", "absent"),
    [
        ("MSExchangeIMAPBE", "INT-08-2", "MSExchangeIMAP4BE"),
        ("MSExchangePOPBE", "INT-08-1", "MSExchangePOP3BE"),
    ],
)
def test_a_name_that_does_not_exist_is_no_back_end(name: str, check: str, absent: str) -> None:
    part = with_services(service(name), without=[absent], whole=False)
    inconclusive(check, part, ("", f"{absent} not in the export"))
    compliant(check, with_services(service(name, "Running", "Automatic"), without=[absent]))


@pytest.mark.parametrize("check", CHECKS)
def test_services_that_nobody_read_prove_nothing(check: str) -> None:
    door = state.holding(front_door(), services=missing(Service))
    inconclusive(check, door, ("", "missing: Get-Service"))


@pytest.mark.parametrize(("check", "front", "back"), [POP, IMAP])
@pytest.mark.parametrize("lacking", ["Status", "StartType"])
def test_a_property_that_was_not_read_hides_no_other_deviation(
    check: str, front: str, back: str, lacking: str
) -> None:
    unread = state.lacking(service(front), lacking)
    named = (front, f"missing: Get-Service (property {lacking} of {front})")
    inconclusive(check, with_services(unread), named)
    door = with_services(unread, service(back, "Running", "Automatic"))
    finds(check, door, (back, "Status Running"), named)


@pytest.mark.parametrize(("check", "name"), EACH)
def test_what_the_profile_allows_is_a_note(check: str, name: str) -> None:
    door = with_services(service(name, "Running", "Automatic"), expected=ALLOWED[check])
    compliant(check, door, (name, "Status Running, StartType Automatic | the profile allows it"))
    other = ALLOWED[OTHER[check]]
    finds(check, with_services(service(name, "Running", "Automatic"), expected=other), (name, ""))


@pytest.mark.parametrize("check", CHECKS)
def test_what_the_profile_allows_need_not_run(check: str) -> None:
    compliant(check, with_services(expected=ALLOWED[check]))


@pytest.mark.parametrize("check", CHECKS)
def test_a_server_inside_and_one_at_the_edge_are_judged_too(check: str) -> None:
    name = {"INT-08-1": "MSExchangePop3", "INT-08-2": "MSExchangeImap4"}[check]
    running = service(name, "Running", "Automatic")
    finds(check, with_services(running, expected=of_server(internet_facing=False)), (name, ""))
    compliant(check, with_services(server={"ServerRole": "Edge"}, without=state.OFF))


def test_services_of_another_server_say_nothing() -> None:
    elsewhere = [service(name, "Running", "Automatic", MachineName="EX02") for name in state.OFF]
    door = front_door(services=[], others=[*elsewhere, state.another_server()])
    inconclusive("INT-08-1", door, ("", "missing: Get-Service"))


@pytest.mark.parametrize("level", ["Verbose", "verbose", EnumValue("Verbose", 1)])
def test_a_verbose_log_complies(level: object) -> None:
    compliant("INT-08-3", front_door(internet={"ProtocolLoggingLevel": level}))


@pytest.mark.parametrize("level", ["None", EnumValue("None", 0), ""])
def test_no_log_is_a_note(level: object) -> None:
    door = front_door(internet={"ProtocolLoggingLevel": level})
    compliant("INT-08-3", door, (INTERNET, "ProtocolLoggingLevel is "))


def test_the_number_of_a_verbose_log_is_verbose() -> None:
    compliant("INT-08-3", front_door(internet={"ProtocolLoggingLevel": 1}))


def test_the_logs_of_other_connectors_do_not_count() -> None:
    compliant("INT-08-3", front_door(default={"ProtocolLoggingLevel": "None"}))


def test_each_internet_connector_keeps_a_log() -> None:
    second = {"RemoteIPRanges": (ALL_IPV6,), "ProtocolLoggingLevel": "None"}
    door = front_door(further=[connector("IPv6", second)])
    compliant("INT-08-3", door, ("EX01\\IPv6", "ProtocolLoggingLevel is None"))


def test_a_log_that_was_not_read_is_no_note() -> None:
    door = front_door(internet={"ProtocolLoggingLevel": GONE})
    inconclusive("INT-08-3", door, (INTERNET, f"property ProtocolLoggingLevel of {INTERNET}"))


@pytest.mark.parametrize("level", [("Verbose",), b"Verbose"])
def test_a_log_that_can_not_be_read_is_an_error(level: object) -> None:
    door = front_door(internet={"ProtocolLoggingLevel": level})
    seen = (INTERNET, f"ProtocolLoggingLevel of {INTERNET} can't be read")
    expect("INT-08-3", Verdict.ERROR, seen, front_door=door)


def test_without_an_internet_connector_there_is_no_log_to_keep() -> None:
    not_applicable("INT-08-3", front_door(without=[INTERNET_CONNECTOR]))
    not_applicable("INT-08-3", front_door(expected=of_server(internet_facing=False)))


def test_an_edge_servers_internet_connector_keeps_one_too() -> None:
    door = edge_door(ProtocolLoggingLevel="None")
    compliant("INT-08-3", door, (door.connectors[0].identity, "ProtocolLoggingLevel is None"))
