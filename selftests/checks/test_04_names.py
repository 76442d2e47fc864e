"""Step 4: what the Internet connector calls itself."""

import pytest

from selftests.checks.builders import (
    compliant,
    deviates,
    expect,
    front_door,
    inconclusive,
    not_applicable,
)
from selftests.checks.exported import (
    GONE,
    INTERNET,
    INTERNET_CONNECTOR,
    MAIL_HOST,
    connector,
)
from smtp_exposure.expectations import DomainExpectation, Expectations, ServerExpectation
from smtp_exposure.verdicts import Verdict, Why

NAMED = Expectations(mail_host=MAIL_HOST)
TWO_DOMAINS = Expectations(
    domains=(
        DomainExpectation(name="corp.example", mail_host="mx.corp.example"),
        DomainExpectation(name="brand.example", mail_host="MAIL.Corp.Example."),
    )
)
PUBLIC = Expectations(
    servers={"ex01": ServerExpectation(name="EX01", public_hosts=("mx1.corp.example", MAIL_HOST))}
)
SPLIT = Expectations(
    servers={"ex02": ServerExpectation(name="EX02", public_hosts=(MAIL_HOST,))},
    mail_host="mx.corp.example",
)


@pytest.mark.parametrize("expected", [NAMED, TWO_DOMAINS, PUBLIC], ids=["one", "two", "public"])
@pytest.mark.parametrize("check", ["INT-04-1", "INT-04-2"])
def test_one_of_the_mail_hosts_names_complies(check: str, expected: Expectations) -> None:
    compliant(check, front_door(expected=expected))


@pytest.mark.parametrize("fqdn", ["Mail.CORP.example", "mail.corp.example."])
def test_names_are_compared_as_dns_does(fqdn: str) -> None:
    compliant("INT-04-1", front_door(internet={"Fqdn": fqdn}, expected=NAMED))


@pytest.mark.parametrize(
    ("fqdn", "shown"),
    [("ex01.corp.example", "ex01.corp.example"), ("", "empty"), (None, "empty")],
)
def test_names_the_fqdn_that_is_no_mail_host(fqdn: object, shown: str) -> None:
    door = front_door(internet={"Fqdn": fqdn}, expected=NAMED)
    deviates("INT-04-1", door, (INTERNET, f"Fqdn is {shown} |"))


def test_another_servers_public_name_is_not_this_ones() -> None:
    deviates("INT-04-1", front_door(expected=SPLIT), (INTERNET, f"Fqdn is {MAIL_HOST}"))


def test_without_a_name_to_compare_with_nothing_is_judged() -> None:
    expect("INT-04-1", Verdict.NOT_ASSESSED, why=Why.NOT_ASKED, front_door=front_door())


@pytest.mark.parametrize("check", ["INT-04-1", "INT-04-2"])
def test_without_internet_connector_there_is_nothing_to_judge(check: str) -> None:
    not_applicable(check, front_door(without=[INTERNET_CONNECTOR], expected=NAMED))


@pytest.mark.parametrize("banner", ["", "  ", None])
def test_an_empty_banner_needs_no_name_to_compare_with(banner: object) -> None:
    compliant("INT-04-2", front_door(internet={"Banner": banner}))


@pytest.mark.parametrize(
    "banner",
    [
        "220 mail.corp.example",
        "220 MAIL.corp.example ESMTP ready",
        "220-mail.corp.example\r\n220 welcome",
        "220 mail.corp.example. ESMTP",
    ],
)
def test_a_banner_that_announces_the_mail_host_complies(banner: str) -> None:
    compliant("INT-04-2", front_door(internet={"Banner": banner}, expected=NAMED))


@pytest.mark.parametrize(
    "banner", ["220 ex01.corp.example ESMTP", "220-ex01.corp.example\r\n220 x"]
)
def test_names_the_host_that_a_banner_announces(banner: str) -> None:
    door = front_door(internet={"Banner": banner}, expected=NAMED)
    deviates("INT-04-2", door, (INTERNET, "Banner announces ex01.corp.example"))


@pytest.mark.parametrize("banner", ["220 SMTP Server Ready", "220 EX01", "220"])
def test_a_fixed_text_is_a_note(banner: str) -> None:
    door = front_door(internet={"Banner": banner}, expected=NAMED)
    compliant("INT-04-2", door, (INTERNET, f"Banner is {banner!r}, which names no host"))


def test_a_banner_without_a_name_to_compare_with_is_not_judged() -> None:
    door = front_door(internet={"Banner": "220 ex01.corp.example"})
    expect("INT-04-2", Verdict.NOT_ASSESSED, why=Why.NOT_ASKED, front_door=door)


@pytest.mark.parametrize(("check", "lacking"), [("INT-04-1", "Fqdn"), ("INT-04-2", "Banner")])
def test_a_missing_property_hides_no_other_connectors_deviation(check: str, lacking: str) -> None:
    named = (INTERNET, f"property {lacking} of {INTERNET}")
    inconclusive(check, front_door(internet={lacking: GONE}, expected=NAMED), named)
    wrong = {"Fqdn": "ex01.corp.example", "Banner": "220 ex01.corp.example"}
    further = [connector("Second", wrong)]
    door = front_door(internet={lacking: GONE}, further=further, expected=NAMED)
    deviates(check, door, ("EX01\\Second", "ex01.corp.example"), named)
