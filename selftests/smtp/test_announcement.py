"""What --plan prints: everything that a look may contact, ask and send, before it does."""

from dataclasses import replace

import pytest

from smtp_exposure.smtp.announcement import describe_request
from smtp_exposure.smtp.request import DomainTarget, Limits, ProbeRequest

REQUEST = ProbeRequest(domains=(DomainTarget(domain="corp.example"),))
NAMED = replace(REQUEST, domains=(DomainTarget(domain="corp.example", hosts=("mx.example",)),))


def text(request: ProbeRequest) -> str:
    return "\n".join(describe_request(request))


@pytest.mark.parametrize(
    "line",
    [
        "DNS, asked of the system's DNS servers:",
        "  corp.example: MX, TXT _mta-sts",
        "GET https://mta-sts.corp.example/.well-known/mta-sts.txt",
        "corp.example: each address of each host of its MX:",
        "RCPT TO:<probe-0123456789ab@corp.example>, RSET, QUIT",
        "on ports 993 and 995 a TLS ClientHello is sent, on the others nothing",
        "Where that comes to more than 32 addresses, the questions share five conversations",
        "Limits: 8 conversations at once to one address, 30 s a reply, 90 s a conversation, 180 s",
        "Once more, after 5 s: what is answered 4xx or 421, or cut off",
        "Never sent: DATA or BDAT, a user name, a password.",
    ],
)
def test_says_everything(line: str) -> None:
    assert line in text(REQUEST)


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (replace(REQUEST, resolver="192.0.2.53:53"), "DNS, asked of 192.0.2.53:53:"),
        (NAMED, "corp.example: TXT _mta-sts\n"),
        (NAMED, "corp.example: each address of mx.example:"),
        (replace(REQUEST, foreign_mx=("*.filter.example",)), "never probed: hosts under *.filter"),
        (replace(REQUEST, domains=(), hosts=("mx.example",)), "mail hosts: each address of mx.exa"),
        (replace(REQUEST, limits=Limits(at_once=4, reply=45)), "4 conversations at once to one"),
        (replace(REQUEST, compact=True), "port 25, auth-tls: greeting, EHLO, STARTTLS, EHLO, AUTH"),
        (
            replace(REQUEST, compact=True),
            "port 25, auth-clear: greeting, EHLO, AUTH LOGIN, AUTH NTLM",
        ),
        (replace(REQUEST, foreign_domain="other.example"), "RCPT TO:<nobody@other.example>"),
    ],
)
def test_says_what_the_options_change(request_: ProbeRequest, line: str) -> None:
    assert line in text(request_)
    assert line not in text(REQUEST)


def test_a_fleet_is_announced_as_one() -> None:
    assert "share five conversations" not in text(replace(REQUEST, compact=True))
