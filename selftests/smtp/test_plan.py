"""The plan of an address: what is said, where, and within which limits."""

from collections import Counter
from dataclasses import replace

import pytest

from smtp_exposure.errors import SettingsError
from smtp_exposure.smtp.commands import ForbiddenCommand
from smtp_exposure.smtp.plan import (
    MAX_CONVERSATIONS,
    AddressPlan,
    Layer,
    Purpose,
    Step,
    check_request,
    describe,
    plan_address,
)
from smtp_exposure.smtp.request import DomainTarget, ProbeRequest

CORP = DomainTarget(domain="corp.example")
EXPECTED_REFUSALS = {purpose for purpose in Purpose if purpose.value.startswith("auth-")} | {
    Purpose.RCPT_FOREIGN,
    Purpose.RCPT_RANDOM,
    Purpose.RCPT_PERCENT,
    Purpose.RCPT_BANG,
    Purpose.RCPT_QUOTED,
}


def plan(*domains: DomainTarget, compact: bool = False, mail_from: str = "<>") -> AddressPlan:
    request = ProbeRequest(compact=compact, mail_from=mail_from)
    return plan_address(request, domains, "probe-1")


def lines(found: AddressPlan) -> list[str]:
    return [step.line for talk in found.conversations for group in talk.groups for step in group]


def refusals(found: AddressPlan) -> list[int]:
    return [
        sum(step.purpose in EXPECTED_REFUSALS for group in talk.groups for step in group)
        for talk in found.conversations
    ]


def test_each_expected_refusal_has_a_conversation_of_its_own() -> None:
    assert max(refusals(plan(CORP))) == 1
    assert sum(refusals(plan(CORP))) == 9


def test_a_fleet_shares_conversations_below_the_limit_of_errors() -> None:
    assert max(refusals(plan(CORP, compact=True))) < 5
    assert sum(refusals(plan(CORP, compact=True))) == 9
    assert len(plan(CORP, compact=True).conversations) == 5


@pytest.mark.parametrize("compact", [True, False])
def test_nothing_is_sent_behind_mail_before_its_reply(compact: bool) -> None:
    groups = [group for talk in plan(CORP, compact=compact).conversations for group in talk.groups]
    senders = [group for group in groups if any(step.purpose is Purpose.MAIL for step in group)]
    assert senders
    assert all(step.purpose is not Purpose.MAIL for group in senders for step in group[:-1])


@pytest.mark.parametrize("compact", [True, False])
def test_no_recipient_stands_beside_the_own_one_in_a_message(compact: bool) -> None:
    behind = []
    for found in plan(CORP, compact=compact).conversations:
        said = [step.purpose for group in found.groups for step in group]
        own = [place for place, purpose in enumerate(said) if purpose is Purpose.RCPT_OWN]
        behind += [said[at + 1 : at + 3] for at in own]
    assert behind
    assert all(steps == [Purpose.RSET, Purpose.MAIL] for steps in behind)


def test_sign_in_is_tried_before_and_after_tls() -> None:
    layers = Counter(
        (talk.layer, step.line)
        for talk in plan().conversations
        for group in talk.groups
        for step in group
        if step.line.startswith("AUTH")
    )
    tried = [
        (layer, line) for layer in (Layer.CLEAR, Layer.TLS) for line in ("AUTH LOGIN", "AUTH NTLM")
    ]
    assert layers == Counter(tried)


def test_all_forms_of_relaying_are_tried() -> None:
    assert {line for line in lines(plan(CORP)) if line.startswith("RCPT")} == {
        "RCPT TO:<postmaster@corp.example>",
        "RCPT TO:<nobody@example.com>",
        "RCPT TO:<probe-1@corp.example>",
        "RCPT TO:<probe-1%example.com@corp.example>",
        "RCPT TO:<example.com!probe-1@corp.example>",
        'RCPT TO:<"probe-1@example.com"@corp.example>',
    }


def test_a_host_without_a_domain_is_asked_for_postmaster() -> None:
    found = plan()
    (talk,) = [talk for talk in found.conversations if talk.name == "relay-foreign"]
    asked = [step.line for group in talk.groups for step in group if "RCPT" in step.line]
    assert asked == ["RCPT TO:<postmaster>", "RCPT TO:<nobody@example.com>"]


def test_recipient_and_sender_are_those_of_the_profile() -> None:
    target = DomainTarget(domain="corp.example", recipient="check@corp.example")
    found = lines(plan(target, mail_from="probe@probe.example"))
    assert "RCPT TO:<check@corp.example>" in found
    assert "MAIL FROM:<probe@probe.example>" in found


def test_a_domain_in_other_letters_goes_out_in_its_ascii_form() -> None:
    found = lines(plan(DomainTarget(domain="b\u00fccher.example")))
    assert "RCPT TO:<postmaster@xn--bcher-kva.example>" in found


@pytest.mark.parametrize(("count", "conversations"), [(8, 46), (9, 21), (16, 35), (22, 47)])
def test_an_address_of_many_domains_shares_conversations(count: int, conversations: int) -> None:
    many = [DomainTarget(domain=f"d{number}.example") for number in range(count)]
    found = plan(*many)
    assert len(found.conversations) == conversations
    assert {talk.domain for talk in found.conversations} >= {item.domain for item in many}


def test_many_domains_on_one_address_stay_bounded() -> None:
    many = tuple(DomainTarget(domain=f"d{number}.example") for number in range(100))
    assert len(plan(*many).conversations) == MAX_CONVERSATIONS


def test_nothing_in_a_plan_may_be_a_message_or_a_credential() -> None:
    with pytest.raises(ForbiddenCommand):
        Step(purpose=Purpose.MAIL, line="DATA")
    assert not any(line.startswith(("DATA", "BDAT")) for line in lines(plan(CORP)))


def test_the_plan_can_be_read_before_anything_is_contacted() -> None:
    text = describe(plan(CORP))
    assert "port 25, auth-login-tls: greeting, EHLO, STARTTLS, EHLO, AUTH LOGIN, QUIT" in text
    assert text[-2].startswith("connect only: ports 110, 995, 143, 993, 717, 465, 587, 2525,")


def test_many_targets_make_a_fleet() -> None:
    many = tuple(DomainTarget(domain=f"d{number}.example") for number in range(17))
    assert ProbeRequest(domains=many).is_compact()
    few = ProbeRequest(domains=many[:16])
    assert not few.is_compact()
    assert not few.is_compact(addresses=32)
    assert few.is_compact(addresses=33)
    assert not replace(few, compact=False).is_compact(addresses=33)
    assert len(plan_address(few, (CORP,), "probe-1", addresses=33).conversations) == 5


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        (ProbeRequest(ehlo_name="two words"), "--ehlo-name"),
        (ProbeRequest(mail_from="a\r\nDATA"), "--mail-from"),
        (ProbeRequest(foreign_domain="a>b"), "foreign_domain"),
        (ProbeRequest(domains=(DomainTarget(domain="a\nb"),)), "--domain="),
        (ProbeRequest(domains=(DomainTarget(domain="example.com"),)), "foreign_domain"),
        (ProbeRequest(domains=(DomainTarget(domain="\u00e4..b"),)), "--domain="),
        (ProbeRequest(domains=(DomainTarget(domain="a", recipient="<a>"),)), "recipient"),
    ],
)
def test_names_that_could_never_be_sent_are_refused(request_: ProbeRequest, named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        check_request(request_)


def test_usual_requests_are_fine() -> None:
    check_request(ProbeRequest(domains=(CORP,), mail_from="probe@probe.example"))
