"""Greetings of Exchange, of others, masked and custom ones."""

import pytest

from smtp_exposure.smtp.greeting import parse_greeting

BASE = "220 mail.corp.example Microsoft ESMTP MAIL Service ready at Tue, 24 Nov 2026 04:00:00 +0000"


def test_reads_host_software_and_date() -> None:
    greeting = parse_greeting(BASE)
    assert greeting.host == "mail.corp.example"
    assert greeting.software == "Microsoft ESMTP MAIL Service"
    assert greeting.date == "Tue, 24 Nov 2026 04:00:00 +0000"
    assert not greeting.masked


@pytest.mark.parametrize(
    ("text", "host", "software"),
    [
        (BASE.replace("mail.corp.example", "EX01"), "EX01", "Microsoft ESMTP MAIL Service"),
        (BASE.upper(), "MAIL.CORP.EXAMPLE", "MICROSOFT ESMTP MAIL SERVICE"),
        ("220 mx.corp.example ESMTP Postfix", "mx.corp.example", "ESMTP Postfix"),
        (
            "220 mx.corp.example ESMTP Exim 4.96 Mon, 23 Nov 2026 10:00:00 +0100",
            "mx.corp.example",
            "ESMTP Exim 4.96",
        ),
        ("220 [192.0.2.1] ESMTP", "[192.0.2.1]", "ESMTP"),
        ("220 mail.corp.example", "mail.corp.example", None),
        ("220 Authorized use only", None, None),
        ("220", None, None),
        ("220 <Banner Text>", None, None),
        ("220 ESMTP", None, None),
        ("220 smtp", None, None),
        ("220 ESMTP Postfix", None, None),
        ("220 Microsoft ESMTP MAIL Service", None, None),
        ("220 esmtp.corp.example", "esmtp.corp.example", None),
        ("220 SMTP01 ESMTP", "SMTP01", "ESMTP"),
    ],
)
def test_reads_other_greetings(text: str, host: str | None, software: str | None) -> None:
    greeting = parse_greeting(text)
    assert (greeting.host, greeting.software) == (host, software)


@pytest.mark.parametrize("text", ["220 ****", "220 ****************2******200**0*00"])
def test_stars_are_a_masked_greeting(text: str) -> None:
    assert parse_greeting(text).masked
