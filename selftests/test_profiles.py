"""The profile: every key is read, and whatever is no profile is refused with file and key."""

import re
from datetime import date
from typing import Any

import pytest

from selftests.conftest import ROOT
from smtp_exposure.errors import SettingsError
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.expectations import (
    DomainExpectation,
    Expectations,
    ServerExpectation,
    Waiver,
)
from smtp_exposure.profiles import read_profile

SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
WAIVER = {
    "check": '"INT-08-1"',
    "target": '"EX01"',
    "subject": '"MSExchangePop3"',
    "reason": '"the scanners read a mailbox"',
    "approver": '"J. Doe"',
    "expires": "2027-01-31",
}
READ = Waiver(
    check="INT-08-1",
    target="EX01",
    subject="MSExchangePop3",
    reason="the scanners read a mailbox",
    approver="J. Doe",
    expires=date(2027, 1, 31),
)


def read(text: str) -> Expectations:
    return read_profile(text, "our.toml")


def waiver(**changes: str | None) -> str:
    """A waiver's table; None leaves a key out."""
    kept = {key: value for key, value in (WAIVER | changes).items() if value is not None}
    return "[[waivers]]\n" + "\n".join(f"{key} = {value}" for key, value in kept.items())


def refusal(text: str) -> str:
    """What reading a profile is refused with."""
    with pytest.raises(SettingsError) as refused:
        read(text)
    return str(refused.value)


def uncommented(text: str) -> str:
    """The example with every key that it only shows."""
    return re.sub(r"^# (?=\w+ = |\[\[)", "", text, flags=re.MULTILINE)


EXAMPLE = (ROOT / "profile.example.toml").read_text("utf-8")


def test_the_example_reads_and_says_the_defaults() -> None:
    assert read(EXAMPLE) == Expectations(mail_host="mail.corp.example")


def test_the_example_reads_with_every_key_that_it_shows() -> None:
    text = uncommented(EXAMPLE).replace("sha256 of what was observed, from", SHA256 + '" # ')
    whole = read(text)
    assert {"ex02", "edge01"} == set(whole.servers)
    assert [item.name for item in whole.domains] == ["brand.example"]
    assert [(item.check, item.evidence) for item in whole.waivers] == [("INT-08-1", SHA256)]


def test_an_empty_profile_changes_nothing() -> None:
    assert read("") == read("[internal]\n[internet]\n[names]\n[ports]\n[probe]") == Expectations()


def ranges(*texts: str) -> AddressSet:
    return AddressSet.parse(texts)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ('[internal]\nranges = ["10.0.0.0/8"]', "internal", ranges("10.0.0.0/8")),
        (
            '[internal]\nranges = ["10.0.0.0(255.0.0.0)", "fd00::1-fd00::9"]',
            "internal",
            ranges("10.0.0.0/8", "fd00::1-fd00::9"),
        ),
        (
            '[internal]\nranges = ["20.0.0.0/7", "2001:db8::/32"]',
            "internal",
            ranges("20.0.0.0/7", "2001:db8::/32"),
        ),
        ('[internet]\nranges = "all"', "internet", None),
        (
            '[internet]\nranges = ["203.0.113.0(255.255.255.0)"]',
            "internet",
            ranges("203.0.113.0/24"),
        ),
        (
            '[internet]\nforeign_mx = ["*.protection.outlook.com", " b "]',
            "foreign_mx",
            ("*.protection.outlook.com", "b"),
        ),
        ("[internet]\nforeign_mx = []", "foreign_mx", ()),
        (
            '[internet]\nexchange_online = ["40.92.0.0/15"]',
            "exchange_online",
            ranges("40.92.0.0/15"),
        ),
        ('[names]\ndefault_frontend = " Frontend "', "default_frontend", "Frontend"),
        (
            '[names]\ninternet_connector = "Internet (anonymous)"',
            "internet_connector",
            "Internet (anonymous)",
        ),
        ('[names]\nmail_host = "mail.corp.example"', "mail_host", "mail.corp.example"),
        ('names.mail_host = "mail.corp.example"', "mail_host", "mail.corp.example"),
        ("[ports]\nallowed_outside = [25, 587]", "ports_outside", frozenset({25, 587})),
        ("[ports]\nallowed_outside = []", "ports_outside", frozenset()),
        ("[ports]\nallowed_outside = [1, 65535]", "ports_outside", frozenset({1, 65535})),
        ("[ports]\npop = true", "pop", True),
        ("[ports]\npop = false", "pop", False),
        ("[ports]\nimap = true", "imap", True),
        ('[probe]\nrecipient = "postmaster@corp.example"', "recipient", "postmaster@corp.example"),
        ('[probe]\nforeign_domain = "example.net"', "foreign_domain", "example.net"),
        ('[probe]\nvantage = "outside"', "vantage", "outside"),
        ('[probe]\nvantage = "auto"', "vantage", "auto"),
        (
            '[[domains]]\nname = "Brand.Example"\nmail_host = "mx.brand.example"',
            "domains",
            (DomainExpectation(name="brand.example", mail_host="mx.brand.example"),),
        ),
        (
            '[[domains]]\nname = "a.example"\n[[domains]]\nname = "b.example"',
            "domains",
            (DomainExpectation(name="a.example"), DomainExpectation(name="b.example")),
        ),
        ('[[servers]]\nname = "EX02"', "servers", {"ex02": ServerExpectation(name="EX02")}),
        (
            '[[servers]]\nname = "EX02"\ninternet_facing = false',
            "servers",
            {"ex02": ServerExpectation(name="EX02", internet_facing=False)},
        ),
        (
            '[[servers]]\nname = "EX02"\ninternet_facing = true\nedge = true',
            "servers",
            {"ex02": ServerExpectation(name="EX02", edge=True)},
        ),
        (
            '[[servers]]\nname = "EX02"\npublic_hosts = ["mx2.corp.example"]',
            "servers",
            {"ex02": ServerExpectation(name="EX02", public_hosts=("mx2.corp.example",))},
        ),
    ],
)
def test_reads_each_key(text: str, name: str, value: object) -> None:
    profile = read(text)
    assert getattr(profile, name) == value
    others = [field for field in Expectations.__slots__ if field != name]
    assert [getattr(profile, field) for field in others] == [
        getattr(Expectations(), field) for field in others
    ]


def test_reads_the_addresses_of_servers() -> None:
    text = '[[servers]]\nname = "EDGE01"\naddresses = ["192.0.2.25", "2001:db8::25"]'
    known = read(text).known_addresses
    assert [(str(item.interval), item.owner) for item in known] == [
        ("192.0.2.25-192.0.2.25", "EDGE01"),
        ("2001:db8::25-2001:db8::25", "EDGE01"),
    ]


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({}, "covers", "deviates"),
        ({"covers": '"deviates"'}, "covers", "deviates"),
        ({"covers": '"inconclusive"'}, "covers", "inconclusive"),
        ({"evidence": f'"{SHA256}"'}, "evidence", SHA256),
        ({"expires": '"2027-01-31"'}, "expires", date(2027, 1, 31)),
        ({"check": '"EXT-06-1"'}, "check", "EXT-06-1"),
        ({"target": '"organization"'}, "target", "organization"),
        ({"subject": '"EX01\\\\Internet"'}, "subject", "EX01\\Internet"),
    ],
)
def test_reads_each_key_of_a_waiver(changes: dict[str, str], field: str, value: object) -> None:
    (found,) = read(waiver(**changes)).waivers
    assert getattr(found, field) == value
    kept = [name for name in Waiver.__slots__ if name != field]
    assert [getattr(found, name) for name in kept] == [getattr(READ, name) for name in kept]


ONE_OF_EACH = {
    "internal": ["ranges"],
    "internet": ["ranges", "foreign_mx", "exchange_online"],
    "names": ["default_frontend", "internet_connector", "mail_host"],
    "ports": ["allowed_outside", "pop", "imap"],
    "probe": ["recipient", "foreign_domain", "vantage"],
}
LISTS = {
    "servers": ["internet_facing", "edge", "addresses", "public_hosts"],
    "domains": ["mail_host"],
    "waivers": ["target", "subject", "reason", "approver", "covers", "evidence"],
}
NEEDED = {"servers": 'name = "EX01"', "domains": 'name = "corp.example"'}
KEYS = [(table, key) for table, keys in ONE_OF_EACH.items() for key in keys]
ROWS = [(table, key) for table, keys in LISTS.items() for key in keys]


def in_row(table: str, line: str) -> str:
    """A row of a list of tables with whatever it needs, and a line more."""
    key = line.partition(" ")[0]
    if table == "waivers":
        return waiver(**{key: None}) + "\n" + line
    return f"[[{table}]]\n{NEEDED[table]}\n{line}"


@pytest.mark.parametrize("value", ["7.5", "[[]]", "{ a = 1 }", '""', "1979-05-27T07:32:00Z"])
@pytest.mark.parametrize(("table", "key"), KEYS)
def test_refuses_values_of_the_wrong_type(table: str, key: str, value: str) -> None:
    assert refusal(f"[{table}]\n{key} = {value}").startswith(f"our.toml: {table}.{key}: ")


@pytest.mark.parametrize("value", ["7.5", "[[]]", "{ a = 1 }", '""', "1979-05-27T07:32:00Z"])
@pytest.mark.parametrize(("table", "key"), ROWS)
def test_refuses_values_of_the_wrong_type_in_rows(table: str, key: str, value: str) -> None:
    message = refusal(in_row(table, f"{key} = {value}"))
    assert message.startswith(f"our.toml: {table}[1].{key}: ")


@pytest.mark.parametrize(("table", "key"), KEYS)
def test_refuses_misspelt_keys(table: str, key: str) -> None:
    message = refusal(f"[{table}]\n{key}x = 1")
    assert message.startswith(f"our.toml: {table}.{key}x is unknown here (known: ")
    assert key in message.partition("known: ")[2]


@pytest.mark.parametrize(("table", "key"), ROWS)
def test_refuses_misspelt_keys_in_rows(table: str, key: str) -> None:
    message = refusal(in_row(table, f"{key}x = 1"))
    assert message.startswith(f"our.toml: {table}[1].{key}x is unknown here (known: ")
    assert key in message.partition("known: ")[2]


@pytest.mark.parametrize("table", [*ONE_OF_EACH, *LISTS])
def test_refuses_misspelt_tables(table: str) -> None:
    message = refusal(f"[{table}x]\nranges = 1")
    assert message.startswith(f"our.toml: {table}x is unknown here (known: domains, internal, ")


@pytest.mark.parametrize("table", ONE_OF_EACH)
@pytest.mark.parametrize("value", ["1", '"x"', "[]", "[{}]"])
def test_refuses_what_is_no_table(table: str, value: str) -> None:
    assert refusal(f"{table} = {value}") == f"our.toml: {table}: this is no table"


@pytest.mark.parametrize("table", LISTS)
@pytest.mark.parametrize("value", ["1", '"x"', "{}", "[1]"])
def test_refuses_what_is_no_list_of_tables(table: str, value: str) -> None:
    message = refusal(f"{table} = {value}")
    assert message == f"our.toml: {table}: this is no list of tables: write [[...]]"


@pytest.mark.parametrize(
    ("table", "line", "words"),
    [
        ("internal", "ranges = []", "the list is empty"),
        ("internal", 'ranges = ["10.0.0.0/33"]', "'10.0.0.0/33' has no prefix length"),
        ("internal", 'ranges = ["10.0.0.256"]', "'10.0.0.256' is no IP address"),
        ("internal", 'ranges = ["10.0.0.9-10.0.0.1"]', "ends below its start"),
        ("internal", 'ranges = "10.0.0.0/8"', "'10.0.0.0/8' is no list"),
        ("internal", 'ranges = ["10.0.0.1/8"]', "'10.0.0.1/8' does not begin its network: 10.0"),
        ("internal", 'ranges = ["fd00::1/8"]', "'fd00::1/8' does not begin its network: fd00::/8"),
        ("internal", 'ranges = ["0.0.0.0/0"]', "hold half of the IPv4 Internet, or more"),
        ("internal", 'ranges = ["0.0.0.0/2", "128.0.0.0/1"]', "half of the IPv4 Internet"),
        ("internal", 'ranges = ["10.0.0.0/8", "::/0"]', "hold half of the IPv6 Internet"),
        ("internal", 'ranges = ["2000::/4"]', "hold half of the IPv6 Internet, or more"),
        ("internet", 'ranges = ["203.0.113.1/24"]', "does not begin its network: 203.0.113.0/24"),
        ("internal", 'ranges = "all"', "'all' is no list"),
        ("internet", 'ranges = "ALL"', "'ALL' is no list"),
        ("internet", "ranges = []", "the list is empty"),
        ("internet", 'ranges = ["all"]', "'all' is no IP address"),
        ("internet", 'foreign_mx = "*.outlook.com"', "is no list"),
        ("internet", "foreign_mx = [5]", "5 is no text"),
        ("names", 'mail_host = "mail corp"', "'mail corp' is no host or domain name"),
        ("names", 'mail_host = "mail..example"', "is no host or domain name"),
        ("names", 'mail_host = "https://mail.example"', "is no host or domain name"),
        ("names", 'default_frontend = "  "', "'  ' is no text"),
        ("ports", "allowed_outside = 25", "25 is no list of TCP ports"),
        ("ports", "allowed_outside = [0]", "[0] is no list of TCP ports"),
        ("ports", "allowed_outside = [65536]", "[65536] is no list of TCP ports"),
        ("ports", "allowed_outside = [true]", "[True] is no list of TCP ports"),
        ("ports", 'allowed_outside = ["25"]', "['25'] is no list of TCP ports"),
        ("ports", 'pop = "yes"', "'yes' is neither true nor false"),
        ("ports", "imap = 1", "1 is neither true nor false"),
        ("probe", 'recipient = "postmaster"', "'postmaster' is no mail address"),
        ("probe", 'recipient = "<a@b.example>"', "is no mail address"),
        ("probe", 'recipient = "a@b@c"', "is no mail address"),
        ("probe", 'foreign_domain = "example com"', "is no host or domain name"),
        ("probe", 'vantage = "inside"', "'inside' is none of auto, outside"),
    ],
)
def test_refuses_bad_values(table: str, line: str, words: str) -> None:
    message = refusal(f"[{table}]\n{line}")
    assert message.startswith(f"our.toml: {table}.{line.partition(' ')[0]}: ")
    assert words in message


@pytest.mark.parametrize(
    ("table", "line", "words"),
    [
        ("servers", 'internet_facing = "no"', "'no' is neither true nor false"),
        ("servers", "edge = 0", "0 is neither true nor false"),
        ("servers", 'addresses = ["192.0.2.0/24"]', "'192.0.2.0/24' is no IP address"),
        ("servers", 'addresses = "192.0.2.25"', "is no list"),
        ("servers", 'public_hosts = ["mx 2"]', "'mx 2' is no host or domain name"),
        ("domains", 'mail_host = "@"', "'@' is no host or domain name"),
        ("waivers", 'check = "INT-8-1"', "'INT-8-1' is no check id, like INT-01-2"),
        ("waivers", 'check = "int-08-1"', "is no check id"),
        ("waivers", 'check = "INT-08"', "is no check id"),
        ("waivers", "expires = 2027-01-31T00:00:00", "is no day, like 2027-01-31"),
        ("waivers", "expires = 2027", "2027 is no day"),
        ("waivers", 'check = "INT-99-9"', "there is no check INT-99-9"),
        ("waivers", 'expires = "never"', "'never' is no day, like 2027-01-31"),
        ("waivers", 'expires = "2027-02-30"', "'2027-02-30' is no day, like 2027-01-31"),
        ("waivers", 'covers = "error"', "'error' is none of deviates, inconclusive"),
        ("waivers", 'covers = "Deviates"', "is none of deviates, inconclusive"),
        ("waivers", 'evidence = "abc"', "'abc' is no SHA-256"),
        ("waivers", f'evidence = "{SHA256.upper()}"', "is no SHA-256 in lower-case"),
        ("waivers", 'reason = " "', "' ' is no text"),
    ],
)
def test_refuses_bad_values_in_rows(table: str, line: str, words: str) -> None:
    message = refusal(in_row(table, line))
    assert message.startswith(f"our.toml: {table}[1].{line.partition(' ')[0]}: ")
    assert words in message


@pytest.mark.parametrize("key", WAIVER)
def test_a_waiver_needs_each_of_its_keys(key: str) -> None:
    assert refusal(waiver(**{key: None})) == f"our.toml: waivers[1].{key} is missing"


@pytest.mark.parametrize("row", ["", "internet_facing = false", 'addresses = ["10.0.0.1"]'])
def test_a_server_needs_its_name(row: str) -> None:
    assert refusal(f"[[servers]]\n{row}") == "our.toml: servers[1].name is missing"


def test_a_domain_needs_its_name() -> None:
    message = refusal('[[domains]]\nname = "a.example"\n[[domains]]\nmail_host = "mx.example"')
    assert message == "our.toml: domains[2].name is missing"


@pytest.mark.parametrize("value", ["7", "[]", '""', '"a b"'])
def test_a_domains_name_is_a_name(value: str) -> None:
    assert refusal(f"[[domains]]\nname = {value}").startswith("our.toml: domains[1].name: ")


def test_the_second_waiver_is_named_as_the_second() -> None:
    message = refusal(f"{waiver()}\n{waiver(expires=None)}")
    assert message == "our.toml: waivers[2].expires is missing"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[names\n", "line 1"),
        ("[names]\nmail_host = mail.example", "line 2"),
        ("[names]\n\nmail_host =\n[ports]", "line 3"),
        ("[ports]\npop = false\npop = true\n[probe]", "line 3"),
        ("[ports]\n[ports]", "line 2"),
        ("waivers = [", "end of document"),
    ],
)
def test_a_syntax_error_names_file_and_place(text: str, place: str) -> None:
    message = refusal(text)
    assert message.startswith("our.toml: ")
    assert place in message


def test_two_rows_for_one_server_are_refused() -> None:
    text = '[[servers]]\nname = "EX01"\ninternet_facing = false\n[[servers]]\nname = "ex01"'
    assert "our.toml: servers[2].name" in refusal(text)


def test_everything_at_once() -> None:
    rows = [in_row("servers", "edge = true"), in_row("domains", 'mail_host = "mx.example"')]
    text = "\n".join(["[ports]\npop = true", *rows, waiver(), waiver(check='"INT-05-1"')])
    profile: Any = read(text)
    assert (profile.pop, list(profile.servers), profile.domains[0].mail_host) == (
        True,
        ["ex01"],
        "mx.example",
    )
    assert [item.check for item in profile.waivers] == ["INT-08-1", "INT-05-1"]
