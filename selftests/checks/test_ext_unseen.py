"""Addresses that nobody looked at: no check that judges addresses may call them compliant."""

from dataclasses import replace

import pytest

from selftests.checks.outside import (
    ADDRESS,
    DOMAIN,
    SIXTH,
    answer,
    compliant,
    error,
    host,
    inconclusive,
    mail_domain,
    mx,
    outside,
    probe,
)
from selftests.checks.servers import HOST
from smtp_exposure.records.answers import AnswerState, Kind
from smtp_exposure.records.mail_domains import MailHost
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.request import DomainTarget

CHECKS = (
    *("EXT-02-1", "EXT-02-2", "EXT-03-1", "EXT-03-2", "EXT-03-3", "EXT-03-4"),
    *("EXT-04-1", "EXT-04-2", "EXT-04-3", "EXT-05-1", "EXT-05-2", "EXT-05-3", "EXT-05-4"),
    *("EXT-06-1", "EXT-06-2", "EXT-07-1", "EXT-07-2"),
    *(f"EXT-08-{number}" for number in range(1, 10)),
)
each_check = pytest.mark.parametrize("check", CHECKS)
UNKNOWN = mx(state=AnswerState.SERVFAIL)


def with_hosts(*hosts: MailHost) -> Approach:
    records = mx(*(f"10 {item.name}." for item in hosts))
    return outside(probe(), domain=mail_domain(records), hosts=hosts)


@each_check
@pytest.mark.parametrize("state", [AnswerState.SERVFAIL, AnswerState.TIMED_OUT])
def test_what_the_dns_does_not_tell_was_not_looked_at(check: str, state: AnswerState) -> None:
    half = host(HOST, ADDRESS, aaaa=answer(Kind.AAAA, HOST, state=state))
    error(check, with_hosts(half), (HOST, f"AAAA: {state.value}"))


@each_check
def test_a_second_host_without_an_answer_was_not_looked_at(check: str) -> None:
    lost = [
        answer(kind, "mx2.corp.example", state=AnswerState.SERVFAIL) for kind in (Kind.A, Kind.AAAA)
    ]
    second = host("mx2.corp.example", a=lost[0], aaaa=lost[1])
    seen = [("mx2.corp.example", f"{item.kind.value}: SERVFAIL") for item in lost]
    error(check, with_hosts(host(HOST, ADDRESS), second), *seen)


@each_check
def test_what_is_beyond_the_limits_was_not_looked_at(check: str) -> None:
    many = host(HOST, ADDRESS, left_out=(SIXTH, "203.0.113.26"))
    inconclusive(check, with_hosts(many), (HOST, "2 more addresses were not looked at"))
    domain = replace(mail_domain(), left_out=("mx21.corp.example",))
    seen = outside(probe(), domain=domain)
    inconclusive(check, seen, (DOMAIN, "1 more mail hosts were not looked at"))


@each_check
def test_hosts_behind_an_unknown_mx_were_not_looked_at(check: str) -> None:
    seen = outside(probe(), domain=mail_domain(UNKNOWN, also=(HOST,)))
    error(check, seen, (DOMAIN, "MX: SERVFAIL"))


@each_check
def test_hosts_that_a_person_named_need_no_mx(check: str) -> None:
    seen = outside(probe(), domain=mail_domain(UNKNOWN, also=(HOST,)))
    asked = replace(seen.evidence.request, domains=(DomainTarget(domain=DOMAIN, hosts=(HOST,)),))
    compliant(check, replace(seen, evidence=replace(seen.evidence, request=asked)))


@each_check
def test_a_filtering_services_host_is_none_of_ours(check: str) -> None:
    lost = answer(Kind.A, "mx2.corp.example", state=AnswerState.SERVFAIL)
    foreign = host("mx2.corp.example", a=lost, skipped="belongs to a filtering service")
    compliant(check, with_hosts(host(HOST, ADDRESS), foreign))
