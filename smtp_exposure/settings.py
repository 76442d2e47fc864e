"""Options and variables of a run: one row per option, and the frozen settings they give."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smtp_exposure.errors import SettingsError
from smtp_exposure.option_values import (
    domain_name,
    existing_path,
    mail_host,
    output_path,
    resolver_address,
    seconds,
    severity,
    switch,
    text_value,
)
from smtp_exposure.verdicts import Severity

VARIABLE_PREFIX = "SMTP_EXPOSURE_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option; `bare` is its value without `=`, None where it needs one."""

    name: str
    metavar: str
    read: Callable[[str], Any]
    help: str
    default: Any = None
    repeatable: bool = False
    is_switch: bool = False
    bare: str | None = None

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return VARIABLE_PREFIX + self.name.removeprefix("--").replace("-", "_").upper()

    @property
    def key(self) -> str:
        """The attribute of Settings, and pytest's dest."""
        return self.name.removeprefix("--").replace("-", "_")


OPTIONS: tuple[Option, ...] = (
    Option(
        name="--snapshot",
        metavar="PATH",
        read=existing_path,
        help="Export-Clixml file, or a folder of them, to judge offline; repeatable",
        default=(),
        repeatable=True,
    ),
    Option(
        name="--mx",
        metavar="HOST",
        read=mail_host,
        help="probe this mail host (a name or an address) instead of the domain's MX; repeatable",
        default=(),
        repeatable=True,
    ),
    Option(
        name="--replay",
        metavar="DIR",
        read=existing_path,
        help="judge the evidence of an earlier run again, or give the half that --snapshot or "
        "--domain leaves open; repeatable",
        default=(),
        repeatable=True,
    ),
    Option(
        name="--lab",
        metavar="SCENARIO",
        read=text_value,
        help="judge the embedded stand-in Exchange; --lab=list names its scenarios",
        bare="compliant",
    ),
    Option(
        name="--domain",
        metavar="NAME",
        read=domain_name,
        help="mail domain to judge; repeatable",
        default=(),
        repeatable=True,
    ),
    Option(
        name="--lab-tarpit",
        metavar="SECONDS",
        read=seconds,
        help="how long the stand-in delays each refusal, in seconds (Exchange: 5; default: 0.01)",
        default=0.01,
    ),
    Option(
        name="--resolver",
        metavar="ADDRESS",
        read=resolver_address,
        help="DNS server to ask instead of the system's, with :PORT if it is not 53",
    ),
    Option(
        name="--ca-file",
        metavar="FILE",
        read=existing_path,
        help="further trusted certificate authorities (PEM), as an enterprise has them",
    ),
    Option(
        name="--ehlo-name",
        metavar="NAME",
        read=text_value,
        help="what the probe calls itself (default: its reverse name or address literal)",
    ),
    Option(
        name="--mail-from",
        metavar="ADDRESS",
        read=text_value,
        help="the probe's reverse-path (default: <>)",
        default="<>",
    ),
    Option(
        name="--reply-timeout",
        metavar="SECONDS",
        read=seconds,
        help="upper bound for one SMTP reply, in seconds (default: 30; Exchange delays by 5)",
        default=30.0,
    ),
    Option(
        name="--plan",
        metavar="",
        read=switch,
        help="print what would be contacted, asked and sent, and stop",
        default=False,
        is_switch=True,
    ),
    Option(
        name="--profile",
        metavar="FILE",
        read=existing_path,
        help="TOML file that says what this organisation expects (see profile.example.toml)",
    ),
    Option(
        name="--fail-on",
        metavar="SEVERITY",
        read=severity,
        help="deviations below this severity don't fail the run: critical, high, medium, low",
        default=Severity.LOW,
    ),
    Option(
        name="--partial",
        metavar="",
        read=switch,
        help="accept that checks were deselected",
        default=False,
        is_switch=True,
    ),
    Option(
        name="--report-dir",
        metavar="DIR",
        read=output_path,
        help="write the report exactly there instead of into a new folder below reports/",
    ),
)


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
