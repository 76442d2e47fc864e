"""What mail servers of every manner saw of a whole look, on loopback and with its real pauses."""

import re
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from selftests.on_the_wire import promises
from selftests.on_the_wire.recorder import MANNERS
from selftests.on_the_wire.recordings import Talk, recording
from smtp_exposure.gateways import probe
from smtp_exposure.gateways.probe import gather
from smtp_exposure.smtp.announcement import EXAMPLE, describe_request
from smtp_exposure.smtp.plan import AddressPlan, ConversationPlan, Layer, Purpose, Step
from smtp_exposure.smtp.request import DomainTarget, Limits, ProbeRequest

# Looks run side by side in threads, and warnings.catch_warnings(), which they use, knows no threads.
pytestmark = pytest.mark.filterwarnings("ignore")

ADDRESS = "203.0.113.5"
TALKATIVE = tuple(manner for manner in MANNERS if manner != "mute")
PUT_OFF = ("greylist", "busy", "hangs up")
# Nothing but the DNS, which is not there, is waited for less long than in a run.
LIMITS = Limits(dns=0.2)


def request_for(*domains: str) -> ProbeRequest:
    """A look at these domains, whose mail goes to one address."""
    return ProbeRequest(
        domains=tuple(DomainTarget(domain=name, hosts=(ADDRESS,)) for name in domains),
        resolver="127.0.0.1:9",
        limits=LIMITS,
    )


REQUESTS = {
    "wide": request_for("corp.example"),
    "compact": request_for(*(f"brand{number}.example" for number in range(17))),
}
PLANNED = {"wide": promises.CONVERSATIONS, "compact": 2 + 17 * 2 + 1}
LOOKS = [(plan, manner) for plan in REQUESTS for manner in TALKATIVE]
Broken = Callable[[Iterable[Talk]], list[str]]


@dataclass(frozen=True)
class Seen:
    """One look as its server saw it."""

    plan: str
    manner: str
    talks: tuple[Talk, ...]


def look(folder: Path, *looks: tuple[str, ProbeRequest]) -> list[tuple[Talk, ...]]:
    """Look at servers of these manners, all at once."""
    places = [f"{manner}@127.0.0.1@0" for manner, _ in looks]
    with recording(folder, places) as server, ThreadPoolExecutor(len(looks)) as pool:
        ways = [{(ADDRESS, 25): ("127.0.0.1", port)} for port in server.ports]
        requests = [request for _, request in looks]
        for _ in pool.map(gather, requests, ways):
            pass
    return [tuple(talk for talk in server.talks if talk.port == port) for port in server.ports]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Seen]:
    """Every manner, looked at by either plan."""
    folder = tmp_path_factory.mktemp("loopback")
    found = look(folder, *((manner, REQUESTS[plan]) for plan, manner in LOOKS))
    return {
        (plan, manner): Seen(plan, manner, talks)
        for (plan, manner), talks in zip(LOOKS, found, strict=True)
    }


@pytest.fixture(params=LOOKS, ids=[f"{plan}, {manner}" for plan, manner in LOOKS])
def seen(request: pytest.FixtureRequest, everything: dict[tuple[str, str], Seen]) -> Seen:
    found = everything[request.param]
    sys.stdout.write(
        f"{found.plan} plan, server {found.manner!r}: {len(found.talks)} conversations, "
        f"{promises.most_at_once(promises.spans(found.talks))} at once, "
        f"at most {max(map(promises.refusals, found.talks))} refusals in one, "
        f"{promises.most_tries(found.talks)} tries, "
        f"shortest pause {min(promises.pauses(found.talks), default=0):.2f} s\n"
    )
    return found


def test_nothing_but_the_listed_commands_is_said(seen: Seen) -> None:
    assert promises.messages(seen.talks) == []
    assert promises.other_commands(seen.talks) == []
    assert promises.answered_prompts(seen.talks) == []


def test_conversations_are_as_many_as_told(seen: Seen) -> None:
    tries = promises.TRIES if seen.manner in (*PUT_OFF, "only inside TLS") else 1
    assert PLANNED[seen.plan] <= len(seen.talks) <= PLANNED[seen.plan] * tries
    assert promises.most_tries(seen.talks) <= promises.TRIES


def test_no_more_connections_at_once_than_told(seen: Seen) -> None:
    assert promises.most_at_once(promises.spans(seen.talks)) <= promises.AT_ONCE


def test_no_more_refusals_in_a_conversation_than_told(seen: Seen) -> None:
    most = max(map(promises.refusals, seen.talks))
    assert most <= promises.REFUSALS_OF_ANY[seen.plan] < promises.PROTOCOL_ERRORS
    if seen.manner in ("as demanded", "tarpit", "signs in"):
        assert most <= promises.REFUSALS[seen.plan]


def test_whoever_is_put_off_is_left_in_peace_for_a_while(seen: Seen) -> None:
    found = promises.pauses(seen.talks)
    assert bool(found) == (seen.manner in PUT_OFF)
    assert min(found, default=promises.PAUSE_S) >= promises.PAUSE_S


@pytest.mark.parametrize("plan", REQUESTS)
def test_what_plan_prints_is_what_goes_out(
    plan: str, everything: dict[tuple[str, str], Seen]
) -> None:
    # It is printed for each domain; domains that share an address share the questions for AUTH.
    printed = {
        line.partition(": greeting, ")[2].replace("STARTTLS with TLS 1.1 at most, QUIT", "STARTTLS")
        for line in describe_request(REQUESTS[plan])
        if line.startswith("  port 25, ")
    }
    sent = [", ".join(talk.sent) for talk in everything[plan, "as demanded"].talks]
    for private, shown in ((r"EHLO [^,]+", "EHLO"), (r"probe-[0-9a-f]{12}", EXAMPLE)):
        sent = [re.sub(private, shown, line) for line in sent]
    assert set(sent) == printed


@pytest.mark.parametrize("plan", REQUESTS)
def test_prompts_were_seen_and_cancelled(
    plan: str, everything: dict[tuple[str, str], Seen]
) -> None:
    said = [line for talk in everything[plan, "signs in"].talks for line in talk.sent]
    attempts = [line for line in said if line.startswith("AUTH")]
    assert sorted(attempts) == ["AUTH LOGIN"] * 2 + ["AUTH NTLM"] * 2
    assert said.count("*") == len(attempts)


def test_the_limits_that_are_measured_were_reached(
    everything: dict[tuple[str, str], Seen],
) -> None:
    slow = [everything[plan, "tarpit"].talks for plan in REQUESTS]
    assert [promises.most_at_once(promises.spans(talks)) for talks in slow] == [8, 8]
    told_no = {
        (plan, manner): max(map(promises.refusals, everything[plan, manner].talks))
        for plan in REQUESTS
        for manner in ("as demanded", "nobody lives here", "knows no EHLO")
    }
    assert {plan: told_no[plan, "as demanded"] for plan in REQUESTS} == promises.REFUSALS
    assert {plan: told_no[plan, "knows no EHLO"] for plan in REQUESTS} == promises.REFUSALS_OF_ANY
    assert everything["wide", "only inside TLS"].talks[0].replies


def test_one_connection_too_many_is_seen(tmp_path: Path) -> None:
    changed = replace(REQUESTS["wide"], limits=replace(LIMITS, at_once=9))
    (talks,) = look(tmp_path, ("tarpit", changed))
    assert promises.most_at_once(promises.spans(talks)) == promises.AT_ONCE + 1


def test_a_pause_too_short_is_seen(tmp_path: Path) -> None:
    changed = replace(REQUESTS["wide"], limits=replace(LIMITS, retry_pause=0.5))
    (talks,) = look(tmp_path, ("greylist", changed))
    assert 0.5 <= min(promises.pauses(talks)) < promises.PAUSE_S


def test_the_refusals_of_the_shared_plan_are_too_many_for_the_other(tmp_path: Path) -> None:
    (talks,) = look(tmp_path, ("as demanded", replace(REQUESTS["wide"], compact=True)))
    assert max(map(promises.refusals, talks)) > promises.REFUSALS["wide"]


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("DATA", promises.messages),
        ("BDAT 5 LAST", promises.messages),
        ("AUTH LOGIN cm9vdA==", promises.other_commands),
        ("AUTH PLAIN", promises.other_commands),
        ("VRFY root", promises.other_commands),
    ],
)
def test_a_command_that_no_list_holds_is_seen(
    line: str, broken: Broken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two locks stand before such a line; both are broken.
    for lock in ("smtp.plan", "gateways.smtp_wire"):
        monkeypatch.setattr(f"smtp_exposure.{lock}.wire_form", lambda line: f"{line}\r\n".encode())
    step = Step(purpose=Purpose.RSET, line=line)
    only = ConversationPlan(name="forbidden", layer=Layer.TLS, groups=((step,),))
    planned = AddressPlan(conversations=(only,), ports=())
    monkeypatch.setattr(probe, "plan_address", lambda *_, **_named: planned)
    (talks,) = look(tmp_path, ("as demanded", REQUESTS["wide"]))
    assert broken(talks) == [line]
