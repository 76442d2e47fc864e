"""Values of options and variables: texts, turned into what they mean. Each raises ValueError."""

import re
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from smtp_exposure.verdicts import Severity


def existing_path(text: str) -> Path:
    """Read a path that must exist; relative ones start where the command was given."""
    path = Path(text_value(text)).expanduser().resolve()
    if not path.exists():
        raise ValueError(f"{text!r} does not exist")
    return path


def output_path(text: str) -> Path:
    """Read the path of a folder that the run writes."""
    if not text.strip():
        raise ValueError("the folder's name is empty")
    return Path(text).expanduser().resolve()


def severity(text: str) -> Severity:
    """Read a severity."""
    try:
        return Severity(text.strip().lower())
    except ValueError:
        known = ", ".join(item.value for item in Severity)
        raise ValueError(f"{text!r} is none of {known}") from None


def domain_name(text: str) -> str:
    """Read the name of a mail domain, in lower case; no name ends in a number (RFC 3696, 2)."""
    name = text.strip().rstrip(".").lower()
    if not re.fullmatch(r"(?=.{1,253}$)([a-z0-9_-]{1,63}\.)*(?![0-9]+$)[a-z0-9_-]{1,63}", name):
        raise ValueError(f"{text!r} is no domain name")
    return name


def mail_host(text: str) -> str:
    """Read the name of a mail host, or its address: `192.0.2.25`, `2001:db8::25`."""
    for read in (_address, domain_name):
        with suppress(ValueError):
            return read(text)
    raise ValueError(f"{text!r} is neither a host name nor an address")


def _address(text: str) -> str:
    return str(ip_address(text.strip().strip("[]")))


def ehlo_name(text: str) -> str:
    """Read what the probe calls itself: a host name, or an address literal (RFC 5321, 4.1.3)."""
    name = text.strip()
    literal = re.fullmatch(r"\[(?:IPv6:)?([0-9A-Fa-f.:]+)\]", name)
    with suppress(ValueError):
        return name if literal and ip_address(literal[1]) else domain_name(name)
    raise ValueError(f"{text!r} is neither a host name nor an address literal like [192.0.2.1]")


def reverse_path(text: str) -> str:
    """Read the sender of MAIL FROM: a mail address, or `<>` for none."""
    path = text.strip()
    if not re.fullmatch(r"<>|(<)?[!-;=?A-~]+@[!-;=?A-~]+(?(1)>)", path):
        raise ValueError(f"{text!r} is neither <> nor a mail address")
    return path


def seconds(text: str) -> float:
    """Read a number of seconds, at most an hour."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 3600:
        raise ValueError(f"{text!r} is no number of seconds from 0 to 3600")
    return value


def positive_seconds(text: str) -> float:
    """Read a number of seconds in which something can happen, at most an hour."""
    value = seconds(text)
    if not value:
        raise ValueError(f"{text!r} leaves no time")
    return value


def resolver_address(text: str) -> str:
    """Read the IP address of a DNS server: `192.0.2.53`, `2001:db8::53`, `[2001:db8::53]:5353`."""
    bare, _, port = (
        text.strip().rpartition(":")
        if "]:" in text or text.count(":") == 1
        else (
            text.strip(),
            "",
            "53",
        )
    )
    address = ip_address(bare.strip("[]"))
    if not (port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{text!r} has no port from 1 to 65535")
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"


def text_value(text: str) -> str:
    """Read a text that must not be empty."""
    if not text.strip():
        raise ValueError("the value is empty")
    return text.strip()


def switch(text: str) -> bool:
    """Read a switch from a variable."""
    if text.strip().lower() in ("1", "true", "yes", "on"):
        return True
    if text.strip().lower() in ("", "0", "false", "no", "off"):
        return False
    raise ValueError(f"{text!r} is neither yes nor no")
