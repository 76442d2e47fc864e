"""python -m lab: list the scenarios, or write the export of one."""

import argparse
import sys
from pathlib import Path

import lab


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m lab", description="A stand-in Exchange.")
    parser.add_argument("scenario", nargs="?", metavar="SCENARIO", help="none: list them all")
    parser.add_argument("--export", type=Path, metavar="DIR", help="write its Export-Clixml files")
    options = parser.parse_args()
    if options.scenario is None:
        width = max(map(len, lab.SCENARIOS))
        sys.stdout.writelines(f"{n:{width}}  {lab.summary(n)}\n" for n in lab.SCENARIOS)
        return 0
    if options.scenario not in lab.SCENARIOS:
        parser.error(f"no scenario is named {options.scenario}")
    if options.export is None:
        parser.error(f"say where to write {options.scenario}: --export=DIR")
    lab.write_export(options.scenario, options.export)
    return 0


if __name__ == "__main__":
    sys.exit(main())
