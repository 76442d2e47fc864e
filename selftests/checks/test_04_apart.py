"""Step 4, beside test_04_names.py: Fqdn and Banner are judged apart; none hides the other."""

import pytest

from selftests.checks.builders import (
    compliant,
    deviates,
    expect,
    front_door,
    inconclusive,
    not_applicable,
    of_server,
)
from selftests.checks.exported import (
    ALL_IPV6,
    GONE,
    INTERNET,
    connector,
)
from selftests.checks.registry import CHECKS
from smtp_exposure.exchange.objects import Value
from smtp_exposure.expectations import Expectations
from smtp_exposure.verdicts import Verdict, Why

MAIL = Expectations(mail_host="mail.corp.example")
INSIDE = "220 ex01.corp.example ESMTP ready"


@pytest.mark.parametrize("check", ["INT-04-1", "INT-04-2"])
def test_a_server_that_faces_no_internet_is_not_judged(check: str) -> None:
    not_applicable(check, front_door(expected=of_server(internet_facing=False)))


@pytest.mark.parametrize(
    "fqdn", ["corp.example", "xmail.corp.example", "mail.corp.example.evil.example"]
)
def test_a_name_that_looks_alike_is_another(fqdn: str) -> None:
    own = {"Fqdn": fqdn, "Banner": f"220 {fqdn} ESMTP"}
    deviates("INT-04-1", front_door(internet=own, expected=MAIL), (INTERNET, f"Fqdn is {fqdn} |"))
    seen = (INTERNET, f"Banner announces {fqdn} |")
    deviates("INT-04-2", front_door(internet=own, expected=MAIL), seen)


def test_fqdn_and_banner_are_judged_apart() -> None:
    right_banner = {"Fqdn": "ex01.corp.example", "Banner": "220 mail.corp.example ESMTP"}
    door = front_door(internet=right_banner, expected=MAIL)
    deviates("INT-04-1", door, (INTERNET, "Fqdn is ex01.corp.example"))
    compliant("INT-04-2", door)


def test_a_wrong_banner_leaves_the_fqdn_right() -> None:
    door = front_door(internet={"Banner": INSIDE}, expected=MAIL)
    compliant("INT-04-1", door)
    deviates("INT-04-2", door, (INTERNET, "Banner announces ex01.corp.example"))


def test_the_first_line_of_a_banner_counts() -> None:
    banner = "220-ex01.corp.example ESMTP\r\n220 mail.corp.example"
    door = front_door(internet={"Banner": banner}, expected=MAIL)
    deviates("INT-04-2", door, (INTERNET, "Banner announces ex01.corp.example"))


def test_a_fixed_text_is_a_note_without_any_name_to_compare_with() -> None:
    door = front_door(internet={"Banner": "220 SMTP Server Ready"})
    compliant("INT-04-2", door, (INTERNET, "a fixed text is what the Exchange 2019 STIG asks for"))


def test_the_default_frontends_own_name_is_right() -> None:
    own = {"Fqdn": "ex01.corp.example", "Banner": INSIDE}
    for check in ("INT-04-1", "INT-04-2"):
        compliant(check, front_door(default=own, expected=MAIL))


def test_every_internet_connector_is_judged() -> None:
    own = {"RemoteIPRanges": (ALL_IPV6,), "Fqdn": "ex01.corp.example"}
    door = front_door(further=[connector("IPv6", own)], expected=MAIL)
    deviates("INT-04-1", door, ("EX01\\IPv6", "Fqdn is ex01.corp.example"))


def test_not_knowing_the_names_hides_no_property_that_was_not_read() -> None:
    second = connector("IPv6", {"RemoteIPRanges": (ALL_IPV6,), "Banner": INSIDE})
    door = front_door(internet={"Banner": GONE}, further=[second])
    inconclusive("INT-04-2", door, (INTERNET, f"property Banner of {INTERNET}"))


def test_a_note_on_one_connector_does_not_make_a_pass_of_another() -> None:
    second = connector("IPv6", {"RemoteIPRanges": (ALL_IPV6,), "Banner": INSIDE})
    door = front_door(internet={"Banner": "220 SMTP Server Ready"}, further=[second])
    outcome = CHECKS["INT-04-2"][1].judge(front_door=door, approaches=())
    assert (outcome.verdict, outcome.why) == (Verdict.NOT_ASSESSED, Why.NOT_ASKED)


@pytest.mark.parametrize("value", [("a", "b"), b"220"])
@pytest.mark.parametrize(("check", "name"), [("INT-04-1", "Fqdn"), ("INT-04-2", "Banner")])
def test_a_value_that_is_no_text_is_an_error(check: str, name: str, value: Value) -> None:
    door = front_door(internet={name: value}, expected=MAIL)
    expect(check, Verdict.ERROR, (INTERNET, f"{name} of {INTERNET} can't be read"), front_door=door)
