"""Step 5 from outside: STARTTLS, the certificate in it, old versions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from selftests.checks.outside import (
    SIXTH,
    SUBJECT,
    at,
    compliant,
    deviates,
    error,
    inconclusive,
    mail_domain,
    mx,
    not_applicable,
    outside,
    pool,
    probe,
)
from selftests.checks.registry import CHECKS
from selftests.checks.servers import HOST, INSIDE, WORDS, broken, ehlo, greets, leaf, session
from selftests.smtp.authorities import NOW
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.certificates import Trust, TrustState
from smtp_exposure.smtp.conversations import Ending
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.smtp.plan import Layer
from smtp_exposure.verdicts import Finding

STARTTLS, TRUST, DAYS, OLD = (f"EXT-05-{number}" for number in range(1, 5))
SESSIONS = (TRUST, DAYS, OLD)
SECOND = "mx2.corp.example"
WITHOUT = {"ehlo": ehlo(*INSIDE)}
ACCEPTED_OLD = session(version="TLSv1.1")
UNTESTABLE = broken("no protocols available", is_testable=False)


@pytest.mark.parametrize("check", [STARTTLS, *SESSIONS])
def test_a_whole_handshake_complies(check: str) -> None:
    compliant(check, outside(probe(), probe(SIXTH)))


@pytest.mark.parametrize("word", ["STARTTLS", "starttls", " StartTLS "])
def test_starttls_is_offered_in_any_letter_case(word: str) -> None:
    compliant(STARTTLS, outside(probe(says={"ehlo": ehlo(*INSIDE, word)})))


def test_no_starttls_deviates_and_leaves_nothing_to_judge() -> None:
    bare = outside(probe(says=WITHOUT))
    deviates(STARTTLS, bare, (SUBJECT, "STARTTLS is not offered"))
    for check in SESSIONS:
        not_applicable(check, bare)


@pytest.mark.parametrize("reply", ["451 4.3.0 later", "220 a second greeting"])
def test_an_ehlo_that_is_not_answered_tells_nothing_of_starttls(reply: str) -> None:
    unanswered = outside(probe(says={"ehlo": reply}))
    inconclusive(STARTTLS, unanswered, (SUBJECT, "no conversation came as far as STARTTLS"))


@pytest.mark.parametrize("reply", ["500 5.3.3 Unrecognized command", "502 no", "554 5.7.3 no"])
def test_an_offer_that_is_refused_deviates(reply: str) -> None:
    seen = outside(probe(says={"starttls": reply}))
    deviates(STARTTLS, seen, (SUBJECT, f"STARTTLS is offered and refused {reply}"))


@pytest.mark.parametrize("reply", ["454 4.7.0 TLS not available", "421 4.3.2 Service not active"])
def test_an_offer_that_is_put_off_proves_neither(reply: str) -> None:
    first = {"starttls": reply}
    telling = "refused" if reply.startswith("454") else "no conversation came as far"
    inconclusive(STARTTLS, outside(probe(says=first)), (SUBJECT, telling))
    compliant(STARTTLS, outside(probe(says=first, later={"starttls": "220 2.0.0 go"})))


def test_a_handshake_that_fails_deviates() -> None:
    seen = outside(probe(tls=broken("alert: internal error")))
    deviates(STARTTLS, seen, (SUBJECT, "the handshake fails alert: internal error"))


@pytest.mark.parametrize("check", SESSIONS)
@pytest.mark.parametrize("behaviour", ["refused", "broken", "silent"])
def test_without_a_handshake_certificates_are_unknown(check: str, behaviour: str) -> None:
    reply = {"refused": "554 5.7.3 no", "silent": None}.get(behaviour)
    says = {} if behaviour == "broken" else {"starttls": reply}
    seen = outside(probe(says=says, tls=broken()))
    inconclusive(check, seen, (SUBJECT, "no TLS session came about"))


def test_no_conversation_that_came_to_the_handshake_proves_neither() -> None:
    seen = outside(probe(says={"starttls": None}))
    inconclusive(STARTTLS, seen, (SUBJECT, "no conversation came as far as STARTTLS"))


def test_the_failure_of_an_old_handshake_is_no_failure_of_starttls() -> None:
    slow, quick = probe(says={"starttls": None}), probe()
    talks = (*slow.conversations[:-1], quick.conversations[-1])
    seen = outside(replace(slow, conversations=talks))
    inconclusive(STARTTLS, seen, (SUBJECT, "no conversation came as far as STARTTLS"))


@pytest.mark.parametrize("word", ["XXXXXXXA", "XXXXXXXX"])
def test_an_overwritten_word_may_have_been_starttls(word: str) -> None:
    seen = outside(probe(says={"ehlo": ehlo(*INSIDE, word)}))
    inconclusive(STARTTLS, seen, (SUBJECT, "STARTTLS may be one"))
    for check in SESSIONS:
        inconclusive(check, seen, (SUBJECT, "no TLS session came about"))


def test_starttls_beside_overwritten_words_is_used() -> None:
    compliant(STARTTLS, outside(probe(says={"ehlo": ehlo(*WORDS, "XXXXXXXA")})))


def test_the_handshake_is_not_judged_from_inside_but_certificates_are() -> None:
    from_inside = outside(probe(says=greets(peer="10.0.0.9"), own="10.0.0.9"))
    inconclusive(STARTTLS, from_inside, (SUBJECT, "seen from inside"))
    for check in SESSIONS:
        compliant(check, from_inside)


@pytest.mark.parametrize("check", [STARTTLS, *SESSIONS])
def test_the_worst_address_decides(check: str) -> None:
    bad = probe(
        SIXTH,
        tls=session(leaf("www.corp.example", days=(-50, 5)), version="TLSv1.1"),
        old=ACCEPTED_OLD,
    )
    failing = probe(SIXTH, tls=broken())
    seen = outside(probe(), failing if check == STARTTLS else bad)
    deviates(check, seen, (at(SIXTH), ""))


@pytest.mark.parametrize("check", [STARTTLS, *SESSIONS])
def test_an_address_without_starttls_leaves_the_others_judged(check: str) -> None:
    seen = outside(probe(), probe(SIXTH, WITHOUT))
    found = [(at(SIXTH), "not offered")] if check == STARTTLS else []
    (deviates if found else compliant)(check, seen, *found)


@pytest.mark.parametrize("check", [STARTTLS, *SESSIONS])
def test_nothing_is_proved_where_nothing_greets(check: str) -> None:
    seen = outside(
        probe(), probe("203.0.113.26", ending=Ending.REFUSED), probe(SIXTH, has_route=False)
    )
    inconclusive(check, seen, (at("203.0.113.26"), ""), (at(SIXTH), ""))


def presenting(*names: str, state: TrustState = TrustState.TRUSTED, **made: object) -> Approach:
    return outside(probe(tls=session(leaf(*names, **made), state)))


@pytest.mark.parametrize(
    "names",
    [(HOST,), ("MAIL.Corp.Example",), ("*.corp.example",), ("www.example", HOST), (f"{HOST}.",)],
)
def test_a_name_that_covers_the_mail_host_complies(names: tuple[str, ...]) -> None:
    compliant(TRUST, presenting(*names))


@pytest.mark.parametrize(
    "names",
    [("www.corp.example",), ("*.example",), ("*.mail.corp.example",), ("corp.example",), ("mail",)],
)
def test_another_name_deviates(names: tuple[str, ...]) -> None:
    deviates(TRUST, presenting(*names), (SUBJECT, f"it is for {names[0]}, not for {HOST}"))


def test_a_common_name_alone_is_told_apart() -> None:
    only = presenting(common_name=HOST)
    deviates(TRUST, only, (SUBJECT, "senders no longer look at the common name"))
    deviates(TRUST, presenting(common_name="ex01"), (SUBJECT, f"CN ex01 only, not for {HOST}"))
    beside = presenting("www.corp.example", common_name=HOST)
    deviates(TRUST, beside, (SUBJECT, "it is for www.corp.example"))


@pytest.mark.parametrize(
    ("state", "telling"),
    [
        (TrustState.SELF_SIGNED, "the certificate is self-signed"),
        (TrustState.INCOMPLETE, "the chain is incomplete"),
        (TrustState.UNTRUSTED_ROOT, "an authority that is not trusted"),
        (TrustState.REFUSED, "the chain is refused"),
    ],
)
def test_chains_that_are_not_trusted_are_told_apart(state: TrustState, telling: str) -> None:
    deviates(TRUST, presenting(HOST, state=state), (SUBJECT, telling))
    both = presenting("www.corp.example", state=state)
    deviates(TRUST, both, (SUBJECT, telling), (SUBJECT, "www.corp.example"))


def test_the_verifiers_own_words_stand_beside_a_refusal_that_has_no_plainer_cause() -> None:
    for state in (TrustState.SELF_SIGNED, TrustState.INCOMPLETE, TrustState.UNTRUSTED_ROOT):
        (plain,) = judged(state)
        assert "exhausted" not in f"{plain.observed} {plain.detail}"
    (refused,) = judged(TrustState.REFUSED)
    assert refused.detail == "the verifier says: all candidates exhausted"


def judged(state: TrustState) -> tuple[Finding, ...]:
    """What is found of a certificate that the verifier refused in its own words."""
    trust = Trust(state=state, detail="all candidates exhausted")
    seen = outside(probe(tls=session(leaf(HOST), trust=trust)))
    return CHECKS[TRUST][1].judge(approach=seen).findings


def test_an_issuer_of_another_name_is_told() -> None:
    (own,) = judged(TrustState.INCOMPLETE)
    assert own.observed.endswith("CN=mail.corp.example, issued by CN=Authority")
    alone = session(leaf(HOST, signed=False), TrustState.SELF_SIGNED)
    deviates(TRUST, outside(probe(tls=alone)), (SUBJECT, "is self-signed: CN=mail.corp.example |"))


def test_without_authorities_the_chain_is_unknown_and_the_name_is_not() -> None:
    store = (SUBJECT, "no trusted authorities")
    inconclusive(TRUST, presenting(HOST, state=TrustState.NO_STORE), store)
    wrong = presenting("www.corp.example", state=TrustState.NO_STORE)
    deviates(TRUST, wrong, (SUBJECT, "it is for www.corp.example"), store)


def test_an_unreadable_certificate_is_an_error() -> None:
    error(TRUST, presenting(HOST, state=TrustState.UNREADABLE), (SUBJECT, "can't be read"))
    nothing = session(chain=())
    error(TRUST, outside(probe(tls=nothing)), (SUBJECT, "can't be read"))
    error(DAYS, outside(probe(tls=nothing)), (SUBJECT, "no certificate was presented"))


def sharing(*shown: tuple[str, str], hosts: tuple[str, ...] = (HOST, SECOND)) -> Approach:
    """An address of several hosts: who asks for a name inside TLS is shown a certificate for one."""
    found, asked = probe(hosts=hosts), iter(shown * 3)
    talks = []
    for talk in found.conversations:
        name, certified = next(asked) if talk.tls and talk.layer is Layer.TLS else ("", "")
        own = replace(session(leaf(certified)), server_name=name) if name else talk.tls
        talks.append(replace(talk, tls=own))
    records = mail_domain(mx(*(f"10 {name}." for name in hosts)))
    return outside(replace(found, conversations=tuple(talks)), domain=records)


def test_the_name_is_that_of_the_host_that_leads_there() -> None:
    seen = sharing((HOST, HOST), (SECOND, HOST))
    deviates(TRUST, seen, (SUBJECT, f"it is for {HOST}, not for {SECOND}"))
    records = mail_domain(mx(f"10 {HOST}.", f"20 {SECOND}."))
    own = probe("203.0.113.26", hosts=(SECOND,), tls=session(leaf(SECOND)))
    compliant(TRUST, outside(probe(), own, domain=records))


def test_a_server_may_have_a_certificate_for_each_name() -> None:
    compliant(TRUST, sharing((HOST, HOST), (SECOND, SECOND)))
    deviates(TRUST, sharing((HOST, HOST), (SECOND, "x.example")), (SUBJECT, f"not for {SECOND}"))


def test_what_a_name_is_shown_that_was_not_asked_for_is_unknown() -> None:
    inconclusive(TRUST, sharing((HOST, HOST)), (SUBJECT, f"{SECOND} was not asked for (SNI)"))
    three = (HOST, SECOND, "mx3.corp.example")
    differing = sharing((HOST, HOST), (SECOND, SECOND), hosts=three)
    inconclusive(TRUST, differing, *[(SUBJECT, "not for mx3.corp.example")] * 2)
    alike = sharing((HOST, HOST), (SECOND, HOST), hosts=three)
    deviates(TRUST, alike, *((SUBJECT, f"not for {name}") for name in three[1:]))


@pytest.mark.parametrize("check", [TRUST, DAYS])
def test_another_certificate_behind_the_same_address_is_found(check: str) -> None:
    bad = probe(tls=session(leaf("www.corp.example", days=(-50, 5)), TrustState.SELF_SIGNED))
    good = probe()
    talks = (*good.conversations[:3], bad.conversations[3], *good.conversations[4:])
    seen = outside(replace(good, conversations=talks))
    found = [(SUBJECT, "")] * (2 if check == TRUST else 1)
    deviates(check, seen, *found)


@pytest.mark.parametrize(
    ("days", "later", "told"),
    [
        ((-30, 335), 0, ""),
        ((-335, 60.1), 0, ""),
        ((-335, 59.9), 0, "note: in 59 days"),
        ((-335, 30.1), 0, "note: in 30 days"),
        ((-335, 29.9), 0, "poor: in 29 days"),
        ((-335, -0.1), 0, "poor: it ran out on"),
        ((-335, -2.1), 0, "poor: 2 days ago"),
        ((0.1, 365), 0, "poor: it is not valid before"),
        ((-59, 31), 0, ""),
        ((-61, 29), 0, "poor: in 28 days"),
        ((-30, 17), 0, ""),
        ((-32, 15), 0, "poor: in 14 days"),
        ((-3.9, 2.1), 0, ""),
        ((-4.2, 1.8), 0, "poor: in 1 day"),
        ((-119, 60.5), 0, ""),
        ((-30, 335), 300, "note: it runs out on"),
        ((-30, 335), 310, "poor: it runs out on"),
        ((-30, 335), 336, "poor: it ran out on"),
    ],
)
def test_days_left(days: tuple[float, float], later: int, told: str) -> None:
    seen = outside(probe(tls=session(leaf(HOST, days=days))), moment=NOW + timedelta(days=later))
    level, _, words = told.partition(": ")
    judge = deviates if level == "poor" else compliant
    judge(DAYS, seen, *([(SUBJECT, words)] if words else []))


def test_a_certificate_made_while_the_server_was_looked_at_is_valid() -> None:
    seen = outside(probe(tls=session(leaf(HOST, days=(3 / 86_400, 365)))))
    ended = (NOW + timedelta(seconds=5)).isoformat()
    compliant(DAYS, replace(seen, evidence=replace(seen.evidence, finished=ended)))


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_modern_versions_comply(version: str) -> None:
    compliant(OLD, outside(probe(tls=session(version=version))))


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.1", "SSLv3"])
def test_an_old_version_deviates_negotiated_or_accepted(version: str) -> None:
    old = session(version=version)
    deviates(OLD, outside(probe(old=old)), (SUBJECT, f"{version} is accepted"))
    deviates(OLD, outside(probe(tls=old)), (SUBJECT, f"{version} is accepted"))


def test_what_this_openssl_cannot_speak_is_not_assessed() -> None:
    not_applicable(OLD, outside(probe(old=UNTESTABLE)))
    not_applicable(OLD, outside(probe(), probe(SIXTH, old=UNTESTABLE)))
    seen = outside(probe(old=UNTESTABLE), probe(SIXTH, old=ACCEPTED_OLD))
    deviates(OLD, seen, (at(SIXTH), "TLSv1.1 is accepted"))
    deviates(OLD, outside(probe(tls=ACCEPTED_OLD, old=UNTESTABLE)), (SUBJECT, "TLSv1.1"))


def test_an_old_version_that_was_never_tried_is_not_said_to_be_refused() -> None:
    inconclusive(OLD, outside(probe(old=None)), (SUBJECT, "older"))
    whole = probe()
    cut = replace(whole, conversations=whole.conversations[:-1])
    inconclusive(OLD, outside(cut), (SUBJECT, "older"))


def test_what_is_wrong_with_several_certificates_alike_is_said_once() -> None:
    made = [leaf(HOST, days=(-days, 335)) for days in (30, 29)]
    one, other = (probe(tls=session(item, TrustState.SELF_SIGNED)) for item in made)
    deviates(TRUST, outside(pool(one, one, one, other)), (SUBJECT, "self-signed"))


def test_a_pool_presents_one_certificate() -> None:
    compliant(TRUST, outside(pool(probe(), probe())))


@pytest.mark.parametrize(
    ("other", "telling"),
    [
        (probe(tls=broken()), "the handshake fails"),
        (probe(says=WITHOUT), "STARTTLS is not offered"),
        (probe(says={"starttls": "502 no"}), "STARTTLS is offered and refused 502"),
    ],
)
def test_a_pool_of_which_one_server_fails_proves_neither(other: AddressProbe, telling: str) -> None:
    good = probe()
    seen = [pool(good, good, good, other), pool(other, other, other, good)]
    for found in seen:
        inconclusive(STARTTLS, outside(found), (SUBJECT, telling))
