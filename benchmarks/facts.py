"""What the suite and its peers told of a fleet, beside what is true of it."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.fleet import PORTS, host_of, number_of
from benchmarks.peers import Facts

COLUMNS = (
    *("ports", "sign-in before TLS", "sign-in after TLS", "sign-in unannounced"),
    *("relays", "certificate"),
)
_CHECKS = {
    "sign-in before TLS": "EXT-03-1",
    "sign-in after TLS": "EXT-03-2",
    "sign-in unannounced": "EXT-03-3",
    "relays": "EXT-06-1",
    "wrong-name": "EXT-05-2",
    "expired": "EXT-05-3",
}
_SAYS = {"compliant": False, "deviates": True}


def suite_facts(folder: Path, addresses: Iterable[str]) -> Facts:
    """Read the verdicts of a run, and its evidence for the states of ports."""
    checks = json.loads((folder / "results.json").read_text())["checks"]
    evidence = json.loads((folder / "evidence.json").read_text())["external"]
    ports = {probe["address"]: dict(_ports(probe)) for probe in evidence["addresses"]}
    return {
        address: ports[address] | dict(_judged(checks, host_of(number_of(address))))
        for address in addresses
    }


def _ports(probe: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for item in probe["ports"]:
        state = item["state"]
        yield f"port {item['port']}", "open" if state.startswith("open") else state


def _judged(checks: list[dict[str, Any]], host: str) -> Iterator[tuple[str, object]]:
    number = host.partition(".")[0].removeprefix("mx")
    own = {item["id"]: item["verdict"] for item in checks if item["target"] == f"d{number}.example"}
    said = {name: _SAYS.get(own[check]) for name, check in _CHECKS.items()}
    for name in ("sign-in before TLS", "sign-in after TLS", "sign-in unannounced", "relays"):
        yield name, said[name]
    wrong = [name for name in ("expired", "wrong-name") if said[name]]
    yield "certificate", wrong[0] if wrong else None if said["expired"] is None else "good"


def score(column: str, facts: Facts, truths: Facts) -> str:
    """How many of a column's facts were told right, of how many; and how many wrong."""
    right = wrong = asked = 0
    names = [f"port {port}" for port in PORTS] if column == "ports" else [column]
    for address, truth in truths.items():
        told = facts.get(address, {})
        for name in names:
            if name in truth:
                asked += 1
                right += told.get(name) == truth[name]
                wrong += told.get(name) not in (None, truth[name])
    if not right + wrong:
        return "not told"
    return f"{right}/{asked}" + (f", {wrong} wrong" if wrong else "")
