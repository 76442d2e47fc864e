"""lab/zone.py and lab/name_server.py, asked by dnspython over UDP and TCP."""

import ipaddress

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from lab.name_server import Zone
from lab.running import Lab
from lab.scenarios.compliant import compliant
from lab.scenarios.surroundings import with_names
from selftests.stand_in.conftest import Run
from selftests.stand_in.talk import V4, V6

DOMAIN, HOST = "corp.example", "mail.corp.example"


def ask(running: Lab, name: str, kind: str, *, tcp: bool = False) -> dns.message.Message:
    address, port = running.resolver
    query = dns.message.make_query(name, kind, use_edns=0)
    if tcp:
        return dns.query.tcp(query, address, port=port, timeout=5)
    return dns.query.udp(query, address, port=port, timeout=5)


def data(response: dns.message.Message) -> list[str]:
    return [record.to_text() for answer in response.answer for record in answer]


def reverse(address: str) -> str:
    return ipaddress.ip_address(address).reverse_pointer


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize(
    ("name", "kind", "wanted"),
    [
        (DOMAIN, "MX", [f"10 {HOST}."]),
        (HOST, "A", [V4]),
        ("MAIL.corp.example", "AAAA", [V6]),
        (reverse(V4), "PTR", [f"{HOST}."]),
        (reverse(V6), "PTR", [f"{HOST}."]),
        (reverse("198.51.100.77"), "PTR", ["probe.example.net."]),
        ("probe.example.net", "AAAA", ["2001:db8:51::77"]),
    ],
)
def test_records(run: Run, name: str, kind: str, wanted: list[str], tcp: bool) -> None:
    assert data(ask(run("compliant"), name, kind, tcp=tcp)) == wanted


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("gone.corp.example", "A", "NXDOMAIN"),
        ("com", "NS", "NXDOMAIN"),
        (HOST, "MX", "NOERROR"),
        ("example", "A", "NOERROR"),
    ],
)
def test_negative_answers(run: Run, name: str, kind: str, code: str) -> None:
    response = ask(run("compliant"), name, kind)
    assert (dns.rcode.to_text(response.rcode()), data(response)) == (code, [])
    assert response.authority[0].rdtype == dns.rdatatype.SOA


def test_an_alias_is_followed(run: Run) -> None:
    running = run("mx-cname")
    assert data(ask(running, HOST, "A")) == ["gate.corp.example.", V4]
    assert data(ask(running, HOST, "CNAME")) == ["gate.corp.example."]


def test_a_null_mx_is_a_lone_dot(run: Run) -> None:
    assert data(ask(run("mx-null"), DOMAIN, "MX")) == ["0 ."]


def test_a_domain_without_mx_has_an_address(run: Run) -> None:
    running = run("mx-missing")
    assert data(ask(running, DOMAIN, "MX")) == []
    assert data(ask(running, DOMAIN, "A")) == [V4]


def test_a_dangling_mx(run: Run) -> None:
    running = run("mx-dangling")
    assert "20 gone.corp.example." in data(ask(running, DOMAIN, "MX"))
    assert ask(running, "gone.corp.example", "A").rcode() == dns.rcode.NXDOMAIN


def test_servfail(run: Run) -> None:
    running = run("dns-servfail")
    assert ask(running, DOMAIN, "MX").rcode() == dns.rcode.SERVFAIL
    assert data(ask(running, HOST, "A")) == [V4]


def test_refused_and_no_answer_at_all(run: Run) -> None:
    failures = ((DOMAIN, "MX", "REFUSED"), (HOST, "A", "SILENT"))
    running = run(with_names(compliant(), failures=failures))
    assert ask(running, DOMAIN, "MX").rcode() == dns.rcode.REFUSED
    with pytest.raises(dns.exception.Timeout):
        dns.query.udp(dns.message.make_query(HOST, "A"), "127.0.0.1", 0.2, running.resolver[1])


def test_policies(run: Run) -> None:
    running = run("policies-published")
    (tlsa,) = data(ask(running, f"_25._tcp.{HOST}", "TLSA"))
    assert data(ask(running, f"_mta-sts.{DOMAIN}", "TXT")) == ['"v=STSv1; id=20260101000000Z;"']
    assert tlsa.startswith("3 1 1 ")


def test_a_long_answer_is_cut_short_over_udp_and_whole_over_tcp(run: Run) -> None:
    texts = tuple((f"long.{DOMAIN}", f"{i:03}" * 50) for i in range(20))
    running = run(with_names(compliant(), texts=texts))
    assert ask(running, f"long.{DOMAIN}", "TXT").flags & dns.flags.TC
    assert len(data(ask(running, f"long.{DOMAIN}", "TXT", tcp=True))) == 20


def test_several_questions_at_once_are_a_format_error() -> None:
    query = dns.message.make_query(DOMAIN, "MX")
    query.question *= 2
    response = Zone((), ()).answer(query)
    assert response is not None
    assert response.rcode() == dns.rcode.FORMERR
