"""Exported objects sorted to the organisations and servers that they belong to (pure)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TypeVar

from smtp_exposure.errors import ExposureError, Undecided, UnreadableEvidence
from smtp_exposure.exchange.addresses import AddressSet, Interval, parse_address
from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.inventory import (
    AcceptedDomain,
    ADPermission,
    ExchangeServer,
    HybridConfiguration,
    Inventory,
    KnownAddress,
    NetworkConnectionInfo,
    Organization,
    OrganizationConfig,
    Section,
    SendConnector,
    Server,
    Service,
    TransportConfig,
    missing,
)
from smtp_exposure.exchange.objects import ExchangeObject
from smtp_exposure.exchange.recognition import Folder

T = TypeVar("T", bound=ExchangeObject)

_ORGANIZATION = re.compile(
    r"CN=((?:[^,\\]|\\.)+),CN=Microsoft Exchange,CN=Services,CN=Configuration,(.+)", re.IGNORECASE
)
_CONNECTOR_DN = re.compile(r"CN=Protocols,CN=((?:[^,\\]|\\.)+),", re.IGNORECASE)
_THIS_MACHINE = frozenset({"", ".", "localhost", "127.0.0.1"})
_NOT_A_SERVER_ADDRESS = AddressSet.parse(
    ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/127", "fe80::/10", "ff00::/8"]
)
"""Loopback and link-local addresses of adapters: no server reaches another one by them."""


def assemble(folders: Sequence[Folder]) -> Inventory:
    """Sort the objects of all folders to organisations and servers.

    Raises UnreadableEvidence where a receive connector, or the whole export, names no server.
    """
    notes: list[str] = []
    everywhere = {key for folder in folders for key in _organizations(folder)}
    pools: dict[str, _Pool] = defaultdict(_Pool)
    for folder in folders:
        here = _organizations(folder) or everywhere
        only = next(iter(here)) if len(here) == 1 else ""
        for item in folder.objects:
            pools[_organization(item) or only].add(item, folder)
        for key in here or {""}:
            pools[key].heard(folder)
    if len(everywhere) > 1:
        pools.pop("", None)
    organizations = tuple(pool.organization(key) for key, pool in sorted(pools.items()))
    if not any(item.servers for item in organizations):
        raise UnreadableEvidence(
            "the export names no Exchange server: it needs Get-ReceiveConnector, Get-ExchangeServer"
        )
    if len(organizations) > 1:
        names = ", ".join(item.name for item in organizations)
        notes.append(
            f"objects of several organisations ({names}): each server is judged by its own"
        )
    taken = {moment for folder in folders for moment in folder.taken}
    known = [moment for moment in taken if moment is not None]
    return Inventory(
        organizations=organizations,
        notes=tuple(notes),
        as_of=min(known) if known and None not in taken else None,
    )


def _organization(item: ExchangeObject) -> str:
    match = _ORGANIZATION.search(item.word("DistinguishedName"))
    return f"{match[1]},{match[2]}".lower() if match else ""


def _organizations(folder: Folder) -> set[str]:
    return {key for key in map(_organization, folder.objects) if key}


class _Pool:
    """The objects of one organisation, with the folders that they come from."""

    def __init__(self) -> None:
        self.objects: list[tuple[ExchangeObject, Folder]] = []
        self.read: set[str] = set()
        self.problems: dict[tuple[str, str], ExposureError] = {}

    def add(self, item: ExchangeObject, folder: Folder) -> None:
        self.objects.append((item, folder))

    def heard(self, folder: Folder) -> None:
        self.read |= folder.read
        self.problems |= folder.problems

    def all(self, kind: type[T]) -> list[T]:
        return [item for item, _ in self.objects if isinstance(item, kind)]

    def section(
        self, kind: type[T], items: Sequence[T], owner: str = "", stray: Sequence[T] = ()
    ) -> Section[T]:
        """The objects, or why there are none; `stray` ones belong to an unknown server."""
        problem = self.problems.get((kind.cmdlet, owner.lower()))
        if problem is None and not items:
            problem = self.problems.get((kind.cmdlet, ""))
        if problem is not None:
            return Section(kind.cmdlet, problem=problem)
        if items:
            return Section(kind.cmdlet, tuple(items))
        if stray:
            unnamed = f"the objects of {kind.cmdlet} name no server, and their folder holds several"
            return Section(kind.cmdlet, problem=Undecided(unnamed))
        return Section(kind.cmdlet) if kind.cmdlet in self.read else missing(kind)

    def whole(self, kind: type[T]) -> Section[T]:
        return self.section(kind, self.all(kind))

    def organization(self, key: str) -> Organization:
        names = _server_names(self.objects)
        owners = _Owners(names, self.objects)
        return Organization(
            name=key.partition(",")[0],
            servers=tuple(self.server(name, owners) for name in names.values()),
            known_addresses=tuple(_known_addresses(self.objects, owners)),
            accepted_domains=self.whole(AcceptedDomain),
            send_connectors=self.whole(SendConnector),
            config=self.whole(OrganizationConfig),
            transport_config=self.whole(TransportConfig),
            hybrid=self.whole(HybridConfiguration),
        )

    def server(self, name: str, owners: "_Owners") -> Server:
        details = next(iter(owners.of(name, ExchangeServer)), None)
        return Server(
            name=name,
            asked=name,
            fqdn=details.word("Fqdn") or None if details else None,
            details=details,
            receive_connectors=self.owned(name, ReceiveConnector, owners),
            permissions=self.owned(name, ADPermission, owners),
            certificates=self.owned(name, ExchangeCertificate, owners),
            services=self.owned(name, Service, owners),
        )

    def owned(self, name: str, kind: type[T], owners: "_Owners") -> Section[T]:
        return self.section(kind, owners.of(name, kind), name, owners.of(None, kind))


class _Owners:
    """Which server each object belongs to: named by itself, else the only one of its folder."""

    def __init__(self, names: dict[str, str], objects: list[tuple[ExchangeObject, Folder]]) -> None:
        self.names = names
        self.local: dict[int, set[str]] = defaultdict(set)
        for item, folder in objects:
            if isinstance(item, ExchangeServer | ReceiveConnector):
                self.local[id(folder)].add(_named_server(item).lower())
        self.owned: dict[str | None, dict[type[ExchangeObject], list[ExchangeObject]]]
        self.owned = defaultdict(lambda: defaultdict(list))
        for item, folder in objects:
            self.owned[self.owner(item, folder)][type(item)].append(item)

    def owner(self, item: ExchangeObject, folder: Folder) -> str | None:
        named = _named_server(item).lower()
        for candidate in (named, named.partition(".")[0]):
            if candidate in self.names:
                return self.names[candidate]
        here = self.local.get(id(folder)) or set(self.names)
        return self.names[next(iter(here))] if not named and len(here) == 1 else None

    def of(self, name: str | None, kind: type[T]) -> list[T]:
        return [item for item in self.owned[name][kind] if isinstance(item, kind)]


def _named_server(item: ExchangeObject) -> str:
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


def _server_names(objects: list[tuple[ExchangeObject, Folder]]) -> dict[str, str]:
    """Exchange names by their lower-case form, as the first object wrote them."""
    names: dict[str, str] = {}
    for item, _ in objects:
        if isinstance(item, ExchangeServer | ReceiveConnector):
            name = _named_server(item)
            if not name:
                raise UnreadableEvidence(
                    f"{item.source}: {item.cmdlet} object {item.label!r} names no server "
                    "(export Identity too)"
                )
            names.setdefault(name.lower(), name)
    return names


def _known_addresses(
    objects: list[tuple[ExchangeObject, Folder]], owners: _Owners
) -> Iterator[KnownAddress]:
    """Addresses of adapters and specific bindings; what can't be read is left to the checks."""
    for item, folder in objects:
        owner = owners.owner(item, folder) or "an Exchange server"
        texts: tuple[str, ...] = ()
        with suppress(ExposureError):
            if isinstance(item, NetworkConnectionInfo):
                texts = item.ip_addresses
            elif isinstance(item, ReceiveConnector):
                texts = tuple(
                    binding.family.text(binding.address)
                    for binding in item.bindings
                    if binding.address is not None
                )
        for text in texts:
            interval = _address(text)
            if interval and not AddressSet((interval,)) & _NOT_A_SERVER_ADDRESS:
                yield KnownAddress(interval=interval, owner=owner)


def _address(text: str) -> Interval | None:
    try:
        family, number = parse_address(text)
    except ValueError:
        return None
    return Interval(family, number, number)
