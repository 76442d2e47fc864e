"""Exchange objects found in what an administrator exported, by their types (pure)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from smtp_exposure.errors import ExposureError
from smtp_exposure.exchange import inventory
from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.clixml import PSObject, plain
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.objects import ExchangeObject

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


@dataclass(frozen=True, slots=True)
class Folder:
    """What the files of one folder hold.

    `read` names cmdlets that are known to have run, so that no object means none exist;
    `problems` those that failed.
    """

    objects: list[ExchangeObject] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    problems: dict[str, ExposureError] = field(default_factory=dict)


def recognise(value: Any, source: str, folder: Folder, depth: int = 0) -> None:
    """Add the Exchange objects in a serialised value, nested in lists and hashtables too."""
    if not isinstance(value, PSObject) or depth > _MAX_NESTING:
        return
    kind = KINDS.get(value.kind)
    if kind is not None:
        properties = {name: plain(item) for name, item in value.properties.items()}
        folder.objects.append(kind(properties, source))
        return
    for name, item in _members(value):
        cmdlet = _CMDLETS.get(_key(name))
        if cmdlet and (item is None or (isinstance(item, PSObject) and item.items == [])):
            folder.read.add(cmdlet)
        recognise(item, source, folder, depth + 1)


def _members(value: PSObject) -> Iterator[tuple[str, Any]]:
    yield from (("", item) for item in value.items or ())
    yield from ((str(name), item) for name, item in value.entries or ())
    yield from value.properties.items()


def _key(section: str) -> str:
    return re.sub(r"[^a-z]", "", section.lower()).removeprefix("get").removesuffix("s")


_CMDLETS = {_key(kind.cmdlet): kind.cmdlet for kind in KINDS.values()}
