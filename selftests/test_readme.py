"""README.md says what is there: its commands on both systems, and its options."""

import re
from pathlib import Path

from smtp_exposure.options import OPTIONS

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
KNOWN = {option.name for option in OPTIONS}


def options(text: str) -> set[str]:
    """The options that a text names."""
    return set(re.findall(r"`(--[a-z-]+)", text))


def test_every_command_stands_there_for_windows_too() -> None:
    unix = re.findall(r"\.venv/bin/(\w+(?: [\w-]+)*)", README)
    windows = re.findall(r"\.venv\\Scripts\\(\w+(?: [\w-]+)*)", README)
    assert len(unix) > 5
    assert sorted(windows) == sorted(unix)


def test_every_option_is_in_the_table() -> None:
    table = "\n".join(line for line in README.splitlines() if line.startswith("| `-"))
    assert options(table) - {"-k"} == KNOWN


def test_what_is_not_built_yet_is_no_option() -> None:
    missing = options(README.partition("- Not built yet:")[2].partition("\n- ")[0])
    assert missing >= {"--server", "--baseline", "--what-if", "--vantage", "--sign"}
    assert missing.isdisjoint(KNOWN)
