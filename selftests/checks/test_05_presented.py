"""Step 5, beside test_05_certificate.py: which certificate is presented, and what is read of it."""

from typing import Any

import pytest

from selftests.checks import state
from selftests.checks.builders import (
    compliant,
    deviates,
    edge_door,
    error,
    front_door,
    inconclusive,
    not_applicable,
    of_server,
)
from selftests.checks.exported import (
    ALL_IPV6,
    GONE,
    INTERNET,
    INTERNET_CONNECTOR,
    connector,
)
from selftests.checks.registry import CHECKS
from selftests.checks.state import MAIL_HOST, NAME, with_certificates
from selftests.exchange import der
from selftests.exchange.der import certificate, remoted
from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.inventory import Section

STEP = ["INT-05-1", "INT-05-2", "INT-05-3"]
OTHER_CA = der.common_name("Other Issuing CA 2")
GOOD = certificate()
OWN = certificate(der.der(issuer=None))


@pytest.mark.parametrize("check", STEP)
@pytest.mark.parametrize(
    "door",
    [
        with_certificates(GOOD),
        with_certificates(GOOD, certificate(b"damaged")),
        with_certificates(GOOD, certificate(der.der(age=355)), certificate(der.der(age=400))),
        with_certificates(certificate(der.der(age=1), Services="None"), GOOD),
        with_certificates(GOOD, name=None),
        with_certificates(certificate(der.der(names=None))),
        with_certificates(OWN, name=None),
    ],
    ids=[
        "named",
        "a damaged one beside it",
        "several match",
        "a newer one without SMTP",
        "no name, searched by Fqdn",
        "common name only",
        "self-signed, for want of another",
    ],
)
def test_a_certificate_in_order_complies(check: str, door: FrontDoor) -> None:
    compliant(check, door)


def test_without_name_and_fqdn_the_servers_own_name_is_searched() -> None:
    own = certificate(der.der(der.common_name("EX01"), None, ["EX01", "ex01.corp.example"]))
    door = with_certificates(GOOD, own, name=None, Fqdn="")
    compliant("INT-05-1", door)
    compliant("INT-05-3", door)
    door = with_certificates(GOOD, name=None, Fqdn="")
    deviates("INT-05-1", door, (INTERNET, "no certificate in the store of this server is for ex01"))


@pytest.mark.parametrize("store", [[], [OWN]], ids=["empty", "self-signed"])
def test_a_store_that_was_read_lacks_the_certificate(store: list[ExchangeCertificate]) -> None:
    observed = f"no certificate in the store of this server is for {NAME}"
    deviates("INT-05-1", with_certificates(*store), (INTERNET, observed))
    not_applicable("INT-05-3", with_certificates(*store))


def test_certificates_of_another_server_do_not_count() -> None:
    elsewhere = [certificate(Server="EX02"), state.another_server()]
    own = {"TlsCertificateName": NAME}
    door = front_door(internet=own, store=[OWN], others=elsewhere)
    deviates("INT-05-1", door, (INTERNET, "no certificate in the store of this server is for <I>"))


def test_what_remoting_leaves_out_is_named_with_its_reason() -> None:
    read = remoted()
    words = f"properties HasPrivateKey, Services of {read.thumbprint}: remoting leaves them out"
    inconclusive("INT-05-1", with_certificates(read), (INTERNET, words))


@pytest.mark.parametrize("check", ["INT-05-1", "INT-05-3"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("CN=mail.corp.example", "has no <I>issuer<S>subject"),
        ("<I>Sectigo<S>CN=mail.corp.example", "'Sectigo' is no distinguished name"),
    ],
)
def test_a_malformed_name_is_an_error(check: str, name: str, words: str) -> None:
    error(check, with_certificates(GOOD, name=name), (None, words))


def test_damaged_certificates_alone_are_an_error_once() -> None:
    door = with_certificates(certificate(b"damaged"), certificate(RawData="%"))
    error("INT-05-1", door, (INTERNET, "2 certificates can't be read, and one of them may be for"))
    not_applicable("INT-05-3", door)


def test_a_name_with_a_state_and_a_comma_finds_its_certificate() -> None:
    subject = (("C", "GB"), ("S", "Kent"), ("O", "Corp, Inc."), ("CN", MAIL_HOST))
    name = f'<I>{der.AUTHORITY_TEXT}<S>CN={MAIL_HOST}, O="Corp, Inc.", S=Kent, C=GB'
    compliant("INT-05-1", with_certificates(certificate(der.der(subject)), name=name))
    without_state = name.replace(", S=Kent", "")
    door = with_certificates(certificate(der.der(subject)), name=without_state)
    deviates("INT-05-1", door, (INTERNET, "no certificate in the store"))


@pytest.mark.parametrize("check", STEP)
@pytest.mark.parametrize(
    "store", [state.certificates(GOOD), state.UNREAD_STORE], ids=["read", "unread"]
)
@pytest.mark.parametrize(
    "door",
    [
        front_door(without=[INTERNET_CONNECTOR]),
        front_door(expected=of_server(internet_facing=False)),
    ],
    ids=["no Internet connector", "faces no Internet"],
)
def test_without_an_internet_connector_they_do_not_apply(
    check: str, store: Section[ExchangeCertificate], door: FrontDoor
) -> None:
    not_applicable(check, state.holding(door, certificates=store))


def test_an_edge_server_has_no_default_frontend_to_equal() -> None:
    not_applicable("INT-05-2", edge_door(TlsCertificateName=NAME))


@pytest.mark.parametrize(
    ("names", "host", "observed"),
    [
        (["a.example", "b.example"], MAIL_HOST, "it is for a.example, b.example, not for mail."),
        (["*.corp.example"], "a.mail.corp.example", "it is for *.corp.example, not for a.mail"),
        (["*.corp.example"], "corp.example", "it is for *.corp.example, not for corp.example"),
        ([MAIL_HOST], "ex01.corp.example", "it is for mail.corp.example, not for ex01.corp.ex"),
        ([MAIL_HOST], "", "not for ex01.corp.example"),
    ],
)
def test_names_the_host_that_is_not_covered(names: list[str], host: str, observed: str) -> None:
    presented = certificate(der.der(names=names))
    deviates("INT-05-3", with_certificates(presented, Fqdn=host), (presented.thumbprint, observed))


@pytest.mark.parametrize("name", [NAME, None])
def test_the_common_name_does_not_cover_beside_alternative_names(name: str | None) -> None:
    presented = certificate(der.der(names=["other.example"]))
    seen = (presented.thumbprint, "it is for other.example, not for mail.corp.example")
    deviates("INT-05-3", with_certificates(presented, name=name), seen)


@pytest.mark.parametrize(
    ("left", "days", "needed"), [(29, 365, 30), (29, 1096, 30), (1, 6, 2), (19, 60, 20)]
)
def test_says_how_many_days_its_lifetime_asks_for(left: int, days: int, needed: int) -> None:
    door = with_certificates(certificate(der.der(age=days - left, days=days)))
    (finding,) = CHECKS["INT-05-3"][1].judge(front_door=door).findings
    assert finding.expected.startswith(f"at least {needed} days left")


def test_both_faults_are_named_at_once() -> None:
    presented = certificate(der.der(names=["other.example"], age=360))
    seen = [(presented.thumbprint, "not for mail"), (presented.thumbprint, "in 5 days")]
    deviates("INT-05-3", with_certificates(presented), *seen)


def test_the_moment_of_judging_decides() -> None:
    new, old = certificate(der.der(age=10)), certificate(der.der(age=355))
    compliant("INT-05-3", with_certificates(old, new))
    later = with_certificates(old, new, days_later=330)
    deviates("INT-05-3", later, (new.thumbprint, "in 25 days"))
    compliant("INT-05-1", later)


@pytest.mark.parametrize(
    ("first", "seen"),
    [
        ({"TlsCertificateName": "CN=x"}, "has no <I>issuer<S>subject"),
        ({"TlsCertificateName": None, "Fqdn": GONE}, "property Fqdn of"),
    ],
)
def test_a_connector_that_was_not_read_hides_no_other_deviation(
    first: dict[str, Any], seen: str
) -> None:
    second = {"RemoteIPRanges": (ALL_IPV6,), "TlsCertificateName": NAME}
    expired = certificate(der.der(age=400))
    door = front_door(internet=first, further=[connector("IPv6", second)], store=[expired])
    deviates("INT-05-1", door, ("EX01\\IPv6", "only"), (INTERNET, seen))
    deviates(
        "INT-05-3",
        door,
        (expired.thumbprint, "it ran out on 2026-10-20, 35 days ago"),
        (None, seen),
    )
