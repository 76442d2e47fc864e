"""How a domain looks to a stranger: its addresses, their names, and from where they were seen."""

from dataclasses import replace

import pytest

from selftests.checks.outside import (
    ADDRESS,
    DOMAIN,
    SIXTH,
    at,
    host,
    mail_domain,
    mx,
    outside,
    port,
    probe,
)
from selftests.checks.servers import HOST, STRANGER, greets
from smtp_exposure.errors import CannotLook, Undecided, UnreadableEvidence
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.expectations import DomainExpectation, Expectations, ServerExpectation
from smtp_exposure.records.answers import AnswerState
from smtp_exposure.smtp.conversations import Ending
from smtp_exposure.smtp.ports import PortState
from smtp_exposure.verdicts import NotAssessed

VENDOR = Expectations(internet=AddressSet.parse(["192.0.2.0/24"]))


def test_a_domain_has_its_hosts_in_the_order_of_its_mx() -> None:
    records = mail_domain(mx("20 mx2.corp.example.", f"10 {HOST}."))
    found = outside(probe(hosts=("mx2.corp.example",)), probe(SIXTH), domain=records)
    assert [item.name for item in found.hosts] == [HOST, "mx2.corp.example"]
    assert [item.address for item in found.probes] == [ADDRESS, SIXTH]


def test_addresses_of_other_domains_are_left_to_them() -> None:
    stranger = probe("203.0.113.99", hosts=("mx.brand.example",))
    assert [item.address for item in outside(probe(), stranger).probes] == [ADDRESS]


def test_a_host_without_a_domain_is_its_own_target() -> None:
    alone = outside(probe(hosts=("mx.corp.example",)), target="MX.Corp.Example.")
    assert alone.domain is None
    assert [item.address for item in alone.probes] == [ADDRESS]


@pytest.mark.parametrize(
    ("records", "raised"),
    [
        (mx("0 ."), NotAssessed),
        (mx(), NotAssessed),
        (mx(f"10 {HOST}."), NotAssessed),
        (mx(state=AnswerState.SERVFAIL), CannotLook),
        (mx(state=AnswerState.TIMED_OUT), CannotLook),
    ],
)
def test_without_an_address_it_says_why(records: object, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        _ = outside(domain=mail_domain(records)).probes  # type: ignore[arg-type]


def test_unreadable_records_are_no_route() -> None:
    broken = replace(mail_domain(), mx=mx("mail.corp.example"))
    with pytest.raises(UnreadableEvidence):
        _ = outside(domain=broken, hosts=[]).probes


def test_hosts_of_strangers_alone_decide_nothing() -> None:
    foreign = host(HOST, ADDRESS, skipped="belongs to Mimecast")
    with pytest.raises(Undecided, match="belongs to another service"):
        _ = outside(hosts=[foreign]).probes


def test_the_subject_names_a_host_of_the_domain() -> None:
    shared = probe(SIXTH, hosts=("mx.brand.example", HOST))
    assert outside(shared).subject(shared) == at(SIXTH)
    assert outside(shared).subject(shared, 587) == at(SIXTH, 587)
    assert outside(shared, target="other.example").subject(shared) == at(
        SIXTH, name="mx.brand.example"
    )


def test_mail_hosts_are_those_of_the_address_and_of_the_profile() -> None:
    said = Expectations(
        mail_host="MX.corp.example.",
        domains=(
            DomainExpectation(name=DOMAIN, mail_host="in.corp.example"),
            DomainExpectation(name="brand.example", mail_host="mx.brand.example"),
        ),
    )
    found = outside(probe(), expected=said)
    assert found.mail_hosts(found.probes[0]) == {HOST, "mx.corp.example", "in.corp.example"}


@pytest.mark.parametrize(
    ("address", "is_so"),
    [
        ("198.51.100.1", True),
        ("100.64.0.1", True),
        ("172.32.0.0", True),
        ("2001:db8::1", True),
        ("3fff:ffff::1", True),
        ("10.255.255.255", False),
        ("127.0.0.1", False),
        ("169.254.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.1", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("::1", False),
        ("4000::1", False),
    ],
)
def test_what_counts_as_internet(address: str, is_so: bool) -> None:
    found = outside(probe(says=greets(peer=address)))
    seen = found.seen_address(found.probes[0])
    assert seen is not None
    assert found.is_internet(seen) is is_so


@pytest.mark.parametrize(
    ("peer", "seen"),
    [
        (STRANGER, STRANGER),
        ("IPv6:2001:db8::9", "2001:db8::9"),
        ("::ffff:198.51.100.77", STRANGER),
        ("fe80::1%13", "fe80::1"),
        ("nobody", None),
        (None, None),
    ],
)
def test_the_address_that_the_server_saw(peer: str | None, seen: str | None) -> None:
    found = outside(probe(says=greets(peer=peer)))
    address = found.seen_address(found.probes[0])
    assert (str(address) if address else None) == seen


@pytest.mark.parametrize(
    ("told", "used", "address", "expected"),
    [
        ((), STRANGER, ADDRESS, STRANGER),
        (("192.0.2.9",), STRANGER, ADDRESS, "192.0.2.9"),
        (("192.0.2.9", "2001:db8::9"), STRANGER, SIXTH, "2001:db8::9"),
        (("192.0.2.9", "2001:db8::9"), STRANGER, ADDRESS, "192.0.2.9"),
        ((), None, ADDRESS, None),
    ],
)
def test_the_probes_own_address(
    told: tuple[str, ...], used: str | None, address: str, expected: str | None
) -> None:
    found = outside(probe(address, own=used), own=told)
    own = found.own_address(found.probes[0])
    assert (str(own) if own else None) == expected


@pytest.mark.parametrize(
    ("seen", "own", "vantage", "outside_it_was"),
    [
        (STRANGER, STRANGER, "auto", True),
        (STRANGER, "10.0.0.9", "auto", True),
        ("10.0.0.1", STRANGER, "auto", True),
        ("10.0.0.1", "10.0.0.9", "auto", False),
        ("10.0.0.1", None, "auto", False),
        ("10.0.0.1", "10.0.0.9", "outside", True),
        (None, STRANGER, "auto", True),
        (None, "10.0.0.9", "auto", None),
        (None, "10.0.0.9", "outside", True),
        (None, "127.0.0.1", "auto", False),
        (None, "::1", "auto", False),
        (None, None, "auto", None),
    ],
)
def test_from_where_the_probe_was_seen(
    seen: str | None, own: str | None, vantage: str, outside_it_was: bool | None
) -> None:
    found = outside(probe(says=greets(peer=seen), own=own), expected=Expectations(vantage=vantage))
    assert found.was_outside(found.probes[0]) is outside_it_was


@pytest.mark.parametrize(
    ("expected", "own_ending", "proved"),
    [(None, None, True), (None, Ending.SILENT, False), (VENDOR, Ending.SILENT, True)],
)
def test_the_positive_control(
    expected: Expectations | None, own_ending: Ending | None, proved: bool
) -> None:
    found = outside(probe(ending=own_ending), probe("203.0.113.26"), expected=expected)
    assert found.path_is_proved(found.probes[0], port(587)) is proved


def test_a_control_before_the_port_was_tried_is_none() -> None:
    found, late = outside(probe()), replace(port(587), started=1.5)
    assert not found.path_is_proved(found.probes[0], late)
    filtered = outside(probe(), expected=VENDOR)
    assert filtered.path_is_proved(filtered.probes[0], late)


def test_silence_is_told_apart_from_refusal() -> None:
    silent = probe(ending=Ending.SILENT)
    assert outside(silent).everything_is_silent
    assert not outside(silent, probe(SIXTH)).everything_is_silent
    assert not outside(
        replace(silent, ports=probe(ports={587: PortState.OPEN}).ports)
    ).everything_is_silent


def test_another_address_that_greets_is_a_control() -> None:
    found = outside(probe(), probe(SIXTH, ending=Ending.SILENT))
    first, second = found.probes
    assert found.others_answer(second)
    assert not found.others_answer(first)
    mute = outside(probe(says={"greeting": None}), probe(SIXTH, ending=Ending.SILENT))
    assert not mute.others_answer(mute.probes[1])


@pytest.mark.parametrize(
    ("name", "public", "is_edge"),
    [
        ("MAIL", (), True),
        ("EDGE01", (HOST,), True),
        ("EDGE01", ("MAIL.corp.example.",), True),
        ("EDGE01", ("edge.corp.example",), False),
    ],
)
def test_edge_servers_are_those_that_the_profile_names(
    name: str, public: tuple[str, ...], is_edge: bool
) -> None:
    said = ServerExpectation(name=name, edge=True, public_hosts=public)
    found = outside(probe(), expected=Expectations(servers={name.lower(): said}))
    assert found.is_edge(found.probes[0]) is is_edge
    plain = replace(said, edge=False)
    other = outside(probe(), expected=Expectations(servers={name.lower(): plain}))
    assert not other.is_edge(other.probes[0])


def test_delays_of_refusals_are_counted_apart() -> None:
    found = outside(probe(delays={"auth-login": 5.0, "ehlo": 2.0}))
    seconds = {talk.name: found.refusal_seconds(talk) for talk in found.probes[0].final}
    assert seconds["auth-login-clear"] == pytest.approx(5.0)
    assert seconds["auth-ntlm-clear"] < 1


def test_talks_are_those_that_greeted() -> None:
    found = outside(probe(), probe(SIXTH, has_route=False))
    assert len(found.talks(found.probes[0])) == len(found.probes[0].final)
    with pytest.raises(Undecided, match="no route"):
        found.talks(found.probes[1])
