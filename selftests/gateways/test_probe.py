"""The whole look from outside, against a DNS server and mail servers on loopback."""

import json
from dataclasses import replace

import pytest

from selftests.gateways.stage import GREETING, Manner, Stage
from selftests.gateways.zones import Table, Zone
from smtp_exposure.errors import SettingsError, UnreadableEvidence
from smtp_exposure.gateways import address_probe
from smtp_exposure.gateways.probe import gather
from smtp_exposure.records.mail_exchangers import RouteState
from smtp_exposure.smtp.conversations import Ending
from smtp_exposure.smtp.evidence import AddressProbe, ExternalEvidence, from_json
from smtp_exposure.smtp.json_form import encoded
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.plan import Layer, Purpose
from smtp_exposure.smtp.ports import PortState, Protocol
from smtp_exposure.smtp.request import DomainTarget, Limits, ProbeRequest
from smtp_exposure.smtp.sign_in import attempts

ADDRESS = "203.0.113.5"
TABLE: Table = {
    ("corp.example", "MX"): ("10 mail.corp.example.",),
    ("mail.corp.example", "A"): (ADDRESS,),
    ("5.113.0.203.in-addr.arpa", "PTR"): ("mail.corp.example.",),
    ("filtered.example", "MX"): ("10 corp.mail.protection.outlook.com.",),
    ("corp.mail.protection.outlook.com", "A"): (ADDRESS,),
    ("null.example", "MX"): ("0 .",),
}
LIMITS = Limits(reply=2, connect=1, retry_pause=0.02, port_wait=0.3, dns=2)
BASE = ProbeRequest(
    domains=(DomainTarget(domain="corp.example"),),
    ehlo_name="probe.example",
    ports=(587, 465),
    limits=LIMITS,
)


def look(stage: Stage, manner: Manner, request: ProbeRequest = BASE) -> ExternalEvidence:
    smtp, submission = stage.mail(manner), stage.mail(Manner())
    ways = ((25, smtp), (587, submission))
    redirects = {(ADDRESS, port): ("127.0.0.1", to) for port, to in ways}
    server = Zone(TABLE).serve(stage)
    return gather(replace(request, resolver=server), redirects)


def only(evidence: ExternalEvidence) -> AddressProbe:
    (probe,) = evidence.addresses
    return probe


def test_asks_everything_of_a_good_server(stage: Stage, manner: Manner) -> None:
    seen = look(stage, manner)
    probe = only(seen)
    assert {talk.ending for talk in probe.conversations} == {Ending.COMPLETE, Ending.TLS_FAILED}
    for phase in Phase:
        assert [item.reply.code for item in attempts(probe) if item.phase is phase] == [504, 504]
        assert not any(said.offers_sign_in for said in probe.capabilities(phase))
    (foreign,) = probe.relay_talks(Purpose.RCPT_FOREIGN, "corp.example")
    assert [turn.reply is not None for turn in foreign.turns] == [True] * len(foreign.turns)
    assert probe.old_tls is not None
    assert probe.tls_sessions[0].problem is None
    assert seen.seen_addresses == ("203.0.113.9",)
    assert seen.own_addresses == ("127.0.0.1",)


def test_knows_domains_hosts_and_names(stage: Stage, manner: Manner) -> None:
    seen = look(stage, manner)
    domain = seen.domain_named("corp.example")
    assert domain is not None
    assert [host.name for host in seen.hosts_named(domain.hosts)] == ["mail.corp.example"]
    assert seen.addresses_of(["mail.corp.example"] * 2) == seen.addresses
    reverse = seen.reverse_of(ADDRESS)
    assert reverse is not None
    assert reverse.confirmed == ("mail.corp.example",)


def test_knows_the_ports(stage: Stage, manner: Manner) -> None:
    probe = only(look(stage, manner))
    states = {item.port: (item.state, item.protocol) for item in probe.ports if not item.is_control}
    assert states == {587: (PortState.OPEN, Protocol.SMTP), 465: (PortState.REFUSED, None)}
    assert probe.control_port is not None
    assert probe.control_port.state is PortState.REFUSED


def test_one_conversation_begins_when_the_ports_have_been_tried(
    stage: Stage, manner: Manner
) -> None:
    probe = only(look(stage, manner, replace(BASE, compact=True)))
    tried = max(item.started for item in probe.ports)
    late = [talk.name for talk in probe.conversations if talk.started >= tried]
    assert late == ["old-tls"]


def test_each_host_of_an_address_is_asked_for_by_its_name(stage: Stage, manner: Manner) -> None:
    hosts = ("mail.corp.example", "mx2.corp.example", "203.0.113.5")
    table = TABLE | {("mx2.corp.example", "A"): (ADDRESS,)}
    request = replace(BASE, domains=(DomainTarget(domain="corp.example", hosts=hosts),))
    where = {(ADDRESS, 25): ("127.0.0.1", stage.mail(manner))}
    probe = only(gather(replace(request, resolver=Zone(table).serve(stage)), where))
    assert {item.server_name for item in probe.tls_sessions} == set(hosts[:2])


def test_evidence_survives_json(stage: Stage, manner: Manner) -> None:
    manner.greeting = GREETING.replace(b"Microsoft", b"M\xff\x00\x1bsoft")
    seen = look(stage, manner)
    assert from_json(json.loads(encoded(seen))) == seen


@pytest.mark.parametrize("document", [None, [], {}, {"schema": 2}, {"schema": 1}])
def test_other_documents_are_refused(document: dict[str, object] | None) -> None:
    with pytest.raises(UnreadableEvidence):
        from_json(json.loads(json.dumps(document)))


def test_never_more_than_eight_conversations_at_once(stage: Stage, manner: Manner) -> None:
    look(stage, manner)
    assert manner.most_at_once <= 8
    assert len(manner.heard) == 11


def test_never_says_more_than_the_plan(stage: Stage, manner: Manner) -> None:
    manner.answers["AUTH"] = b"334 VXNlcm5hbWU6\r\n"
    look(stage, manner)
    verbs = {line.split(" ")[0] for lines in manner.heard for line in lines}
    assert verbs == {"EHLO", "STARTTLS", "AUTH", "*", "MAIL", "RCPT", "RSET", "QUIT"}


def test_what_is_put_off_is_tried_once_again(stage: Stage, manner: Manner) -> None:
    manner.answers["RCPT TO:<nobody@"] = b"451 4.7.0 Temporary server error. PRX1\r\n"
    probe = only(look(stage, manner))
    twice = [talk.name for talk in probe.conversations if talk.attempt == 2]
    assert twice == ["relay-inside-tls", "relay-foreign"]
    assert len(probe.final) == len(probe.conversations) - 2


def test_a_server_that_takes_few_connections_is_asked_in_turn(stage: Stage, manner: Manner) -> None:
    manner.takes_at_once = 2
    patient = replace(BASE, limits=replace(LIMITS, retry_pause=0.5))
    probe = only(look(stage, manner, patient))
    assert {talk.ending for talk in probe.conversations if talk.attempt == 1} >= {
        Ending.TURNED_AWAY
    }
    assert len(probe.final) == 11
    assert all(talk.greeting is not None for talk in probe.final)


def test_a_server_that_wants_tls_for_mail_is_asked_inside(stage: Stage, manner: Manner) -> None:
    manner.wants_tls = True
    (talk,) = only(look(stage, manner)).relay_talks(Purpose.RCPT_FOREIGN, "corp.example")
    assert (talk.layer, talk.attempt) == (Layer.TLS, 2)
    own = talk.reply(Purpose.RCPT_OWN)
    assert own is not None
    assert own.accepts


def test_a_closed_port_25_is_not_knocked_at_again_and_again(stage: Stage) -> None:
    request = replace(BASE, resolver=Zone(TABLE).serve(stage))
    probe = only(gather(request, {}))
    assert {talk.ending for talk in probe.conversations} == {Ending.REFUSED}
    assert len(probe.conversations) + len(probe.skipped) == 11
    assert len(probe.conversations) <= 8


def test_without_a_route_nothing_is_tried(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_way(_address: str) -> None:
        return None

    monkeypatch.setattr(address_probe, "local_address_towards", no_way)
    probe = only(gather(replace(BASE, resolver=Zone(TABLE).serve(stage))))
    assert not probe.has_route
    assert probe.conversations == ()
    assert probe.ports == ()


def test_strangers_are_left_alone(stage: Stage, manner: Manner) -> None:
    request = replace(BASE, domains=(DomainTarget(domain="filtered.example"),))
    seen = look(stage, manner, request)
    assert seen.addresses == ()
    assert seen.hosts[0].skipped == "belongs to Exchange Online Protection"
    assert manner.heard == []


def test_null_mx_leaves_nothing_to_probe(stage: Stage, manner: Manner) -> None:
    seen = look(stage, manner, replace(BASE, domains=(DomainTarget(domain="null.example"),)))
    assert seen.domains[0].route is RouteState.NULL_MX
    assert seen.addresses == ()


def test_a_host_without_a_domain_and_a_shared_plan(stage: Stage, manner: Manner) -> None:
    request = replace(BASE, domains=(), hosts=(ADDRESS,), compact=True)
    probe = only(look(stage, manner, request))
    names = [talk.name for talk in probe.final]
    assert names == ["auth-clear", "auth-tls", "relay-foreign", "old-tls"]
    assert probe.domains == ()


@pytest.mark.parametrize(("addresses", "planned"), [(32, 11), (33, 5)])
def test_more_than_32_addresses_share_conversations(
    stage: Stage, addresses: int, planned: int
) -> None:
    hosts = [f"mx{number}.corp.example" for number in range(addresses)]
    table: Table = {(host, "A"): (f"203.0.113.{at}",) for at, host in enumerate(hosts, start=1)}
    domains = [
        DomainTarget(domain=name, hosts=tuple(hosts[start : start + 20]))
        for start, name in ((0, "corp.example"), (20, "other.example"))
    ]
    request = replace(BASE, domains=tuple(domains), ports=(), resolver=Zone(table).serve(stage))
    seen = gather(request, redirects={})
    tried = {len(probe.conversations) + len(probe.skipped) for probe in seen.addresses}
    assert (len(seen.addresses), tried) == (addresses, {planned})


def test_the_end_of_the_run_ends_every_conversation(stage: Stage, manner: Manner) -> None:
    manner.greeting = b""
    seen = look(stage, manner, replace(BASE, limits=replace(LIMITS, run=0.2, reply=9)))
    assert seen.was_cut_short
    assert {talk.ending for talk in only(seen).conversations} == {Ending.OUT_OF_TIME}


def test_a_bad_option_is_told_before_anything_is_contacted(stage: Stage, manner: Manner) -> None:
    with pytest.raises(SettingsError, match="--ca-file="):
        look(stage, manner, replace(BASE, ca_file="no-such-file"))
    assert manner.heard == []


def test_without_a_name_the_probe_calls_itself_by_its_address(stage: Stage, manner: Manner) -> None:
    look(stage, manner, replace(BASE, ehlo_name=None))
    assert {lines[0] for lines in manner.heard} == {"EHLO [127.0.0.1]"}
