"""Static proof that a PowerShell script only reads: what is not on an allow-list is refused.

Rules about the text, constructs, types and members; commands: powershell_commands.py, variables and
the one write: powershell_variables.py. What PowerShell and the grammar could read differently
(backticks, typographic quotes and dashes, lone carriage returns, comments behind code) is refused
as text, before any rule looks at the tree.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from selftests.gateways import powershell_commands, powershell_variables
from selftests.gateways.collect_allowances import ALLOWED, Allowances
from selftests.gateways.powershell_tree import (
    Reason,
    Script,
    Violation,
    child,
    core,
    kind,
    text,
    violation,
)

_UNCLEAR = re.compile(rb"[^\n\x20-\x7e]|`")
_PLAIN_EXPANSION = re.compile(r'"\$[A-Za-z]+"')
_WORD = re.compile(r"[A-Za-z0-9_]+")


def violations(
    source: bytes, grammar: str = "tree_sitter_powershell", allowed: Allowances = ALLOWED
) -> tuple[Violation, ...]:
    """List everything in the script that is not allowed, in the order of the text."""
    script = Script(source, grammar, allowed)
    found = [violation for rule in RULES for violation in rule(script)]
    return tuple(sorted(found, key=lambda one: (one.line, one.reason, one.text)))


def unclear_text(script: Script) -> Iterator[Violation]:
    """Characters that PowerShell gives another meaning than a reader or a grammar sees."""
    readable = script.source.replace(b"\r\n", b"\n")
    for match in _UNCLEAR.finditer(readable):
        line = readable.count(b"\n", 0, match.start()) + 1
        yield Violation(line=line, reason=Reason.TEXT, text=ascii(match[0]))


def comments(script: Script) -> Iterator[Violation]:
    """Comments share no line with code; #requires loads modules and snap-ins."""
    for node in script.of_kind("comment"):
        before = script.source[: node.start_byte].rpartition(b"\n")[2]
        after = script.source[node.end_byte :].partition(b"\n")[0]
        if (before + after).strip() or text(node).lower().startswith("#requires"):
            yield violation(node, Reason.COMMENT)


def constructs(script: Script) -> Iterator[Violation]:
    """Every node of the tree is of a known kind: no redirection, class, using, trap, switch ..."""
    for node in script.nodes:
        if node.is_missing or node.is_error:
            yield violation(node, Reason.SYNTAX)
        elif kind(node) not in script.allowed.constructs or _is_odd_token(node):
            yield violation(node, Reason.CONSTRUCT)


def strings(script: Script) -> Iterator[Violation]:
    """A text in double quotes is one variable and nothing else."""
    for node in script.of_kind("expandable_string_literal"):
        if not _PLAIN_EXPANSION.fullmatch(text(node)):
            yield violation(node, Reason.STRING)


def types(script: Script) -> Iterator[Violation]:
    """Types in casts, parameters and comparisons; attributes can run code, so there is one."""
    places = {"cast_expression": script.allowed.casts, "attribute": script.allowed.parameter_types}
    for node in script.of_kind("type_literal"):
        parent = node.parent
        if parent is None or child(parent, "::") is not None:
            continue
        if _type_name(node) not in places.get(kind(parent), script.allowed.operand_types):
            yield violation(node, Reason.TYPE)
    for node in script.of_kind("attribute"):
        if child(node, "type_literal") is None and text(node) != "[CmdletBinding()]":
            yield violation(node, Reason.TYPE)


def members(script: Script) -> Iterator[Violation]:
    """Methods and properties by plain names only; static members of literal types only."""
    for node in script.of_kind("invocation_expression", "member_access"):
        is_call = kind(node) == "invocation_expression"
        name = child(node, "member_name")
        plain = name is not None and kind(core(name)) == "simple_name"
        word = text(name).lower() if name is not None and plain else ""
        if child(node, "::") is not None:
            if f"{_type_name(node.children[0])}::{word}" not in script.allowed.statics:
                yield from _unless_the_write(node, script.allowed.write)
        elif word not in (script.allowed.methods if is_call else script.allowed.members):
            yield violation(node, Reason.METHOD if is_call else Reason.MEMBER)


def _is_odd_token(node: Node) -> bool:
    return kind(node) == "generic_token" and not _WORD.fullmatch(text(node))


def _unless_the_write(node: Node, write: str) -> Iterator[Violation]:
    """The one write has a rule of its own: powershell_variables.the_write."""
    if text(node) != write:
        yield violation(node, Reason.STATIC)


def _type_name(node: Node) -> str:
    return text(node).lower()[1:-1] if kind(node) == "type_literal" else "?"


RULES = (
    unclear_text,
    comments,
    constructs,
    strings,
    types,
    members,
    powershell_commands.functions,
    powershell_commands.commands,
    powershell_commands.call_operators,
    powershell_commands.script_blocks,
    powershell_variables.variables,
    powershell_variables.assignments,
    powershell_variables.the_write,
)
