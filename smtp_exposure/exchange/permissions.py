"""Who has which extended right on a receive connector (facts sheet, 4)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from smtp_exposure.errors import MissingEvidence, Undecided
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.inventory import ADPermission, Section
from smtp_exposure.exchange.objects import EnumValue, Value, as_list, as_text


class Right(Enum):
    """Extended rights that decide what a session may do, spelt as in Active Directory."""

    SUBMIT = "ms-Exch-SMTP-Submit"
    ACCEPT_ANY_RECIPIENT = "ms-Exch-SMTP-Accept-Any-Recipient"


class Principal(Enum):
    """Whom an entry is for, as far as it matters: those who did not sign in, and all others."""

    ANONYMOUS = "S-1-5-7"
    EVERYONE = "S-1-1-0"
    OTHER = ""


# Windows localises account names (facts sheet, 4.3); the authority's name keeps "NT" everywhere.
_ANONYMOUS = re.compile(r"anonym|anonim|anoni̇m|an[óô]nim|névtelen|аноним|匿名|익명", re.IGNORECASE)
_AUTHORITY = re.compile(r"(^|[\s-])NT([\s-]|$)", re.IGNORECASE)
_EVERYONE = frozenset(
    {
        "everyone",
        "jeder",
        "tout le monde",
        "todos",
        "tutti",
        "iedereen",
        "alla",
        "alle",
        "kaikki",
        "wszyscy",
        "mindenki",
        "все",
        "herkes",
    }
)
# How Active Directory's editor shows the rights that decide.
_DISPLAY_NAMES = {
    "submitmessagestoanyrecipient": "acceptanyrecipient",
    "submitmessagestoserver": "submit",
}
_ALL_RIGHTS = frozenset({"extendedright", "genericall"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An access control entry, read: explicit entries come before inherited ones, deny first."""

    user: str
    principal: Principal
    deny: bool
    inherited: bool
    rights: frozenset[str]
    all_rights: bool

    def concerns(self, right: Right) -> bool:
        """Tell whether it allows or denies a right."""
        return self.all_rights or _normal(right.value) in self.rights

    @property
    def order(self) -> tuple[bool, bool]:
        """The canonical order of access control lists: the first entry that concerns decides."""
        return self.inherited, not self.deny


@dataclass(frozen=True, slots=True)
class Access:
    """All entries on one receive connector."""

    entries: tuple[Entry, ...]

    def allows_anonymous(self, right: Right) -> Entry | None:
        """The entry that gives a right to those who did not sign in; None if nothing does."""
        decisive = sorted(
            (
                entry
                for entry in self.entries
                if entry.principal is not Principal.OTHER and entry.concerns(right)
            ),
            key=lambda entry: entry.order,
        )
        return decisive[0] if decisive and not decisive[0].deny else None

    def submitters(self) -> Iterator[str]:
        """Everyone but anonymous whom an explicit entry lets submit, and so sign in.

        Inherited entries are administrators' and the organisation's own. Raises Undecided where the
        list holds no other account at all: then it was read for anonymous alone.
        """
        others = [entry for entry in self.entries if entry.principal is not Principal.ANONYMOUS]
        if not others:
            raise Undecided(
                "the permissions were read for anonymous alone: others may be allowed too "
                "(run Get-ADPermission without -User)"
            )
        denied = {entry.user.lower() for entry in others if _decides(entry) and entry.deny}
        allowed = (entry.user for entry in others if _decides(entry) and not entry.deny)
        yield from dict.fromkeys(user for user in allowed if user.lower() not in denied)


def _decides(entry: Entry) -> bool:
    return not entry.inherited and entry.concerns(Right.SUBMIT)


def by_connector(permissions: Section[ADPermission]) -> dict[str, list[ADPermission]]:
    """The entries of a server by the name that they have for their connector, in lower case."""
    found: dict[str, list[ADPermission]] = {}
    for item in permissions.read():
        found.setdefault(_lower(item.properties.get("Identity")), []).append(item)
    return found


def access_to(connector: ReceiveConnector, entries: dict[str, list[ADPermission]]) -> Access:
    """The entries on one connector; raises MissingEvidence where none were read for it."""
    names = (connector.identity.lower(), _lower(connector.properties.get("DistinguishedName")))
    own = [item for name in dict.fromkeys(names) if name for item in entries.get(name, ())]
    if not own:
        raise MissingEvidence(ADPermission.cmdlet, f"for {connector.identity}")
    return Access(tuple(map(read_entry, own)))


def _lower(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


_READ_FROM = ("User", "Deny", "IsInherited", "ExtendedRights", "AccessRights", "Sid")
_ABSENT = object()
_known: dict[tuple[object, ...], Entry] = {}
"""Entries by what they were read from: the connectors of an organisation share a few."""


def read_entry(item: ADPermission) -> Entry:
    """Read one entry; raises MissingEvidence or UnreadableEvidence for what it needs."""
    found = [item.properties.get(name, _ABSENT) for name in _READ_FROM]
    raw = (*found, *map(type, found))  # True is not 1 here
    entry = _known.get(raw)
    if entry is None:
        entry = _read(item)
        if len(_known) < 10_000:
            _known[raw] = entry
    return entry


def _read(item: ADPermission) -> Entry:
    rights = frozenset(map(_normal, item.extended_rights))
    if not rights and "AccessRights" not in item.properties:
        raise MissingEvidence(item.cmdlet, f"property AccessRights of an entry for {item.user}")
    access = _joined(item.properties.get("AccessRights")).lower()
    return Entry(
        user=item.user,
        principal=principal(item.user, item.word("Sid")),
        deny=item.deny,
        inherited=item.is_inherited,
        rights=rights,
        # An entry for extended rights that names none means all of them ([MS-ADTS] 5.1.3.3.4).
        all_rights=not rights and any(word in access for word in _ALL_RIGHTS),
    )


def _joined(value: Value) -> str:
    is_list = isinstance(value, tuple) and not isinstance(value, EnumValue)
    return ", ".join(as_list(value)) if is_list else as_text(value)


@lru_cache(maxsize=1024)  # a few names, on every entry
def _normal(right: str) -> str:
    """A right's name without case, prefix and joints: documents also write `Accept Any Sender`."""
    letters = re.sub(r"[^a-z]", "", right.lower())
    short = letters.removeprefix("msexch").removeprefix("smtp").removesuffix("s")
    return _DISPLAY_NAMES.get(short, short)


@lru_cache(maxsize=4096)  # a few accounts, on every connector
def principal(user: str, sid: str = "") -> Principal:
    """Whom an account name or SID means; the SID decides where it is known."""
    for known in (Principal.ANONYMOUS, Principal.EVERYONE):
        if known.value in (user.strip(), sid.strip()):
            return known
    if sid.strip():
        return Principal.OTHER
    authority, _, name = user.strip().rpartition("\\")
    if not authority and name.lower() in _EVERYONE:
        return Principal.EVERYONE
    if _ANONYMOUS.search(name) and (not authority or _AUTHORITY.search(authority)):
        return Principal.ANONYMOUS
    return Principal.OTHER
