"""What a scenario is, and how a function becomes one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lab.state import Organization
from lab.verdicts import Table, expand

Build = Callable[[], Organization]
REGISTRY: "dict[str, Scenario]" = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A state with the verdicts it deserves, the profile it needs and the domains to judge."""

    build: Build
    summary: str
    verdicts: Mapping[str, str]
    jointly: Mapping[str, str]
    profile: str | None
    domains: tuple[str, ...]

    def expected_verdicts(self, halves: Sequence[str]) -> Table:
        """Return the full verdict table of these halves."""
        servers = [server.name.upper() for server in self.build().servers]
        return expand(self.verdicts, self.jointly, (servers, self.domains), halves)


def scenario(
    *,
    profile: str | None = None,
    domains: tuple[str, ...] = ("corp.example",),
    jointly: Mapping[str, str] | None = None,
    **named: str,
) -> Callable[[Build], Build]:
    """Register the function's state under its name, with its docstring as summary.

    The other arguments are the verdict table in short form (see lab/verdicts.py); `jointly` is
    what changes in it where both halves run.
    """

    def register(build: Build) -> Build:
        name = build.__name__.replace("_", "-")
        summary = (build.__doc__ or "").strip().splitlines()[0]
        REGISTRY[name] = Scenario(
            build=build,
            summary=summary,
            verdicts=named,
            jointly=jointly or {},
            profile=profile,
            domains=domains,
        )
        return build

    return register
