"""Values of the profile: what TOML holds, turned into what is expected. Each raises ValueError."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from smtp_exposure.check_ids import CHECK_IDS
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import (
    Family,
    Interval,
    parse_address,
    parse_ranges,
)
from smtp_exposure.exchange.perimeter import internet_without

_CHECK_ID = re.compile(r"(INT|EXT)-\d\d-\d")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HOST = re.compile(r"(?=.{1,253}$)([A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?")


def text(value: Any) -> str:
    """Read a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is no text")
    return value.strip()


def texts(value: Any) -> tuple[str, ...]:
    """Read a list of texts."""
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no list")
    return tuple(map(text, value))


def host(value: Any) -> str:
    """Read a host or domain name."""
    if not _HOST.fullmatch(text(value)):
        raise ValueError(f"{value!r} is no host or domain name")
    return text(value)


def hosts(value: Any) -> tuple[str, ...]:
    """Read a list of host names."""
    return tuple(map(host, texts(value)))


def mailbox(value: Any) -> str:
    """Read a mail address."""
    if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", text(value)):
        raise ValueError(f"{value!r} is no mail address")
    return text(value)


def flag(value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def ranges(value: Any) -> AddressSet:
    """Read a list of ranges that is not empty; each network begins where it is said to."""
    entries = parse_ranges(texts(value))
    for text, interval in entries:
        base, _, length = text.partition("/")
        if length and parse_address(base)[1] != interval.low:
            raise ValueError(f"{text!r} does not begin its network: {interval.notation} does")
    if not entries:
        raise ValueError("the list is empty")
    return AddressSet.of(entry.interval for entry in entries)


def internal_ranges(value: Any) -> AddressSet:
    """Read the internal ranges; they must leave an Internet that could be exposed to anything."""
    internal = ranges(value)
    for family in Family:
        whole = internet_without(AddressSet()).of_family(family)
        left = internet_without(internal).of_family(family)
        if 2 * _count(left) <= _count(whole):
            raise ValueError(f"these ranges hold half of the {family} Internet, or more of it")
    return internal


def _count(addresses: AddressSet) -> int:
    return sum(item.high - item.low + 1 for item in addresses)


def ranges_or_all(value: Any) -> AddressSet | None:
    """Read ranges, or "all" as None."""
    return None if value == "all" else ranges(value)


def single_addresses(value: Any) -> tuple[Interval, ...]:
    """Read a list of IP addresses."""
    found = [parse_address(text) for text in texts(value)]
    return tuple(Interval(family, number, number) for family, number in found)


def ports(value: Any) -> frozenset[int]:
    """Read a list of TCP ports."""
    if not isinstance(value, list) or not all(
        isinstance(port, int) and not isinstance(port, bool) and 0 < port < 65536 for port in value
    ):
        raise ValueError(f"{value!r} is no list of TCP ports")
    return frozenset(value)


def vantage(value: Any) -> str:
    """Read where the probe is said to be."""
    return one_of(value, "auto", "outside")


def covers(value: Any) -> str:
    """Read what a waiver covers."""
    return one_of(value, "deviates", "inconclusive")


def one_of(value: Any, *choices: str) -> str:
    """Read one of a few words."""
    if value not in choices:
        raise ValueError(f"{value!r} is none of {', '.join(choices)}")
    return str(value)


def check_id(value: Any) -> str:
    """Read the id of a check."""
    if not _CHECK_ID.fullmatch(text(value)):
        raise ValueError(f"{value!r} is no check id, like INT-01-2")
    if value.strip() not in CHECK_IDS:
        raise ValueError(f"there is no check {value.strip()}")
    return text(value)


def sha256(value: Any) -> str:
    """Read a SHA-256."""
    if not _SHA256.fullmatch(text(value)):
        raise ValueError(f"{value!r} is no SHA-256 in lower-case hexadecimal")
    return text(value)


def day(value: Any) -> date:
    """Read a day, as TOML's own type or as text."""
    if isinstance(value, str):
        with suppress(ValueError):
            value = date.fromisoformat(value)
    if type(value) is not date:
        raise ValueError(f"{value!r} is no day, like 2027-01-31")
    return value


def mapping(value: Any) -> Mapping[str, Any]:
    """Read a table."""
    if not isinstance(value, dict):
        raise ValueError("this is no table")
    return value


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """Read a list of tables."""
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError("this is no list of tables: write [[...]]")
    return value
