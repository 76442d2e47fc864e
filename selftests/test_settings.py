"""Each option and its variable: what is read, what wins, and how a bad value is refused."""

from pathlib import Path
from typing import Any

import pytest

from smtp_exposure.errors import SettingsError
from smtp_exposure.options import OPTIONS, Option
from smtp_exposure.settings import Settings, read_settings
from smtp_exposure.verdicts import Severity

BY_NAME = {option.name: option for option in OPTIONS}
GOOD: dict[str, tuple[str, Any]] = {
    "--snapshot": ("export.xml", Path("export.xml")),
    "--lab": ("as-installed", "as-installed"),
    "--domain": ("Corp.Example.", "corp.example"),
    "--profile": ("profile.toml", Path("profile.toml")),
    "--fail-on": ("High", Severity.HIGH),
    "--partial": ("yes", True),
    "--report-dir": ("out", Path("out")),
    "--mx": ("Mail.Corp.Example.", "mail.corp.example"),
    "--replay": ("export.xml", Path("export.xml")),
    "--lab-tarpit": ("5", 5.0),
    "--resolver": ("2001:db8::53", "[2001:db8::53]:53"),
    "--ca-file": ("profile.toml", Path("profile.toml")),
    "--ehlo-name": ("probe.example", "probe.example"),
    "--mail-from": ("probe@example.net", "probe@example.net"),
    "--reply-timeout": ("45.5", 45.5),
    "--plan": ("yes", True),
}
"""A text for each option, and what it is read as; paths are relative to where one stands."""
OTHER: dict[str, str] = {
    "--snapshot": "other.xml",
    "--lab": "compliant",
    "--domain": "other.example",
    "--profile": "other.toml",
    "--fail-on": "critical",
    "--partial": "no",
    "--report-dir": "elsewhere",
    "--mx": "mx2.corp.example",
    "--replay": "other.xml",
    "--lab-tarpit": "0",
    "--resolver": "192.0.2.53:5353",
    "--ca-file": "other.toml",
    "--ehlo-name": "other.example",
    "--mail-from": "<>",
    "--reply-timeout": "30",
    "--plan": "no",
}
BESIDE: dict[str, dict[str, Any]] = {"--lab-tarpit": {"lab": "compliant"}}
"""What an option is refused without."""
BAD: list[tuple[str, str, str]] = [
    ("--snapshot", "nowhere.xml", "'nowhere.xml' does not exist"),
    ("--lab", "no-such-scenario", "no scenario 'no-such-scenario'"),
    ("--domain", "corp example", "'corp example' is no domain name"),
    ("--domain", "corp..example", "'corp..example' is no domain name"),
    ("--domain", "user@corp.example", "is no domain name"),
    ("--profile", "nowhere.toml", "'nowhere.toml' does not exist"),
    ("--fail-on", "severe", "'severe' is none of critical, high, medium, low, advice"),
    ("--partial", "perhaps", "'perhaps' is neither yes nor no"),
    ("--domain", "192.0.2.1", "'192.0.2.1' is no domain name"),
    ("--mx", "mail host", "'mail host' is neither a host name nor an address"),
    ("--mx", "1.2.3.4.5", "'1.2.3.4.5' is neither a host name nor an address"),
    ("--ehlo-name", "a b", "'a b' is neither a host name nor an address literal"),
    ("--ehlo-name", "[192.0.2.999]", "'[192.0.2.999]' is neither a host name nor"),
    ("--ehlo-name", "192.0.2.1", "'192.0.2.1' is neither a host name nor an address literal"),
    ("--mail-from", "a b>", "'a b>' is neither <> nor a mail address"),
    ("--mail-from", "bla", "'bla' is neither <> nor a mail address"),
    ("--mail-from", "<a@b.example", "is neither <> nor a mail address"),
    ("--mail-from", "a@b.example>", "is neither <> nor a mail address"),
    ("--mail-from", "ä@b.example", "is neither <> nor a mail address"),
    ("--replay", "nowhere", "'nowhere' does not exist"),
    ("--lab-tarpit", "-1", "'-1' is no number of seconds"),
    ("--lab-tarpit", "nan", "'nan' is no number of seconds"),
    ("--reply-timeout", "0", "'0' leaves no time"),
    ("--reply-timeout", "4000", "'4000' is no number of seconds"),
    ("--reply-timeout", "soon", "'soon' is no number of seconds"),
    ("--resolver", "dns.example", "dns.example"),
    ("--resolver", "192.0.2.53:99999", "has no port from 1 to 65535"),
    ("--ca-file", "nowhere.pem", "'nowhere.pem' does not exist"),
    ("--plan", "perhaps", "'perhaps' is neither yes nor no"),
]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a few files."""
    monkeypatch.chdir(tmp_path)
    for name in ("export.xml", "other.xml", "profile.toml", "other.toml"):
        (tmp_path / name).touch()
    return tmp_path


def read(given: dict[str, Any] | None = None, **variables: str) -> Settings:
    return read_with(variables, given)


def read_with(variables: dict[str, str], given: dict[str, Any] | None = None) -> Settings:
    return read_settings(given or {}, variables, lambda: ["as-installed", "compliant"])


def given(option: Option, text: str) -> dict[str, Any]:
    """What pytest makes of an option on the command line."""
    value: Any = [text] if option.repeatable else True if option.is_switch else text
    return {option.key: value}


def value_of(settings: Settings, option: Option) -> Any:
    value = getattr(settings, option.key)
    return value[0] if option.repeatable else value


def wanted(name: str, here: Path) -> Any:
    value = GOOD[name][1]
    return here / value if isinstance(value, Path) else value


def test_every_option_has_its_cases_here() -> None:
    assert set(GOOD) == set(OTHER) == set(BY_NAME)


@pytest.mark.parametrize("name", GOOD)
def test_an_option_is_read(name: str, here: Path) -> None:
    option = BY_NAME[name]
    settings = read(BESIDE.get(name, {}) | given(option, GOOD[name][0]))
    assert value_of(settings, option) == wanted(name, here)


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("192.0.2.25", "192.0.2.25"),
        ("2001:DB8:0::25", "2001:db8::25"),
        ("[2001:db8::25]", "2001:db8::25"),
    ],
)
def test_a_mail_host_may_be_an_address(text: str, read_as: str) -> None:
    assert read(given(BY_NAME["--mx"], text)).mx == (read_as,)


@pytest.mark.parametrize(
    "text", ["probe", "probe.example", "[192.0.2.1]", "[IPv6:2001:db8::1]", "p_1.example"]
)
def test_the_probe_calls_itself_a_name_or_an_address_literal(text: str) -> None:
    assert read(given(BY_NAME["--ehlo-name"], text)).ehlo_name == text


@pytest.mark.parametrize("text", ["<>", "a@b.example", "<a@b.example>", "a+b'c@[192.0.2.1]"])
def test_the_probe_sends_as_nobody_or_as_a_mail_address(text: str) -> None:
    assert read(given(BY_NAME["--mail-from"], text)).mail_from == text


def test_a_tarpit_without_a_lab_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"^--lab-tarpit "):
        read({"lab_tarpit": "5", "domain": ["corp.example"]})
    assert read({"domain": ["corp.example"]}, SMTP_EXPOSURE_LAB_TARPIT="5").lab is None


@pytest.mark.parametrize("name", GOOD)
def test_its_variable_is_read(name: str, here: Path) -> None:
    option = BY_NAME[name]
    variable = "SMTP_EXPOSURE_" + name[2:].replace("-", "_").upper()
    assert option.variable == variable
    assert value_of(read_with({variable: GOOD[name][0]}), option) == wanted(name, here)


@pytest.mark.parametrize("name", GOOD)
def test_the_option_wins_over_its_variable(name: str, here: Path) -> None:
    option = BY_NAME[name]
    chosen = BESIDE.get(name, {}) | given(option, GOOD[name][0])
    settings = read_with({option.variable: OTHER[name]}, chosen)
    assert value_of(settings, option) == wanted(name, here)


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_variable_is_as_good_as_none(name: str, blank: str) -> None:
    option = BY_NAME[name]
    assert read_with({option.variable: blank}) == Settings()


@pytest.mark.parametrize("name", GOOD)
def test_the_default_holds_without_both(name: str) -> None:
    assert getattr(read(), BY_NAME[name].key) == BY_NAME[name].default


@pytest.mark.parametrize(
    ("name", "text", "why"), [case for case in BAD if not BY_NAME[case[0]].is_switch]
)
def test_a_bad_value_names_the_option(name: str, text: str, why: str) -> None:
    option = BY_NAME[name]
    with pytest.raises(SettingsError, match=f"^{name}: ") as refused:
        read(given(option, text))
    assert why in str(refused.value)


@pytest.mark.parametrize(("name", "text", "why"), BAD)
def test_a_bad_value_names_the_variable(name: str, text: str, why: str) -> None:
    variable = BY_NAME[name].variable
    with pytest.raises(SettingsError, match=f"^{variable}: ") as refused:
        read_with({variable: text})
    assert why in str(refused.value)


@pytest.mark.parametrize("name", ["--lab", "--report-dir", "--domain", "--fail-on"])
def test_an_empty_value_names_the_option(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name}: "):
        read(given(BY_NAME[name], ""))


@pytest.mark.parametrize("name", ["--snapshot", "--profile"])
def test_an_empty_path_is_not_where_one_stands(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name}: "):
        read(given(BY_NAME[name], ""))


@pytest.mark.parametrize("name", [option.name for option in OPTIONS if option.repeatable])
def test_a_repeatable_option_keeps_every_value_in_order(name: str) -> None:
    option = BY_NAME[name]
    texts = [GOOD[name][0], OTHER[name]]
    one_by_one = [value_of(read(given(option, text)), option) for text in texts]
    assert list(getattr(read({option.key: texts}), option.key)) == one_by_one
    joined = read_with({option.variable: ";".join(texts)})
    assert list(getattr(joined, option.key)) == one_by_one


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        ({"lab": "compliant", "snapshot": ["export.xml"]}, {}),
        ({"lab": "compliant"}, {"SMTP_EXPOSURE_SNAPSHOT": "export.xml"}),
        ({"snapshot": ["export.xml"]}, {"SMTP_EXPOSURE_LAB": "compliant"}),
        ({}, {"SMTP_EXPOSURE_SNAPSHOT": "export.xml", "SMTP_EXPOSURE_LAB": "compliant"}),
    ],
)
def test_lab_and_snapshot_exclude_each_other(
    options: dict[str, Any], variables: dict[str, str]
) -> None:
    with pytest.raises(SettingsError, match="--lab and --snapshot exclude each other"):
        read_with(variables, options)


@pytest.mark.parametrize("outside", [{"domain": ["corp.example"]}, {"mx": ["mail.corp.example"]}])
def test_a_replay_gives_one_half_and_no_third(outside: dict[str, Any]) -> None:
    recorded = {"replay": ["export.xml"]}
    assert read(recorded).is_replay_alone
    for half in (outside, {"snapshot": ["export.xml"]}):
        assert not read(recorded | half).is_replay_alone
    with pytest.raises(SettingsError, match="--replay has nothing to give"):
        read(recorded | {"snapshot": ["export.xml"]} | outside)


@pytest.mark.parametrize(
    ("options", "has_target"),
    [
        ({}, False),
        ({"partial": True}, False),
        ({"domain": ["corp.example"]}, True),
        ({"mx": ["mail.corp.example"]}, True),
        ({"replay": ["export.xml"]}, True),
        ({"lab": "compliant"}, True),
        ({"snapshot": ["export.xml"]}, True),
    ],
)
def test_knows_whether_there_is_a_target(options: dict[str, Any], has_target: bool) -> None:
    assert read(options).has_target is has_target


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"lab": "as-installed"}, "lab-as-installed"),
        ({"snapshot": ["export.xml", "other.xml"]}, "export"),
        ({"snapshot": ["."]}, "here"),
        ({"replay": ["."]}, "replay-here"),
    ],
)
def test_the_first_target_names_the_run(
    options: dict[str, Any], name: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = here / "here"
    folder.mkdir()
    if ["."] in options.values():
        monkeypatch.chdir(folder)
    assert read(options).first_target == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [("mein export (1).xml", "mein-export-1"), ("Ärger.xml", "rger"), ("....xml", "run")],
)
def test_the_runs_name_has_letters_digits_dots_and_dashes(
    name: str, shown: str, here: Path
) -> None:
    (here / name).touch()
    assert read({"snapshot": [name]}).first_target == shown


def test_the_scenarios_are_not_asked_for_without_a_lab() -> None:
    read_settings({}, {}, lambda: pytest.fail("the lab was loaded"))


@pytest.mark.parametrize("text", ["1", "true", "YES", " on "])
def test_a_switch_is_on_by_its_variable(text: str) -> None:
    assert read(SMTP_EXPOSURE_PARTIAL=text).partial


@pytest.mark.parametrize("text", ["0", "false", "No", "off"])
def test_a_switch_is_off_by_its_variable(text: str) -> None:
    assert not read(SMTP_EXPOSURE_PARTIAL=text).partial
