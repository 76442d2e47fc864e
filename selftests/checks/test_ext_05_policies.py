"""Step 5 from outside: published MTA-STS policies and TLSA records, and what they must match."""

from hashlib import sha256, sha512

import pytest

from selftests.checks.outside import (
    ADDRESS,
    SUBJECT,
    answer,
    compliant,
    error,
    host,
    inconclusive,
    mail_domain,
    not_applicable,
    outside,
    probe,
)
from selftests.checks.servers import HOST, broken, leaf
from smtp_exposure.records.answers import Answer, AnswerState, Kind
from smtp_exposure.records.mail_domains import PolicyFile
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.certificates import parse_certificate

POLICIES = "EXT-05-5"
STS_RECORD = answer(Kind.TXT, "_mta-sts.corp.example", "v=STSv1; id=20261124")
URL = "https://mta-sts.corp.example/.well-known/mta-sts.txt"
POLICY = f"version: STSv1\nmode: enforce\nmx: {HOST}\nmax_age: 604800\n"


def policed(text: str | None = POLICY, problem: str | None = None, **more: object) -> Approach:
    file = PolicyFile(url=URL, text=text, problem=problem)
    return outside(probe(**more), domain=mail_domain(sts=STS_RECORD, policy=file))  # type: ignore[arg-type]


def tlsa(*values: str, state: AnswerState | None = None) -> Answer:
    return answer(Kind.TLSA, f"_25._tcp.{HOST}", *values, state=state)


def pinned(*values: str, state: AnswerState | None = None, **more: object) -> Approach:
    known = host(HOST, ADDRESS, tlsa=tlsa(*values, state=state))
    return outside(probe(**more), hosts=[known])  # type: ignore[arg-type]


def test_nothing_published_is_not_assessed() -> None:
    not_applicable(POLICIES, outside(probe()))
    not_applicable(POLICIES, pinned())


@pytest.mark.parametrize(
    "text",
    [
        POLICY,
        POLICY.replace("\n", "\r\n"),
        POLICY.replace(HOST, "*.corp.example"),
        POLICY.replace("mx:", "mx: mx9.corp.example\nmx:"),
        POLICY.replace("enforce", "testing"),
        "version: STSv1\nmode: none\nmax_age: 0\n",
        "version: STSv1\nmode: none\nmax_age: 0\nmx: other.example\n",
    ],
)
def test_a_policy_that_lists_the_host_complies(text: str) -> None:
    compliant(POLICIES, policed(text))


@pytest.mark.parametrize(
    ("text", "telling"),
    [
        (POLICY.replace(HOST, "mx.corp.example"), "the MTA-STS policy lists mx.corp.example"),
        (POLICY.replace(HOST, "*.mail.corp.example"), "lists *.mail.corp.example"),
        (POLICY.replace("STSv1", "STSv2"), "not an MTA-STS policy"),
        (POLICY.replace("enforce", "always"), "not an MTA-STS policy"),
        ("<html>", "not an MTA-STS policy"),
    ],
)
def test_a_policy_that_does_not_fit_is_a_note(text: str, telling: str) -> None:
    compliant(POLICIES, policed(text), (None, telling))


def test_a_policy_that_is_announced_and_not_to_be_had_is_a_note() -> None:
    seen = policed(None, "HTTP 404")
    compliant(POLICIES, seen, (URL, "announced, and not to be had: HTTP 404"))


def records(kind: str) -> str:
    shown = parse_certificate(leaf(HOST).der)
    whole, key = shown.der_bytes, shown.public_key_bytes
    return {
        "3 0 0": whole.hex(),
        "3 0 1": sha256(whole).hexdigest(),
        "3 1 1": sha256(key).hexdigest(),
        "2 1 2": sha512(key).hexdigest(),
    }[kind]


@pytest.mark.parametrize("kind", ["3 0 0", "3 0 1", "3 1 1", "2 1 2"])
def test_a_record_of_the_presented_certificate_complies(kind: str) -> None:
    compliant(POLICIES, pinned(f"{kind} {records(kind)}"))
    compliant(POLICIES, pinned(f"3 1 1 {'0' * 64}", f"{kind} {records(kind).upper()}"))


@pytest.mark.parametrize(
    ("value", "telling"),
    [
        (f"3 1 1 {'0' * 64}", "no TLSA record matches the certificate of"),
        (f"3 9 1 {records('3 1 1')}", "no TLSA record matches"),
        ("3 1 1 xyz", "not a TLSA record"),
    ],
    ids=["another key", "an unknown selector", "no hexadecimal"],
)
def test_a_record_of_another_certificate_is_a_note(value: str, telling: str) -> None:
    compliant(POLICIES, pinned(value), (None, telling))


def test_a_record_without_a_certificate_to_compare_with_proves_nothing() -> None:
    seen = pinned(f"3 1 1 {records('3 1 1')}", tls=broken())
    inconclusive(POLICIES, seen, (SUBJECT, ""))


@pytest.mark.parametrize("state", [AnswerState.SERVFAIL, AnswerState.TIMED_OUT])
def test_without_an_answer_of_the_dns_nothing_was_seen(state: AnswerState) -> None:
    error(POLICIES, pinned(state=state), (None, f"TLSA of _25._tcp.{HOST}: {state.value}"))
    unanswered = answer(Kind.TXT, "_mta-sts.corp.example", state=state)
    seen = outside(probe(), domain=mail_domain(sts=unanswered))
    error(POLICIES, seen, (None, f"TXT of _mta-sts.corp.example: {state.value}"))
