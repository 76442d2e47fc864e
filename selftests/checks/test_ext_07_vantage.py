"""Step 7 from outside: who saw whom, and whether the predicted connector answered."""

from dataclasses import replace

import pytest

from lab.scenarios.compliant import CERTIFICATE
from selftests.checks.builders import (
    ALL_BUT_EXTERNAL,
    BASIC,
    GONE,
    TLS_NAME,
    Properties,
    auth,
    certificate,
    connector,
    front_door,
    groups,
    of_server,
)
from selftests.checks.outside import (
    INSIDE,
    SIXTH,
    STRANGER,
    SUBJECT,
    WORDS,
    at,
    compliant,
    deviates,
    expect,
    greets,
    inconclusive,
    not_applicable,
    outside,
    pool,
    probe,
    session,
)
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Family, Interval
from smtp_exposure.exchange.inventory import KnownAddress
from smtp_exposure.exchange.objects import as_bytes
from smtp_exposure.expectations import Expectations
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.certificates import parse_certificate
from smtp_exposure.smtp.conversations import Ending
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.verdicts import Verdict, Why

SEEN, VANTAGE, PREDICTED = "EXT-07-1", "EXT-07-2", "EXT-07-3"
OUTSIDE = Expectations(vantage="outside")
EVERYTHING_BUT_PORTS = ("EXT-02-1", "EXT-03-1", "EXT-05-1", "EXT-06-1", "EXT-08-1")


def met(
    seen: str | None, own: str | None, expected: Expectations | None = None, **more: object
) -> Approach:
    found = probe(says=greets(peer=seen), own=own, **more)  # type: ignore[arg-type]
    return outside(found, expected=expected)


@pytest.mark.parametrize(
    "seen",
    [STRANGER, "100.64.0.9", "198.18.0.1", "192.0.2.1", "8.8.8.8", "2001:db8::9", "IPv6:2600::1"],
)
@pytest.mark.parametrize("own", [STRANGER, "10.1.2.3", "192.168.1.2", None])
def test_a_stranger_who_is_seen_as_one_complies(seen: str, own: str | None) -> None:
    compliant(SEEN, met(seen, own))
    compliant(VANTAGE, met(seen, own))


@pytest.mark.parametrize(
    "seen",
    ["10.1.2.1", "172.31.255.255", "192.168.0.1", "fd00::1", "127.0.0.1", "169.254.1.1", "fe80::1"],
)
def test_an_inside_address_deviates_where_the_probe_is_surely_outside(seen: str) -> None:
    snat = (SUBJECT, "a device translates the addresses of outsiders (SNAT)")
    deviates(SEEN, met(seen, STRANGER), snat)
    deviates(SEEN, met(seen, "10.9.9.9", OUTSIDE), snat)
    inconclusive(SEEN, met(seen, "10.9.9.9"), (SUBJECT, "SNAT in front of the server, a hairpin"))
    inconclusive(SEEN, met(seen, None), (SUBJECT, "or the probe is inside"))


@pytest.mark.parametrize("seen", ["172.32.0.1", "172.15.255.255", "11.0.0.0", "192.169.0.0"])
def test_the_borders_of_inside_ranges_are_exact(seen: str) -> None:
    compliant(SEEN, met(seen, STRANGER))


def test_the_profiles_internal_ranges_decide() -> None:
    ours = Expectations(internal=AddressSet.parse(["203.0.113.0/24", "100.64.0.0/10"]))
    deviates(SEEN, met("203.0.113.9", STRANGER, ours), (SUBJECT, "the server saw 203.0.113.9"))
    deviates(SEEN, met("100.64.0.9", STRANGER, ours), (SUBJECT, "the server saw 100.64.0.9"))
    inconclusive(VANTAGE, met("203.0.113.9", "100.64.0.1", ours), (SUBJECT, "seen from inside"))


def test_the_address_of_a_known_server_is_an_inside_one() -> None:
    number = int.from_bytes(bytes([203, 0, 113, 9]), "big")
    edge = KnownAddress(interval=Interval(Family.IPV4, number, number), owner="EDGE01")
    known = Expectations(known_addresses=(edge,))
    deviates(SEEN, met("203.0.113.9", STRANGER, known), (SUBJECT, "the server saw 203.0.113.9"))


def test_snat_shows_even_where_one_node_of_a_pool_does_without() -> None:
    right, wrong = probe(), probe(says=greets(peer="10.1.2.1"))
    for mixed in (pool(right, wrong), pool(wrong, right)):
        deviates(SEEN, outside(mixed), (SUBJECT, "the server saw 10.1.2.1"))


def test_a_server_that_tells_no_address_leaves_nothing_to_judge() -> None:
    not_applicable(SEEN, met(None, STRANGER))
    not_applicable(SEEN, met("not-an-address", STRANGER))
    compliant(SEEN, outside(probe(), probe(SIXTH, greets(peer=None))))


def test_the_worst_address_decides() -> None:
    snat = probe(SIXTH, greets(peer="fd00::1"))
    seen = outside(probe(), snat, probe("203.0.113.26", ending=Ending.REFUSED))
    found = ((at(SIXTH), "the server saw fd00::1"), (at("203.0.113.26"), "nothing greeted"))
    deviates(SEEN, seen, *found)
    compliant(VANTAGE, outside(probe(), snat))


@pytest.mark.parametrize("check", [SEEN, VANTAGE])
def test_without_a_route_nothing_is_proved(check: str) -> None:
    seen = outside(probe(), probe(SIXTH, has_route=False))
    inconclusive(check, seen, (at(SIXTH), "no route for this address family"))


@pytest.mark.parametrize(
    ("seen", "own", "telling"),
    [
        ("10.0.0.9", "10.0.0.9", "seen from inside, as 10.0.0.9"),
        ("10.0.0.9", None, "seen from inside, as 10.0.0.9"),
        ("127.0.0.1", "127.0.0.1", "seen from inside, as 127.0.0.1"),
        (None, "127.0.0.1", "seen from inside"),
        (None, "10.0.0.9", "whether the probe was outside is not known"),
        (None, None, "whether the probe was outside is not known"),
    ],
)
def test_a_probe_that_may_be_inside_proves_nothing(
    seen: str | None, own: str | None, telling: str
) -> None:
    for check in (VANTAGE, *EVERYTHING_BUT_PORTS):
        inconclusive(check, met(seen, own), (None, telling))


@pytest.mark.parametrize(
    ("seen", "own", "expected"),
    [
        (STRANGER, "10.0.0.9", None),
        (None, STRANGER, None),
        (None, "10.0.0.9", OUTSIDE),
        ("10.0.0.9", "10.0.0.9", OUTSIDE),
        ("10.0.0.9", STRANGER, None),
    ],
)
def test_a_probe_that_is_surely_outside_is_judged_by(
    seen: str | None, own: str | None, expected: Expectations | None
) -> None:
    for check in (VANTAGE, *EVERYTHING_BUT_PORTS):
        compliant(check, met(seen, own, expected))


def test_where_nothing_answers_nothing_tells_from_where_the_probe_was_seen() -> None:
    seen = outside(probe(ending=Ending.SILENT, own=None))
    inconclusive(VANTAGE, seen, (SUBJECT, "nothing answered"))


OWN = session(chain=(parse_certificate(as_bytes(certificate().properties["RawData"])),))
"""A handshake in which the Internet connector's certificate is presented."""


def shown(*arguments: str, **more: object) -> AddressProbe:
    """What is tried on an address behind which the server of `front_door` stands."""
    return probe(*arguments, **({"tls": OWN} | more))  # type: ignore[arg-type]


def predict(approach: Approach, internet: Properties | None = None, **door: object) -> None:
    compliant(PREDICTED, approach, front_doors=(front_door(internet=internet, **door),))  # type: ignore[arg-type]


def differs(
    approach: Approach, telling: str, internet: Properties | None = None, **door: object
) -> None:
    doors = (front_door(internet=internet, **door),)  # type: ignore[arg-type]
    deviates(PREDICTED, approach, (SUBJECT, telling), front_doors=doors)


def test_without_the_inside_half_nothing_is_predicted() -> None:
    hidden = of_server(internet_facing=False)
    for doors in ((), (front_door(expected=hidden),)):
        expect(
            PREDICTED,
            Verdict.NOT_ASSESSED,
            outside(shown()),
            why=Why.NOT_ASKED,
            front_doors=doors,
        )


def test_the_internet_connector_answers_strangers() -> None:
    predict(outside(shown(), shown(SIXTH)))
    size = {"MaxMessageSize": "36 MB (37,748,736 bytes)"}
    predict(outside(shown()), size)
    other = {"MaxMessageSize": "10 MB (10.485.760 bytes)"}
    differs(outside(shown()), "SIZE 37748736, not 10485760", other)


def test_default_frontend_answers_where_addresses_are_translated() -> None:
    says = greets(
        *WORDS, "X-ANONYMOUSTLS", "AUTH NTLM", "X-EXPS GSSAPI NTLM", "XRDST",
        host="ex01.corp.example", peer="10.1.2.1",
    )  # fmt: skip
    says["greeting"] = "220 ex01.corp.example Microsoft ESMTP MAIL Service ready"
    predict(outside(shown(says=says)))
    anonymous = outside(shown(says=greets(peer="10.1.2.1")))
    differs(anonymous, "it is called mail.corp.example, not ex01.corp.example; AUTH none, not NTLM")


@pytest.mark.parametrize(
    ("words", "telling"),
    [
        ((*WORDS, "AUTH NTLM"), "AUTH NTLM, not none"),
        ((*WORDS, "X-EXPS NTLM"), "X-EXPS is offered"),
        (INSIDE, "STARTTLS is not offered"),
    ],
)
def test_each_difference_is_named(words: tuple[str, ...], telling: str) -> None:
    differs(outside(shown(says=greets(*words))), telling)


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
    predict(outside(shown(says=greets(*WORDS, offer))), changes)


def test_kerberos_shows_where_the_connector_allows_it() -> None:
    changes = {"AuthMechanism": auth("Tls", "Integrated"), "EnableAuthGSSAPI": True}
    predict(outside(shown(says=greets(*WORDS, "AUTH GSSAPI NTLM"))), changes)
    differs(outside(shown(says=greets(*WORDS, "AUTH NTLM"))), "not GSSAPI NTLM", changes)


def test_without_tls_no_starttls_is_predicted() -> None:
    predict(outside(shown(says=greets(*INSIDE))), {"AuthMechanism": auth()})
    differs(outside(shown()), "STARTTLS is offered", {"AuthMechanism": auth()})


def test_another_connector_for_the_seen_address_is_predicted() -> None:
    ranges = {"RemoteIPRanges": ("198.51.100.0/24",), "TlsCertificateName": TLS_NAME}
    scanner = connector(
        "Scanners",
        ranges | {"Fqdn": "scan.corp.example", "AuthMechanism": auth("Tls", "Integrated")},
    )
    differs(outside(shown()), "not scan.corp.example", further=[scanner])
    says = greets(*WORDS, "AUTH NTLM", host="scan.corp.example")
    says["greeting"] = "220 scan.corp.example Microsoft ESMTP MAIL Service ready"
    predict(outside(shown(says=says)), further=[scanner])


def test_an_address_without_a_connector_is_rightly_turned_away() -> None:
    narrow = {"RemoteIPRanges": ("192.0.2.0/24",)}
    away = outside(shown(says={"greeting": "421 4.3.2 Service not available"}))
    predict(away, narrow)
    inconclusive(PREDICTED, away, (SUBJECT, "nothing greeted"), front_doors=(front_door(),))
    door = front_door(internet=narrow)
    inconclusive(
        PREDICTED, outside(shown()), (SUBJECT, "no connector answers"), front_doors=(door,)
    )


def test_a_refused_connection_shows_no_connector() -> None:
    doors = (front_door(internet={"RemoteIPRanges": ("192.0.2.0/24",)}),)
    refused = shown(ending=Ending.REFUSED)
    known = outside(refused, own=(STRANGER,))
    inconclusive(PREDICTED, known, (SUBJECT, "nothing greeted"), front_doors=doors)
    inconclusive(PREDICTED, outside(refused), (SUBJECT, "does not tell"), front_doors=doors)


def test_overwritten_words_can_not_be_compared() -> None:
    seen = outside(shown(says=greets(*WORDS, "XXXXXXXA")))
    inconclusive(
        PREDICTED, seen, (SUBJECT, "a device overwrote words"), front_doors=(front_door(),)
    )


def test_differing_names_on_one_address_are_a_note() -> None:
    mixed = pool(shown(), shown(says=greets(host="mx2.corp.example")))
    note = (SUBJECT, "pool: only the inside half covers each node")
    compliant(PREDICTED, outside(mixed), note, front_doors=(front_door(),))


def test_a_missing_property_of_the_connector_decides_nothing() -> None:
    door = front_door(internet={"AuthMechanism": GONE})
    seen = (SUBJECT, "property AuthMechanism")
    inconclusive(PREDICTED, outside(shown()), seen, front_doors=(door,))


def test_all_but_external_authoritative_is_default_frontends_face() -> None:
    changes = {"AuthMechanism": ALL_BUT_EXTERNAL}
    says = greets(*WORDS, "X-ANONYMOUSTLS", "AUTH NTLM", "X-EXPS GSSAPI NTLM")
    predict(outside(shown(says=says)), changes)


def test_the_greeting_is_compared_with_the_banner() -> None:
    banner = {"Banner": "220 mail.corp.example Corp mail"}
    differs(outside(shown()), "greeting", banner)
    predict(outside(shown(says={"greeting": "220 mail.corp.example Corp mail"})), banner)


def test_the_certificate_is_compared_with_those_that_the_connector_finds() -> None:
    differs(outside(probe()), "it presents ")
    predict(outside(pool(probe(), shown())))
    renewed = certificate(replace(CERTIFICATE, valid_from_days=-1))
    predict(outside(shown()), store=[certificate(), renewed])
    predict(outside(probe()), store=[certificate(), certificate(changes={"RawData": b"?"})])


def test_from_inside_nothing_is_compared() -> None:
    seen = met("10.0.0.9", "10.0.0.9")
    inconclusive(PREDICTED, seen, (SUBJECT, "seen from inside"), front_doors=(front_door(),))
