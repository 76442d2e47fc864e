"""A PowerShell script as a syntax tree, with what the rules of the lint ask it.

Two grammars are read: the second is a fork of the first, and spells a few node names otherwise.
"""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tree_sitter import Language, Node, Parser

from selftests.gateways.collect_allowances import Allowances

GRAMMARS = ("tree_sitter_powershell", "tree_sitter_pwsh")


class Reason(StrEnum):
    """Why something in a script is refused."""

    TEXT = "character outside printable ASCII, or a backtick"
    COMMENT = "comment that is not alone on its line, or a #requires"
    SYNTAX = "not understood by the grammar"
    CONSTRUCT = "construct that is not allowed"
    FUNCTION = "function that is not expected here"
    COMMAND = "command that is not allowed"
    PARAMETER = "argument that is not allowed"
    CALL = "call or dot operator"
    BLOCK = "script block where none is expected"
    TYPE = "type or attribute that is not allowed"
    METHOD = "method that is not allowed"
    STATIC = "static member that is not allowed"
    MEMBER = "property that is not allowed"
    STRING = "text that is computed"
    VARIABLE = "variable that is not the script's own"
    ASSIGNMENT = "change of something that the script did not make"
    WRITE = "write in another form or place than the one allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One refused piece of a script."""

    line: int
    reason: Reason
    text: str


class Script:
    """A parsed script and what it may contain; `nodes` has every node, in the order of the text."""

    def __init__(self, source: bytes, grammar: str, allowed: Allowances) -> None:
        language = Language(importlib.import_module(grammar).language())
        self.source = source
        self.allowed = allowed
        self.root = Parser(language).parse(source).root_node
        self.nodes = tuple(_walk(self.root))
        self._by_kind: dict[str, list[Node]] = {}
        for node in self.nodes:
            self._by_kind.setdefault(kind(node), []).append(node)

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        """All nodes of these kinds, kind by kind."""
        for wanted in kinds:
            yield from self._by_kind.get(wanted, ())

    def assignments(self) -> Iterator[tuple[Node, str, Node]]:
        """Target, operator and value of every assignment."""
        for node in self.of_kind("assignment_expression"):
            parts = [inner for inner in node.children if kind(inner) != "comment"]
            operator = child(node, "assignment_operator")
            yield core(parts[0]), text(operator) if operator else "?", core(parts[-1])

    def bindings(self) -> Iterator[tuple[str, Node]]:
        """Each name that the script gives a value to, in small letters, and the node that does."""
        for node in self.of_kind("script_parameter", "foreach_statement"):
            variable = child(node, "variable")
            if variable is not None:
                yield name_of(variable), node
        for target, _, _ in self.assignments():
            if kind(target) == "variable":
                yield name_of(target), target


def _walk(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def kind(node: Node) -> str:
    """Type of a node in the spelling of the second grammar."""
    return node.type.replace("assignement", "assignment").replace("invokation", "invocation")


def text(node: Node) -> str:
    """Text of a node, each run of blanks as one."""
    return re.sub(r"\s+", " ", (node.text or b"").decode("utf-8", "replace")).strip()


def child(node: Node, *kinds: str) -> Node | None:
    """First child of one of these kinds."""
    return next((inner for inner in node.children if kind(inner) in kinds), None)


def core(node: Node) -> Node:
    """What is left when levels that only wrap one other level are taken off."""
    while len(node.children) == 1 and node.children[0].is_named and kind(node) != "variable":
        node = node.children[0]
    return node


def enclosing(node: Node, *kinds: str) -> Node | None:
    """Nearest ancestor of one of these kinds."""
    above = node.parent
    while above is not None and kind(above) not in kinds:
        above = above.parent
    return above


def name_of(variable: Node) -> str:
    """Name of a variable, in small letters, as PowerShell compares it."""
    return text(variable).removeprefix("$").lower()


def violation(node: Node, reason: Reason) -> Violation:
    """A violation at this node."""
    return Violation(line=node.start_point[0] + 1, reason=reason, text=text(node)[:80])
