"""The collection script only reads: proved on its syntax tree, and the proof is tried with tricks.

Nothing here needs PowerShell, and nothing runs the script: selftests/exchange/test_collection.py
checks its document with one of the same shape.
"""

import dataclasses
import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selftests.gateways import smuggled_writes
from selftests.gateways.collect_allowances import ALLOWED
from selftests.gateways.powershell_commands import arguments
from selftests.gateways.powershell_lint import violations
from selftests.gateways.powershell_tree import GRAMMARS, Reason, Script, text

SCRIPT = Path(__file__).parents[2] / "smtp_exposure" / "gateways" / "scripts" / "collect.ps1"
SOURCE = SCRIPT.read_bytes().replace(b"\r\n", b"\n")
SECTIONS = """Get-ExchangeServer Get-ReceiveConnector Get-ADPermission Get-ExchangeCertificate
Get-AcceptedDomain Get-SendConnector Get-OrganizationConfig Get-TransportConfig
Get-HybridConfiguration Get-NetworkConnectionInfo Get-Service Get-NetTCPConnection"""


def _reasons(source: bytes, grammar: str) -> set[Reason]:
    return {one.reason for one in violations(source, grammar)}


def _appended(snippet: str) -> bytes:
    return SOURCE + snippet.encode() + b"\n"


def _replaced(old: str, new: str) -> bytes:
    assert old.encode() in SOURCE
    head, found, tail = SOURCE.rpartition(old.encode())
    return head + (new.encode() if found else b"") + tail


@pytest.fixture(params=GRAMMARS)
def grammar(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    return name


def test_the_script_has_no_violation(grammar: str) -> None:
    assert violations(SOURCE, grammar) == ()


def test_windows_line_ends_change_nothing(grammar: str) -> None:
    assert violations(SOURCE.replace(b"\n", b"\r\n"), grammar) == ()


@pytest.mark.parametrize(("snippet", "reason"), smuggled_writes.APPENDED)
def test_an_appended_trick_is_refused(snippet: str, reason: Reason, grammar: str) -> None:
    assert reason in _reasons(_appended(snippet), grammar)


@pytest.mark.parametrize(("old", "new", "reason"), smuggled_writes.REPLACED)
def test_a_changed_place_is_refused(old: str, new: str, reason: Reason, grammar: str) -> None:
    assert reason in _reasons(_replaced(old, new), grammar)


@pytest.mark.parametrize(("snippet", "reason"), smuggled_writes.ALONE)
def test_a_script_of_its_own_is_refused(snippet: str, reason: Reason, grammar: str) -> None:
    assert reason in _reasons(snippet.encode(), grammar)


def test_the_foreach_method_is_refused(grammar: str) -> None:
    # The first grammar takes it for the keyword, the second for a method.
    assert _reasons(_appended("$Connectors.ForEach('Delete')"), grammar)


@pytest.mark.parametrize("name", GRAMMARS)
@settings(deadline=None, max_examples=30)
@given(start=st.integers(0, len(SOURCE)), length=st.integers(1, 200))
def test_damage_never_breaks_the_lint(name: str, start: int, length: int) -> None:
    pytest.importorskip(name)
    violations(SOURCE[:start] + SOURCE[start + length :], name)


def test_every_reason_to_refuse_is_tried() -> None:
    battery = (*smuggled_writes.APPENDED, *smuggled_writes.REPLACED, *smuggled_writes.ALONE)
    assert {case[-1] for case in battery} == set(Reason)


def test_a_trick_is_placed_by_its_line() -> None:
    last = violations(_appended("Remove-Item x"))[-1]
    assert last.line == SOURCE.count(b"\n") + 1


LISTS = (
    "functions",
    "methods",
    "statics",
    "members",
    "casts",
    "parameter_types",
    "operand_types",
    "preferences",
)


@pytest.mark.parametrize(
    ("field", "word"),
    [(field, word) for field in LISTS for word in sorted(getattr(ALLOWED, field))],
)
def test_nothing_is_allowed_that_the_script_does_not_use(field: str, word: str) -> None:
    narrower = dataclasses.replace(ALLOWED, **{field: getattr(ALLOWED, field) - {word}})
    assert violations(SOURCE, allowed=narrower) != ()


@pytest.mark.parametrize(
    ("command", "parameter"),
    [(command, parameter) for command, known in ALLOWED.commands.items() for parameter in known],
)
def test_no_argument_is_allowed_that_the_script_does_not_use(command: str, parameter: str) -> None:
    kept = {name: rule for name, rule in ALLOWED.commands[command].items() if name != parameter}
    narrower = dataclasses.replace(ALLOWED, commands={**ALLOWED.commands, command: kept})
    assert violations(SOURCE, allowed=narrower) != ()


def test_each_section_is_labelled_as_the_cmdlet_it_calls() -> None:
    assert [label for label, _ in _sections()] == [called for _, called in _sections()]


def test_the_sections_are_the_expected_ones() -> None:
    assert [label for label, _ in _sections()] == SECTIONS.split()


def test_the_help_names_every_cmdlet_that_may_be_called() -> None:
    page = SOURCE.partition(b"#>")[0].decode().lower()
    assert [name for name in ALLOWED.commands if name not in page] == sorted(
        ALLOWED.functions - {"read-section"}, key=list(ALLOWED.commands).index
    )


def test_every_read_of_exchange_or_windows_stops_at_an_error() -> None:
    script = Script(SOURCE, GRAMMARS[0], ALLOWED)
    reads = [text(node) for node in script.of_kind("command") if text(node).startswith("Get-")]
    assert [read for read in reads if "-ErrorAction Stop" not in read] == []


def _sections() -> list[tuple[str, str]]:
    """Label of each section, and the first command of its script block."""
    script = Script(SOURCE, GRAMMARS[0], ALLOWED)
    commands = list(script.of_kind("command"))
    found = []
    for node in commands:
        given = dict(arguments(node))
        label, block = given.get("cmdlet"), given.get("read")
        if label is not None and block is not None:
            inner = next(one for one in commands if one.start_byte > block.start_byte)
            found.append((text(label).strip("'"), text(inner).split()[0]))
    return found
