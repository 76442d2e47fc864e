"""What relay conversations prove: the facts of one attempt, and of an own recipient."""

import pytest

from selftests.checks.outside import outside, probe
from selftests.checks.servers import NO_RELAY, UNKNOWN_USER, Says
from smtp_exposure.errors import Undecided
from smtp_exposure.smtp.relaying import Hindrance, Relay, RelayAttempt, delivery, relay_attempts
from smtp_exposure.verdicts import Level

ACCEPTED = "250 2.1.5 Recipient OK"
LATER = "450 4.7.1 later"


def tried(says: Says) -> list[RelayAttempt]:
    found = outside(probe(says=says))
    return list(relay_attempts(found, found.probes[0]))


def held_up(says: Says) -> Hindrance | None:
    found = outside(probe(says=says))
    return delivery(found, found.probes[0])


@pytest.mark.parametrize(
    ("own", "foreign", "result"),
    [
        (ACCEPTED, NO_RELAY, Relay.REFUSED),
        (ACCEPTED, UNKNOWN_USER, Relay.REFUSED),
        (ACCEPTED, LATER, Relay.UNKNOWN),
        (ACCEPTED, ACCEPTED, Relay.ACCEPTED),
        (UNKNOWN_USER, NO_RELAY, Relay.REFUSED),
        (UNKNOWN_USER, UNKNOWN_USER, Relay.UNKNOWN),
        (UNKNOWN_USER, ACCEPTED, Relay.ACCEPTED),
        (LATER, UNKNOWN_USER, Relay.UNKNOWN),
    ],
)
def test_own_and_foreign_together(own: str, foreign: str, result: Relay) -> None:
    (attempt,) = tried({"rcpt-own": own, "rcpt-foreign": foreign})
    assert (attempt.result, attempt.said) == (result, foreign)
    assert attempt.command == "RCPT TO:<nobody@example.com>"


def test_the_reason_names_the_own_recipients_reply() -> None:
    (attempt,) = tried({"rcpt-own": UNKNOWN_USER, "rcpt-foreign": UNKNOWN_USER})
    assert attempt.why.startswith(f"the own recipient in this session was {UNKNOWN_USER}")


@pytest.mark.parametrize("form", ["percent", "bang", "quoted"])
@pytest.mark.parametrize(("random", "counted"), [(UNKNOWN_USER, 2), (ACCEPTED, 1), (LATER, 1)])
def test_hidden_forms_count_where_random_recipients_are_refused(
    form: str, random: str, counted: int
) -> None:
    assert len(tried({f"rcpt-{form}": ACCEPTED, "rcpt-random": random})) == counted


@pytest.mark.parametrize("says", [{"mail": "550 no"}, {"greeting": "554 no"}, {"rcpt-own": None}])
def test_without_the_question_nothing_is_told(says: Says) -> None:
    with pytest.raises(Undecided):
        tried(says)
    with pytest.raises(Undecided):
        held_up(says)


def test_an_accepted_recipient_is_no_hindrance() -> None:
    assert held_up({}) is None


@pytest.mark.parametrize(
    ("reply", "level"),
    [
        (UNKNOWN_USER, Level.NOTE),
        ("550 5.1.1 no such user", Level.NOTE),
        ("450 5.1.1 mixed", Level.INCONCLUSIVE),
        ("550 5.7.1 blocked", Level.INCONCLUSIVE),
        ("550 no such user", Level.INCONCLUSIVE),
        (LATER, Level.INCONCLUSIVE),
    ],
)
def test_a_hindrance_has_the_level_of_its_cause(reply: str, level: Level) -> None:
    found = held_up({"rcpt-own": reply})
    assert found is not None
    assert (found.level, found.said) == (level, reply)
