"""Published TLS policies against what is really presented."""

from dataclasses import replace
from hashlib import sha256

import pytest

from selftests.checks.outside import (
    ADDRESS,
    SIXTH,
    answer,
    at,
    host,
    mail_domain,
    mx,
    outside,
    probe,
)
from selftests.checks.servers import HOST, leaf, session
from smtp_exposure.errors import CannotLook
from smtp_exposure.records.answers import AnswerState, Kind
from smtp_exposure.records.mail_domains import MailDomain, PolicyFile
from smtp_exposure.smtp.certificates import parse_certificate
from smtp_exposure.smtp.policies import policy_mismatches, publishes_policies

URL = "https://mta-sts.corp.example/.well-known/mta-sts.txt"
POLICY = "version: STSv1\nmode: enforce\nmx: *.corp.example\nmax_age: 604800\n"


def policed(text: str | None = POLICY) -> MailDomain:
    announced = answer(Kind.TXT, "_mta-sts.corp.example", "v=STSv1; id=1")
    return mail_domain(sts=announced, policy=PolicyFile(url=URL, text=text, problem="HTTP 404"))


def key_of(*names: str) -> str:
    shown = parse_certificate(leaf(*names).der)
    return f"3 1 1 {sha256(shown.public_key_bytes).hexdigest()}"


def pinned(*values: str) -> object:
    return answer(Kind.TLSA, f"_25._tcp.{HOST}", *values)


def test_nothing_is_published_unless_something_is() -> None:
    assert not publishes_policies(outside(probe()))
    assert publishes_policies(outside(probe(), domain=policed()))
    hosts = [host(HOST, ADDRESS, tlsa=pinned(key_of(HOST)))]
    assert publishes_policies(outside(probe(), hosts=hosts))
    empty = [host(HOST, ADDRESS, tlsa=pinned())]
    assert not publishes_policies(outside(probe(), hosts=empty))


def test_without_an_answer_it_could_not_look() -> None:
    unknown = outside(domain=mail_domain(mx(state=AnswerState.SERVFAIL)))
    with pytest.raises(CannotLook):
        publishes_policies(unknown)
    silent = [
        host(HOST, ADDRESS, tlsa=replace(answer(Kind.TLSA, HOST), state=AnswerState.TIMED_OUT))
    ]
    with pytest.raises(CannotLook, match="TLSA"):
        publishes_policies(outside(probe(), hosts=silent))


def test_every_host_that_the_policy_lacks_is_named() -> None:
    other = "mx.elsewhere.example"
    records = replace(policed(), hosts=(HOST, other))
    found = outside(probe(), probe(SIXTH, hosts=(other,)), domain=records)
    assert [subject for subject, *_ in policy_mismatches(found)] == [other]


def test_a_policy_that_is_not_to_be_had_is_named_by_its_address() -> None:
    ((subject, observed, _),) = policy_mismatches(outside(probe(), domain=policed(None)))
    assert (subject, observed) == (URL, "announced, and not to be had: HTTP 404")


def test_each_address_is_compared_with_the_records_of_its_host() -> None:
    other = probe(SIXTH, tls=session(leaf("www.corp.example")))
    hosts = [host(HOST, ADDRESS, SIXTH, tlsa=pinned(key_of(HOST)))]
    ((subject, observed, _),) = policy_mismatches(outside(probe(), other, hosts=hosts))
    assert (subject, SIXTH in observed) == (at(SIXTH), True)


def test_one_record_that_fits_is_enough() -> None:
    known = pinned("3 1 1 " + "0" * 64, key_of(HOST))
    assert list(policy_mismatches(outside(probe(), hosts=[host(HOST, ADDRESS, tlsa=known)]))) == []
