"""What a run was asked for: options, else their variables, else defaults, as frozen settings."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smtp_exposure.errors import SettingsError
from smtp_exposure.options import OPTIONS, Option
from smtp_exposure.verdicts import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What this run was asked for."""

    snapshot: tuple[Path, ...] = ()
    lab: str | None = None
    domain: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    replay: tuple[Path, ...] = ()
    lab_tarpit: float = 0.01
    resolver: str | None = None
    ca_file: Path | None = None
    ehlo_name: str | None = None
    mail_from: str = "<>"
    reply_timeout: float = 30.0
    plan: bool = False
    profile: Path | None = None
    fail_on: Severity = Severity.LOW
    partial: bool = False
    report_dir: Path | None = None

    @property
    def has_target(self) -> bool:
        """Tell whether the run was told what to look at."""
        return any((self.snapshot, self.domain, self.mx, self.replay, self.lab))

    @property
    def looks_outside(self) -> bool:
        """Tell whether a domain or mail host was named, and so a look from outside now."""
        return bool(self.domain or self.mx)

    @property
    def is_replay_alone(self) -> bool:
        """Tell whether everything that is judged was seen by earlier runs."""
        return bool(self.replay) and not (self.snapshot or self.looks_outside)

    @property
    def first_target(self) -> str:
        """The first target or scenario, for the run folder's name."""
        scenario = [f"lab-{self.lab}"] if self.lab else []
        recorded = [f"replay-{path.resolve().name}" for path in self.replay]
        exports = [path.stem for path in self.snapshot]
        name = [*scenario, *exports, *self.domain, *self.mx, *recorded, "run"][0]
        return re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-.") or "run"


_EXCLUDING_LAB = ("snapshot", "replay", "mx")


def read_settings(
    given: Mapping[str, Any], variables: Mapping[str, str], scenarios: Callable[[], Iterable[str]]
) -> Settings:
    """Make settings of options, else variables, else defaults. Raises SettingsError by name."""
    values: dict[str, Any] = {}
    names: dict[str, str] = {}
    for option in OPTIONS:
        value = given.get(option.key)
        names[option.key] = option.name
        if value in (None, []):
            names[option.key] = option.variable
            value = _from_variable(option, variables.get(option.variable))
        elif not option.is_switch:
            value = _read(option, option.name, value)
        values[option.key] = option.default if value is None else value
    settings = Settings(**values)
    for name in _EXCLUDING_LAB:
        if settings.lab and getattr(settings, name):
            raise SettingsError(f"--lab and --{name} exclude each other")
    if settings.lab is None and given.get("lab_tarpit") is not None:
        raise SettingsError("--lab-tarpit delays the answers of the stand-in alone: add --lab")
    if settings.replay and settings.snapshot and settings.looks_outside:
        raise SettingsError(
            "--replay has nothing to give beside --snapshot and --domain or --mx: each half is there"
        )
    if settings.lab is not None and settings.lab != "list" and settings.lab not in scenarios():
        raise SettingsError(
            f"{names['lab']}: there is no scenario {settings.lab!r}; --lab=list names them"
        )
    return settings


def _from_variable(option: Option, text: str | None) -> Any:
    if text is None or not text.strip():
        return None
    name = option.variable
    if option.repeatable:
        return _read(option, name, [part for part in text.split(";") if part.strip()])
    return _read(option, name, text)


def _read(option: Option, name: str, value: Any) -> Any:
    try:
        if option.repeatable:
            return tuple(option.read(text) for text in value)
        return option.read(value)
    except ValueError as problem:
        raise SettingsError(f"{name}: {problem}") from None
