"""Other tools that look at mail hosts: how each is called, and what it told.

A tool that isn't installed is left out. A fact that a tool says nothing of is "not told", which is
not counted as wrong.
"""

import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fleet import PORTS

Facts = dict[str, dict[str, Any]]
_ALL_PORTS = ",".join(map(str, sorted((25, *PORTS))))
_SCRIPTS = "smtp-commands,smtp-open-relay,smtp-ntlm-info,ssl-cert"
_STATES = {"open": "open", "closed": "refused", "filtered": "silent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A tool. `command` makes its command line for addresses; `most` is for how many it is fit."""

    name: str
    program: str
    command: Callable[[Sequence[str]], list[str]]
    read: Callable[[str, Sequence[str]], Facts] = lambda _text, _addresses: {}
    most: int = 1

    @property
    def path(self) -> str | None:
        """Where the tool is; None if it isn't installed."""
        return shutil.which(self.program)


def nmap_facts(text: str, _addresses: Sequence[str]) -> Facts:
    """Read nmap's XML."""
    facts: Facts = {}
    for host in ET.fromstring(text).iter("host"):  # noqa: S314  # made by nmap, just now
        address = host.find("address")
        assert address is not None
        told: dict[str, Any] = {"ports": {}}
        for port in host.iter("port"):
            state = port.find("state")
            assert state is not None
            told["ports"][int(port.get("portid", "0"))] = _STATES.get(state.get("state", ""))
            if port.get("portid") == "25":
                said = {item.get("id"): item.get("output", "") for item in port.iter("script")}
                told |= _scripted(said)
        for extra in host.iter("extraports"):
            state_name = _STATES.get(extra.get("state", ""))
            for port_number in (25, *PORTS):
                told["ports"].setdefault(port_number, state_name)
        facts[address.get("addr", "")] = told
    return facts


def _scripted(said: dict[str | None, str]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if "smtp-commands" in said:
        told["sign-in before TLS"] = "AUTH " in said["smtp-commands"]
        # The script never asks again inside TLS; what it prints reads as if that were all.
        told["sign-in after TLS"] = "AUTH " in said["smtp-commands"]
    relay = said.get("smtp-open-relay", "")
    if "is an open relay" in relay:
        told["relays"] = True
    elif "doesn't seem to be an open relay" in relay:
        told["relays"] = False
    if "ssl-cert" in said:
        ends = re.search(r"Not valid after:\s+(\S+)", said["ssl-cert"])
        names = "fleet.example" in said["ssl-cert"]
        expired = ends and datetime.fromisoformat(ends[1]).replace(tzinfo=UTC) < datetime.now(UTC)
        told["certificate"] = "expired" if expired else "good" if names else "wrong-name"
    return told


def swaks_facts(text: str, addresses: Sequence[str]) -> Facts:
    """Read swaks's transcript: `<-` in the clear, `<~` inside TLS."""
    if "<" not in text:
        return {}
    recipient = re.search(r"~> RCPT TO.*\n<[~*-]\*? *\s*(\d)", text)
    return {
        addresses[0]: {
            "sign-in before TLS": bool(re.search(r"^<-\s+250.AUTH", text, re.MULTILINE)),
            "sign-in after TLS": bool(re.search(r"^<~\s+250.AUTH", text, re.MULTILINE)),
            "relays": recipient[1] == "2" if recipient else None,
        }
    }


def _nmap(*options: str) -> Callable[[Sequence[str]], list[str]]:
    fixed = ["nmap", "-sT", "-T4", "-Pn", "-n", "-p", _ALL_PORTS, "-oX", "-", *options]
    return lambda addresses: [*fixed, *addresses]


def _swaks(addresses: Sequence[str]) -> list[str]:
    words = "swaks --port 25 --tls --quit-after RCPT --helo probe.example --timeout 10"
    named = ("--from", "probe@probe.example", "--to", "nobody@example.com")
    return [*words.split(), *named, "--server", addresses[0]]


PEERS = (
    Peer(name="nmap, ports only", program="nmap", command=_nmap(), read=nmap_facts, most=1_000),
    Peer(
        name="nmap, ports and 4 scripts",
        program="nmap",
        command=_nmap("--script", _SCRIPTS),
        read=nmap_facts,
        most=8,
    ),
    Peer(
        name="nmap, 4 scripts, 512 at once",
        program="nmap",
        command=_nmap("--script", _SCRIPTS, "--max-parallelism", "512"),
        read=nmap_facts,
        most=1_000,
    ),
    Peer(name="swaks", program="swaks", command=_swaks, read=swaks_facts),
    Peer(
        name="sslscan",
        program="sslscan",
        command=lambda addresses: ["sslscan", "--starttls-smtp", f"{addresses[0]}:25"],
    ),
    Peer(
        name="sslyze",
        program="sslyze",
        command=lambda addresses: ["sslyze", "--certinfo", "--starttls=smtp", f"{addresses[0]}:25"],
    ),
    Peer(
        name="testssl.sh -S",
        program="testssl",
        command=lambda addresses: [
            *"testssl --quiet --color 0 --warnings batch -t smtp -S".split(),
            f"{addresses[0]}:25",
        ],
    ),
)
