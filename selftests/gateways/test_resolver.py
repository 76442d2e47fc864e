"""DNS questions against a small server on loopback that answers, or fails, in each way."""

import asyncio

import pytest

from selftests.gateways.stage import Stage
from selftests.gateways.zones import JUNK, SILENT, TRUNCATED, Table, Zone
from smtp_exposure.errors import SettingsError
from smtp_exposure.gateways.mail_routes import resolve_domain, resolve_host, resolve_reverse
from smtp_exposure.gateways.resolver import Resolver, parse_endpoint
from smtp_exposure.records.answers import Answer, AnswerState, Kind
from smtp_exposure.records.mail_exchangers import RouteState
from smtp_exposure.smtp.request import DomainTarget, Limits, ProbeRequest

TABLE: Table = {
    ("corp.example", "MX"): ("20 mx2.corp.example.", "10 MX1.corp.example."),
    ("corp.example", "A"): ("203.0.113.80",),
    ("mx1.corp.example", "A"): ("203.0.113.5",),
    ("mx1.corp.example", "AAAA"): ("2001:db8::5",),
    ("mx2.corp.example", "CNAME"): ("mx1.corp.example.",),
    ("mx3.corp.example", "CNAME"): ("gone.elsewhere.example.",),
    ("null.example", "MX"): ("0 .",),
    ("nomx.example", "A"): ("203.0.113.80",),
    ("broken.example", "MX"): "SERVFAIL",
    ("closed.example", "MX"): "REFUSED",
    ("slow.example", "MX"): SILENT,
    ("junk.example", "MX"): JUNK,
    ("big.example", "MX"): (TRUNCATED, "10 mx1.corp.example."),
    ("_mta-sts.corp.example", "TXT"): ('"v=STSv1; " "id=1"',),
    ("_25._tcp.mx1.corp.example", "TLSA"): ("3 1 1 " + "ab" * 32,),
    ("5.113.0.203.in-addr.arpa", "PTR"): ("mx1.corp.example.", "other.example."),
    ("other.example", "A"): ("203.0.113.6",),
}


def ask(stage: Stage, name: str, kind: Kind, seconds: float = 5.0) -> Answer:
    async def asking() -> Answer:
        return await Resolver(server, seconds).ask(name, kind)

    server = Zone(TABLE).serve(stage)
    return asyncio.run(asking())


@pytest.mark.parametrize(
    ("name", "kind", "state", "values"),
    [
        (
            "corp.example",
            Kind.MX,
            AnswerState.FOUND,
            {"20 mx2.corp.example.", "10 MX1.corp.example."},
        ),
        ("null.example", Kind.MX, AnswerState.FOUND, {"0 ."}),
        ("big.example", Kind.MX, AnswerState.FOUND, {"10 mx1.corp.example."}),
        ("nomx.example", Kind.MX, AnswerState.NO_DATA, set()),
        ("missing.example", Kind.MX, AnswerState.NXDOMAIN, set()),
        ("broken.example", Kind.MX, AnswerState.SERVFAIL, set()),
        ("closed.example", Kind.MX, AnswerState.REFUSED, set()),
        ("mx1.corp.example", Kind.AAAA, AnswerState.FOUND, {"2001:db8::5"}),
        ("_mta-sts.corp.example", Kind.TXT, AnswerState.FOUND, {"v=STSv1; id=1"}),
        ("_25._tcp.mx1.corp.example", Kind.TLSA, AnswerState.FOUND, {"3 1 1 " + "ab" * 32}),
        ("a..b", Kind.A, AnswerState.UNREADABLE, set()),
    ],
)
def test_tells_answers_apart(
    stage: Stage, name: str, kind: Kind, state: AnswerState, values: set[str]
) -> None:
    found = ask(stage, name, kind)
    assert (found.state, set(found.values)) == (state, values)


@pytest.mark.parametrize("name", ["slow.example", "junk.example"])
def test_silence_and_noise_are_no_answer(stage: Stage, name: str) -> None:
    found = ask(stage, name, Kind.MX, seconds=0.5)
    assert not found.is_answered
    assert found.state in (AnswerState.TIMED_OUT, AnswerState.UNREADABLE)


def test_an_alias_is_followed_and_named(stage: Stage) -> None:
    found = ask(stage, "mx2.corp.example", Kind.A)
    assert (found.canonical, found.values) == ("mx1.corp.example", ("203.0.113.5",))


def test_a_dangling_alias_is_named_too(stage: Stage) -> None:
    found = ask(stage, "mx3.corp.example", Kind.A)
    assert found.canonical == "gone.elsewhere.example"
    assert not found.values


def test_the_same_question_is_asked_once(stage: Stage) -> None:
    async def asking() -> None:
        resolver = Resolver(server)
        await asyncio.gather(*(resolver.ask("Corp.example.", Kind.MX) for _ in range(5)))
        await resolver.ask("corp.example", Kind.MX)

    zone = Zone(TABLE)
    server = zone.serve(stage)
    asyncio.run(asking())
    assert zone.asked == [("corp.example", "MX")]


@pytest.mark.parametrize(
    ("domain", "route", "hosts"),
    [
        ("corp.example", RouteState.HOSTS, ("mx1.corp.example", "mx2.corp.example")),
        ("null.example", RouteState.NULL_MX, ()),
        ("nomx.example", RouteState.NO_MX, ()),
        ("missing.example", RouteState.NO_DOMAIN, ()),
        ("broken.example", RouteState.UNKNOWN, ()),
    ],
)
def test_finds_the_hosts_of_a_domain(
    stage: Stage, domain: str, route: RouteState, hosts: tuple[str, ...]
) -> None:
    server = Zone(TABLE).serve(stage)

    async def asking() -> tuple[RouteState, tuple[str, ...]]:
        found = await resolve_domain(DomainTarget(domain=domain), Resolver(server), Limits())
        return found.route, found.hosts

    assert asyncio.run(asking()) == (route, hosts)


def test_named_hosts_stand_in_for_the_mx(stage: Stage) -> None:
    server = Zone(TABLE).serve(stage)
    target = DomainTarget(domain="corp.example", hosts=("EX.",), public_hosts=("pub", "ex"))

    async def asking() -> tuple[str, ...]:
        found = await resolve_domain(target, Resolver(server), Limits(hosts_per_domain=2))
        return found.hosts

    assert asyncio.run(asking()) == ("ex", "pub")


@pytest.mark.parametrize(
    ("name", "addresses", "skipped"),
    [
        ("mx1.corp.example", ("203.0.113.5", "2001:db8::5"), False),
        ("192.0.2.7", ("192.0.2.7",), False),
        ("[2001:db8::7]", ("2001:db8::7",), False),
        ("corp.mail.protection.outlook.com", (), True),
        ("mx9.corp.example", (), False),
    ],
)
def test_finds_the_addresses_of_a_host(
    stage: Stage, name: str, addresses: tuple[str, ...], skipped: bool
) -> None:
    server = Zone(TABLE).serve(stage)

    async def asking() -> tuple[tuple[str, ...], bool]:
        found = await resolve_host(name, Resolver(server), ProbeRequest())
        return found.addresses, found.skipped is not None

    assert asyncio.run(asking()) == (addresses, skipped)


def test_reverse_names_are_led_back(stage: Stage) -> None:
    server = Zone(TABLE).serve(stage)

    async def asking() -> tuple[str, ...]:
        return (await resolve_reverse("203.0.113.5", Resolver(server))).confirmed

    assert asyncio.run(asking()) == ("mx1.corp.example",)


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
    ],
)
def test_reads_the_option(text: str, endpoint: tuple[str, int]) -> None:
    assert parse_endpoint(text) == endpoint


@pytest.mark.parametrize("text", ["", "dns.example", "192.0.2.53:0", "192.0.2.53:99999", "::1:x"])
def test_a_bad_option_is_named(text: str) -> None:
    with pytest.raises(SettingsError, match="--resolver="):
        parse_endpoint(text)
