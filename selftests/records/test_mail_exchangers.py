"""MX records and the states of a mail route."""

import pytest

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.records.answers import Answer, AnswerState, Kind
from smtp_exposure.records.mail_exchangers import (
    RouteState,
    bare_name,
    parse_mail_exchangers,
    route_state,
)


def mx(*values: str, state: AnswerState = AnswerState.FOUND) -> Answer:
    return Answer(name="corp.example", kind=Kind.MX, state=state, values=values)


def test_orders_by_preference_and_drops_case_and_dot() -> None:
    found = parse_mail_exchangers(("20 B.example.", "10 MAIL.corp.example.", "20 b.example."))
    assert [(item.preference, item.host) for item in found] == [
        (10, "mail.corp.example"),
        (20, "b.example"),
    ]


@pytest.mark.parametrize("value", ["mail.corp.example.", "x mail.", "70000 mail.", "10", ""])
def test_refuses_other_text(value: str) -> None:
    with pytest.raises(UnreadableEvidence):
        parse_mail_exchangers((value,))


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (mx("10 mail.corp.example."), RouteState.HOSTS),
        (mx("0 ."), RouteState.NULL_MX),
        (mx("0 .", "10 mail.corp.example."), RouteState.HOSTS),
        (mx(state=AnswerState.NO_DATA), RouteState.NO_MX),
        (mx(state=AnswerState.NXDOMAIN), RouteState.NO_DOMAIN),
        (mx(state=AnswerState.SERVFAIL), RouteState.UNKNOWN),
        (mx(state=AnswerState.REFUSED), RouteState.UNKNOWN),
        (mx(state=AnswerState.TIMED_OUT), RouteState.UNKNOWN),
    ],
)
def test_tells_states_apart(answer: Answer, state: RouteState) -> None:
    assert route_state(answer) is state


def test_the_root_keeps_its_dot() -> None:
    assert bare_name(".") == "."
    assert bare_name("A.b.") == "a.b"
