"""The options of a run: one row for each, with its variable, how its text is read, and its help."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smtp_exposure.option_values import (
    domain_name,
    ehlo_name,
    existing_path,
    mail_host,
    output_path,
    positive_seconds,
    resolver_address,
    reverse_path,
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
        help="Export-Clixml file, the JSON of collect.ps1, or a folder of them, to judge offline; "
        "repeatable",
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
        read=ehlo_name,
        help="what the probe calls itself (default: its reverse name or address literal)",
    ),
    Option(
        name="--mail-from",
        metavar="ADDRESS",
        read=reverse_path,
        help="the probe's reverse-path (default: <>)",
        default="<>",
    ),
    Option(
        name="--reply-timeout",
        metavar="SECONDS",
        read=positive_seconds,
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
        help="deviations below this severity don't fail the run: critical, high, medium, low "
        "(default) or advice, which never deviates",
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
