"""Which names a certificate bears, and which hosts they cover."""

import pytest

from selftests.exchange import der
from selftests.exchange.der import MAIL_HOST, certificate
from smtp_exposure.exchange.certificates import covers
from smtp_exposure.exchange.distinguished_names import parse_identifier


@pytest.mark.parametrize(
    ("common_name", "names", "expected"),
    [
        ("cn.example", ["a.example", "b.example"], ("a.example", "b.example")),
        ("cn.example", ["a.example"], ("a.example",)),
        ("cn.example", None, ("cn.example",)),
    ],
)
def test_the_common_name_counts_only_without_alternative_names(
    common_name: str, names: list[str] | None, expected: tuple[str, ...]
) -> None:
    read = certificate(der.der(der.common_name(common_name), names=names))
    assert read.names == expected
    assert read.common_names == (common_name,)
    assert read.covers("cn.example") is (names is None)


def test_a_certificate_without_any_name_covers_nothing() -> None:
    read = certificate(der.der((("O", "Corp"),), names=None))
    assert (read.names, read.covers(MAIL_HOST), read.subject) == ((), False, "O=Corp")


@pytest.mark.parametrize(
    ("name", "host"),
    [
        (MAIL_HOST, MAIL_HOST),
        ("MAIL.Corp.Example", MAIL_HOST),
        (MAIL_HOST, "MAIL.Corp.Example"),
        (MAIL_HOST, f"{MAIL_HOST}."),
        (f"{MAIL_HOST}.", MAIL_HOST),
        ("*.corp.example", MAIL_HOST),
        ("*.Corp.Example.", f"{MAIL_HOST}."),
        ("*.xn--gre-6ka8i.example", "mail.XN--gre-6ka8i.example"),
        ("xn--mil-qla.example", "XN--MIL-QLA.example"),
        ("*.example", "corp.example"),
        ("ex01", "EX01"),
    ],
)
def test_covers_a_host(name: str, host: str) -> None:
    assert covers(name, host)


@pytest.mark.parametrize(
    ("name", "host"),
    [
        (MAIL_HOST, "corp.example"),
        ("corp.example", MAIL_HOST),
        ("*.corp.example", "corp.example"),
        ("*.corp.example", "a.mail.corp.example"),
        ("*.corp.example", ".corp.example"),
        ("*.corp.example", "mail.notcorp.example"),
        ("m*.corp.example", MAIL_HOST),
        ("mail.*.example", MAIL_HOST),
        ("*", MAIL_HOST),
        ("*", "example"),
        ("*.", "example"),
        ("*.*.example", MAIL_HOST),
        ("mailXcorp.example", MAIL_HOST),
        ("", MAIL_HOST),
        (MAIL_HOST, ""),
    ],
)
def test_does_not_cover_another_host(name: str, host: str) -> None:
    assert not covers(name, host)


@pytest.mark.parametrize(
    ("text", "borne"),
    [
        (f"<I>{der.AUTHORITY_TEXT}<S>CN={MAIL_HOST}", True),
        (f"<i>{der.AUTHORITY_TEXT.upper()}<s>cn={MAIL_HOST.upper()}", True),
        (f"<I>{der.AUTHORITY_TEXT.replace(' S=', ' ST=')}<S>CN={MAIL_HOST}", True),
        (f"<I>CN=Other CA<S>CN={MAIL_HOST}", False),
        (f"<I>{der.AUTHORITY_TEXT}<S>CN=other.example", False),
        (f"<I>CN={MAIL_HOST}<S>{der.AUTHORITY_TEXT}", False),
    ],
)
def test_bears_the_names_of_its_issuer_and_subject(text: str, borne: bool) -> None:
    assert certificate().bears(parse_identifier(text)) is borne


def test_bears_a_name_with_every_awkward_part() -> None:
    subject = (("C", "US"), ("S", "Utah"), ("O", 'Corp, "Inc." + Sons'), ("CN", MAIL_HOST))
    text = f'<I>{der.AUTHORITY_TEXT}<S>CN={MAIL_HOST}, O="Corp, ""Inc."" + Sons", S=Utah, C=US'
    assert certificate(der.der(subject)).bears(parse_identifier(text))
