"""Step 4 from outside: what the server calls itself, and where reverse names lead."""

from dataclasses import replace

import pytest

from selftests.checks.outside import (
    ADDRESS,
    SIXTH,
    SUBJECT,
    answer,
    at,
    compliant,
    deviates,
    error,
    inconclusive,
    mail_domain,
    mx,
    outside,
    pool,
    probe,
    reverse,
)
from selftests.checks.servers import HOST, ehlo, greets
from smtp_exposure.expectations import DomainExpectation, Expectations
from smtp_exposure.records.answers import AnswerState, Kind
from smtp_exposure.smtp.conversations import Ending

GREETING, EHLO, REVERSE = "EXT-04-1", "EXT-04-2", "EXT-04-3"
OTHER = "ex01.corp.local"
BY_PROFILE = Expectations(mail_host="MX.corp.example.")
BY_DOMAIN = Expectations(domains=(DomainExpectation(name="corp.example", mail_host=OTHER),))
OF_ANOTHER = Expectations(domains=(DomainExpectation(name="brand.example", mail_host=OTHER),))


def named(name: str) -> dict[str, str | None]:
    return {"greeting": f"220 {name} ESMTP", **greets(host=name)}


@pytest.mark.parametrize("check", [GREETING, EHLO])
@pytest.mark.parametrize("name", [HOST, "MAIL.Corp.Example", "mail.corp.example."])
def test_the_mail_hosts_name_complies(check: str, name: str) -> None:
    compliant(check, outside(probe(says=named(name)), probe(SIXTH)))


@pytest.mark.parametrize(("check", "what"), [(GREETING, "the greeting"), (EHLO, "the EHLO reply")])
@pytest.mark.parametrize(
    "name", [OTHER, "EX01", "[203.0.113.25]", "mail.corp.example.evil.example"]
)
def test_another_name_deviates(check: str, what: str, name: str) -> None:
    says = named(name) | {"greeting": f"220 {name} Microsoft ESMTP MAIL Service ready"}
    deviates(check, outside(probe(says=says)), (SUBJECT, f"{what} names {name}"))


def test_a_banner_may_hide_a_wrong_fqdn_and_the_other_way_round() -> None:
    hidden = outside(probe(says=greets(host=OTHER)))
    compliant(GREETING, hidden)
    deviates(EHLO, hidden, (SUBJECT, OTHER))
    shown = outside(probe(says={"greeting": f"220 {OTHER} ESMTP"}))
    compliant(EHLO, shown)
    deviates(GREETING, shown, (SUBJECT, OTHER))


@pytest.mark.parametrize("check", [GREETING, EHLO])
@pytest.mark.parametrize(
    ("expected", "name", "fits"),
    [
        (BY_PROFILE, "mx.corp.example", True),
        (BY_PROFILE, HOST, True),
        (BY_DOMAIN, OTHER, True),
        (OF_ANOTHER, OTHER, False),
    ],
)
def test_the_profile_may_name_the_mail_host(
    check: str, expected: Expectations, name: str, fits: bool
) -> None:
    seen = outside(probe(says=named(name)), expected=expected)
    if fits:
        compliant(check, seen)
    else:
        deviates(check, seen, (SUBJECT, name))


@pytest.mark.parametrize("check", [GREETING, EHLO])
def test_a_name_counts_on_the_addresses_it_leads_to(check: str) -> None:
    second = "mx2.corp.example"
    records = mail_domain(mx(f"10 {HOST}.", f"20 {second}."))
    right = probe("203.0.113.26", named(second), hosts=(second,))
    compliant(check, outside(probe(), right, domain=records))
    compliant(check, outside(probe(says=named(second), hosts=(HOST, second)), domain=records))
    wrong = probe("203.0.113.26", named(HOST), hosts=(second,))
    subject = at("203.0.113.26", name=second)
    deviates(check, outside(probe(), wrong, domain=records), (subject, HOST))


@pytest.mark.parametrize(
    "greeting", ["220 SMTP Server Ready", "220 Authorized use only", "220", "220 ESMTP"]
)
def test_a_greeting_without_a_name_is_a_note(greeting: str) -> None:
    seen = outside(probe(says={"greeting": greeting}))
    compliant(GREETING, seen, (SUBJECT, "the greeting names no host"))


def test_an_overwritten_greeting_proves_neither() -> None:
    seen = outside(probe(says={"greeting": "220 ****************************0*2******"}))
    inconclusive(GREETING, seen, (SUBJECT, "a device overwrote the greeting"))


@pytest.mark.parametrize("reply", ["502 5.5.1 what?", "421 4.3.2 Service not active", None])
def test_without_an_ehlo_reply_no_name_was_seen(reply: str | None) -> None:
    seen = outside(probe(says={"ehlo": reply}))
    inconclusive(EHLO, seen, (SUBJECT, "no EHLO"))


def test_an_ehlo_reply_without_a_name_is_a_note() -> None:
    seen = outside(probe(says={"ehlo": "250-Good day, stranger\n250 SIZE"}))
    compliant(EHLO, outside(probe(says={"ehlo": "250 (nobody)"})), (SUBJECT, "names no host"))
    deviates(EHLO, seen, (SUBJECT, "the EHLO reply names Good"))


@pytest.mark.parametrize("check", [GREETING, EHLO])
def test_one_server_of_a_pool_is_enough(check: str) -> None:
    right, wrong = probe(), probe(says=named(OTHER))
    deviates(check, outside(pool(right, wrong)), (SUBJECT, OTHER))
    deviates(check, outside(pool(wrong, right)), (SUBJECT, OTHER))


def test_an_overwritten_greeting_hides_no_other_servers_wrong_name() -> None:
    masked, wrong = probe(says={"greeting": "220 ************"}), probe(says=named(OTHER))
    hidden = (SUBJECT, "a device overwrote the greeting")
    deviates(GREETING, outside(pool(wrong, masked)), (SUBJECT, OTHER), hidden)
    deviates(GREETING, outside(pool(masked, wrong)), (SUBJECT, OTHER), hidden)


@pytest.mark.parametrize("check", [GREETING, EHLO])
def test_nothing_is_proved_where_nothing_greets_or_from_inside(check: str) -> None:
    inconclusive(check, outside(probe(ending=Ending.REFUSED)), (SUBJECT, "nothing greeted"))
    from_inside = probe(says=greets(host=OTHER, peer="10.0.0.9"), own="10.0.0.9")
    inconclusive(check, outside(from_inside), (SUBJECT, "seen from inside"))


def test_a_reverse_name_that_leads_back_to_the_mail_host_complies() -> None:
    compliant(REVERSE, outside(probe(), probe(SIXTH)))
    several = [reverse(ADDRESS, "host-1.isp.example", HOST.upper())]
    compliant(REVERSE, outside(probe(), names=several))
    by_profile = [reverse(ADDRESS, "mx.corp.example")]
    compliant(REVERSE, outside(probe(), names=by_profile, expected=BY_PROFILE))


@pytest.mark.parametrize(
    ("names", "telling"),
    [
        (reverse(ADDRESS), "PTR no data; of these lead back: none"),
        (reverse(ADDRESS, "host-1.isp.example"), "of these lead back: host-1.isp.example"),
        (reverse(ADDRESS, HOST, leads_to="203.0.113.99"), f"PTR {HOST}.; of these lead back: none"),
        (
            replace(reverse(ADDRESS), ptr=answer(Kind.PTR, ADDRESS, state=AnswerState.NXDOMAIN)),
            "PTR NXDOMAIN",
        ),
    ],
)
def test_other_reverse_names_deviate(names: object, telling: str) -> None:
    deviates(REVERSE, outside(probe(), names=[names]), (SUBJECT, telling))  # type: ignore[list-item]


@pytest.mark.parametrize(
    "state", [AnswerState.SERVFAIL, AnswerState.TIMED_OUT, AnswerState.REFUSED]
)
def test_without_an_answer_of_the_dns_nothing_was_seen(state: AnswerState) -> None:
    unanswered = replace(reverse(ADDRESS), ptr=answer(Kind.PTR, ADDRESS, state=state))
    error(
        REVERSE, outside(probe(), names=[unanswered]), (SUBJECT, f"PTR of {ADDRESS}: {state.value}")
    )
    error(REVERSE, outside(probe(), names=[]), (SUBJECT, "not asked"))


def test_a_name_whose_addresses_are_not_told_is_not_said_to_lead_elsewhere() -> None:
    forward = (answer(Kind.A, f"{HOST}.", state=AnswerState.SERVFAIL),)
    unknown = replace(reverse(ADDRESS, HOST), forward=forward)
    error(REVERSE, outside(probe(), names=[unknown]), (SUBJECT, "SERVFAIL"))


def test_reverse_names_keep_their_verdict_from_inside_and_without_a_route() -> None:
    from_inside = probe(says={"ehlo": ehlo(peer="10.0.0.9")}, own="10.0.0.9")
    compliant(REVERSE, outside(from_inside, probe(SIXTH, has_route=False)))


def test_the_worst_address_decides() -> None:
    names = [reverse(ADDRESS, HOST), reverse(SIXTH, "host-1.isp.example")]
    deviates(REVERSE, outside(probe(), probe(SIXTH), names=names), (at(SIXTH), "host-1"))
