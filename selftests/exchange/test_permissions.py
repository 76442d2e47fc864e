"""Who has which right: order of entries, and rights in every spelling."""

from itertools import product

import pytest

from selftests.exchange.builders import ANONYMOUS, ANY_RECIPIENT, SUBMIT, altered, permission
from smtp_exposure.errors import MissingEvidence, Undecided, UnreadableEvidence
from smtp_exposure.exchange.inventory import ADPermission
from smtp_exposure.exchange.objects import EnumValue, Value
from smtp_exposure.exchange.permissions import Access, Right, read_entry

USERS = r"NT AUTHORITY\Authenticated Users"
RELAY = Right.ACCEPT_ANY_RECIPIENT


def access(*entries: ADPermission) -> Access:
    """The entries of one connector, read."""
    return Access(tuple(map(read_entry, entries)))


def relays(*entries: ADPermission) -> bool:
    """Whether anonymous sessions may send to any recipient."""
    return access(*entries).allows_anonymous(RELAY) is not None


@pytest.mark.parametrize("present", list(product([False, True], repeat=4)), ids=str)
@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
def test_the_first_entry_in_canonical_order_decides(
    present: tuple[bool, ...], turned: bool
) -> None:
    # Facts sheet, 4.3: explicit deny, explicit allow, inherited deny, inherited allow.
    order = [(True, False), (False, False), (True, True), (False, True)]
    kinds = [kind for kind, there in zip(order, present, strict=True) if there]
    entries = [
        permission(ANONYMOUS, ANY_RECIPIENT, deny=deny, inherited=old) for deny, old in kinds
    ]
    allowed = bool(kinds) and not kinds[0][0]
    assert relays(*(entries[::-1] if turned else entries)) is allowed


@pytest.mark.parametrize("user", ["Everyone", "S-1-1-0", "S-1-5-7", ANONYMOUS])
def test_anonymous_has_what_everyone_has(user: str) -> None:
    found = access(permission(user, ANY_RECIPIENT)).allows_anonymous(RELAY)
    assert found is not None
    assert found.user == user


def test_a_deny_of_everyone_beats_an_allow_of_anonymous() -> None:
    assert not relays(
        permission(ANONYMOUS, ANY_RECIPIENT), permission("Everyone", ANY_RECIPIENT, deny=True)
    )


def test_entries_of_others_and_other_rights_give_anonymous_nothing() -> None:
    assert not relays(
        permission(USERS, ANY_RECIPIENT),
        permission(ANONYMOUS, SUBMIT, "ms-Exch-SMTP-Accept-Any-Sender"),
        permission(r"MS Exchange\Externally Secured Servers", ANY_RECIPIENT),
    )


def test_a_deny_of_another_right_takes_nothing_away() -> None:
    assert relays(permission(ANONYMOUS, ANY_RECIPIENT), permission(ANONYMOUS, SUBMIT, deny=True))


def test_duplicates_change_nothing() -> None:
    assert relays(*[permission(ANONYMOUS, ANY_RECIPIENT)] * 3)


def test_no_entry_gives_nothing() -> None:
    assert not relays()


@pytest.mark.parametrize(
    "right",
    [
        *("ms-Exch-SMTP-Accept-Any-Recipient", "Ms-Exch-SMTP-Accept-Any-Recipient"),
        *("MS-EXCH-SMTP-ACCEPT-ANY-RECIPIENT", "SMTP-Accept-Any-Recipient"),
        *("Accept Any Recipient", "Accept-Any-Recipient", "ms-Exch-SMTP-Accept-Any-Recipients"),
        *(" ms-Exch-SMTP-Accept-Any-Recipient ", "msExchSMTPAcceptAnyRecipient"),
    ],
)
def test_knows_a_right_in_every_spelling(right: str) -> None:
    assert relays(permission(ANONYMOUS, right))


@pytest.mark.parametrize(
    "right",
    [
        *(
            "ms-Exch-SMTP-Accept-Any-Sender",
            "ms-Exch-SMTP-Submit",
            "ms-Exch-Accept-Headers-Routing",
        ),
        *("ms-Exch-SMTP-Accept-Authoritative-Domain-Sender", "Accept Any", "Recipient", "*", ""),
    ],
)
def test_takes_no_other_right_for_it(right: str) -> None:
    assert not relays(permission(ANONYMOUS, right))


@pytest.mark.parametrize(
    ("access_rights", "rights", "allowed"),
    [
        (("ExtendedRight",), None, True),
        (("ExtendedRight",), (), True),
        (("GenericAll",), None, True),
        (("genericall", "ReadProperty"), None, True),
        ("ReadProperty, GenericAll", None, True),
        (EnumValue("GenericAll", 983551), (), True),
        (("ReadProperty",), None, False),
        ((), None, False),
        (None, (), False),
        (("ExtendedRight",), ("ms-Exch-SMTP-Submit",), False),
    ],
)
def test_an_entry_for_rights_that_names_none_means_all(
    access_rights: Value,
    rights: Value,
    allowed: bool,
) -> None:
    entry = permission(ANONYMOUS, AccessRights=access_rights, ExtendedRights=rights)
    assert relays(entry) is allowed


def test_a_deny_of_all_rights_denies_this_one() -> None:
    assert not relays(permission(ANONYMOUS, ANY_RECIPIENT), permission(ANONYMOUS, deny=True))


def test_several_rights_may_stand_in_one_entry() -> None:
    assert relays(permission(ANONYMOUS, SUBMIT, ANY_RECIPIENT))
    assert relays(
        permission(ANONYMOUS, ExtendedRights="{ms-Exch-SMTP-Submit, " + ANY_RECIPIENT + "}")
    )


@pytest.mark.parametrize("name", ["Deny", "IsInherited"])
def test_reads_booleans_also_as_text(name: str) -> None:
    assert not relays(altered(permission(ANONYMOUS, ANY_RECIPIENT, deny=True), {name: "True"}))


@pytest.mark.parametrize("name", ["User", "Deny", "IsInherited", "ExtendedRights"])
def test_an_entry_that_lacks_something_is_missing_evidence(name: str) -> None:
    whole = permission(ANONYMOUS, ANY_RECIPIENT).properties
    with pytest.raises(MissingEvidence, match=f"missing: Get-ADPermission .*{name}"):
        read_entry(ADPermission({key: value for key, value in whole.items() if key != name}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("User", b"x"),
        ("Deny", "maybe"),
        ("IsInherited", None),
        ("ExtendedRights", 5),
        ("Sid", b"x"),
    ],
)
def test_an_entry_that_cannot_be_read_is_unreadable(name: str, value: Value) -> None:
    with pytest.raises(UnreadableEvidence):
        read_entry(altered(permission(ANONYMOUS, ANY_RECIPIENT), {name: value}))


@pytest.mark.parametrize("rights", [None, ()])
def test_an_entry_that_names_no_right_needs_its_access_rights(rights: Value) -> None:
    whole = permission(ANONYMOUS, ExtendedRights=rights).properties
    with pytest.raises(MissingEvidence, match=r"missing: Get-ADPermission .*AccessRights"):
        read_entry(ADPermission({key: whole[key] for key in whole if key != "AccessRights"}))


def test_names_whom_an_explicit_entry_lets_submit() -> None:
    found = access(
        permission(ANONYMOUS, SUBMIT),
        permission(USERS, SUBMIT),
        permission(USERS, SUBMIT),
        permission(r"CORP\Relay", ANY_RECIPIENT),
        permission(r"CORP\Admins", inherited=True),
        permission(r"CORP\All"),
    )
    assert list(found.submitters()) == [USERS, r"CORP\All"]


@pytest.mark.parametrize("denied", [USERS, USERS.upper()])
def test_whom_an_explicit_entry_denies_may_not_submit(denied: str) -> None:
    found = access(permission(USERS, SUBMIT), permission(denied, SUBMIT, deny=True))
    assert list(found.submitters()) == []


def test_an_inherited_deny_does_not_beat_an_explicit_allow() -> None:
    found = access(permission(USERS, SUBMIT), permission(USERS, SUBMIT, deny=True, inherited=True))
    assert list(found.submitters()) == [USERS]


@pytest.mark.parametrize(
    "entries", [[], [permission(ANONYMOUS, SUBMIT)], [permission("S-1-5-7", SUBMIT)] * 2]
)
def test_a_list_that_was_read_for_anonymous_alone_decides_nothing(
    entries: list[ADPermission],
) -> None:
    with pytest.raises(Undecided, match="without -User"):
        list(access(*entries).submitters())
