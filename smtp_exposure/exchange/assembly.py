"""Exported objects sorted to the organisations and servers that they belong to (pure)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from smtp_exposure.errors import ExposureError, Undecided, UnreadableEvidence
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import Interval, parse_address
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
from smtp_exposure.exchange.ownership import Owners, server_names
from smtp_exposure.exchange.recognition import Folder, what_failed

T = TypeVar("T", bound=ExchangeObject)

_ORGANIZATION = re.compile(
    r"CN=((?:[^,\\]|\\.)+),CN=Microsoft Exchange,CN=Services,CN=Configuration,(.+)", re.IGNORECASE
)
_NOT_A_SERVER_ADDRESS = AddressSet.parse(
    ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/127", "fe80::/10", "ff00::/8"]
)
"""Loopback and link-local addresses of adapters: no server reaches another one by them."""


def assemble(folders: Sequence[Folder]) -> Inventory:
    """Sort the objects of all folders to organisations and servers.

    Raises UnreadableEvidence where a receive connector, or the whole export, names no server.
    """
    everywhere = {key for folder in folders for key in _organizations(folder)}
    pools: dict[str, _Pool] = defaultdict(_Pool)
    for folder in folders:
        here = _organizations(folder) or everywhere
        only = next(iter(here)) if len(here) == 1 else ""
        for item in folder.objects:
            pools[_organization(item).lower() or only].add(item, folder)
        for key in here or {""}:
            pools[key].heard(folder)
    if len(everywhere) > 1:
        pools.pop("", None)
    organizations = tuple(pool.organization() for _, pool in sorted(pools.items()))
    if not any(item.servers for item in organizations):
        raise UnreadableEvidence(
            "the export names no Exchange server: it needs Get-ReceiveConnector, Get-ExchangeServer"
        )
    return Inventory(
        organizations=organizations, notes=_notes(organizations), as_of=_taken(folders)
    )


def _notes(organizations: tuple[Organization, ...]) -> tuple[str, ...]:
    if len(organizations) < 2:
        return ()
    names = ", ".join(item.name for item in organizations)
    return (f"objects of several organisations ({names}): each server is judged by its own",)


def _taken(folders: Sequence[Folder]) -> datetime | None:
    """When the oldest part was read; None where any part does not tell."""
    taken = {moment for folder in folders for moment in folder.taken}
    known = [moment for moment in taken if moment is not None]
    return min(known) if known and None not in taken else None


def _organization(item: ExchangeObject) -> str:
    match = _ORGANIZATION.search(item.word("DistinguishedName"))
    return f"{match[1]},{match[2]}" if match else ""


def _organizations(folder: Folder) -> set[str]:
    return {key.lower() for key in map(_organization, folder.objects) if key}


class _Pool:
    """The objects of one organisation, with the folders that they come from."""

    def __init__(self) -> None:
        self.objects: list[tuple[ExchangeObject, Folder]] = []
        self.name = ""
        self.connectors: dict[str, ReceiveConnector] = {}
        self.read: set[str] = set()
        self.problems: dict[tuple[str, str], ExposureError] = {}

    def add(self, item: ExchangeObject, folder: Folder) -> None:
        self.name = self.name or _organization(item).partition(",")[0]
        if isinstance(item, ReceiveConnector) and self._is_known(item):
            return
        self.objects.append((item, folder))

    def _is_known(self, connector: ReceiveConnector) -> bool:
        """Tell whether a connector came before; raises where it was in another state then."""
        known = self.connectors.setdefault(connector.identity.lower(), connector)
        if known is not connector and dict(known.properties) != dict(connector.properties):
            raise UnreadableEvidence(
                f"{connector.source}: {connector.identity} is in another state than in "
                f"{known.source}; give one export of it"
            )
        return known is not connector

    def heard(self, folder: Folder) -> None:
        self.read |= folder.read
        self.problems |= {key: what_failed(key[0], text) for key, text in folder.problems.items()}

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

    def organization(self) -> Organization:
        names = server_names(self.objects)
        owners = Owners(names, self.objects)
        return Organization(
            name=self.name,
            servers=tuple(self.server(name, owners) for name in names.values()),
            known_addresses=tuple(_known_addresses(self.objects, owners)),
            accepted_domains=self.whole(AcceptedDomain),
            send_connectors=self.whole(SendConnector),
            config=self.whole(OrganizationConfig),
            transport_config=self.whole(TransportConfig),
            hybrid=self.whole(HybridConfiguration),
        )

    def server(self, name: str, owners: "Owners") -> Server:
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

    def owned(self, name: str, kind: type[T], owners: "Owners") -> Section[T]:
        return self.section(kind, owners.of(name, kind), name, owners.of(None, kind))


def _known_addresses(
    objects: list[tuple[ExchangeObject, Folder]], owners: Owners
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
