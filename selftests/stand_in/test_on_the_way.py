"""What stands around Exchange: masks, greylists, silence, gateways, other ports, policies."""

import socket
import ssl

import pytest

from lab.network import Way
from lab.running import Lab
from lab.scenarios.compliant import compliant
from lab.scenarios.organizations import several_servers
from lab.scenarios.surroundings import with_interference, with_network
from selftests.stand_in.conftest import Run
from selftests.stand_in.talk import connect, endpoint, greeting

OWN, FOREIGN = "RCPT TO:<postmaster@corp.example>", "RCPT TO:<a@example.com>"
PERCENT, UNKNOWN = "RCPT TO:<x%example.com@corp.example>", "RCPT TO:<x@corp.example>"


def test_a_mask_hides_words_and_commands(run: Run) -> None:
    with connect(run("masked")) as talk:
        said = talk.ehlo()
        assert [line for line in said if line.startswith("X")][:2] == ["XXXXXXXA", "XXXXXXXXXA"]
        assert talk.ask("STARTTLS") == "500 5.3.3 Unrecognized command 'XXXXXXXX'"
        assert talk.ask_all("MAIL FROM:<>", OWN) == ["250 2.1.0", "250 2.1.5"]


@pytest.mark.parametrize(
    ("scenario", "second"), [("greylisting", "450 4.7.1"), ("greylisting-passes", "250 2.1.5")]
)
def test_a_greylist_puts_off(run: Run, scenario: str, second: str) -> None:
    with connect(run(scenario)) as talk:
        talk.ehlo()
        assert talk.ask_all("MAIL FROM:<>", OWN, OWN) == ["250 2.1.0", "450 4.7.1", second]
        assert talk.ask(FOREIGN)[:9] == "450 4.7.1"


def test_the_greylist_tells_senders_apart(run: Run) -> None:
    with connect(run(with_interference(compliant(), greylist_seconds=0.0))) as talk:
        talk.ehlo()
        asked = ("MAIL FROM:<a@b.example>", OWN, "RSET", "MAIL FROM:<>", OWN)
        assert talk.ask_all(*asked)[-1] == "450 4.7.1"


def test_a_mute_port_never_greets(run: Run) -> None:
    with socket.create_connection(endpoint(run("smtp-mute")), timeout=0.2) as connection:
        connection.sendall(b"EHLO x\r\n")
        with pytest.raises(TimeoutError):
            connection.recv(1)


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        ("internal-only-server", ["250 2.1.5", "554 5.7.1", "550 5.1.1", "550 5.1.1"]),
        ("relay-percent-hack", ["250 2.1.5", "554 5.7.1", "250 2.1.5", "550 5.1.1"]),
        ("relay", ["250 2.1.5"] * 4),
    ],
)
def test_gateways_relay_nothing_a_little_or_everything(
    run: Run, scenario: str, told: list[str]
) -> None:
    with connect(run(scenario)) as talk:
        talk.ehlo()
        talk.ask("MAIL FROM:<>")
        assert talk.ask_all(OWN, FOREIGN, PERCENT, UNKNOWN) == told


def test_a_gateway_is_no_exchange(run: Run) -> None:
    running = run("relay")
    with connect(running) as talk:
        assert (talk.greeting, "STARTTLS" in talk.ehlo()) == ("220 mail.corp.example ESMTP", True)
        assert talk.ask_all("AUTH LOGIN", FOREIGN, "DATA") == [
            "503 5.5.1",
            "503 5.5.1",
            "554 5.5.1",
        ]
        talk.start_tls(ssl.create_default_context(cafile=str(running.ca_file)))
        assert "STARTTLS" not in talk.ehlo()


def test_pop_and_imap_greet(run: Run) -> None:
    with connect(run("no-firewall"), port=110) as talk:
        assert talk.greeting == "+OK The Microsoft Exchange POP3 service is ready."
    with connect(run("imap-open"), port=143) as talk:
        assert talk.greeting == "* OK The Microsoft Exchange IMAP4 service is ready."


def test_993_speaks_tls_from_the_start(run: Run) -> None:
    with socket.create_connection(endpoint(run("imap-open"), port=993), timeout=5) as plain:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(plain) as secure:
            assert secure.recv(100).startswith(b"* OK ")


def test_mailbox_transport_greets_in_capitals(run: Run) -> None:
    with connect(run("no-firewall"), port=475) as talk:
        assert talk.greeting == "220 EX01.CORP.EXAMPLE MICROSOFT ESMTP MAIL SERVICE READY"
        assert talk.ask("EHLO x") == "503 5.5.1 Bad sequence of commands"


def fetched(running: Lab, path: str) -> bytes:
    context = ssl.create_default_context(cafile=str(running.ca_file))
    plain = socket.create_connection(endpoint(running, "203.0.113.80", 443), timeout=5)
    with context.wrap_socket(plain, server_hostname="mta-sts.corp.example") as secure:
        secure.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        return b"".join(iter(lambda: secure.recv(4_096), b""))


def test_the_policy_is_fetched_over_verified_https(run: Run) -> None:
    running = run("policies-published")
    answer = fetched(running, "/.well-known/mta-sts.txt")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"mx: mail.corp.example\r\n" in answer
    assert fetched(running, "/").startswith(b"HTTP/1.1 404 Not Found\r\n")


def test_a_second_server_answers_its_own_address(run: Run) -> None:
    running = run("several-servers")
    names = [greeting(running, f"203.0.113.{number}").split()[1] for number in (25, 26, 27)]
    assert names == ["mail.corp.example", "mail.corp.example", "ex03.corp.example"]


def test_a_pool_takes_turns(run: Run) -> None:
    way = Way(address="203.0.113.25", servers=("EX01", "EX03"))
    running = run(with_network(several_servers(), ways=(way,)))
    names = [greeting(running).split()[1] for _ in range(3)]
    assert names == ["mail.corp.example", "ex03.corp.example", "mail.corp.example"]
