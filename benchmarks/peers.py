"""Other tools that look at mail hosts: how each is called, and what it told.

A tool that isn't installed is left out; what a tool says nothing of is not counted as wrong.
"""

import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.fleet import PORTS, host_of, number_of

Facts = dict[str, dict[str, object]]
"""Address -> name of a fact -> what was told."""

_NMAP = ("nmap", "-sT", "-T4", "-Pn", "-n", "-oX", "-", "-p", ",".join(map(str, (25, *PORTS))))
_SCRIPTS = ("--script", "smtp-commands,smtp-open-relay,smtp-ntlm-info,ssl-cert")
_SWAKS = (
    *("swaks", "--tls", "--quit-after", "RCPT", "--helo", "probe.example", "--timeout", "10"),
    *("--from", "probe@probe.example", "--to", "nobody@example.com", "--server", "{address}"),
)
_STATES = {"open": "open", "closed": "refused", "filtered": "silent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A tool and its words; `least` and `most` are for how many hosts it is fit."""

    name: str
    words: tuple[str, ...]
    read: Callable[[str, Sequence[str]], Facts] | None = None
    least: int = 1
    most: int = 1
    is_slow: bool = False

    @property
    def is_installed(self) -> bool:
        """Whether this machine has it."""
        return shutil.which(self.words[0]) is not None

    def is_fit_for(self, hosts: int) -> bool:
        """Whether it is there, and made for so many."""
        return self.is_installed and self.least <= hosts <= self.most

    def command(self, addresses: Sequence[str], ca_file: Path) -> list[str]:
        """The command line that looks at these addresses."""
        if self.most > 1:
            return [*self.words, *addresses]
        (address,) = addresses
        host = host_of(number_of(address))
        return [word.format(address=address, host=host, ca_file=ca_file) for word in self.words]


def nmap_facts(text: str, _addresses: Sequence[str]) -> Facts:
    """Read nmap's XML."""
    facts: Facts = {}
    for host in ElementTree.fromstring(text).iter("host"):  # noqa: S314  # made by nmap, just now
        address = host.find("address")
        extra = host.find("ports/extraports")
        rest = _STATES.get(extra.get("state", "")) if extra is not None else None
        told: dict[str, object] = {f"port {port}": rest for port in PORTS}
        for port in host.iter("port"):
            state = port.find("state")
            if state is not None:
                told[f"port {port.get('portid')}"] = _STATES.get(state.get("state", ""))
            said = {item.get("id", ""): item.get("output", "") for item in port.iter("script")}
            told |= _scripted(said) if port.get("portid") == "25" else {}
        if address is not None:
            facts[address.get("addr", "")] = told
    return facts


def _scripted(said: dict[str, str]) -> dict[str, object]:
    told: dict[str, object] = {}
    if "smtp-commands" in said:
        # EHLO's keywords stand in the first line, what HELP says in others.
        has_sign_in = ", AUTH " in said["smtp-commands"].partition("\n")[0]
        told["sign-in before TLS"] = told["sign-in after TLS"] = has_sign_in
    relay = said.get("smtp-open-relay", "")
    if "is an open relay" in relay:
        told["relays"] = True
    elif "doesn't seem to be an open relay" in relay:
        told["relays"] = False
    if "ssl-cert" in said:
        ends = re.search(r"Not valid after:\s+(\S+)", said["ssl-cert"])
        has_expired = ends and datetime.fromisoformat(f"{ends[1]}+00:00") < datetime.now(UTC)
        # The script prints the names; whether they fit is left to the reader.
        told["certificate"] = _verdict(bool(has_expired), is_right="DNS:mx" in said["ssl-cert"])
    return told


def swaks_facts(text: str, addresses: Sequence[str]) -> Facts:
    """Read swaks's transcript: `<-` in the clear, `<~` inside TLS; a star marks a refusal."""
    if "<- " not in text:
        return {}
    recipient = re.search(r"^ *~> RCPT TO.*\n *<(?:~|\*\*)\*? +(\d)", text, re.MULTILINE)
    return {
        addresses[0]: {
            "sign-in before TLS": bool(re.search(r"^<- +250.AUTH", text, re.MULTILINE)),
            "sign-in after TLS": bool(re.search(r"^<~ +250.AUTH", text, re.MULTILINE)),
            "relays": recipient[1] == "2" if recipient else None,
        }
    }


def testssl_facts(text: str, addresses: Sequence[str]) -> Facts:
    """Read testssl.sh's judgement of the certificate."""
    if "Certificate Validity" not in text:
        return {}
    is_right = not re.search(r"Trust \(hostname\) +certificate does not match", text)
    has_expired = re.search(r"Certificate Validity.*\n? *expired", text)
    return {addresses[0]: {"certificate": _verdict(bool(has_expired), is_right=is_right)}}


def sslyze_facts(text: str, addresses: Sequence[str]) -> Facts:
    """Read what sslyze says of the certificate: its dates and its name."""
    ends = re.search(r"Not After: +(\d{4}-\d\d-\d\d)", text)
    if ends is None:
        return {}
    is_right = "no matching subjectAltName" not in text
    has_expired = datetime.fromisoformat(ends[1]).date() < datetime.now(UTC).date()
    return {addresses[0]: {"certificate": _verdict(has_expired, is_right=is_right)}}


def _verdict(has_expired: bool, *, is_right: bool) -> str:
    return "expired" if has_expired else "good" if is_right else "wrong-name"


PEERS = (
    Peer(name="nmap, ports only", words=_NMAP, read=nmap_facts, most=1_000),
    Peer(
        name="nmap, ports and 4 scripts",
        words=(*_NMAP, *_SCRIPTS),
        read=nmap_facts,
        most=64,
        is_slow=True,
    ),
    Peer(
        name="nmap, the same, 512 at once",
        words=(*_NMAP, *_SCRIPTS, "--max-parallelism", "512"),
        read=nmap_facts,
        least=2,
        most=256,
        is_slow=True,
    ),
    Peer(name="swaks", words=_SWAKS, read=swaks_facts),
    Peer(
        name="testssl.sh -S",
        words=(
            *("testssl", "--quiet", "--color", "0", "--warnings", "batch", "-t", "smtp", "-S"),
            *("--nodns", "none", "--add-ca", "{ca_file}", "--ip", "{address}", "{host}:25"),
        ),
        read=testssl_facts,
        is_slow=True,
    ),
    Peer(
        name="sslyze",
        words=(
            *("sslyze", "--certinfo", "--certinfo_ca_file", "{ca_file}", "--starttls=smtp"),
            "{host}:25{{{address}}}",
        ),
        read=sslyze_facts,
    ),
)
