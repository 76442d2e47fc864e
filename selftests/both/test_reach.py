"""INT-07-3 and INT-04 with both halves: whether a stranger's look proves a server's ports closed."""

from typing import Any

import pytest

from selftests.checks.builders import expect, front_door, of_server
from selftests.checks.exported import INTERNAL, INTERNET, MAIL_HOST, auth, domain
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
from selftests.checks.registry import Seen
from selftests.checks.servers import HOST, greets
from selftests.checks.state import another_server
from smtp_exposure.both.reach import hosts_of, reached
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.expectations import Expectations
from smtp_exposure.records.answers import AnswerState, Kind
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.conversations import Ending
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.smtp.ports import PortState
from smtp_exposure.verdicts import Verdict, Why

CLIENT_PORTS = (587, 717, 465, 2525)
REACH, FQDN, BANNER = "INT-07-3", "INT-04-1", "INT-04-2"
OPEN = {587: PortState.OPEN}
NAMED = Expectations(mail_host="mx.corp.example")


def judge(
    verdict: Verdict,
    *seen: Seen,
    look: Approach | None = None,
    door: FrontDoor | None = None,
    others: int = 0,
    why: Why | None = None,
) -> None:
    """Judge one server of which nothing else is peculiar, beside other ones facing the Internet."""
    own = door or front_door()
    expect(
        REACH,
        verdict,
        *seen,
        why=why,
        front_door=own,
        front_doors=(own, *[front_door() for _ in range(others)]),
        approaches=(look,) if look else (),
    )


def unproved(address: str, *ports: int) -> tuple[Seen, ...]:
    """A finding for each port of an address of which nobody knows."""
    return tuple((at(address, port), "not proved unreachable") for port in ports or CLIENT_PORTS)


def closed(*probes: AddressProbe, **more: Any) -> Approach:
    return outside(*(probes or (probe(), probe(SIXTH))), **more)


def test_ports_that_a_stranger_can_not_reach_comply() -> None:
    judge(Verdict.COMPLIANT, look=closed())


def test_without_the_outside_half_nothing_is_assessed() -> None:
    judge(Verdict.NOT_ASSESSED, why=Why.NOT_ASKED)


@pytest.mark.parametrize("port", CLIENT_PORTS)
@pytest.mark.parametrize("state", [PortState.OPEN, PortState.MUTE])
def test_a_port_within_reach_deviates_on_its_address(port: int, state: PortState) -> None:
    look = closed(probe(), probe(SIXTH, ports={port: state}))
    judge(Verdict.DEVIATES, (at(SIXTH, port), f"{state.value} from outside"), look=look)


@pytest.mark.parametrize("port", [25, 110, 993, 475])
def test_other_ports_are_no_affair_of_this_check(port: int) -> None:
    judge(Verdict.COMPLIANT, look=closed(probe(ports={port: PortState.OPEN})))


def test_a_port_that_the_profile_allows_complies() -> None:
    allowed = Expectations(ports_outside=frozenset({25, 587}))
    door = front_door(expected=allowed)
    judge(Verdict.COMPLIANT, look=closed(probe(ports=OPEN)), door=door)


@pytest.mark.parametrize("changes", [{"RemoteIPRanges": INTERNAL}, {"AuthMechanism": auth("Tls")}])
def test_an_open_port_without_a_sign_in_for_strangers_complies(changes: dict[str, object]) -> None:
    door = front_door(on_client_ports=changes)
    judge(Verdict.COMPLIANT, look=closed(probe(ports=OPEN)), door=door)


@pytest.mark.parametrize("ending", [Ending.SILENT, Ending.REFUSED])
def test_silence_without_a_control_proves_nothing(ending: Ending) -> None:
    look = closed(probe(ending=ending), probe(SIXTH))
    judge(Verdict.INCONCLUSIVE, *unproved(ADDRESS), look=look)


def test_addresses_that_nobody_looked_at_are_not_proved_closed() -> None:
    lost = host(HOST, ADDRESS, aaaa=answer(Kind.AAAA, HOST, state=AnswerState.SERVFAIL))
    judge(
        Verdict.INCONCLUSIVE,
        (HOST, "not looked at: AAAA: SERVFAIL"),
        look=closed(probe(), hosts=[lost]),
    )


def test_a_device_that_accepts_everything_proves_nothing() -> None:
    look = closed(probe(ports={587: PortState.MUTE}, control=PortState.MUTE))
    judge(Verdict.INCONCLUSIVE, *unproved(ADDRESS), look=look)


def test_a_port_that_speaks_was_reached_though_everything_is_accepted() -> None:
    look = closed(probe(ports=OPEN, control=PortState.MUTE))
    opened = (at(ADDRESS, 587), "open from outside")
    judge(Verdict.DEVIATES, opened, *unproved(ADDRESS, 717, 465, 2525), look=look)


def test_a_port_within_reach_counts_beside_what_is_not_proved() -> None:
    look = closed(probe(ending=Ending.SILENT), probe(SIXTH, ports=OPEN))
    opened = (at(SIXTH, 587), "open from outside")
    judge(Verdict.DEVIATES, opened, *unproved(ADDRESS), look=look)


def test_a_look_from_inside_proves_nothing() -> None:
    inside = probe(says=greets(peer="10.0.0.9"), own="10.0.0.9")
    judge(Verdict.INCONCLUSIVE, (None, "seen from inside"), look=closed(inside))


def test_a_port_within_reach_counts_beside_a_look_from_inside() -> None:
    inside = probe(says=greets(peer="10.0.0.9"), own="10.0.0.9")
    opened = probe(SIXTH, ports=OPEN)
    for probes in ((opened, inside), (inside, opened)):
        seen = ((at(SIXTH, 587), "open from outside"), (None, "seen from inside"))
        judge(Verdict.DEVIATES, *seen, look=closed(*probes))


def test_an_address_without_a_route_proves_nothing() -> None:
    look = closed(probe(), probe(SIXTH, has_route=False), own=("198.51.100.77",))
    judge(Verdict.INCONCLUSIVE, *unproved(SIXTH), look=look)


def test_ports_that_were_not_tried_prove_nothing() -> None:
    untried = probe()
    kept = tuple(item for item in untried.ports if item.port != 2525)
    look = closed(AddressProbe(**{**_fields(untried), "ports": kept}))
    judge(Verdict.INCONCLUSIVE, *unproved(ADDRESS, 2525), look=look)


def _fields(item: AddressProbe) -> dict[str, Any]:
    names = ("address", "hosts", "domains", "conversations")
    return {name: getattr(item, name) for name in names}


def test_a_host_of_another_server_proves_nothing_of_this_one() -> None:
    elsewhere = probe(hosts=("mx2.corp.example",), says=greets(host="mx2.corp.example"))
    look = closed(elsewhere, domain=mail_domain(mx("10 mx2.corp.example.")))
    judge(Verdict.COMPLIANT, look=look)
    judge(
        Verdict.INCONCLUSIVE, (None, "no probed host is tied to this server"), look=look, others=1
    )


@pytest.mark.parametrize("name", ["MAIL.corp.example", "ex01.corp.example."])
def test_a_host_is_tied_by_what_the_server_there_calls_itself(name: str) -> None:
    shared = probe(hosts=("mx2.corp.example",), says=greets(host=name))
    look = closed(shared, domain=mail_domain(mx("10 mx2.corp.example.")))
    judge(Verdict.COMPLIANT, look=look, others=1)


def test_a_host_is_tied_by_the_connectors_fqdn_or_the_profile() -> None:
    judge(Verdict.COMPLIANT, look=closed(), others=1)
    named = front_door(expected=of_server(public_hosts=("MX2.corp.example.",)))
    judge(Verdict.INCONCLUSIVE, (None, "no probed host"), look=closed(), door=named, others=1)
    assert hosts_of(named) == {"mx2.corp.example"}
    assert hosts_of(front_door()) == {MAIL_HOST, "ex01.corp.example"}


def test_a_domain_that_leads_nowhere_ties_nothing() -> None:
    nowhere = outside(domain=mail_domain(mx("0 .")))
    judge(Verdict.INCONCLUSIVE, (None, "no probed host is tied"), look=nowhere)
    unknown = outside(domain=mail_domain(mx(state=AnswerState.SERVFAIL)))
    judge(Verdict.INCONCLUSIVE, (None, "no probed host is tied"), look=unknown)


def test_only_the_ports_asked_for_are_told() -> None:
    door, look = front_door(), closed(probe(ports=dict.fromkeys((587, 465), PortState.OPEN)))
    found = list(reached(door, (door,), (look,), [465]))
    assert [item.subject for item in found] == [at(ADDRESS, 465)]


def named_by(check: str, verdict: Verdict, *seen: Seen, **case: Any) -> None:
    """Judge names with what the outside half found."""
    changes, look = case.get("internet"), case.get("look") or closed()
    door = front_door(internet=changes, expected=case.get("expected"), others=[another_server()])
    why = case.get("why")
    expect(check, verdict, *seen, why=why, front_door=door, approaches=(look,))


def test_the_mx_host_that_was_found_is_the_name_to_compare_with() -> None:
    named_by(FQDN, Verdict.COMPLIANT)
    wrong = {"Fqdn": "ex01.corp.example"}
    named_by(FQDN, Verdict.DEVIATES, (INTERNET, "Fqdn is ex01.corp.example"), internet=wrong)
    banner = {"Banner": "220 ex01.corp.example ESMTP"}
    named_by(BANNER, Verdict.DEVIATES, (INTERNET, "Banner announces"), internet=banner)
    named_by(BANNER, Verdict.COMPLIANT, internet={"Banner": f"220 {HOST} ESMTP"})


def test_the_profile_comes_before_what_was_found() -> None:
    named_by(FQDN, Verdict.DEVIATES, (INTERNET, f"Fqdn is {HOST}"), expected=NAMED)
    named_by(FQDN, Verdict.COMPLIANT, internet={"Fqdn": "mx.corp.example"}, expected=NAMED)


def test_a_filtering_services_host_is_no_name_of_ours() -> None:
    service = "corp-example.mail.protection.outlook.com"
    records = mail_domain(mx(f"0 {service}."), also=(HOST,))
    hosts = [host(service, "192.0.2.200", skipped="belongs to a service"), host(HOST, ADDRESS)]
    look = outside(probe(), domain=records, hosts=hosts)
    named_by(FQDN, Verdict.COMPLIANT, look=look)
    wrong = (INTERNET, f"Fqdn is {service}")
    named_by(FQDN, Verdict.DEVIATES, wrong, internet={"Fqdn": service}, look=look)


def test_where_no_host_was_found_there_is_no_name_to_compare_with() -> None:
    nowhere = outside(domain=mail_domain(mx("0 .")))
    named_by(FQDN, Verdict.NOT_ASSESSED, look=nowhere, why=Why.NOT_ASKED)
    assert domain("corp.example").domain_name == "corp.example"


@pytest.mark.parametrize("names", [(HOST, "mx2.corp.example"), ("mx2.corp.example", HOST)])
def test_any_of_several_mx_hosts_will_do(names: tuple[str, str]) -> None:
    records = mail_domain(mx(*(f"{10 * n} {name}." for n, name in enumerate(names, 1))))
    named_by(FQDN, Verdict.COMPLIANT, look=outside(probe(hosts=names), domain=records))
