"""Which server each exported object belongs to (pure)."""

import re
from collections import defaultdict
from typing import TypeVar

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.inventory import ADPermission, ExchangeServer
from smtp_exposure.exchange.objects import ExchangeObject
from smtp_exposure.exchange.recognition import Folder

T = TypeVar("T", bound=ExchangeObject)

_CONNECTOR_DN = re.compile(r"CN=Protocols,CN=((?:[^,\\]|\\.)+),", re.IGNORECASE)
_THIS_MACHINE = frozenset({"", ".", "localhost", "127.0.0.1"})


class Owners:
    """Which server each object belongs to: named by itself, else the only one of its folder."""

    def __init__(self, names: dict[str, str], objects: list[tuple[ExchangeObject, Folder]]) -> None:
        self.names = names
        self.local: dict[int, set[str]] = defaultdict(set)
        for item, folder in objects:
            if isinstance(item, ExchangeServer | ReceiveConnector):
                self.local[id(folder)].add(named_server(item).lower())
        self.owned: dict[str | None, dict[type[ExchangeObject], list[ExchangeObject]]]
        self.owned = defaultdict(lambda: defaultdict(list))
        for item, folder in objects:
            self.owned[self.owner(item, folder)][type(item)].append(item)

    def owner(self, item: ExchangeObject, folder: Folder) -> str | None:
        """The Exchange name of an object's server; None where nothing tells."""
        named = named_server(item).lower()
        for candidate in (named, named.partition(".")[0]):
            if candidate in self.names:
                return self.names[candidate]
        here = self.local.get(id(folder)) or set(self.names)
        return self.names[next(iter(here))] if not named and len(here) == 1 else None

    def of(self, name: str | None, kind: type[T]) -> list[T]:
        """The objects of one kind of a server; of no server under None."""
        return [item for item in self.owned[name][kind] if isinstance(item, kind)]


def named_server(item: ExchangeObject) -> str:
    """The server that an object names, by Exchange name or FQDN; empty where it names none."""
    if isinstance(item, ExchangeServer):
        return item.word("Name") or item.word("Identity")
    if isinstance(item, ReceiveConnector):
        return item.server_name
    identity = item.word("Identity")
    if isinstance(item, ADPermission) and (match := _CONNECTOR_DN.search(identity)):
        return match[1]
    if isinstance(item, ADPermission) and "\\" in identity:
        return identity.partition("\\")[0]
    for name in ("Server", "MachineName", "PSComputerName"):
        value = item.word(name)
        if value.lower() not in _THIS_MACHINE:
            return value
    return ""


def server_names(objects: list[tuple[ExchangeObject, Folder]]) -> dict[str, str]:
    """Exchange names by their lower-case form, as the first object wrote them."""
    names: dict[str, str] = {}
    for item, _ in objects:
        if isinstance(item, ExchangeServer | ReceiveConnector):
            name = named_server(item)
            if not name:
                raise UnreadableEvidence(
                    f"{item.source}: {item.cmdlet} object {item.label!r} names no server "
                    "(export Identity too)"
                )
            names.setdefault(name.lower(), name)
    return names
