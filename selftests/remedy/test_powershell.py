"""Values quoted for PowerShell, and remedies filled with them."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtp_exposure.remedy.powershell import quote, quote_all, render
from smtp_exposure.verdicts import Finding

# about_Quoting_Rules: PowerShell takes all of these for a single quote.
QUOTES = "'\u2018\u2019\u201a\u201b"
LITERAL = re.compile(f"'((?:[^{QUOTES}]|([{QUOTES}])\\2)*)'")


def unquoted(literal: str) -> str:
    """The value that PowerShell reads from one single-quoted literal; anything else fails."""
    found = LITERAL.fullmatch(literal)
    assert found, f"{literal!r} is no single literal"
    return re.sub(f"([{QUOTES}])\\1", r"\1", found[1])


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("", "''"),
        ("EX01\\Internet", "'EX01\\Internet'"),
        ("it's", "'it''s'"),
        ("'", "''''"),
        ("''", "''''''"),
        *((mark, f"'{mark}{mark}'") for mark in QUOTES),
        ("a\u2019; Remove-Mailbox x; \u2018b", "'a\u2019\u2019; Remove-Mailbox x; \u2018\u2018b'"),
        ("$env:TEMP $(whoami)", "'$env:TEMP $(whoami)'"),
        ("a`nb", "'a`nb'"),
        ('say "x"', "'say \"x\"'"),
        ("<identity>", "'<identity>'"),
        ("# no comment", "'# no comment'"),
        ("Ä日本🦊", "'Ä日本🦊'"),
        ("{0} %s @{a=1}", "'{0} %s @{a=1}'"),
    ],
)
def test_quotes_a_value_as_one_literal(text: str, literal: str) -> None:
    assert quote(text) == literal
    assert unquoted(literal) == text


@pytest.mark.parametrize(
    "mark", ["\n", "\r", "\r\n", "\t", "\x00", "\x1b", "\x07", "\u2028", "\u2029", "\u202e", "\x85"]
)
def test_a_value_never_leaves_its_line_or_turns_it(mark: str) -> None:
    assert mark not in quote(f"a{mark}b")
    assert len(quote(f"a{mark}b").splitlines()) == 1


@given(st.text(st.sampled_from("'\u2018\u2019\u201a\u201b\"`$()<>;\n\r\x00 a\\"), max_size=12))
def test_no_value_breaks_out_of_its_quotes(text: str) -> None:
    printable = "".join(mark for mark in text if mark >= " ")
    assert unquoted(quote(text)) == printable


def is_visible(mark: str) -> bool:
    """No control, format, surrogate or unassigned character, and no line break."""
    return unicodedata.category(mark)[0] != "C" and unicodedata.category(mark) not in ("Zl", "Zp")


@given(st.text(max_size=30).map(lambda text: "".join(filter(is_visible, text))))
def test_a_value_without_control_characters_stays_as_it_is(text: str) -> None:
    assert unquoted(quote(text)) == text


@pytest.mark.parametrize("name", ["Relay\u00a0Scanner", "受信\u3000コネクタ"])
def test_blanks_of_other_scripts_stay_in_a_name(name: str) -> None:
    assert unquoted(quote(name)) == name


def test_quotes_a_list() -> None:
    assert quote_all(["10.0.0.0/8", "it's"]) == "'10.0.0.0/8','it''s'"
    assert quote_all([]) == ""


def finding(subject: str = "EX01\\Internet", **blanks: str) -> Finding:
    """A finding that fills some placeholders."""
    filled = {key.replace("_", " "): value for key, value in blanks.items()}
    return Finding(subject=subject, observed="x", blanks=lambda: filled)


FIX = "Set-ReceiveConnector <identity> -RemoteIPRanges <ranges>"


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (finding(), "Set-ReceiveConnector 'EX01\\Internet' -RemoteIPRanges <ranges>"),
        (
            finding(identity="'EX01\\Relay'"),
            "Set-ReceiveConnector 'EX01\\Relay' -RemoteIPRanges <ranges>",
        ),
        (finding(ranges="'::/0'"), "Set-ReceiveConnector 'EX01\\Internet' -RemoteIPRanges '::/0'"),
        (finding("it's"), "Set-ReceiveConnector 'it''s' -RemoteIPRanges <ranges>"),
        (finding(other="'x'"), "Set-ReceiveConnector 'EX01\\Internet' -RemoteIPRanges <ranges>"),
    ],
)
def test_fills_placeholders_and_leaves_open_what_nothing_fills(found: Finding, text: str) -> None:
    assert render(FIX, found) == text


def test_fills_a_placeholder_wherever_it_stands() -> None:
    filled = render("a <identity>\nb <identity> <mail host>", finding("x", mail_host="'m'"))
    assert filled == "a 'x'\nb 'x' 'm'"


def test_a_remedy_without_placeholders_stays() -> None:
    assert render("Restart-Service MSExchangeFrontEndTransport", finding()) == (
        "Restart-Service MSExchangeFrontEndTransport"
    )


@pytest.mark.parametrize(
    "name", ["EX01\\x<server>; Remove-Mailbox y", "<ranges>", "<identity>", "a<server>b<ranges>"]
)
def test_a_value_that_looks_like_a_placeholder_is_not_filled(name: str) -> None:
    found = finding(identity=quote(name), server="'EX01'", ranges="'::/0'")
    assert unquoted(render("<identity>", found)) == name
    assert unquoted(render("<identity>", finding(name, server="'EX01'", ranges="'::/0'"))) == name
