"""EHLO replies: one field of Exchange's own changed at a time."""

from ipaddress import ip_address

import pytest

from smtp_exposure.smtp.ehlo import Capabilities, parse_ehlo, read_address
from smtp_exposure.smtp.replies import parse_reply

BASE = (
    "250-mail.corp.example Hello [203.0.113.9]",
    "250-SIZE 37748736",
    "250-PIPELINING",
    "250-STARTTLS",
    "250 CHUNKING",
)


def ehlo(*lines: str) -> Capabilities:
    return parse_ehlo(parse_reply("\r\n".join(lines).encode() + b"\r\n"))


def replaced(line: str) -> Capabilities:
    return ehlo(*BASE[:4], line)


def test_an_anonymous_connector_offers_nothing_to_sign_in_with() -> None:
    found = ehlo(*BASE)
    assert (found.host, found.seen_address) == ("mail.corp.example", ip_address("203.0.113.9"))
    assert found.starttls
    assert found.pipelining
    assert found.size == 37748736
    assert not found.offers_sign_in
    assert not any((found.has_bare_auth, found.masked, found.server_words))


@pytest.mark.parametrize(
    ("line", "auth", "equals", "exps"),
    [
        ("250 AUTH NTLM LOGIN", ("NTLM", "LOGIN"), (), ()),
        ("250 auth   ntlm\tLogin ", ("NTLM", "LOGIN"), (), ()),
        ("250 AUTH=LOGIN PLAIN", (), ("LOGIN", "PLAIN"), ()),
        ("250 Auth = LOGIN", (), ("LOGIN",), ()),
        ("250 X-EXPS GSSAPI NTLM", (), (), ("GSSAPI", "NTLM")),
        ("250 X-EXPS=LOGIN", (), (), ("LOGIN",)),
        ("250 X-EXPS", (), (), ()),
    ],
)
def test_finds_each_form_of_sign_in(
    line: str, auth: tuple[str, ...], equals: tuple[str, ...], exps: tuple[str, ...]
) -> None:
    found = replaced(line)
    assert (found.auth, found.auth_equals, found.x_exps) == (auth, equals, exps)
    assert found.offers_sign_in


@pytest.mark.parametrize("line", ["250 AUTH", "250 AUTH ", "250 auth="])
def test_auth_without_a_mechanism_is_not_no_auth(line: str) -> None:
    assert replaced(line).has_bare_auth
    assert not replaced(line).offers_sign_in


@pytest.mark.parametrize("line", ["250 XXXXXXXA", "250 XXXX", "250 AUTH XXXX", "250 ****"])
def test_masked_words_are_named(line: str) -> None:
    assert replaced(line).masked == (line[4:],)


@pytest.mark.parametrize("line", ["250 AUTHX", "250 XAUTH LOGIN", "250 HELP AUTH"])
def test_words_that_only_look_like_auth_do_not_count(line: str) -> None:
    found = replaced(line)
    assert not any((found.offers_sign_in, found.has_bare_auth, found.masked))


def test_names_words_between_servers() -> None:
    assert replaced("250 X-AnonymousTLS").server_words == ("X-ANONYMOUSTLS",)
    assert replaced("250 XRDST").server_words == ("XRDST",)


@pytest.mark.parametrize("line", ["250 SIZE", "250 SIZE many", "250 SIZE \u0663"])
def test_size_without_a_number_is_none(line: str) -> None:
    assert ehlo(BASE[0], line).size is None


@pytest.mark.parametrize(
    ("first", "address"),
    [
        ("mx Hello probe.example [203.0.113.9], pleased to meet you", "203.0.113.9"),
        ("mx Hello [10.0.0.1] [203.0.113.9]", "203.0.113.9"),
        ("mx Hello [IPv6:2001:db8::1]", "2001:db8::1"),
        ("mx Hello [::ffff:203.0.113.9]", "203.0.113.9"),
        ("mx Hello [my.ip.ad.dy]", None),
        ("mx", None),
    ],
)
def test_reads_the_address_the_server_saw(first: str, address: str | None) -> None:
    seen = ehlo(f"250-{first}", *BASE[1:]).seen_address
    assert (str(seen) if seen else None) == address


def test_reads_a_scoped_address() -> None:
    assert read_address("fe80::1%eth0") == ip_address("fe80::1")
