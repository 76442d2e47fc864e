"""Published entries of access lists, read as their descriptions say."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from selftests.exchange import builders
from selftests.exchange.published import expected, text_of
from smtp_exposure.exchange.inventory import ADPermission
from smtp_exposure.exchange.permissions import Access, Principal, Right, principal, read_entry


def shown_rights(samples: Path, name: str) -> Iterator[ADPermission]:
    """The entries of a table of users and rights."""
    for user, right in re.findall(r"^(\S.*?)\s+\{(.+)\}", text_of(samples, name), re.MULTILINE):
        yield builders.permission(user, right)


@pytest.mark.parametrize(
    "name", ["adpermission/001-e19-relay-rights", "adpermission/002-e13-any-sender-removed"]
)
def test_published_rights_make_a_relay(samples: Path, name: str) -> None:
    entries = list(shown_rights(samples, name))
    wanted = expected(samples, name)
    read = [{"user": item.user, "rights": list(item.extended_rights)} for item in entries]
    assert read == wanted["entries"]
    relay = Access(tuple(map(read_entry, entries))).allows_anonymous(Right.ACCEPT_ANY_RECIPIENT)
    assert bool(relay) is wanted["check"]["anonymous_relay"]


def documented(samples: Path) -> list[ADPermission]:
    """The entries of the documentation's table."""
    rows = re.findall(
        r"<td><p>(.+?)</p></td>\n<td><p>(Allow|Deny) ACE</p></td>\n.*\n<td><p>(.+?)</p></td>",
        text_of(samples, "adpermission/003-docs-aces-with-sids"),
    )
    return [builders.permission(user, right, deny=kind == "Deny") for user, kind, right in rows]


def test_documented_entries_keep_user_kind_and_right(samples: Path) -> None:
    wanted = expected(samples, "adpermission/003-docs-aces-with-sids")["entries"]
    entries = [read_entry(item) for item in documented(samples)]
    assert [(item.user, item.deny) for item in entries] == [
        (item["user"], item["type"] == "Deny") for item in wanted
    ]
    assert {item.principal for item in entries} == {Principal.OTHER}
    assert not Access(tuple(entries)).allows_anonymous(Right.SUBMIT)


def rights(*spellings: str) -> frozenset[str]:
    return read_entry(builders.permission(builders.ANONYMOUS, *spellings)).rights


def test_the_documents_display_spelling_means_the_same_right(samples: Path) -> None:
    spellings = {item.extended_rights[0] for item in documented(samples)}
    assert "Accept Any Sender" in spellings
    assert rights("Accept Any Sender") == rights("ms-Exch-SMTP-Accept-Any-Sender")
    assert rights("Accept Any Sender") != rights("ms-Exch-SMTP-Accept-Any-Recipient")


@pytest.mark.parametrize(
    ("display", "right"),
    [
        ("Accept Any Recipient", Right.ACCEPT_ANY_RECIPIENT),
        # What Active Directory's own editor and the same page of the documentation call them.
        ("Submit Messages to any Recipient", Right.ACCEPT_ANY_RECIPIENT),
        ("Submit Messages to Server", Right.SUBMIT),
    ],
)
def test_display_names_of_the_rights_that_decide(display: str, right: Right) -> None:
    assert read_entry(builders.permission(builders.ANONYMOUS, display)).concerns(right)


def test_a_documented_well_known_sid_is_nobody_outside(samples: Path) -> None:
    sids = [item.user for item in documented(samples) if item.user.startswith("S-1-9-")]
    assert len(sids) == 3
    assert {principal(sid) for sid in sids} == {Principal.OTHER}
