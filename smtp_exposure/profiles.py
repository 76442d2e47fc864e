"""The profile: TOML that says what this organisation expects (product.md, "The profile")."""

import tomllib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from smtp_exposure import profile_values as toml
from smtp_exposure.errors import SettingsError
from smtp_exposure.exchange.inventory import KnownAddress
from smtp_exposure.expectations import (
    DomainExpectation,
    Expectations,
    ServerExpectation,
    Waiver,
)

T = TypeVar("T")

# Table and key of the document, the field of Expectations, and how the value is read.
_KEYS: tuple[tuple[str, str, str, Callable[[Any], Any]], ...] = (
    ("internal", "ranges", "internal", toml.internal_ranges),
    ("internet", "ranges", "internet", toml.ranges_or_all),
    ("internet", "foreign_mx", "foreign_mx", toml.texts),
    ("internet", "exchange_online", "exchange_online", toml.ranges),
    ("names", "default_frontend", "default_frontend", toml.text),
    ("names", "internet_connector", "internet_connector", toml.text),
    ("names", "mail_host", "mail_host", toml.host),
    ("ports", "allowed_outside", "ports_outside", toml.ports),
    ("ports", "pop", "pop", toml.flag),
    ("ports", "imap", "imap", toml.flag),
    ("probe", "recipient", "recipient", toml.mailbox),
    ("probe", "foreign_domain", "foreign_domain", toml.host),
    ("probe", "vantage", "vantage", toml.vantage),
)


def read_profile(text: str, source: str) -> Expectations:
    """Read a profile. Raises SettingsError that names file and key for what it can't accept."""
    try:
        root = _Table(tomllib.loads(text), source, "")
    except tomllib.TOMLDecodeError as problem:
        raise SettingsError(f"{source}: {problem}") from None
    tables = {name: root.table(name) for name in dict.fromkeys(row[0] for row in _KEYS)}
    fields: dict[str, Any] = {}
    for name, key, field, read in _KEYS:
        fields |= tables[name].given(field, key, read)
    servers = root.tables("servers")
    profile = Expectations(
        **fields,
        known_addresses=tuple(item for table in servers for item in _addresses(table)),
        servers=_by_name(servers),
        domains=tuple(map(_domain, root.tables("domains"))),
        waivers=tuple(map(_waiver, root.tables("waivers"))),
    )
    for table in (*tables.values(), root):
        table.refuse_rest()
    return profile


def _by_name(tables: list["_Table"]) -> dict[str, ServerExpectation]:
    found: dict[str, ServerExpectation] = {}
    for table in tables:
        server = _server(table)
        if server.name.lower() in found:
            raise SettingsError(f"{table.where('name')}: {server.name!r} has a table already")
        found[server.name.lower()] = server
    return found


class _Table:
    """A table of the document that remembers which keys were asked for."""

    def __init__(self, values: Mapping[str, Any], source: str, path: str) -> None:
        self.values = values
        self.source = source
        self.path = path
        self.known: set[str] = set()

    def where(self, key: str) -> str:
        return f"{self.source}: {self.path}.{key}" if self.path else f"{self.source}: {key}"

    def take(self, key: str, read: Callable[[Any], T]) -> T | None:
        """Read one key; None where it is absent."""
        self.known.add(key)
        if key not in self.values:
            return None
        try:
            return read(self.values[key])
        except ValueError as problem:
            raise SettingsError(f"{self.where(key)}: {problem}") from None

    def need(self, key: str, read: Callable[[Any], T]) -> T:
        """Read one key that must be there."""
        value = self.take(key, read)
        if value is None:
            raise SettingsError(f"{self.where(key)} is missing")
        return value

    def given(self, name: str, key: str, read: Callable[[Any], Any]) -> dict[str, Any]:
        """An argument for Expectations, if the key is there."""
        value = self.take(key, read)
        return {name: value} if key in self.values else {}

    def table(self, key: str) -> "_Table":
        values = self.take(key, toml.mapping) or {}
        return _Table(values, self.source, key)

    def tables(self, key: str) -> list["_Table"]:
        rows = self.take(key, toml.mappings) or []
        return [
            _Table(row, self.source, f"{key}[{number}]") for number, row in enumerate(rows, start=1)
        ]

    def refuse_rest(self) -> None:
        """Refuse keys that nobody asked for: a misspelt one would be no expectation at all."""
        for key in self.values:
            if key not in self.known:
                known = ", ".join(sorted(self.known))
                raise SettingsError(f"{self.where(key)} is unknown here (known: {known})")


def _server(table: _Table) -> ServerExpectation:
    facing, edge = table.take("internet_facing", toml.flag), table.take("edge", toml.flag)
    server = ServerExpectation(
        name=table.need("name", toml.text),
        internet_facing=True if facing is None else facing,
        edge=bool(edge),
        public_hosts=table.take("public_hosts", toml.hosts) or (),
    )
    table.refuse_rest()
    return server


def _addresses(table: _Table) -> tuple[KnownAddress, ...]:
    owner = table.need("name", toml.text)
    intervals = table.take("addresses", toml.single_addresses) or ()
    return tuple(KnownAddress(interval=interval, owner=owner) for interval in intervals)


def _domain(table: _Table) -> DomainExpectation:
    domain = DomainExpectation(
        name=table.need("name", toml.host).lower(), mail_host=table.take("mail_host", toml.host)
    )
    table.refuse_rest()
    return domain


def _waiver(table: _Table) -> Waiver:
    waiver = Waiver(
        check=table.need("check", toml.check_id),
        target=table.need("target", toml.text),
        subject=table.need("subject", toml.text),
        reason=table.need("reason", toml.text),
        approver=table.need("approver", toml.text),
        expires=table.need("expires", toml.day),
        covers=table.take("covers", toml.covers) or "deviates",
        evidence=table.take("evidence", toml.sha256),
    )
    table.refuse_rest()
    return waiver
