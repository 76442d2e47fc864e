"""Flag enums of receive connectors, read from text or number (facts sheet, 2.4)."""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import TypeVar

from smtp_exposure.exchange.objects import EnumValue, Value, as_text, shown


class AuthMechanism(Enum):
    """What a receive connector offers or demands for authentication."""

    TLS = "Tls"
    INTEGRATED = "Integrated"
    BASIC_AUTH = "BasicAuth"
    BASIC_AUTH_REQUIRE_TLS = "BasicAuthRequireTLS"
    EXCHANGE_SERVER = "ExchangeServer"
    EXTERNAL_AUTHORITATIVE = "ExternalAuthoritative"


class PermissionGroup(Enum):
    """Who may submit through a receive connector."""

    ANONYMOUS_USERS = "AnonymousUsers"
    EXCHANGE_USERS = "ExchangeUsers"
    EXCHANGE_SERVERS = "ExchangeServers"
    EXCHANGE_LEGACY_SERVERS = "ExchangeLegacyServers"
    PARTNERS = "Partners"
    CUSTOM = "Custom"


AUTH_NUMBERS = {1 << bit: member for bit, member in enumerate(AuthMechanism)}
# Facts sheet, 12.2: the numbers of Partners and Custom are unconfirmed. Reading one for the other
# is safe: both send INT-03-1 away from "exactly AnonymousUsers".
GROUP_NUMBERS = {1 << bit: member for bit, member in enumerate(PermissionGroup)}
_UNCONFIRMED = frozenset({PermissionGroup.PARTNERS, PermissionGroup.CUSTOM})

F = TypeVar("F", bound=Enum)


def flags(numbers: Mapping[int, F]) -> Callable[[Value], frozenset[F]]:
    """Make a parser for a flag enum whose members have these numbers.

    It raises ValueError for an unknown member or number, and where text and number disagree.
    """

    def parse(value: Value) -> frozenset[F]:
        if isinstance(value, int) and not isinstance(value, bool):
            return _from_number(value, numbers)
        if isinstance(value, tuple) and not isinstance(value, EnumValue):
            return _from_text(", ".join(as_text(item) for item in value), numbers)
        text = as_text(value).strip()
        is_number = re.fullmatch(r"[0-9]+", text)
        read = _from_number(int(text), numbers) if is_number else _from_text(text, numbers)
        if isinstance(value, EnumValue):
            differing = read ^ _from_number(value.number, numbers)
            if differing - _UNCONFIRMED:
                raise ValueError(f"text {shown(text)} and number {value.number} disagree")
        return read

    return parse


def _from_text(text: str, numbers: Mapping[int, F]) -> frozenset[F]:
    by_name = {member.value.lower(): member for member in numbers.values()}
    found = [name.strip() for name in text.split(",")]
    if [name.lower() for name in found] == ["none"]:
        return frozenset()
    unknown = [name for name in found if name.lower() not in by_name]
    if unknown:
        raise ValueError(f"{shown(text)} has the unknown member {shown(unknown[0])}")
    return frozenset(by_name[name.lower()] for name in found)


def _from_number(number: int, numbers: Mapping[int, F]) -> frozenset[F]:
    if number < 0 or number >= 2 * max(numbers):
        raise ValueError(f"{number} has an unknown member")
    return frozenset(member for bit, member in numbers.items() if number & bit)


def names(members: frozenset[F]) -> str:
    """Write flags as Exchange does: in ascending numeric order, `None` if there are none."""
    order = [member for member in type(next(iter(members))) if member in members] if members else []
    return ", ".join(member.value for member in order) or "None"
