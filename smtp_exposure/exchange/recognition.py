"""Exchange objects found in what an administrator exported, by their types (pure)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smtp_exposure.errors import CannotLook, ExposureError, MissingEvidence
from smtp_exposure.exchange import inventory
from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.collection import Collection
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.objects import ExchangeObject
from smtp_exposure.exchange.psobjects import PSObject, plain

KINDS: dict[str, type[ExchangeObject]] = {
    "ReceiveConnector": ReceiveConnector,
    "ExchangeServer": inventory.ExchangeServer,
    "AcceptedDomain": inventory.AcceptedDomain,
    "ADAcePresentationObject": inventory.ADPermission,
    "ExchangeCertificate": ExchangeCertificate,
    "X509Certificate2": ExchangeCertificate,
    "ServiceController": inventory.Service,
    "SmtpSendConnectorConfig": inventory.SendConnector,
    "OrganizationConfig": inventory.OrganizationConfig,
    "HybridConfiguration": inventory.HybridConfiguration,
    "TransportConfigContainer": inventory.TransportConfig,
    "NetworkConnectionInfo": inventory.NetworkConnectionInfo,
}
"""The last word of a type's name, and what it is read as."""

_MAX_NESTING = 8
_NO_RIGHT = re.compile(
    "CommandNotFound|not recognized|AccessDenied|UnauthorizedAccess|access is denied|INSUFF_ACCESS",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Folder:
    """What the files of one folder hold.

    `read` names cmdlets that are known to have run, so that no object means none exist; `problems`
    are the errors of those that failed, for one server (in lower case) or, under an empty name,
    altogether.
    """

    objects: list[ExchangeObject] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    problems: dict[tuple[str, str], str] = field(default_factory=dict)
    taken: set[datetime | None] = field(default_factory=set)


def recognise(values: Iterable[Any], source: str, folder: Folder) -> None:
    """Add the Exchange objects in a document's values, nested in lists and hashtables too."""
    seen: set[PSObject] = set()
    for value in values:
        _recognise(value, source, folder, seen, 0)


def _recognise(value: Any, source: str, folder: Folder, seen: set[PSObject], depth: int) -> None:
    """Walk a value; objects may refer to each other in circles, so each is looked at once."""
    if not isinstance(value, PSObject) or depth > _MAX_NESTING or value in seen:
        return
    seen.add(value)
    kind = KINDS.get(value.kind)
    if kind is not None:
        folder.taken.add(None)  # an export does not tell when it was made
        properties = {name: plain(item) for name, item in value.properties.items()}
        folder.objects.append(kind(properties, source))
        return
    for name, item in _members(value):
        cmdlet = _CMDLETS.get(_key(name))
        if cmdlet and (item is None or (isinstance(item, PSObject) and item.items == [])):
            folder.read.add(cmdlet)
        _recognise(item, source, folder, seen, depth + 1)


def recognise_collection(collection: Collection, source: str, folder: Folder) -> None:
    """Add what the collection script read, with what it could not read."""
    folder.taken.add(collection.taken)
    for section in collection.sections:
        kind = BY_CMDLET.get(section.cmdlet)
        if kind is None:
            continue
        folder.objects.extend(kind(item, source) for item in section.items)
        if section.error is None:
            folder.read.add(section.cmdlet)
            continue
        for owner in section.unread or {""}:
            folder.problems[section.cmdlet, owner.lower()] = section.error


def what_failed(cmdlet: str, error: str) -> ExposureError:
    """Tell a missing right or cmdlet from a failure (facts sheet, 8.2: RBAC hides cmdlets)."""
    if _NO_RIGHT.search(error):
        return MissingEvidence(cmdlet, f"this account may not run it, or it is not there: {error}")
    return CannotLook(f"{cmdlet}: {error}")


def _members(value: PSObject) -> Iterator[tuple[str, Any]]:
    yield from (("", item) for item in value.items or ())
    yield from ((str(name), item) for name, item in value.entries)
    yield from value.properties.items()


def _key(section: str) -> str:
    return re.sub(r"[^a-z]", "", section.lower()).removeprefix("get").removesuffix("s")


BY_CMDLET = {kind.cmdlet: kind for kind in KINDS.values()}
_CMDLETS = {_key(kind.cmdlet): kind.cmdlet for kind in KINDS.values()}
