"""Documents of the collection script are read whole, or refused with the place of the fault."""

from datetime import UTC, datetime

import pytest

from selftests.exchange.collection_documents import (
    DOCUMENT,
    EXPECTED,
    LEFT_OUT,
    changed,
    plain,
    refusal,
)
from smtp_exposure.exchange.collection import CollectedSection, Collection, parse_collection


def test_reads_time_and_server() -> None:
    assert EXPECTED.taken == datetime(2026, 11, 24, 3, 41, 56, tzinfo=UTC)
    assert EXPECTED.server == "EX01"


def test_keeps_every_value_of_a_row() -> None:
    row = EXPECTED.sections[0].items[0]
    assert dict(row) == {
        **DOCUMENT["sections"][0]["items"][0],
        "Bindings": ("[::]:25", "0.0.0.0:25"),
        "TlsDomainCapabilities": (),
    }


def test_a_section_that_could_be_read_has_no_error() -> None:
    section = EXPECTED.sections[0]
    assert (section.cmdlet, section.error, section.unread) == (
        "Get-ReceiveConnector",
        None,
        frozenset(),
    )
    assert section.absent == {"SmtpUtf8Enabled"}


def test_a_server_asked_in_vain_is_named_and_the_others_are_kept() -> None:
    section = EXPECTED.sections[1]
    shown = "EDGE01: System.InvalidOperationException: The server can't be reached. [RpcFailed]"
    assert (section.error, section.unread) == (shown, frozenset({"EDGE01"}))
    assert [row["Server"] for row in section.items] == ["EX01"]


def test_missing_denied_and_empty_stay_apart() -> None:
    def told(*errors: dict[str, str]) -> CollectedSection:
        section = {"cmdlet": "Get-A", "ok": not errors, "errors": list(errors)}
        body = {**DOCUMENT, "sections": [{**section, "absent": [], "items": []}]}
        return parse_collection(plain(body), "x").sections[0]

    missing = {"target": "", "type": "CommandNotFoundException", "id": "a", "message": "b"}
    denied = {"target": "", "type": "UnauthorizedAccessException", "id": "a", "message": "b"}
    assert told().error is None
    assert told(missing).error == "CommandNotFoundException: b [a]"
    assert told(denied).error == "UnauthorizedAccessException: b [a]"


SECTION = "sections/0"
CHANGED: tuple[tuple[str, object, str], ...] = (
    ("format", LEFT_OUT, "document lacks format"),
    ("format", "mailflow-snapshot", "'mailflow-snapshot', version 1, can't be read"),
    ("version", LEFT_OUT, "document lacks version"),
    ("version", 2, "version 2, can't be read, only smtp-exposure-collection, version 1"),
    ("version", True, "version True, can't be read"),
    ("version", "1", "version '1', can't be read"),
    ("taken", LEFT_OUT, "document lacks taken"),
    ("taken", "2026-11-24T03:41:56", "document.taken: '2026-11-24T03:41:56' is no time"),
    ("taken", "yesterday", "document.taken: 'yesterday' is no time"),
    ("taken", "0001-01-01T00:00:00+14:00", "is no time"),
    ("taken", 5, "document.taken: 5 is no text"),
    ("server", LEFT_OUT, "document lacks server"),
    ("server", ["EX01"], "document.server: ['EX01'] is no text"),
    ("sections", LEFT_OUT, "document lacks sections"),
    ("sections", {}, "document.sections: {} is no list"),
    (SECTION, None, "document.sections[0]: None is no object"),
    (f"{SECTION}/cmdlet", LEFT_OUT, "document.sections[0] lacks cmdlet"),
    (f"{SECTION}/cmdlet", "Remove-Mailbox", "'Remove-Mailbox' is no Get- cmdlet"),
    (f"{SECTION}/cmdlet", "Get-ExchangeCertificate", "a cmdlet stands twice"),
    (f"{SECTION}/ok", LEFT_OUT, "sections[0] (Get-ReceiveConnector) lacks ok"),
    (f"{SECTION}/ok", False, "(Get-ReceiveConnector).ok: False contradicts 0 errors"),
    (f"{SECTION}/ok", 1, ".ok: 1 contradicts"),
    (f"{SECTION}/errors", LEFT_OUT, "lacks errors"),
    (f"{SECTION}/errors", None, ".errors: None is no list"),
    (f"{SECTION}/absent", LEFT_OUT, "lacks absent"),
    (f"{SECTION}/absent", "Fqdn", ".absent: 'Fqdn' is no list"),
    (f"{SECTION}/absent", [1], ".absent[0]: 1 is no text"),
    (f"{SECTION}/items", LEFT_OUT, "lacks items"),
    (f"{SECTION}/items", {}, ".items: {} is no list"),
    (f"{SECTION}/items/0", "x", ".items[0]: 'x' is no object"),
    (f"{SECTION}/items/0/Fqdn", {"a": 1}, ".items[0].Fqdn: {'a': 1} is no value"),
    (f"{SECTION}/items/0/Fqdn", float("nan"), ".items[0].Fqdn: nan is no value"),
    (f"{SECTION}/items/0/Fqdn", [[{}]], ".items[0].Fqdn[0][0]: {} is no value"),
    (f"{SECTION}/items/0/a\nb", {}, ".items[0].a\\nb: {} is no value"),
    ("sections/1/ok", True, ".ok: True contradicts 1 errors"),
    ("sections/1/errors/0", [], ".errors[0]: [] is no object"),
    ("sections/1/errors/0/target", 1, ".errors[0].target: 1 is no text"),
    ("sections/1/errors/0/type", LEFT_OUT, ".errors[0] lacks type"),
    ("sections/1/errors/0/id", LEFT_OUT, ".errors[0] lacks id"),
    ("sections/1/errors/0/message", [], ".errors[0].message: [] is no text"),
)


@pytest.mark.parametrize(("path", "value", "told"), CHANGED)
def test_refuses_a_document_with_one_wrong_field(path: str, value: object, told: str) -> None:
    message = refusal(changed(path, value))
    assert told in message
    assert "\n" not in message


def test_refuses_half_a_character() -> None:
    data = plain().replace(b"EX01\\\\Internet In", rb"\ud800")
    assert ".Identity: '\\ud800' is no text" in refusal(data)


def test_refuses_deep_nesting_before_it_is_parsed() -> None:
    assert "nested too deeply" in refusal(b'{"a":' * 100_000)


def test_brackets_in_a_text_are_no_nesting() -> None:
    read = parse_collection(changed("server", '[{"\\' * 40), "x")
    assert read.server == '[{"\\' * 40


def test_an_endless_text_is_refused_in_no_time() -> None:
    assert "JSON: " in refusal(b'{"a": "' + rb"\"" * 200_000)


OPTIONAL = (("taken", None), ("server", None), ("sections/1/errors/0/id", None))


@pytest.mark.parametrize(("path", "value"), OPTIONAL)
def test_reads_a_document_without_what_may_be_unknown(path: str, value: object) -> None:
    assert isinstance(parse_collection(changed(path, value), "x"), Collection)


def test_unknown_keys_are_ignored() -> None:
    assert parse_collection(changed("future", {"a": [1]}), "x") == EXPECTED


def wrapped(value: object) -> object:
    """Wrap every list as Windows PowerShell 5.1 may."""
    if isinstance(value, list):
        return {"value": [wrapped(one) for one in value], "Count": len(value)}
    if isinstance(value, dict):
        return {key: wrapped(one) for key, one in value.items()}
    return value


def test_unwraps_the_lists_of_windows_powershell() -> None:
    assert parse_collection(plain(wrapped(DOCUMENT)), "x") == EXPECTED


def test_a_wrapped_list_with_another_count_is_no_list() -> None:
    assert "is no list" in refusal(changed(f"{SECTION}/absent", {"value": [], "Count": 1}))
