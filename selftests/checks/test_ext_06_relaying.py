"""Step 6 from outside: what a foreign recipient is answered, and whether mail still comes in."""

from dataclasses import replace

import pytest

from selftests.checks.outside import (
    ADDRESS,
    SIXTH,
    SUBJECT,
    at,
    compliant,
    deviates,
    inconclusive,
    mail_domain,
    mx,
    outside,
    probe,
)
from selftests.checks.servers import HOST, NO_RELAY, UNKNOWN_USER, greets
from smtp_exposure.expectations import Expectations
from smtp_exposure.smtp.conversations import Ending
from smtp_exposure.smtp.request import DomainTarget

RELAY, DELIVERY = "EXT-06-1", "EXT-06-2"
ACCEPTED = "250 2.1.5 Recipient OK"
UNPROVEN = "accepted at RCPT, delivery unproven"
SERVICE = "554 5.7.1 Service unavailable; client host blocked"
TEMPORARY = "451 4.7.1 Greylisting in action"
HIDDEN = ["percent", "bang", "quoted"]
NAMED = Expectations(recipient="sales@corp.example")


@pytest.mark.parametrize(
    ("own", "foreign", "proved"),
    [
        (ACCEPTED, NO_RELAY, True),
        (ACCEPTED, "550 5.7.1 Unable to relay", True),
        (ACCEPTED, UNKNOWN_USER, True),
        (ACCEPTED, "554 Relay access denied", True),
        (ACCEPTED, "550 5.4.1 Recipient address rejected: Access denied", True),
        (UNKNOWN_USER, NO_RELAY, True),
        (TEMPORARY, "550 5.7.1 Unable to relay", True),
        ("550 5.7.1 no", "550 5.7.1 Unable to relay", True),
        (UNKNOWN_USER, UNKNOWN_USER, False),
        (UNKNOWN_USER, "554 Relay access denied", False),
        (TEMPORARY, UNKNOWN_USER, False),
        (ACCEPTED, TEMPORARY, False),
        (ACCEPTED, "450 5.7.1 of a mixed class", False),
        (ACCEPTED, "no code", False),
        # Of the foreign domain, which example.com's null MX deserves; of relaying they say nothing.
        (ACCEPTED, "556 5.1.10 Domain example.com does not accept mail (nullMX)", False),
        (ACCEPTED, "550 5.1.2 Domain not found", False),
        ("550 5.7.606 Access denied", "550 5.7.606 Access denied", False),
        ("550 5.7.13 no", "550 5.7.13 no", False),
    ],
)
def test_what_a_refusal_proves(own: str, foreign: str, proved: bool) -> None:
    seen = outside(probe(says={"rcpt-own": own, "rcpt-foreign": foreign}))
    if proved:
        compliant(RELAY, seen)
    else:
        inconclusive(RELAY, seen, (SUBJECT, f"RCPT TO:<nobody@example.com> is answered {foreign}"))


@pytest.mark.parametrize("own", [ACCEPTED, UNKNOWN_USER, TEMPORARY])
@pytest.mark.parametrize("foreign", [ACCEPTED, "251 User not local; will forward", "252 maybe"])
def test_an_accepted_foreign_recipient_deviates(own: str, foreign: str) -> None:
    seen = outside(probe(says={"rcpt-own": own, "rcpt-foreign": foreign}))
    deviates(RELAY, seen, (SUBJECT, UNPROVEN))


@pytest.mark.parametrize("compact", [True, False])
def test_a_foreign_recipient_that_is_accepted_inside_tls_alone_deviates(compact: bool) -> None:
    found = probe(says={"rcpt-inside-tls": ACCEPTED}, compact=compact)
    deviates(RELAY, outside(found), (SUBJECT, "accepted at RCPT inside TLS, delivery unproven"))
    for reply in (TEMPORARY, UNKNOWN_USER, None):
        compliant(RELAY, outside(probe(says={"rcpt-inside-tls": reply}, compact=compact)))


@pytest.mark.parametrize("form", HIDDEN)
def test_a_hidden_form_counts_only_where_recipients_are_checked(form: str) -> None:
    hidden = {f"rcpt-{form}": ACCEPTED}
    deviates(RELAY, outside(probe(says=hidden)), (SUBJECT, UNPROVEN))
    compliant(RELAY, outside(probe(says=hidden | {"rcpt-random": ACCEPTED})))
    compliant(RELAY, outside(probe(says=hidden | {"rcpt-random": TEMPORARY})))


@pytest.mark.parametrize("form", HIDDEN)
@pytest.mark.parametrize(
    ("reply", "seen"), [(TEMPORARY, f"is answered {TEMPORARY}"), (None, "is answered nothing: no")]
)
def test_a_hidden_form_that_is_not_refused_for_good_proves_neither(
    form: str, reply: str | None, seen: str
) -> None:
    inconclusive(RELAY, outside(probe(says={f"rcpt-{form}": reply})), (SUBJECT, seen))
    unchecked = {f"rcpt-{form}": reply, "rcpt-random": ACCEPTED}
    compliant(RELAY, outside(probe(says=unchecked)))


@pytest.mark.parametrize("form", ["random", *HIDDEN])
def test_a_form_that_was_not_asked_is_named(form: str) -> None:
    found = probe()
    others = (talk for talk in found.conversations if talk.name != f"relay-{form}")
    seen = outside(replace(found, conversations=tuple(others)))
    inconclusive(RELAY, seen, (SUBJECT, f"not asked: rcpt-{form}"))


def test_an_accepted_form_is_found_beside_one_that_was_not_asked() -> None:
    found = probe(says={"rcpt-quoted": ACCEPTED})
    others = (talk for talk in found.conversations if talk.name != "relay-percent")
    seen = outside(replace(found, conversations=tuple(others)))
    deviates(RELAY, seen, (SUBJECT, UNPROVEN), (SUBJECT, "not asked: rcpt-percent"))


@pytest.mark.parametrize("check", [RELAY, DELIVERY])
def test_a_domain_too_many_for_one_address_is_told_so(check: str) -> None:
    many = tuple(DomainTarget(domain=f"d{number}.example") for number in range(24))
    shared = probe(domains=many)
    for target, is_asked in ((many[0], True), (many[-1], False)):
        records = mail_domain(mx(f"10 {HOST}.", domain=target.domain))
        seen = outside(shared, domain=records, target=target.domain)
        found = () if is_asked else ((SUBJECT, "nothing was asked for this domain"),)
        (compliant if is_asked else inconclusive)(check, seen, *found)


def test_everything_accepted_proves_only_the_plain_form() -> None:
    everything = dict.fromkeys(
        [f"rcpt-{form}" for form in ("foreign", "random", *HIDDEN)], ACCEPTED
    )
    deviates(RELAY, outside(probe(says=everything)), (SUBJECT, "nobody@example.com"))


def test_every_hidden_form_is_named() -> None:
    seen = outside(probe(says=dict.fromkeys([f"rcpt-{form}" for form in HIDDEN], ACCEPTED)))
    forms = ("probe-0123456789ab%example.com", "example.com!probe-", '"probe-0123456789ab@')
    deviates(RELAY, seen, *((SUBJECT, f"RCPT TO:<{form}") for form in forms))


def test_a_shared_plan_is_judged_alike() -> None:
    compliant(RELAY, outside(probe(compact=True)))
    compliant(DELIVERY, outside(probe(compact=True)))
    deviates(RELAY, outside(probe(compact=True, says={"rcpt-bang": ACCEPTED})), (SUBJECT, UNPROVEN))
    foreign = outside(probe(compact=True, says={"rcpt-foreign": ACCEPTED}))
    deviates(RELAY, foreign, (SUBJECT, UNPROVEN))


@pytest.mark.parametrize("reply", ["451 4.7.0 Temporary server error. PRX1", TEMPORARY])
def test_what_was_put_off_counts_after_the_second_try(reply: str) -> None:
    says = {"rcpt-foreign": reply}
    inconclusive(RELAY, outside(probe(says=says)), (SUBJECT, reply))
    compliant(RELAY, outside(probe(says=says, later={"rcpt-foreign": NO_RELAY})))
    opened = outside(probe(says=says, later={"rcpt-foreign": ACCEPTED}))
    deviates(RELAY, opened, (SUBJECT, UNPROVEN))


@pytest.mark.parametrize("form", ["foreign", "percent"])
def test_what_was_accepted_counts_though_a_second_try_is_refused(form: str) -> None:
    says, later = {f"rcpt-{form}": ACCEPTED, "rcpt-own": TEMPORARY}, {f"rcpt-{form}": NO_RELAY}
    found = outside(probe(says=says, later=later))
    deviates(RELAY, found, (SUBJECT, UNPROVEN))


@pytest.mark.parametrize(
    "says",
    [
        {"mail": "550 5.7.1 Client host rejected"},
        {"mail": "451 4.7.0 later"},
        {"ehlo": None},
        {"rcpt-own": "421 4.3.2 Service not active"},
        {"rcpt-own": None},
    ],
)
def test_a_session_that_never_came_to_the_question_proves_neither(
    says: dict[str, str | None],
) -> None:
    inconclusive(
        RELAY, outside(probe(says=says)), (SUBJECT, "no relay attempt came as far as RCPT")
    )


def test_silence_to_the_question_proves_neither() -> None:
    seen = outside(probe(says={"rcpt-foreign": None}))
    inconclusive(RELAY, seen, (SUBJECT, "is answered nothing: no reply in time"))


def test_a_server_that_takes_mail_inside_tls_only_is_judged_there() -> None:
    wants = {"mail": "530 5.7.0 Must issue a STARTTLS command first", "mail tls": "250 2.1.0 OK"}
    compliant(RELAY, outside(probe(says=wants)))
    compliant(DELIVERY, outside(probe(says=wants)))
    seen = outside(probe(says=wants | {"rcpt-foreign": ACCEPTED}))
    deviates(RELAY, seen, (SUBJECT, UNPROVEN))


@pytest.mark.parametrize("check", [RELAY, DELIVERY])
def test_the_worst_address_decides(check: str) -> None:
    says = {"rcpt-own": UNKNOWN_USER, "rcpt-foreign": ACCEPTED}
    seen = outside(
        probe(), probe("203.0.113.26", ending=Ending.REFUSED), probe(SIXTH, says), expected=NAMED
    )
    deviates(check, seen, (at(SIXTH), ""), (at("203.0.113.26"), "nothing greeted"))


@pytest.mark.parametrize("check", [RELAY, DELIVERY])
def test_nothing_is_proved_from_inside(check: str) -> None:
    says = {"rcpt-foreign": ACCEPTED, "rcpt-own": UNKNOWN_USER, **greets(peer="10.0.0.9")}
    inconclusive(check, outside(probe(says=says, own="10.0.0.9")), (SUBJECT, "seen from inside"))


def test_each_domain_is_judged_by_its_own_conversations() -> None:
    both = (DomainTarget(domain="corp.example"), DomainTarget(domain="brand.example"))
    shared = probe(domains=both)
    talks = tuple(
        other if talk.domain == "brand.example" else talk
        for talk, other in zip(
            shared.conversations,
            probe(domains=both, says={"rcpt-foreign": ACCEPTED}).conversations,
            strict=True,
        )
    )
    records = mail_domain(mx(f"10 {HOST}.", domain="brand.example"))
    found = replace(shared, conversations=talks)
    compliant(RELAY, outside(found))
    brand = outside(found, domain=records, target="brand.example")
    deviates(RELAY, brand, (SUBJECT, "nobody@example.com"))


def test_a_host_without_a_domain_is_asked_for_relaying_too() -> None:
    alone = probe(domains=(), hosts=("mx.corp.example",))
    subject = at(ADDRESS, name="mx.corp.example")
    compliant(RELAY, outside(alone, target="mx.corp.example"))
    opened = probe(domains=(), hosts=("mx.corp.example",), says={"rcpt-foreign": ACCEPTED})
    deviates(RELAY, outside(opened, target="MX.corp.example."), (subject, UNPROVEN))


@pytest.mark.parametrize("expected", [None, NAMED])
def test_an_accepted_recipient_complies(expected: Expectations | None) -> None:
    compliant(DELIVERY, outside(probe(), expected=expected))


def test_one_accepted_conversation_is_enough() -> None:
    found, refusing = probe(), probe(says={"rcpt-own": TEMPORARY})
    talks = (*found.conversations[:6], *refusing.conversations[7:])
    compliant(DELIVERY, outside(replace(found, conversations=talks)))


def test_an_unknown_user_deviates_only_where_the_profile_named_him() -> None:
    found = probe(says={"rcpt-own": UNKNOWN_USER})
    answered = (SUBJECT, f"RCPT TO:<postmaster@corp.example> is answered {UNKNOWN_USER}")
    compliant(DELIVERY, outside(found), answered)
    sales = (DomainTarget(domain="corp.example", recipient="sales@corp.example"),)
    named = probe(says={"rcpt-own": UNKNOWN_USER}, domains=sales)
    deviates(DELIVERY, outside(named, expected=NAMED), (SUBJECT, "RCPT TO:<sales@corp.example>"))


def test_the_profiles_recipient_is_none_of_another_domains() -> None:
    brand = (DomainTarget(domain="brand.example"),)
    records = mail_domain(mx(f"10 {HOST}.", domain="brand.example"))
    found = probe(says={"rcpt-own": UNKNOWN_USER}, domains=brand)
    seen = outside(found, domain=records, target="brand.example", expected=NAMED)
    compliant(DELIVERY, seen, (SUBJECT, "RCPT TO:<postmaster@brand.example>"))


@pytest.mark.parametrize("expected", [None, NAMED])
@pytest.mark.parametrize(
    "reply",
    [SERVICE, TEMPORARY, "550 5.7.606 Access denied, banned sending IP", "550 no", "554 5.7.54 no"],
)
def test_policies_blocklists_and_greylists_prove_neither(
    reply: str, expected: Expectations | None
) -> None:
    seen = outside(probe(says={"rcpt-own": reply}), expected=expected)
    inconclusive(DELIVERY, seen, (SUBJECT, "a policy, a blocklist or greylisting may be meant"))


def test_greylisting_that_passes_is_forgotten() -> None:
    compliant(DELIVERY, outside(probe(says={"rcpt-own": TEMPORARY}, later={"rcpt-own": ACCEPTED})))


@pytest.mark.parametrize("says", [{"mail": "550 5.7.1 no"}, {"rcpt-own": None}, {"ehlo": None}])
def test_without_a_conversation_as_far_as_rcpt_delivery_is_unknown(
    says: dict[str, str | None],
) -> None:
    seen = outside(probe(says=says))
    inconclusive(DELIVERY, seen, (SUBJECT, "no conversation came as far as RCPT"))
