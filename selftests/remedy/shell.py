"""The little of the Exchange Management Shell that remedies use, on a server's connectors.

It refuses what Exchange refuses (facts sheet, 3.3): a name twice, an identity that is not there,
clashing bindings of two roles, or of one role with clashing ranges. And it refuses what a remedy must
not touch: how Default Frontend lets servers and devices sign in.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from selftests.checks.builders import front_door
from selftests.checks.exported import (
    ALL_IPV4,
    DEFAULT_FRONTEND,
    Properties,
    auth,
    connector,
    default_connectors,
    groups,
    role,
)
from selftests.remedy.proposals import proposed
from smtp_exposure.exchange.clashes import find_clashes
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.expectations import Expectations

_OPTION = re.compile(r" -(\w+) ((?:'(?:[^']|'')*',?)+|[^'\s]+(?:, \S+)*)")
_READ: dict[str, Callable[[list[str]], Any]] = {
    "RemoteIPRanges": tuple,
    "Bindings": tuple,
    "AuthMechanism": lambda values: auth(*values),
    "PermissionGroups": lambda values: groups(*values),
    "TransportRole": lambda values: role(values[0]),
    "Enabled": lambda values: values == ["$true"],
    "RequireTLS": lambda values: values == ["$true"],
}


class Refused(Exception):
    """What a command is refused for."""


class Shell:
    """A server's connectors by their identity, and what was done to them."""

    def __init__(self, connectors: Iterable[Properties], expected: Expectations) -> None:
        self.connectors = {str(item["Identity"]): dict(item) for item in connectors}
        self.expected = expected

    @property
    def door(self) -> FrontDoor:
        """The server as it is now."""
        return front_door(
            without=list(default_connectors()),
            further=list(self.connectors.values()),
            expected=self.expected,
        )

    def mend(self, checks: Iterable[str]) -> None:
        """Run what the checks propose, one after another."""
        for check in checks:
            for remedy in proposed(check, front_door=self.door):
                self.run(remedy)

    def run(self, text: str) -> None:
        """Run each command of a remedy; comments do nothing, and neither do services."""
        for line in text.replace("`\n", "").splitlines():
            command, _, options = line.partition(" ")
            if command.endswith("-ReceiveConnector"):
                found = {name: _values(given) for name, given in _OPTION.findall(f" {options}")}
                _COMMANDS[command](self, found)
                self._refuse_clashes()

    def set_connector(self, options: dict[str, list[str]]) -> None:
        """Set-ReceiveConnector."""
        (identity,) = options.pop("Identity")
        if identity not in self.connectors:
            raise Refused(f"{identity} is not there")
        if identity == DEFAULT_FRONTEND and {"AuthMechanism", "PermissionGroups"} & options.keys():
            raise Refused("Default Frontend keeps its sign-in")
        self.connectors[identity] |= {name: _READ[name](given) for name, given in options.items()}

    def new_connector(self, options: dict[str, list[str]]) -> None:
        """New-ReceiveConnector: of the usage Internet it holds the whole of IPv4 (facts, 2.6)."""
        (name,), (server,) = options.pop("Name"), options.pop("Server")
        identity = f"{server}\\{name}"
        if identity in self.connectors or options.pop("Usage") != ["Internet"]:
            raise Refused(f"{identity} is there, or not for the Internet")
        given = {option: _READ[option](values) for option, values in options.items()}
        made = connector(name, {"RemoteIPRanges": (ALL_IPV4,)} | given)
        self.connectors[identity] = dict(made)

    def _refuse_clashes(self) -> None:
        connectors = self.door.connectors
        bound = {(item.transport_role, binding) for item in connectors for binding in item.bindings}
        if len(bound) > len({binding for _, binding in bound}):
            raise Refused("connectors of two roles listen on one endpoint")
        for clash in find_clashes(connectors):
            raise Refused(f"{clash.left.identity} and {clash.right.identity} clash")


_COMMANDS = {
    "Set-ReceiveConnector": Shell.set_connector,
    "New-ReceiveConnector": Shell.new_connector,
}


def _values(given: str) -> list[str]:
    quoted = re.findall(r"'((?:[^']|'')*)'", given)
    return [text.replace("''", "'") for text in quoted] or given.split(", ")
