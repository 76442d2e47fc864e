"""One outside look in this process, for the external benchmark: what it cost, and what it saw.

    look.py --resolver=ADDRESS --ca-file=FILE [--facts] [--profile] NAME...

Imports are not measured: whole processes are (external.py).
"""

import argparse
import cProfile
import json
import pstats
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from floor import peak_mib
from smtp_exposure.gateways import chain_trust, probe  # noqa: E402  # runs from its checkout
from smtp_exposure.smtp.certificates import NameMatch  # noqa: E402
from smtp_exposure.smtp.evidence import AddressProbe  # noqa: E402
from smtp_exposure.smtp.phases import Phase  # noqa: E402
from smtp_exposure.smtp.plan import Purpose  # noqa: E402
from smtp_exposure.smtp.request import DomainTarget, ProbeRequest  # noqa: E402


def facts(found: AddressProbe) -> dict[str, Any]:
    """Tell of an address what the benchmark compares with the truth."""
    states = {item.port: item.state.value for item in found.ports}
    ports = {port: "open" if state.startswith("open") else state for port, state in states.items()}
    if not found.opened:
        return {"ports": ports | {25: "silent"}}

    def offers(phase: Phase) -> bool:
        return any(said.offers_sign_in for said in found.capabilities(phase))

    relay = [talk.reply(Purpose.RCPT_FOREIGN) for talk in found.final]
    leaf = found.tls_sessions[0].leaf if found.tls_sessions else None
    certificate = None
    if leaf is not None:
        good = leaf.covers(found.hosts[0]) is not NameMatch.NONE
        certificate = "good" if good else "wrong-name"
        certificate = certificate if leaf.is_valid_at(datetime.now(UTC)) else "expired"
    asked = [
        reply
        for phase in Phase
        for _, reply in found.sign_in_replies(phase)
        if not offers(phase) and reply.asks_for_more
    ]
    return {
        "ports": ports | {25: "open"},
        "sign-in before TLS": offers(Phase.BEFORE_TLS),
        "sign-in after TLS": offers(Phase.AFTER_TLS),
        "sign-in unannounced": bool(asked),
        "relays": any(reply is not None and reply.accepts for reply in relay),
        "certificate": certificate,
    }


def main() -> None:
    """Look, and print what it cost as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--resolver")
    parser.add_argument("--ca-file")
    parser.add_argument("--facts", action="store_true")
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    request = ProbeRequest(
        domains=tuple(DomainTarget(domain=name) for name in asked.names),
        resolver=asked.resolver,
        ca_file=asked.ca_file,
    )
    chain_trust.TrustJudge(asked.ca_file).load()  # cryptography is loaded before the clock starts
    profile = cProfile.Profile()
    peak, before = peak_mib(), resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    if asked.profile:
        evidence = profile.runcall(probe.gather, request)
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(45)
        pstats.Stats(profile, stream=sys.stderr).sort_stats("cumtime").print_stats("gateways|records|/smtp/|dns/")
    else:
        evidence = probe.gather(request)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    cost = {
        "seconds": seconds,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "mib": peak_mib() - peak,
        "hosts": len(evidence.addresses),
        "connections": sum(len(item.conversations) for item in evidence.addresses),
    }
    if asked.facts:
        cost["facts"] = {item.address: facts(item) for item in evidence.addresses}
    json.dump(cost, sys.stdout)


if __name__ == "__main__":
    main()
