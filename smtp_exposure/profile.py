"""The profile: TOML that says what this organisation expects (product.md, "The profile")."""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from smtp_exposure.errors import SettingsError
from smtp_exposure.exchange.addresses import AddressSet, Interval, parse_address
from smtp_exposure.exchange.inventory import KnownAddress
from smtp_exposure.expectations import (
    DomainExpectation,
    Expectations,
    ServerExpectation,
    Waiver,
)

T = TypeVar("T")
_CHECK_ID = re.compile(r"(INT|EXT)-\d\d-\d")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HOST = re.compile(r"(?=.{1,253}$)([A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?")


def read_profile(text: str, source: str) -> Expectations:
    """Read a profile. Raises SettingsError that names file and key for what it can't accept."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise SettingsError(f"{source}: {problem}") from None
    root = _Table(document, source, "")
    internal = root.table("internal")
    internet = root.table("internet")
    names = root.table("names")
    ports = root.table("ports")
    probe = root.table("probe")
    servers = root.tables("servers")
    profile = Expectations(
        **internal.given("internal", "ranges", _ranges),
        **internet.given("internet", "ranges", _ranges_or_all),
        **internet.given("foreign_mx", "foreign_mx", _texts),
        **internet.given("exchange_online", "exchange_online", _ranges),
        **names.given("default_frontend", "default_frontend", _text),
        **names.given("internet_connector", "internet_connector", _text),
        **names.given("mail_host", "mail_host", _host),
        **ports.given("ports_outside", "allowed_outside", _ports),
        **ports.given("pop", "pop", _flag),
        **ports.given("imap", "imap", _flag),
        **probe.given("recipient", "recipient", _mailbox),
        **probe.given("foreign_domain", "foreign_domain", _host),
        **probe.given("vantage", "vantage", _vantage),
        known_addresses=tuple(item for table in servers for item in _addresses(table)),
        servers={item.name.lower(): item for item in map(_server, servers)},
        domains=tuple(map(_domain, root.tables("domains"))),
        waivers=tuple(map(_waiver, root.tables("waivers"))),
    )
    for table in (internal, internet, names, ports, probe, root):
        table.refuse_rest()
    return profile


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
        values = self.take(key, _mapping) or {}
        return _Table(values, self.source, key)

    def tables(self, key: str) -> list["_Table"]:
        rows = self.take(key, _mappings) or []
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
    facing, edge = table.take("internet_facing", _flag), table.take("edge", _flag)
    server = ServerExpectation(
        name=table.need("name", _text),
        internet_facing=True if facing is None else facing,
        edge=bool(edge),
        public_hosts=table.take("public_hosts", _hosts) or (),
    )
    table.refuse_rest()
    return server


def _addresses(table: _Table) -> tuple[KnownAddress, ...]:
    owner = table.need("name", _text)
    intervals = table.take("addresses", _single_addresses) or ()
    return tuple(KnownAddress(interval=interval, owner=owner) for interval in intervals)


def _domain(table: _Table) -> DomainExpectation:
    domain = DomainExpectation(
        name=table.need("name", _host).lower(), mail_host=table.take("mail_host", _host)
    )
    table.refuse_rest()
    return domain


def _waiver(table: _Table) -> Waiver:
    waiver = Waiver(
        check=table.need("check", _check_id),
        target=table.need("target", _text),
        subject=table.need("subject", _text),
        reason=table.need("reason", _text),
        approver=table.need("approver", _text),
        expires=table.need("expires", _day),
        covers=table.take("covers", _covers) or "deviates",
        evidence=table.take("evidence", _sha256),
    )
    table.refuse_rest()
    return waiver


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is no text")
    return value.strip()


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no list")
    return tuple(map(_text, value))


def _host(value: Any) -> str:
    if not _HOST.fullmatch(_text(value)):
        raise ValueError(f"{value!r} is no host or domain name")
    return _text(value)


def _hosts(value: Any) -> tuple[str, ...]:
    return tuple(map(_host, _texts(value)))


def _mailbox(value: Any) -> str:
    if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", _text(value)):
        raise ValueError(f"{value!r} is no mail address")
    return _text(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _ranges(value: Any) -> AddressSet:
    ranges = AddressSet.parse(_texts(value))
    if not ranges:
        raise ValueError("the list is empty")
    return ranges


def _ranges_or_all(value: Any) -> AddressSet | None:
    return None if value == "all" else _ranges(value)


def _single_addresses(value: Any) -> tuple[Interval, ...]:
    found = [parse_address(text) for text in _texts(value)]
    return tuple(Interval(family, number, number) for family, number in found)


def _ports(value: Any) -> frozenset[int]:
    if not isinstance(value, list) or not all(
        isinstance(port, int) and not isinstance(port, bool) and 0 < port < 65536 for port in value
    ):
        raise ValueError(f"{value!r} is no list of TCP ports")
    return frozenset(value)


def _vantage(value: Any) -> str:
    return _one_of(value, "auto", "outside")


def _covers(value: Any) -> str:
    return _one_of(value, "deviates", "inconclusive")


def _one_of(value: Any, *choices: str) -> str:
    if value not in choices:
        raise ValueError(f"{value!r} is none of {', '.join(choices)}")
    return str(value)


def _check_id(value: Any) -> str:
    if not _CHECK_ID.fullmatch(_text(value)):
        raise ValueError(f"{value!r} is no check id, like INT-01-2")
    return _text(value)


def _sha256(value: Any) -> str:
    if not _SHA256.fullmatch(_text(value)):
        raise ValueError(f"{value!r} is no SHA-256 in lower-case hexadecimal")
    return _text(value)


def _day(value: Any) -> date:
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if type(value) is not date:
        raise ValueError(f"{value!r} is no day, like 2027-01-31")
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("this is no table")
    return value


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError("this is no list of tables: write [[...]]")
    return value
