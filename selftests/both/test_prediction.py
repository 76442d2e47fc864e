"""Which connector should have answered, by Exchange's own rules, and in what an answer differs."""

from ipaddress import ip_address

import pytest

from selftests.checks.builders import front_door
from selftests.checks.exported import ALL_IPV4, ALL_IPV6, GONE, Properties, auth, connector
from selftests.checks.servers import INSIDE, WORDS, ehlo
from smtp_exposure.both.prediction import Prediction, Shown, nearest, predict, predicted
from smtp_exposure.errors import MissingEvidence, Undecided
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.smtp.ehlo import Capabilities, parse_ehlo
from smtp_exposure.smtp.replies import parse_reply

STRANGER = ip_address("198.51.100.77")
INTERNET, DEFAULT = "Internet (anonymous SMTP)", "Default Frontend EX01"


def said(*words: str, host: str = "mail.corp.example") -> Capabilities:
    return parse_ehlo(parse_reply(ehlo(*words, host=host).replace("\n", "\r\n").encode()))


def names(address: str, internet: Properties | None = None, *further: Properties) -> list[str]:
    door = front_door(internet=internet, further=further)
    return sorted(item.name for item in predicted(door, ip_address(address)))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("198.51.100.77", INTERNET),
        ("2001:db8::9", INTERNET),
        ("10.1.2.1", DEFAULT),
        ("172.31.255.255", DEFAULT),
        ("172.32.0.0", INTERNET),
        ("fd00::1", DEFAULT),
        ("fe80::1", INTERNET),
        ("127.0.0.1", INTERNET),
        ("0.0.0.0", INTERNET),  # noqa: S104  # an address as a client's, nothing is bound
        ("255.255.255.255", INTERNET),
    ],
)
def test_the_most_specific_range_wins(address: str, expected: str) -> None:
    assert names(address) == [expected]


@pytest.mark.parametrize(
    ("ranges", "inside", "beyond"),
    [
        (("198.51.100.77",), "198.51.100.77", "198.51.100.78"),
        (("198.51.100.0/24",), "198.51.100.255", "198.51.101.0"),
        (("198.51.100.10-198.51.100.20",), "198.51.100.20", "198.51.100.21"),
        (("2001:db8::/32",), "2001:db8:ffff::1", "2001:db9::1"),
    ],
)
def test_borders_are_exact(ranges: tuple[str, ...], inside: str, beyond: str) -> None:
    further = connector("Partner", {"RemoteIPRanges": ranges})
    assert names(inside, None, further) == ["Partner"]
    assert names(beyond, None, further) == [INTERNET]


def test_families_never_mix() -> None:
    assert names("2001:db8::9", {"RemoteIPRanges": (ALL_IPV4,)}) == []
    assert names("198.51.100.77", {"RemoteIPRanges": (ALL_IPV6,)}) == []
    assert names("2001:db8::9", {"Bindings": ("0.0.0.0:25",)}) == []


def test_a_disabled_connector_answers_nobody() -> None:
    assert names("198.51.100.77", {"Enabled": False}) == []


def test_each_local_binding_may_have_an_answer_of_its_own() -> None:
    bound = connector("Partner", {"Bindings": ("10.1.2.20:25",)})
    assert names("198.51.100.77", None, bound) == [INTERNET, "Partner"]


def best_of(doors: list[FrontDoor], words: Capabilities) -> tuple[Prediction, tuple[str, ...]]:
    """The prediction that an answer fits best, and in what it differs."""
    shown = Shown(said=words)
    best = nearest(predict(doors, STRANGER), shown)
    return best, best.differences(shown)


def differences(words: Capabilities, internet: Properties | None = None) -> tuple[str, ...]:
    return best_of([front_door(internet=internet)], words)[1]


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        (said(), None),
        (said(host="MAIL.corp.example."), None),
        (said(host="anything"), {"Fqdn": ""}),
        (said("SIZE", *WORDS[1:]), {"MaxMessageSize": "10 MB (10,485,760 bytes)"}),
        (said(*WORDS[1:]), {"MaxMessageSize": "10 MB (10,485,760 bytes)"}),
        (said(), {"MaxMessageSize": "36 MB (37.748.736 bytes)"}),
        (said(), {"MaxMessageSize": "36 MB (37'748'736 bytes)"}),
        (said(), {"MaxMessageSize": "36 MB (37\u00a0748\u00a0736 bytes)"}),
        (said(), {"MaxMessageSize": "36 Mo (37\u202f748\u202f736 octets)"}),
        (said(), {"MaxMessageSize": "Unlimited"}),
        (said(), {"MaxMessageSize": GONE}),
        (said(*INSIDE), {"AuthMechanism": auth()}),
        (said(*WORDS, "auth ntlm"), {"AuthMechanism": auth("Tls", "Integrated")}),
    ],
)
def test_what_fits(words: Capabilities, changes: Properties | None) -> None:
    assert differences(words, changes) == ()


@pytest.mark.parametrize(
    ("words", "changes", "telling"),
    [
        (
            said(host="ex01.corp.example"),
            None,
            "it is called ex01.corp.example (predicted: mail.corp.example)",
        ),
        (
            said(),
            {"Fqdn": "mx.corp.example"},
            "it is called mail.corp.example (predicted: mx.corp.example)",
        ),
        (said(*WORDS, "AUTH NTLM"), None, "it offers AUTH NTLM (predicted: no AUTH)"),
        (
            said(),
            {"AuthMechanism": auth("Tls", "Integrated")},
            "it offers no AUTH (predicted: AUTH NTLM)",
        ),
        (said(*WORDS, "X-EXPS NTLM"), None, "it offers X-EXPS (predicted: no X-EXPS)"),
        (
            said(),
            {"AuthMechanism": auth("Tls", "ExchangeServer")},
            "it offers no X-EXPS (predicted: X-EXPS)",
        ),
        (said(*INSIDE), None, "it offers no STARTTLS (predicted: STARTTLS)"),
        (said(), {"AuthMechanism": auth()}, "it offers STARTTLS (predicted: no STARTTLS)"),
        (
            said(),
            {"MaxMessageSize": "10 MB (10,485,760 bytes)"},
            "it offers SIZE 37748736 (predicted: SIZE 10485760)",
        ),
    ],
)
def test_one_difference_is_named_alone(
    words: Capabilities, changes: Properties | None, telling: str
) -> None:
    (found,) = differences(words, changes)
    assert telling in found


def test_a_certificate_that_is_missing_takes_starttls_away() -> None:
    door = front_door(internet={"TlsCertificateName": "<I>CN=none<S>CN=none"}, store=[])
    assert best_of([door], said(*INSIDE))[1] == ()


def test_the_best_of_several_servers_is_the_one_that_answered() -> None:
    other = front_door(internet={"Fqdn": "mx2.corp.example"})
    for doors in ([front_door(), other], [other, front_door()]):
        best, different = best_of(doors, said(host="mx2.corp.example"))
        assert (best.name, different) == ("mx2.corp.example", ())


def test_no_connector_for_the_address_decides_nothing() -> None:
    door = front_door(internet={"RemoteIPRanges": ("192.0.2.0/24",)})
    with pytest.raises(Undecided, match=r"no connector answers 198\.51\.100\.77"):
        predict([door], STRANGER)


@pytest.mark.parametrize("lacking", ["Fqdn", "AuthMechanism"])
def test_a_property_that_the_export_lacks_is_named(lacking: str) -> None:
    with pytest.raises(MissingEvidence, match=lacking):
        predict([front_door(internet={lacking: GONE})], STRANGER)
