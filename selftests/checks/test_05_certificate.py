"""Step 5: the certificate that STARTTLS presents."""

from dataclasses import replace
from typing import Any

import pytest

from lab.scenarios.compliant import CERTIFICATE
from lab.state import Certificate
from selftests.checks.builders import (
    compliant,
    deviates,
    error,
    front_door,
    inconclusive,
    not_applicable,
)
from selftests.checks.exported import (
    DEFAULT_FRONTEND,
    GONE,
    INTERNET,
    INTERNET_CONNECTOR,
    MAIL_HOST,
    TLS_NAME,
    certificate,
    connector,
)

STEP = ["INT-05-1", "INT-05-2", "INT-05-3"]
OTHER_AUTHORITY = replace(CERTIFICATE, issuer="CN=Other CA, O=Other, C=US")
EXPIRED = replace(CERTIFICATE, valid_from_days=-395)
FUTURE = replace(CERTIFICATE, valid_from_days=2)
UNSET = {"TlsCertificateName": None}


def aged(left: int, lifetime: int, names: tuple[str, ...] = (MAIL_HOST,)) -> Certificate:
    """A certificate with so many days left of so many."""
    return replace(
        CERTIFICATE, names=names, lifetime_days=lifetime, valid_from_days=left - lifetime
    )


@pytest.mark.parametrize("check", STEP)
def test_a_valid_certificate_for_the_name_complies(check: str) -> None:
    compliant(check, front_door())


@pytest.mark.parametrize("check", STEP)
def test_without_internet_connector_there_is_nothing_to_judge(check: str) -> None:
    not_applicable(check, front_door(without=[INTERNET_CONNECTOR]))


@pytest.mark.parametrize(
    ("like", "fault"),
    [
        (EXPIRED, "is valid from 2025-10-25 to 2026-10-25 only"),
        (FUTURE, "is valid from 2026-11-26 to 2027-11-26 only"),
        (replace(CERTIFICATE, has_private_key=False), "has no private key"),
        (replace(CERTIFICATE, services=("IIS",)), "is not enabled for SMTP"),
        (replace(CERTIFICATE, services=()), "is not enabled for SMTP"),
    ],
    ids=["expired", "not yet valid", "no key", "no SMTP", "no services"],
)
def test_names_what_is_wrong_with_the_certificate(like: Certificate, fault: str) -> None:
    deviates("INT-05-1", front_door(store=[certificate(like)]), (INTERNET, fault))


@pytest.mark.parametrize("like", [None, OTHER_AUTHORITY], ids=["none", "another issuer"])
def test_names_the_certificate_that_is_not_there(like: Certificate | None) -> None:
    store = [certificate(replace(CERTIFICATE, subject="CN=other"))]
    store += [certificate(like)] if like else []
    door = front_door(store=store)
    deviates(
        "INT-05-1",
        door,
        (INTERNET, f"no certificate in the store of this server is for {TLS_NAME}"),
    )
    not_applicable("INT-05-3", door)


@pytest.mark.parametrize(
    "name",
    [TLS_NAME.upper(), TLS_NAME.replace(", ", ","), TLS_NAME.replace("S=Greater", "ST=Greater")],
    ids=["letter case", "blanks", "ST"],
)
def test_a_certificates_name_is_compared_by_its_parts(name: str) -> None:
    compliant("INT-05-1", front_door(internet={"TlsCertificateName": name}))


@pytest.mark.parametrize("value", ["SMTP", "IIS, SMTP", 24, 16, "IP.WS.."])
def test_services_are_read_from_names_letters_and_number(value: object) -> None:
    store = [certificate(changes={"Services": value})]
    compliant("INT-05-1", front_door(store=store))


def test_of_several_that_match_the_valid_one_is_presented() -> None:
    compliant(
        "INT-05-1", front_door(store=[certificate(EXPIRED), certificate(FUTURE), certificate()])
    )


def test_of_several_valid_ones_the_newest_is_presented() -> None:
    old, new = aged(10, 365), aged(300, 365)
    compliant("INT-05-3", front_door(store=[certificate(old), certificate(new)]))


@pytest.mark.parametrize("lacking", ["Services", "HasPrivateKey"])
def test_what_remoting_leaves_out_proves_nothing(lacking: str) -> None:
    door = front_door(store=[certificate(changes={lacking: GONE})])
    inconclusive("INT-05-1", door, (INTERNET, f"properties {lacking}"))
    compliant("INT-05-3", door)


@pytest.mark.parametrize("lacking", ["Services", "HasPrivateKey"])
def test_what_is_known_to_deviate_outweighs_what_remoting_leaves_out(lacking: str) -> None:
    door = front_door(store=[certificate(EXPIRED, {lacking: GONE})])
    deviates("INT-05-1", door, (INTERNET, "is valid from"), (INTERNET, f"properties {lacking}"))


def test_a_store_that_was_not_read_proves_nothing() -> None:
    door = front_door(store=[])
    inconclusive("INT-05-1", door, (None, "missing: Get-ExchangeCertificate"))
    inconclusive("INT-05-3", door, (None, "missing: Get-ExchangeCertificate"))


@pytest.mark.parametrize("raw", [b"nonsense", "nonsense", b""])
def test_a_certificate_that_can_not_be_read_is_an_error(raw: object) -> None:
    door = front_door(store=[certificate(changes={"RawData": raw})])
    error("INT-05-1", door, (INTERNET, "can't be read"))


def test_a_damaged_certificate_beside_the_right_one_does_not_matter() -> None:
    store = [certificate(changes={"RawData": b"nonsense"}), certificate()]
    compliant("INT-05-1", front_door(store=store))


def test_a_malformed_certificate_name_is_an_error() -> None:
    door = front_door(internet={"TlsCertificateName": "CN=mail.corp.example"})
    error("INT-05-1", door, (INTERNET, "no <I>issuer<S>subject"))


def test_an_unset_name_is_searched_by_the_fqdn() -> None:
    compliant("INT-05-1", front_door(internet=UNSET))
    other = certificate(aged(200, 365, ("www.corp.example",)))
    self_signed = certificate(Certificate(subject="CN=EX01", services=("SMTP",)))
    door = front_door(internet=UNSET | {"Fqdn": "mx.corp.example"}, store=[other, self_signed])
    deviates("INT-05-1", door, (INTERNET, "is for mx.corp.example"))


def test_an_authoritys_certificate_is_preferred_to_a_self_signed_one() -> None:
    own = Certificate(
        subject="CN=EX01",
        names=(MAIL_HOST,),
        services=("SMTP",),
        valid_from_days=-1,
        lifetime_days=5,
    )
    compliant("INT-05-3", front_door(internet=UNSET, store=[certificate(own), certificate()]))


@pytest.mark.parametrize("names", [("*.corp.example",), ("x.example", MAIL_HOST.upper())])
def test_a_wildcard_and_any_name_cover_the_fqdn(names: tuple[str, ...]) -> None:
    compliant("INT-05-3", front_door(store=[certificate(aged(300, 365, names))]))


@pytest.mark.parametrize(
    "names",
    [("corp.example",), ("*.example",), ("*.mail.corp.example",), ("m*.corp.example",)],
)
def test_names_a_certificate_for_another_name(names: tuple[str, ...]) -> None:
    door = front_door(store=[certificate(aged(300, 365, names))])
    deviates("INT-05-3", door, (None, f"it is for {names[0]}, not for {MAIL_HOST}"))


def test_the_finding_is_about_the_thumbprint() -> None:
    own = certificate(aged(10, 365))
    deviates("INT-05-3", front_door(store=[own]), (own.thumbprint, "in 10 days"))


@pytest.mark.parametrize(
    ("left", "lifetime"), [(60, 365), (100, 365), (30, 90), (45, 90), (59, 179), (16, 47), (2, 6)]
)
def test_enough_days_left_comply(left: int, lifetime: int) -> None:
    compliant("INT-05-3", front_door(store=[certificate(aged(left, lifetime))]))


@pytest.mark.parametrize(
    ("left", "lifetime", "told"),
    [
        (29, 365, "it runs out on 2026-12-23, in 29 days"),
        (29, 90, "it runs out on 2026-12-23, in 29 days"),
        (15, 47, "it runs out on 2026-12-09, in 15 days"),
        (1, 6, "it runs out on 2026-11-25, in 1 day"),
        (-1, 365, "it ran out on 2026-11-23, 1 day ago"),
        (-31, 365, "it ran out on 2026-10-24, 31 days ago"),
    ],
)
def test_names_the_day_on_which_a_certificate_runs_out(left: int, lifetime: int, told: str) -> None:
    deviates("INT-05-3", front_door(store=[certificate(aged(left, lifetime))]), (None, told))


@pytest.mark.parametrize(("left", "lifetime"), [(30, 365), (59, 365), (30, 398), (45, 180)])
def test_less_than_sixty_days_of_a_long_lifetime_is_a_note(left: int, lifetime: int) -> None:
    door = front_door(store=[certificate(aged(left, lifetime))])
    compliant("INT-05-3", door, (None, f"in {left} days"))


@pytest.mark.parametrize(
    ("internet", "default", "notes"),
    [
        ({}, {}, []),
        (UNSET, UNSET, []),
        ({}, UNSET, []),
        ({"TlsCertificateName": TLS_NAME.upper()}, {}, []),
        (UNSET, {}, [(INTERNET, "TlsCertificateName is unset")]),
        (
            {"TlsCertificateName": "<I>CN=a<S>CN=b"},
            {},
            [(INTERNET, "TlsCertificateName is <I>CN=a<S>CN=b")],
        ),
    ],
)
def test_another_certificate_than_default_frontends_is_a_note(
    internet: dict[str, Any], default: dict[str, Any], notes: list[tuple[str, str]]
) -> None:
    compliant("INT-05-2", front_door(internet=internet, default=default), *notes)


def test_without_default_frontend_there_is_nothing_to_compare_with() -> None:
    not_applicable("INT-05-2", front_door(without=["Default Frontend EX01"]))


@pytest.mark.parametrize(
    ("internet", "default", "named"),
    [
        ({"TlsCertificateName": GONE}, {}, INTERNET),
        ({}, {"TlsCertificateName": GONE}, DEFAULT_FRONTEND),
    ],
)
def test_a_certificate_name_that_was_not_read_proves_nothing(
    internet: dict[str, Any], default: dict[str, Any], named: str
) -> None:
    door = front_door(internet=internet, default=default)
    inconclusive("INT-05-2", door, (None, f"property TlsCertificateName of {named}"))


@pytest.mark.parametrize("check", ["INT-05-1", "INT-05-3"])
def test_a_missing_name_hides_no_other_connectors_deviation(check: str) -> None:
    named = (None, f"property TlsCertificateName of {INTERNET}")
    inconclusive(check, front_door(internet={"TlsCertificateName": GONE}), named)
    further = [connector("Second", {"TlsCertificateName": TLS_NAME})]
    store = [certificate(EXPIRED)]
    door = front_door(internet={"TlsCertificateName": GONE}, further=further, store=store)
    telling = {"INT-05-1": "is valid from", "INT-05-3": "it ran out on"}[check]
    deviates(check, door, (None, telling), named)
