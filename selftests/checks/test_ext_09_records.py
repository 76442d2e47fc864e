"""Step 9 from outside: whether the domain leads to mail hosts; what follows where it does not."""

from dataclasses import replace

import pytest

from selftests.checks.outside import (
    ADDRESS,
    DOMAIN,
    SIXTH,
    SUBJECT,
    answer,
    at,
    compliant,
    deviates,
    error,
    host,
    inconclusive,
    mail_domain,
    mx,
    not_applicable,
    outside,
    probe,
)
from selftests.checks.registry import CHECKS
from selftests.checks.servers import HOST, WORDS, greets
from smtp_exposure.records.answers import Answer, AnswerState, Kind
from smtp_exposure.smtp.approach import FOREIGN, Approach

CHECK = "EXT-09-1"
SERVICE = "corp-example.mail.protection.outlook.com"
SKIPPED = "belongs to Exchange Online Protection"
UNANSWERED = [
    AnswerState.SERVFAIL,
    AnswerState.TIMED_OUT,
    AnswerState.REFUSED,
    AnswerState.UNREACHABLE,
]
FROM_OUTSIDE = {name for name in CHECKS if name.startswith("EXT")}
NEEDS_A_HOST = sorted(FROM_OUTSIDE - {CHECK, "EXT-05-5", "EXT-07-3"})
every_other = pytest.mark.parametrize("check", NEEDS_A_HOST)


def leading(records: Answer, **more: object) -> Approach:
    return outside(domain=mail_domain(records), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("addresses", [(ADDRESS,), (SIXTH,), (ADDRESS, SIXTH)])
def test_a_host_with_an_address_of_either_family_complies(addresses: tuple[str, ...]) -> None:
    compliant(CHECK, outside(*map(probe, addresses)))


NOWHERE = [
    (mx(state=AnswerState.NXDOMAIN), "NXDOMAIN"),
    (mx(), "no MX record"),
    (mx("0 ."), "null MX"),
]


@pytest.mark.parametrize(("records", "telling"), NOWHERE)
def test_a_domain_that_leads_nowhere_deviates(records: Answer, telling: str) -> None:
    deviates(CHECK, leading(records), (DOMAIN, telling))


@every_other
@pytest.mark.parametrize(("records", "telling"), NOWHERE)
def test_then_the_other_checks_do_not_apply(check: str, records: Answer, telling: str) -> None:
    not_applicable(check, leading(records))
    assert telling


@pytest.mark.parametrize("state", UNANSWERED)
def test_without_an_answer_nothing_was_seen(state: AnswerState) -> None:
    seen = leading(mx(state=state))
    error(CHECK, seen, (DOMAIN, f"MX: {state.value}"))
    for check in NEEDS_A_HOST:
        error(check, seen, (None, f"MX of {DOMAIN}: {state.value}"))


def test_an_mx_host_without_an_address_deviates() -> None:
    nothing = leading(mx(f"10 {HOST}."))
    deviates(CHECK, nothing, (HOST, "no address: A no data, AAAA no data"))
    for check in NEEDS_A_HOST:
        not_applicable(check, nothing)
    gone = host(HOST, a=answer(Kind.A, HOST, state=AnswerState.NXDOMAIN))
    deviates(CHECK, leading(mx(f"10 {HOST}."), hosts=[gone]), (HOST, "no address: A NXDOMAIN"))


def test_one_dangling_host_of_two_deviates_and_the_other_is_judged() -> None:
    records = mail_domain(mx(f"10 {HOST}.", "20 old.corp.example."))
    seen = outside(probe(), domain=records)
    deviates(CHECK, seen, ("old.corp.example", "no address"))
    compliant("EXT-02-1", seen)


@pytest.mark.parametrize("state", UNANSWERED)
@pytest.mark.parametrize("kind", [Kind.A, Kind.AAAA])
def test_a_host_of_which_one_question_was_not_answered_is_an_error(
    state: AnswerState, kind: Kind
) -> None:
    unanswered = answer(kind, HOST, state=state)
    whole = host(HOST, ADDRESS)
    known = replace(whole, a=unanswered) if kind is Kind.A else replace(whole, aaaa=unanswered)
    error(CHECK, outside(probe(), hosts=[known]), (HOST, f"{kind.value}: {state.value}"))
    lost = replace(known, addresses=())
    error("EXT-02-1", outside(hosts=[lost]), (None, f"addresses of {HOST}"))


def test_an_alias_is_a_note() -> None:
    found = answer(Kind.A, HOST, ADDRESS)
    alias = host(HOST, ADDRESS, a=replace(found, canonical="ex01.hosting.example"))
    seen = outside(probe(), hosts=[alias])
    compliant(CHECK, seen, (HOST, "an alias (CNAME) of ex01.hosting.example"))


@pytest.mark.parametrize("address", [ADDRESS, SIXTH])
def test_an_address_in_place_of_a_name_deviates(address: str) -> None:
    records = mail_domain(mx(f"10 {HOST}.", f"20 {address}."))
    seen = outside(probe(), probe(address, hosts=(address,)), domain=records)
    deviates(CHECK, seen, (address, "the MX names an address"))


@pytest.mark.parametrize(
    "address", ["10.0.0.25", "127.0.0.1", "169.254.1.1", "fd00::25", "fe80::1"]
)
def test_an_address_that_no_stranger_can_reach_is_a_note(address: str) -> None:
    compliant(CHECK, outside(probe(address)), (HOST, f"{address} is no Internet address"))


@pytest.mark.parametrize("value", ["mail.corp.example.", "ten mail.", "70000 mail.", ""])
def test_records_that_are_none_are_an_error(value: str) -> None:
    broken = replace(mail_domain(), mx=mx(value))
    error(CHECK, outside(domain=broken, hosts=[]), (None, "not an MX record"))


def test_a_root_among_other_records_is_no_null_mx() -> None:
    compliant(CHECK, outside(probe(), domain=mail_domain(mx("0 .", f"10 {HOST}."))))


def elsewhere(also: tuple[str, ...] = ()) -> Approach:
    records = mail_domain(mx(f"0 {SERVICE}."), also=also)
    foreign = host(SERVICE, "192.0.2.200", skipped=SKIPPED)
    own = [host(name, ADDRESS) for name in also]
    return outside(*[probe() for _ in also], domain=records, hosts=[foreign, *own])


@every_other
def test_strangers_alone_give_the_sentence_that_helps(check: str) -> None:
    inconclusive(check, elsewhere(), (None, FOREIGN))


def test_the_sentence_is_the_checklists() -> None:
    said = "the MX belongs to another service; name your own server with --mx or public_hosts"
    assert FOREIGN.startswith(said)
    compliant(CHECK, elsewhere())


@every_other
def test_a_host_of_ones_own_beside_strangers_is_judged(check: str) -> None:
    compliant(check, elsewhere((HOST,)))


def test_the_subject_is_the_host_of_this_domain() -> None:
    shared = probe(hosts=("mx.brand.example", HOST), says=greets(*WORDS, "AUTH NTLM"))
    deviates("EXT-03-1", outside(shared), (SUBJECT, "AUTH NTLM"))
    brand = mail_domain(mx("10 mx.brand.example.", domain="brand.example"))
    seen = outside(shared, domain=brand, target="brand.example")
    deviates("EXT-03-1", seen, (at(ADDRESS, name="mx.brand.example"), "AUTH NTLM"))


def test_a_target_of_which_nothing_was_looked_at_does_not_comply() -> None:
    unknown = outside(probe(), target="other.example")
    not_applicable("EXT-02-1", unknown)
    not_applicable(CHECK, unknown)
