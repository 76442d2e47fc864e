"""Domains, hosts and reverse names as wholes."""

from smtp_exposure.records.answers import Answer, AnswerState, Kind
from smtp_exposure.records.mail_domains import MailDomain, MailHost, ReverseName
from smtp_exposure.records.mail_exchangers import RouteState


def answer(name: str, kind: Kind, *values: str, canonical: str | None = None) -> Answer:
    state = AnswerState.FOUND if values else AnswerState.NO_DATA
    return Answer(name=name, kind=kind, state=state, values=values, canonical=canonical)


def test_a_name_counts_only_if_it_leads_back() -> None:
    reverse = ReverseName(
        address="203.0.113.5",
        ptr=answer("5.113.0.203.in-addr.arpa", Kind.PTR, "mail.corp.example.", "other.example."),
        forward=(
            answer("mail.corp.example.", Kind.A, "203.0.113.5"),
            answer("other.example.", Kind.A, "203.0.113.6"),
            answer("other.example.", Kind.AAAA),
        ),
    )
    assert reverse.confirmed == ("mail.corp.example",)


def test_a_host_may_be_an_alias() -> None:
    host = MailHost(
        name="mx.corp.example",
        a=answer("mx.corp.example", Kind.A, "203.0.113.5", canonical="real.corp.example"),
        aaaa=answer("mx.corp.example", Kind.AAAA),
    )
    assert host.alias_of == "real.corp.example"
    assert host.is_resolved


def test_hosts_that_a_person_named_need_no_mx() -> None:
    assert MailDomain(domain="corp.example").route is RouteState.HOSTS
