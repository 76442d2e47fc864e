"""The suite's look from outside alone, without pytest, checks and report: where its time goes.

python -m benchmarks.look RESOLVER CA_FILE DOMAIN...
"""

import sys

from smtp_exposure.gateways.probe import gather
from smtp_exposure.smtp.request import DomainTarget, ProbeRequest

if __name__ == "__main__":
    resolver, ca_file, *domains = sys.argv[1:]
    gather(
        ProbeRequest(
            domains=tuple(DomainTarget(domain=name) for name in domains),
            resolver=resolver,
            ca_file=ca_file,
        )
    )
