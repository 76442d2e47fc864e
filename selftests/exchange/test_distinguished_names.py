"""Names in .NET's spelling, from DER and from TlsCertificateName."""

from pathlib import Path

import pytest

from selftests.exchange import der
from smtp_exposure.exchange.distinguished_names import (
    dotnet_text,
    parse_identifier,
    parse_name,
)

ARTICLE = f"<I>{der.AUTHORITY_TEXT}<S>CN=*.corp.example"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (der.AUTHORITY, der.AUTHORITY_TEXT),
        ((("DC", "example"), ("DC", "corp"), ("CN", "CA 1")), "CN=CA 1, DC=corp, DC=example"),
        ((("O", "Corp"), ("OU", "IT"), ("OU", "Mail")), "OU=Mail, OU=IT, O=Corp"),
        ((("S", "Greater Manchester"),), "S=Greater Manchester"),
        ((("E", "pki@corp.example"), ("CN", "x")), "CN=x, E=pki@corp.example"),
        ((("STREET", "1 High Street"),), "STREET=1 High Street"),
        ((("2.5.4.15", "Private Organization"),), "OID.2.5.4.15=Private Organization"),
        ((("2.5.4.97", "NTRGB-1"), ("CN", "x")), "CN=x, OID.2.5.4.97=NTRGB-1"),
        ((("O", "Corp, Inc."),), 'O="Corp, Inc."'),
        ((("O", 'The "Corp"'),), 'O="The ""Corp"""'),
        ((("O", "Corp + Sons"),), 'O="Corp + Sons"'),
        ((("O", "a=b"),), 'O="a=b"'),
        ((("O", "a;b"),), 'O="a;b"'),
        ((("O", "a#b"),), 'O="a#b"'),
        ((("OU", "<Issuer>"),), 'OU="<Issuer>"'),
        ((("O", " Corp"),), 'O=" Corp"'),
        ((("O", "Corp "),), 'O="Corp "'),
        ((("O", "Größe & Söhne"),), "O=Größe & Söhne"),
        ((("O", "It's (one) \\ back/slash"),), "O=It's (one) \\ back/slash"),
        ((), ""),
    ],
)
def test_writes_names_as_dotnet_does(name: der.Name, text: str) -> None:
    assert dotnet_text(der.x509_name(name)) == text


def test_parts_of_one_group_are_joined_by_a_plus() -> None:
    name = dotnet_text(der.x509_name((("O", "Corp"), (("CN", "x"), ("OU", "IT")))))
    assert name in ("CN=x + OU=IT, O=Corp", "OU=IT + CN=x, O=Corp")


@pytest.mark.parametrize(
    "name",
    [
        der.AUTHORITY,
        (("O", 'Corp, "Inc." + Sons; <a=b>'), ("CN", " x ")),
        (("O", "Corp"), (("CN", "x"), ("OU", "IT"))),
        (("2.5.4.15", "Private Organization"), ("1.3.6.1.4.1.311.60.2.1.3", "GB"), ("CN", "x")),
        (("2.5.4.5", "12345"), ("2.5.4.42", "Ada"), ("2.5.4.17", "M5 3EQ"), ("CN", "x")),
    ],
)
def test_reads_what_it_writes(name: der.Name) -> None:
    read = parse_name(dotnet_text(der.x509_name(name)))
    flat = [value for rdn in name for value in der.x509_name([rdn])]
    assert sorted(value for _, value in read) == sorted(
        " ".join(str(item.value).split()).casefold() for item in flat
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("CN=mail.corp.example", [("CN", "mail.corp.example")]),
        ("cn=MAIL.corp.example", [("CN", "mail.corp.example")]),
        ("CN = x ,O= y", [("CN", "x"), ("O", "y")]),
        ("CN=x, ST=Utah", [("CN", "x"), ("S", "utah")]),
        ("S=Utah", [("S", "utah")]),
        ("EMAILADDRESS=a@b.example", [("E", "a@b.example")]),
        ("OID.2.5.4.8=Utah", [("S", "utah")]),
        ("oid.2.5.4.15=Private Organization", [("OID.2.5.4.15", "private organization")]),
        ('O="Corp, Inc.", C=US', [("O", "corp, inc."), ("C", "us")]),
        ('O="The ""Corp"""', [("O", 'the "corp"')]),
        ('O=""', [("O", "")]),
        ("O=Two  blanks", [("O", "two blanks")]),
        ("CN=x + OU=IT, O=y", [("CN", "x"), ("OU", "it"), ("O", "y")]),
        ("CN=*****", [("CN", "*****")]),
        ("O=a=b", [("O", "a=b")]),
        ("", []),
    ],
)
def test_reads_names_part_by_part(text: str, parts: list[tuple[str, str]]) -> None:
    assert list(parse_name(text)) == parts


@pytest.mark.parametrize(
    "text", ["x", "CN", "=x", "CN=x, y", "CN=x,, O=y", ',CN="x"', 'O="Corp', 'O="a"b', "2=x"]
)
def test_refuses_what_is_no_name(text: str) -> None:
    with pytest.raises(ValueError, match="is no distinguished name"):
        parse_name(text)


def test_the_order_of_parts_counts() -> None:
    assert parse_name("CN=x, O=y") != parse_name("O=y, CN=x")


def test_reads_the_articles_issuer_and_keeps_its_state() -> None:
    read = parse_identifier(ARTICLE)
    assert read.issuer == parse_name(dotnet_text(der.x509_name(der.AUTHORITY)))
    assert read.issuer[3:] == (("S", "greater manchester"), ("C", "gb"))
    assert read.subject == (("CN", "*.corp.example"),)


@pytest.mark.parametrize(
    "text",
    [
        ARTICLE.replace("<I>", "<i>").replace("<S>", "<s>"),
        ARTICLE.upper(),
        ARTICLE.lower(),
        ARTICLE.replace("S=Greater", "ST=Greater"),
        f"  {ARTICLE}  ",
        ARTICLE.replace(", ", ","),
    ],
)
def test_one_identifier_in_many_spellings(text: str) -> None:
    assert parse_identifier(text) == parse_identifier(ARTICLE)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (ARTICLE, ARTICLE.replace("Greater ", "")),
        (ARTICLE, ARTICLE.replace("S=Greater", "L=Greater")),
        (ARTICLE, ARTICLE.replace(", C=GB", "")),
        ("<I>CN=x<S>CN=y", "<I>CN=y<S>CN=x"),
    ],
)
def test_other_names_are_other_identifiers(text: str, other: str) -> None:
    assert parse_identifier(text) != parse_identifier(other)


def test_a_subject_with_a_state_is_split_at_the_marker_alone() -> None:
    read = parse_identifier("<I>CN=CA, S=Ohio, C=US<S>CN=mail.corp.example, O=Corp, S=Utah")
    assert (read.issuer[1], read.subject[2]) == (("S", "ohio"), ("S", "utah"))


def test_a_certificate_may_have_no_subject_at_all() -> None:
    assert parse_identifier("<I>CN=CA<S>").subject == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CN=mail.corp.example",
        "3DAF40EC85C62DD39D98696AB5413E3EB83D6415",
        "<I>CN=CA",
        "<S>CN=x",
        "<S>CN=x<I>CN=CA",
        "CN=CA<S>CN=x",
        "<I>CN=CA, S=Ohio, CN=x",
        "&lt;I&gt;CN=CA&lt;S&gt;CN=x",
    ],
)
def test_refuses_a_name_without_its_markers(text: str) -> None:
    with pytest.raises(ValueError, match="has no <I>issuer<S>subject"):
        parse_identifier(text)


@pytest.mark.parametrize("text", ["<I>CA<S>CN=x", "<I>CN=CA<S>x", "<I>CN=CA, <S>CN=x, y"])
def test_refuses_markers_around_what_is_no_name(text: str) -> None:
    with pytest.raises(ValueError, match="is no distinguished name"):
        parse_identifier(text)


def test_reads_the_name_in_an_event_12014(samples: Path) -> None:
    text = (samples / "certificate/005-event-12014-name-not-found.txt").read_text("utf-8")
    bare = text.replace("\\<", "<").replace("`", "")
    name = bare[bare.index("<I>") : bare.index(" in the personal store")]
    issuer = "CN=Certificate Name, OU=<CertificateIssuer>, O=Certificate Provider, C=US"
    subject = "CN=mail.contoso.com, OU=IT, O=contoso, L=location, S=location, C=US"
    assert parse_identifier(name) == parse_identifier(f"<I>{issuer}<S>{subject}")
