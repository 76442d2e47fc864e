"""The allow-list: what must never go out does not."""

import pytest

from smtp_exposure.smtp.commands import ForbiddenCommand, wire_form


@pytest.mark.parametrize(
    "line",
    [
        "EHLO probe.example", "EHLO [IPv6:2001:db8::1]", "HELO probe.example", "STARTTLS",
        "AUTH LOGIN", "AUTH NTLM", "*", "MAIL FROM:<>", "RCPT TO:<postmaster@corp.example>",
        'RCPT TO:<"a b@example.com"@corp.example>', "RSET", "QUIT",
    ],
)  # fmt: skip
def test_allows_what_the_plan_needs(line: str) -> None:
    assert wire_form(line) == line.encode() + b"\r\n"


@pytest.mark.parametrize(
    "line",
    [
        "DATA", "data", "BDAT 3 LAST", "AUTH", "AUTH PLAIN", "AUTH LOGIN dXNlcg==", "AUTH  LOGIN",
        "AUTH NTLM TlRMTVNTUAABAAAA", "dXNlcg==", "", "*\r\nDATA", "QUIT\r\n", "RSET\nDATA",
        "EHLO a\r\nDATA", "EHLO a b", "MAIL FROM:<a>\r\nDATA", "RCPT TO:<>", "RCPT TO:<a\rb>",
        "RCPT TO:<\u00e4@corp.example>", "RCPT TO:<" + "a" * 600 + ">", "VRFY root", "NOOP",
        "XCLIENT ADDR=127.0.0.1", "RCPT TO:<a> NOTIFY=NEVER",
    ],
)  # fmt: skip
def test_refuses_everything_else(line: str) -> None:
    with pytest.raises(ForbiddenCommand):
        wire_form(line)
