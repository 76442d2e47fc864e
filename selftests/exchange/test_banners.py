"""What a Banner announces: a host, or a text."""

import pytest

from smtp_exposure.exchange.banners import announced_host


@pytest.mark.parametrize(
    "banner",
    [
        "220 mail.corp.example ESMTP ready",
        "220 mail.corp.example",
        "220-mail.corp.example ESMTP\r\n220 second line",
        "220 MAIL.Corp.Example Microsoft ESMTP MAIL Service ready at Mon, 3 Feb 2025",
        "220 mail.corp.example. ESMTP",
        "220  mail.corp.example  ESMTP",
        "  220 mail.corp.example ESMTP\n",
        "mail.corp.example ESMTP",
    ],
)
def test_reads_the_host_after_the_code(banner: str) -> None:
    assert announced_host(banner) == "mail.corp.example"


@pytest.mark.parametrize(
    "banner",
    [
        "",
        "   ",
        "220",
        "220 SMTP Server Ready",
        "220 ESMTP mail.corp.example",
        "220 localhost ESMTP",
        "220 mail.corp.example: ready",
        "220 *****@corp.example",
        "220 -",
        "220-Welcome\r\n220 mail.corp.example",
        "220 " + ".".join(["a" * 63] * 5) + " ESMTP",
    ],
)
def test_a_text_names_no_host(banner: str) -> None:
    assert announced_host(banner) is None


def test_another_host_is_told_apart() -> None:
    assert announced_host("220 ex01.corp.example ESMTP") == "ex01.corp.example"


def test_a_name_of_figures_keeps_them() -> None:
    assert announced_host("220 220.corp.example ESMTP") == "220.corp.example"
