"""Step 7, both halves: whether the predicted connector answered."""

import pytest

from selftests.checks.builders import front_door, of_server
from selftests.checks.exported import (
    ALL_BUT_EXTERNAL,
    BASIC,
    GONE,
    TLS_NAME,
    auth,
    connector,
    groups,
)
from selftests.checks.outside import SIXTH, SUBJECT, expect, inconclusive, outside
from selftests.checks.predictions import PREDICTED, differs, node, predict
from selftests.checks.servers import INSIDE, STRANGER, WORDS, greets
from smtp_exposure.smtp.conversations import Ending
from smtp_exposure.verdicts import Verdict, Why


def test_without_the_inside_half_nothing_is_predicted() -> None:
    hidden = of_server(internet_facing=False)
    for doors in ((), (front_door(expected=hidden),)):
        expect(
            PREDICTED,
            Verdict.NOT_ASSESSED,
            outside(node()),
            why=Why.NOT_ASKED,
            front_doors=doors,
        )


def test_the_internet_connector_answers_strangers() -> None:
    predict(outside(node(), node(SIXTH)))
    size = {"MaxMessageSize": "36 MB (37,748,736 bytes)"}
    predict(outside(node()), size)
    other = {"MaxMessageSize": "10 MB (10.485.760 bytes)"}
    differs(outside(node()), "it offers SIZE 37748736 (predicted: SIZE 10485760)", other)


def test_default_frontend_answers_where_addresses_are_translated() -> None:
    says = greets(
        *WORDS, "X-ANONYMOUSTLS", "AUTH NTLM", "X-EXPS GSSAPI NTLM", "XRDST",
        host="ex01.corp.example", peer="10.1.2.1",
    )  # fmt: skip
    says["greeting"] = "220 ex01.corp.example Microsoft ESMTP MAIL Service ready"
    predict(outside(node(says=says)))
    anonymous = outside(node(says=greets(peer="10.1.2.1")))
    differs(
        anonymous, "called mail.corp.example (predicted: ex01.corp.example); the greeting names"
    )
    differs(anonymous, "no AUTH (predicted: AUTH NTLM); it offers no X-EXPS (predicted: X-EXPS)")


@pytest.mark.parametrize(
    ("words", "telling"),
    [
        ((*WORDS, "AUTH NTLM"), "it offers AUTH NTLM (predicted: no AUTH)"),
        ((*WORDS, "X-EXPS NTLM"), "it offers X-EXPS (predicted: no X-EXPS)"),
        (INSIDE, "it offers no STARTTLS (predicted: STARTTLS)"),
    ],
)
def test_each_difference_is_named(words: tuple[str, ...], telling: str) -> None:
    differs(outside(node(says=greets(*words))), telling)


@pytest.mark.parametrize(
    ("mechanism", "offer"),
    [
        (BASIC, "AUTH NTLM"),
        (auth("Tls", "BasicAuth"), "AUTH LOGIN"),
        (auth("Tls", "BasicAuth", "BasicAuthRequireTLS"), "8BITMIME"),
        (auth("Tls", "Integrated", "BasicAuth"), "AUTH NTLM LOGIN"),
    ],
)
def test_what_a_connector_offers_before_tls_is_predicted(mechanism: object, offer: str) -> None:
    changes = {"AuthMechanism": mechanism, "PermissionGroups": groups("ExchangeUsers")}
    predict(outside(node(says=greets(*WORDS, offer))), changes)


def test_kerberos_shows_where_the_connector_allows_it() -> None:
    changes = {"AuthMechanism": auth("Tls", "Integrated"), "EnableAuthGSSAPI": True}
    predict(outside(node(says=greets(*WORDS, "AUTH GSSAPI NTLM"))), changes)
    differs(
        outside(node(says=greets(*WORDS, "AUTH NTLM"))), "(predicted: AUTH GSSAPI NTLM)", changes
    )


def test_without_tls_no_starttls_is_predicted() -> None:
    predict(outside(node(says=greets(*INSIDE))), {"AuthMechanism": auth()})
    differs(
        outside(node()), "it offers STARTTLS (predicted: no STARTTLS)", {"AuthMechanism": auth()}
    )


def test_another_connector_for_the_seen_address_is_predicted() -> None:
    ranges = {"RemoteIPRanges": ("198.51.100.0/24",), "TlsCertificateName": TLS_NAME}
    scanner = connector(
        "Scanners",
        ranges | {"Fqdn": "scan.corp.example", "AuthMechanism": auth("Tls", "Integrated")},
    )
    differs(outside(node()), "(predicted: scan.corp.example)", further=[scanner])
    says = greets(*WORDS, "AUTH NTLM", host="scan.corp.example")
    says["greeting"] = "220 scan.corp.example Microsoft ESMTP MAIL Service ready"
    predict(outside(node(says=says)), further=[scanner])


def test_an_address_without_a_connector_is_rightly_turned_away() -> None:
    narrow = {"RemoteIPRanges": ("192.0.2.0/24",)}
    away = outside(node(says={"greeting": "421 4.3.2 Service not available"}))
    predict(away, narrow)
    inconclusive(PREDICTED, away, (SUBJECT, "nothing greeted"), front_doors=(front_door(),))
    door = front_door(internet=narrow)
    inconclusive(PREDICTED, outside(node()), (SUBJECT, "no connector answers"), front_doors=(door,))


def test_a_refused_connection_shows_no_connector() -> None:
    doors = (front_door(internet={"RemoteIPRanges": ("192.0.2.0/24",)}),)
    refused = node(ending=Ending.REFUSED)
    known = outside(refused, own=(STRANGER,))
    inconclusive(PREDICTED, known, (SUBJECT, "nothing greeted"), front_doors=doors)
    inconclusive(PREDICTED, outside(refused), (SUBJECT, "does not tell"), front_doors=doors)


def test_overwritten_words_can_not_be_compared() -> None:
    seen = outside(node(says=greets(*WORDS, "XXXXXXXA")))
    inconclusive(
        PREDICTED, seen, (SUBJECT, "a device overwrote words"), front_doors=(front_door(),)
    )


def test_a_missing_property_of_the_connector_decides_nothing() -> None:
    door = front_door(internet={"AuthMechanism": GONE})
    seen = (SUBJECT, "property AuthMechanism")
    inconclusive(PREDICTED, outside(node()), seen, front_doors=(door,))


def test_all_but_external_authoritative_is_default_frontends_face() -> None:
    changes = {"AuthMechanism": ALL_BUT_EXTERNAL}
    says = greets(*WORDS, "X-ANONYMOUSTLS", "AUTH NTLM", "X-EXPS GSSAPI NTLM")
    predict(outside(node(says=says)), changes)


def test_the_greeting_is_compared_with_the_banner() -> None:
    banner = {"Banner": "220 mail.corp.example Corp mail"}
    differs(outside(node()), "greeting", banner)
    predict(outside(node(says={"greeting": "220 mail.corp.example Corp mail"})), banner)


def test_from_inside_nothing_is_compared() -> None:
    seen = outside(node(says=greets(peer="10.0.0.9"), own="10.0.0.9"))
    inconclusive(PREDICTED, seen, (SUBJECT, "seen from inside"), front_doors=(front_door(),))
