"""What is refused before anything is looked at, and what only shows something."""

from pathlib import Path

import pytest

import lab
from lab.scenario import REGISTRY
from selftests.runs.conftest import Suite, write_export

pytestmark = pytest.mark.process
REFUSED: list[tuple[tuple[str, ...], str]] = [
    (("--lf",), "--lf"),
    (("--last-failed",), "--lf"),
    (("--ff",), "--ff"),
    (("--nf",), "--nf"),
    (("--sw",), "--sw"),
    (("--stepwise",), "--sw"),
    (("--sw-skip",), "--sw"),
    (("--ignore=tests_internal/test_01_scope.py",), "--ignore"),
    (("--ignore-glob=*scope*",), "--ignore-glob"),
    (("-n", "2"), "-n"),
]
WRONG: list[tuple[tuple[str, ...], str]] = [
    ((), "no target"),
    (("tests_internal",), "no target"),
    (("--partial",), "no target"),
    (("--plan",), "no target"),
    (("--plan", "--profile=pytest.ini"), "no target"),
    (("--lab", "--ca-file=pytest.ini"), "pytest.ini: holds no certificates as PEM"),
    (("--lab", "--ca-file=fixtures"), "fixtures: Is a directory"),
    (("--lab", "--ehlo-name=a b"), "--ehlo-name: 'a b'"),
    (("--lab", "--mail-from=a b>"), "--mail-from: 'a b>'"),
    (("--lab", "--mail-from=bla"), "--mail-from: 'bla'"),
    (("--mx=1.2.3.4.5",), "--mx: '1.2.3.4.5'"),
    (("--lab", "--reply-timeout=0"), "--reply-timeout: '0'"),
    (("--domain=corp.example", "--lab-tarpit=5"), "--lab-tarpit"),
    (("--domain=example.com",), "foreign_domain in the profile: example.com"),
    (("--lab=no-such-scenario",), "'no-such-scenario'"),
    (("--lab=",), "--lab"),
    (("--snapshot=nowhere.xml",), "'nowhere.xml'"),
    (("--snapshot=",), "--snapshot"),
    (("--fail-on=severe", "--lab"), "--fail-on: 'severe'"),
    (("--lab", "--snapshot=pytest.ini"), "--lab and --snapshot exclude each other"),
    (("--lab", "--profile=nowhere.toml"), "--profile: 'nowhere.toml'"),
    (("--lab", "--profile=fixtures"), "fixtures"),
    (("--lab", "--domain=not a domain"), "--domain: 'not a domain'"),
    (("--lab=compliant", "tests_internal/nowhere.py"), "tests_internal/nowhere.py"),
    (("--lab=compliant", "tests_internal/test_01_scope.py::test_nowhere"), "test_nowhere"),
    (("--lab=compliant", "selftests"), "selftests and the compliance tests never run in one call"),
    (("--lab=compliant", "selftests", "tests_internal"), "never run in one call"),
]


PAGES: list[tuple[str, ...]] = [("--help",), ("--markers",), ("--fixtures",), ("--version",)]
SHOWING: list[tuple[str, ...]] = [
    ("--collect-only", "-q"),
    ("--collect-only", "-q", "--lab"),
    ("--collect-only", "-q", "--snapshot=pytest.ini"),
    ("--co", "-q", "tests_internal"),
]


@pytest.fixture(scope="module", autouse=True)
def all_at_once(suite: Suite) -> None:
    (suite.checkout / "selftests").mkdir(exist_ok=True)
    (suite.checkout / "selftests" / "test_nothing.py").write_text("def test_nothing(): pass\n")
    suite.ahead(("--lab", *options) for options, _ in REFUSED)
    suite.ahead(options for options, _ in WRONG)
    suite.ahead([*SHOWING, *PAGES])


@pytest.mark.parametrize(("options", "named"), REFUSED, ids=str)
def test_refuses_what_lets_checks_drop_out(
    options: tuple[str, ...], named: str, suite: Suite
) -> None:
    run = suite.run("--lab", *options)
    assert run.status == 4, run.out
    assert named in run.err
    assert not run.has_results


@pytest.mark.parametrize("options", [("--lf",), ("--sw-skip",)], ids=" ".join)
def test_refuses_it_from_the_environment_too(options: tuple[str, ...], suite: Suite) -> None:
    run = suite.alone("--lab", variables={"PYTEST_ADDOPTS": " ".join(options)})
    assert (run.status, "a compliance run refuses" in run.err) == (4, True)


@pytest.mark.parametrize(("options", "named"), WRONG, ids=str)
def test_names_what_is_wrong(options: tuple[str, ...], named: str, suite: Suite) -> None:
    run = suite.run(*options)
    assert run.status == 4, run.out
    assert named in run.err
    assert "Traceback" not in run.out + run.err


@pytest.mark.parametrize(("options", "named"), WRONG, ids=str)
def test_a_usage_error_leaves_no_report(options: tuple[str, ...], named: str, suite: Suite) -> None:
    run = suite.run(*options)
    assert not run.folder.exists() or not list(run.folder.iterdir()), named
    assert "generated" not in run.out.lower()


def test_an_option_with_a_blank_is_taken_for_nothing_else(export: Path, suite: Suite) -> None:
    """With a blank, one of the two is the value and the other a test path that is not there."""
    run = suite.alone("--lab", "tests_internal")
    assert (run.status, "'tests_internal'" in run.complaint) == (4, True)
    run = suite.alone("--snapshot", str(export / "nowhere.xml"))
    assert (run.status, "nowhere.xml" in run.complaint) == (4, True)
    run = suite.alone("--snapshot", str(export), str(export))
    assert run.status != 0


@pytest.mark.parametrize(
    ("variable", "text", "named"),
    [
        ("SMTP_EXPOSURE_LAB", "no-such-scenario", "'no-such-scenario'"),
        ("SMTP_EXPOSURE_FAIL_ON", "severe", "SMTP_EXPOSURE_FAIL_ON: 'severe'"),
        ("SMTP_EXPOSURE_SNAPSHOT", "nowhere.xml", "SMTP_EXPOSURE_SNAPSHOT: 'nowhere.xml'"),
        ("SMTP_EXPOSURE_PARTIAL", "perhaps", "SMTP_EXPOSURE_PARTIAL: 'perhaps'"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, text: str, named: str, suite: Suite) -> None:
    run = suite.alone(variables={variable: text})
    assert run.status == 4
    assert named in run.complaint


def test_a_variable_lists_the_scenarios_too(suite: Suite) -> None:
    run = suite.alone(variables={"SMTP_EXPOSURE_LAB": "list"})
    assert (run.status, run.err) == (0, "")
    assert [line.split()[0] for line in run.out.splitlines()] == list(lab.SCENARIOS)


def test_a_plugin_that_was_not_loaded_is_named(suite: Suite) -> None:
    run = suite.alone("--lab", variables={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    assert (run.status, run.folder.exists()) == (4, False)
    assert "pytest-html" in run.complaint


def test_the_help_has_the_heading_that_messages_speak_of(suite: Suite) -> None:
    assert "\nsmtp exposure: " in suite.run("--help").out


def test_a_variable_names_the_target(suite: Suite) -> None:
    run = suite.alone(variables={"SMTP_EXPOSURE_LAB": "as-installed"})
    assert run.status == 1


@pytest.mark.parametrize("options", SHOWING, ids=" ".join)
def test_a_listing_has_one_item_per_check(options: tuple[str, ...], suite: Suite) -> None:
    run = suite.run(*options)
    assert run.status == 0, run.out + run.err
    items = [line for line in run.out.splitlines() if "::" in line]
    halves = ("internal",) if "tests_internal" in options else ("internal", "external")
    assert len(items) == len(lab.expected_verdicts("compliant", halves))
    assert not any("[" in item for item in items)


@pytest.mark.parametrize("options", [*SHOWING, *PAGES], ids=" ".join)
def test_showing_makes_no_folder(options: tuple[str, ...], suite: Suite) -> None:
    run = suite.run(*options)
    assert (run.status, run.folder.exists()) == (0, False)
    assert not (suite.checkout / "reports").exists()


def test_a_listing_finds_a_check_by_its_id(suite: Suite) -> None:
    run = suite.alone("--collect-only", "-q", "-k", "INT-03-1")
    assert run.status == 0
    assert [line for line in run.out.splitlines() if "::" in line] == [
        "tests_internal/test_03_security.py::test_only_anonymous_users_may_submit"
    ]


@pytest.mark.parametrize("options", [("--help",), ("--collect-only", "-q")], ids=" ".join)
def test_showing_reads_no_evidence(options: tuple[str, ...], suite: Suite) -> None:
    """A damaged export goes unnoticed, because nobody opens it."""
    damaged = suite.work / "damaged.xml"
    damaged.write_text("<Objs")
    run = suite.alone(*options, f"--snapshot={damaged}")
    assert (run.status, run.err) == (0, "")


def test_the_help_shows_each_option_with_its_variable(suite: Suite) -> None:
    out = " ".join(suite.alone("--help").out.split())
    for name in ("LAB", "SNAPSHOT", "FAIL_ON", "PARTIAL", "REPORT_DIR"):
        assert f"SMTP_EXPOSURE_{name}" in out
        assert "--" + name.lower().replace("_", "-") in out


def test_a_bad_setting_does_not_keep_the_help_away(suite: Suite) -> None:
    run = suite.alone("--help", variables={"SMTP_EXPOSURE_LAB": "no-such-scenario"})
    assert run.status == 0


def test_paths_start_where_the_command_was_given(suite: Suite, tmp_path: Path) -> None:
    write_export(REGISTRY["as-installed"].build(), tmp_path / "my export")
    run = suite.alone(
        str(suite.checkout / "tests_internal"),
        "--snapshot=my export",
        "--report-dir=out",
        "--domain=corp.example",
        cwd=tmp_path,
        own_folder=False,
    )
    assert run.status == 1, run.out + run.err
    assert (tmp_path / "out" / "results.json").exists()


def test_a_half_may_be_named_from_elsewhere(suite: Suite, tmp_path: Path) -> None:
    half = str(suite.checkout / "tests_internal")
    run = suite.alone(half, "--lab", cwd=tmp_path)
    assert run.status == 0, run.out + run.err
    assert run.results["summary"]["deviates"] == 0
    assert list(tmp_path.iterdir()) == []


def test_configuration_may_be_named_from_elsewhere(suite: Suite, tmp_path: Path) -> None:
    place = [f"-c{suite.checkout / 'pytest.ini'}", f"--rootdir={suite.checkout}"]
    run = suite.alone(*place, str(suite.checkout), "--lab", cwd=tmp_path)
    assert run.status == 0, run.out + run.err


def test_a_test_outside_the_checkout_is_not_run(suite: Suite, tmp_path: Path) -> None:
    stranger = tmp_path / "test_stranger.py"
    stranger.write_text("def test_stranger():\n    open('ran', 'w').close()\n")
    run = suite.alone("--lab=compliant", str(stranger))
    assert run.status not in (0, 1), run.out
    assert not (suite.checkout / "ran").exists()
