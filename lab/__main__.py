"""python -m lab: list the scenarios, let one listen, or write its export."""

import argparse
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import lab

if TYPE_CHECKING:
    from lab.running import Lab


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m lab", description="A stand-in Exchange.")
    parser.add_argument("scenario", nargs="?", metavar="SCENARIO", help="none: list them all")
    parser.add_argument("--export", type=Path, metavar="DIR", help="write its Export-Clixml files")
    parser.add_argument(
        "--tarpit",
        type=float,
        default=lab.USUAL_TARPIT,
        metavar="SECONDS",
        help="delay of each refusal; Exchange's own is 5 (default: %(default)s)",
    )
    options = parser.parse_args()
    if options.scenario is None:
        width = max(map(len, lab.SCENARIOS))
        sys.stdout.writelines(f"{n:{width}}  {lab.summary(n)}\n" for n in lab.SCENARIOS)
        return 0
    if options.scenario not in lab.SCENARIOS:
        parser.error(f"no scenario is named {options.scenario}")
    if options.export is None:
        return _listen(options.scenario, options.tarpit)
    lab.write_export(options.scenario, options.export)
    return 0


def _listen(name: str, tarpit: float) -> int:
    with lab.start(name, tarpit=tarpit) as running, suppress(KeyboardInterrupt):
        sys.stdout.write("\n".join([*_lines(name, running), ""]))
        sys.stdout.flush()
        threading.Event().wait()
    return 0


def _lines(name: str, running: "Lab") -> Iterator[str]:
    yield f"{name}: {lab.summary(name)}"
    yield f"the client is {running.own_address}, or {running.own_address_ipv6} over IPv6"
    yield f"trust {running.ca_file}"
    yield ""
    for (address, port), where in running.redirects.items():
        if isinstance(where, str):
            continue
        yield f"  {f'[{address}]:{port}':28} is {where[0]} port {where[1]}"
    yield "  every other port is closed; addresses of nobody are unreachable"
    yield ""
    here, port = running.resolver
    yield f"  dig @{here} -p {port} {running.domains[0]} MX"
    for (_, wanted), where in running.redirects.items():
        if wanted == 25 and not isinstance(where, str):
            yield f"  telnet {where[0]} {where[1]}"
            yield f"  openssl s_client -starttls smtp -connect {where[0]}:{where[1]}"
            break
    yield ""
    yield "Ctrl-C ends it."


if __name__ == "__main__":
    sys.exit(main())
