"""Rules of the lint about values: variables, what may be assigned to, and the one write."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from selftests.gateways.powershell_tree import (
    Reason,
    Script,
    Violation,
    child,
    enclosing,
    kind,
    name_of,
    text,
    violation,
)

_SIMPLE = re.compile(r"\$[A-Za-z][A-Za-z0-9]*|\$_")
_CONSTANTS = frozenset({"null", "true", "false", "_"})

# about_Automatic_Variables and about_Preference_Variables: giving these a value changes how other
# commands work, such as $PSDefaultParameterValues, which adds parameters to every call.
_AUTOMATIC = """args consolefilename error event eventargs eventsubscriber executioncontext foreach
home host input lastexitcode matches maximumhistorycount myinvocation nestedpromptlevel ofs
outputencoding pid profile pwd sender shellid stacktrace switch this"""
_RESERVED = _CONSTANTS | frozenset(_AUTOMATIC.split())


def variables(script: Script) -> Iterator[Violation]:
    """Plain names that the script binds itself: no provider drives, no scopes, no automatic ones."""
    own = {name for name, _ in script.bindings()} | _CONSTANTS
    for node in script.of_kind("variable"):
        if not _SIMPLE.fullmatch(text(node)) or name_of(node) not in own:
            yield violation(node, Reason.VARIABLE)
    for name, node in script.bindings():
        if _is_reserved(name) and name not in script.allowed.preferences:
            yield violation(node, Reason.VARIABLE)


def assignments(script: Script) -> Iterator[Violation]:
    """Values go into variables, and into entries of dictionaries that were made in the script."""
    own = _own_dictionaries(script)
    for target, _, _ in script.assignments():
        if kind(target) == "variable":
            continue
        base = target.children[0] if kind(target) == "element_access" else None
        if base is None or kind(base) != "variable" or name_of(base) not in own:
            yield violation(target, Reason.ASSIGNMENT)


def the_write(script: Script) -> Iterator[Violation]:
    """At most one write: at the top, under `if ($Path)`, to a path that only the caller gives."""
    writes = [
        node
        for node in script.of_kind("invocation_expression")
        if text(node) == script.allowed.write
    ]
    bound = [node for name, node in script.bindings() if name == "path"]
    given = [text(node) for node in bound] == ["[string]$Path"] and all(map(_is_of_script, bound))
    for node in writes:
        if len(writes) > 1 or not given or not _is_guarded(node):
            yield violation(node, Reason.WRITE)


def _own_dictionaries(script: Script) -> set[str]:
    """Names whose every binding in the script is a literal `[ordered]@{...}`."""
    literal: set[str] = set()
    other: set[str] = set()
    for target, operator, value in script.assignments():
        if kind(target) == "variable":
            is_literal = kind(value) == "cast_expression" and text(value).startswith("[ordered]@{")
            (literal if is_literal and operator == "=" else other).add(name_of(target))
    parameters = script.of_kind("script_parameter", "foreach_statement")
    bound = (child(node, "variable") for node in parameters)
    return literal - other - {name_of(node) for node in bound if node is not None}


def _is_reserved(name: str) -> bool:
    return name in _RESERVED or name.startswith("ps") or name.endswith("preference")


def _is_of_script(parameter: Node) -> bool:
    block = enclosing(parameter, "param_block")
    return block is not None and block.parent is not None and kind(block.parent) == "program"


def _is_guarded(write: Node) -> bool:
    guard = enclosing(write, "if_statement")
    outer = enclosing(write, "function_statement", "script_block_expression")
    branch = enclosing(write, "statement_block")
    if guard is None or branch is None or outer is not None:
        return False
    return text(guard).startswith("if ($Path) {") and branch.parent == guard
