"""What a scenario is, and how a function becomes one."""

from collections.abc import Callable
from dataclasses import dataclass

from lab import verdicts
from lab.state import Organization

Build = Callable[[], Organization]
REGISTRY: "dict[str, Scenario]" = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A state with the verdicts it deserves, the profile it needs and the domains to judge."""

    build: Build
    summary: str
    verdicts: dict[str, str]
    profile: str | None
    domains: tuple[str, ...]

    def expected_verdicts(self) -> dict[tuple[str, str], str]:
        """Return the full verdict table."""
        servers = [server.name.upper() for server in self.build().servers]
        return verdicts.expand(self.verdicts, servers, self.domains)


def scenario(
    *,
    profile: str | None = None,
    domains: tuple[str, ...] = ("corp.example",),
    **named: str,
) -> Callable[[Build], Build]:
    """Register the function's state under its name, with its docstring as summary.

    The other arguments are the verdict table in short form (see lab/verdicts.py).
    """

    def register(build: Build) -> Build:
        name = build.__name__.replace("_", "-")
        summary = (build.__doc__ or "").strip().splitlines()[0]
        REGISTRY[name] = Scenario(
            build=build, summary=summary, verdicts=named, profile=profile, domains=domains
        )
        return build

    return register
