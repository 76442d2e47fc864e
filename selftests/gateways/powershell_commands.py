"""Rules of the lint about what is called: functions, commands, arguments and script blocks."""

from collections.abc import Iterator

from tree_sitter import Node

from selftests.gateways.collect_allowances import ANY, BLOCK, POSITIONAL, SWITCH
from selftests.gateways.powershell_tree import (
    Reason,
    Script,
    Violation,
    child,
    core,
    enclosing,
    kind,
    name_of,
    text,
    violation,
)


def functions(script: Script) -> Iterator[Violation]:
    """Only the expected functions, once each and at the top: none can shadow or fake a cmdlet.

    A name that is only defined where the definition never runs would call the real command.
    """
    seen = set()
    for node in script.of_kind("function_statement"):
        name = _function_name(node)
        inside = enclosing(node, "function_statement", "script_block_expression", "statement_block")
        if name not in script.allowed.functions or name in seen or inside is not None:
            yield violation(node, Reason.FUNCTION)
        seen.add(name)


def commands(script: Script) -> Iterator[Violation]:
    """Commands by their full names, each argument behind its full parameter name."""
    for node in script.of_kind("command"):
        if _operator(node) is not None:
            continue
        name = _command_name(node)
        if name not in script.allowed.commands:
            yield violation(node, Reason.COMMAND)
            continue
        for parameter, value in arguments(node):
            wanted = script.allowed.commands[name].get(parameter)
            if wanted is None or not _fits(value, wanted):
                yield violation(value or node, Reason.PARAMETER)


def call_operators(script: Script) -> Iterator[Violation]:
    """One call operator, on one parameter that is a script block and is bound nowhere else."""
    calls = [node for node in script.of_kind("command") if _operator(node) is not None]
    for node in calls:
        function = enclosing(node, "function_statement")
        if (
            len(calls) > 1
            or text(node) != script.allowed.call
            or not _is_block(script, node, function)
        ):
            yield violation(node, Reason.CALL)


def script_blocks(script: Script) -> Iterator[Violation]:
    """Script blocks stand where a command wants one, and nowhere else."""
    expected = {
        core(value).start_byte
        for node in script.of_kind("command")
        for parameter, value in arguments(node)
        if value and script.allowed.commands.get(_command_name(node), {}).get(parameter) == BLOCK
    }
    for node in script.of_kind("script_block_expression"):
        if node.start_byte not in expected:
            yield violation(node, Reason.BLOCK)


def arguments(command: Node) -> Iterator[tuple[str, Node | None]]:
    """Parameter names in small letters with their values; POSITIONAL for a value without one."""
    elements = child(command, "command_elements")
    waiting: str | None = None
    for node in elements.children if elements is not None else ():
        if kind(node) == "command_argument_sep":
            continue
        if kind(node) == "command_parameter":
            if waiting is not None:
                yield waiting, None
            waiting = text(node).lower().removeprefix("-")
        else:
            yield POSITIONAL if waiting is None else waiting, node
            waiting = None
    if waiting is not None:
        yield waiting, None


def _is_block(script: Script, call: Node, function: Node | None) -> bool:
    called = child(call, "command_name_expr")
    if called is None or function is None or _function_name(function) != "read-section":
        return False
    bound = [node for name, node in script.bindings() if name == name_of(called)]
    return [text(node) for node in bound] == [f"[scriptblock]{text(called)}"] and enclosing(
        bound[0], "function_statement"
    ) == function


def _fits(value: Node | None, wanted: str) -> bool:
    if value is None or wanted == SWITCH:
        return value is None and wanted == SWITCH
    if text(value).startswith("@") and kind(core(value)) == "variable":
        return False  # about_Splatting: @name hands over parameters that are not seen here
    if wanted == BLOCK:
        return kind(core(value)) == "script_block_expression"
    return wanted in (ANY, text(value))


def _operator(command: Node) -> Node | None:
    return child(command, "command_invocation_operator")


def _command_name(command: Node) -> str:
    name = child(command, "command_name")
    return text(name).lower() if name is not None else "?"


def _function_name(function: Node) -> str:
    name = child(function, "function_name")
    return text(name).lower() if name is not None else "?"
