"""Whatever the command line leaves out or stops is seen, and nothing of it turns into a pass."""

import re
import shutil
from pathlib import Path

import pytest

import lab
from selftests.runs.conftest import HALVES, Suite, copy_checkout

pytestmark = pytest.mark.process
SCOPE = "tests_internal/test_01_scope.py"
CLOSED = f"{SCOPE}::test_the_default_frontend_is_closed_to_the_internet"
SERVED = "test_the_default_frontend_serves_the_internal_ranges"
"""It complies even on a server as installed."""

PARTS: list[tuple[str, ...]] = [
    (SCOPE,),
    (CLOSED,),
    (f"{CLOSED}[EX01]",),
    (f"--deselect={CLOSED}",),
    ("-k", "INT-03-1"),
    ("-k", "not INT-03-1"),
    ("tests_internal", f"--deselect={SCOPE}"),
    (SCOPE, "tests_internal/test_03_security.py"),
]
HOSTILE: list[tuple[str, ...]] = [
    ("-x",),
    ("--maxfail=1",),
    ("--setup-plan",),
    ("--setup-only",),
    ("--setup-show",),
    ("--runxfail",),
    ("-p", "no:terminal"),
    ("-p", "no:terminalreporter"),
    ("-p", "no:session"),
    ("-p", "no:skipping"),
    ("-p", "no:junitxml"),
    ("-p", "no:html"),
    ("-p", "no:cacheprovider"),
    ("-p", "no:warnings"),
    ("-p", "no:fixtures.settings"),
    ("-p", "no:fixtures.verdicts"),
    ("-p", "no:fixtures.verdicts", "--setup-only"),
    ("-p", "no:fixtures.selection"),
    ("-p", "no:fixtures.exchange"),
    ("-p", "no:fixtures.reporting", "-k", "INT-01-3"),
    ("--no-summary",),
    ("-q", "-q", "-q"),
    ("--tb=no",),
    (f"--deselect={CLOSED}",),
    ("--deselect=tests_internal",),
    ("-k", "INT-01-3"),
    ("-m", "nothing"),
    ("-W", "ignore"),
    ("-W", "error"),
    ("-o", "xfail_strict=true"),
    ("-o", "python_files=test_03*.py"),
    ("-o", f"python_functions={SERVED}"),
    ("-o", "norecursedirs=tests_internal"),
    ("-o", "testpaths=tests_external"),
    ("-o", "addopts="),
    ("--import-mode=prepend",),
    ("--doctest-modules",),
    ("--continue-on-collection-errors",),
    ("--keep-duplicates",),
    ("--pyargs",),
    ("--noconftest",),
    ("--rootdir=fixtures",),
    ("--junit-xml=elsewhere.xml",),
    ("--override-ini=junit_family=xunit1",),
    (f"{SCOPE}::{SERVED}",),
]
BOTH = ("internal", "external")
DESERVED = {
    check
    for (check, _), verdict in lab.expected_verdicts("as-installed", BOTH).items()
    if verdict == "compliant"
}
JUDGED = len(lab.expected_verdicts("compliant", BOTH))
NOTHING_RUN = [("--setup-plan",), ("--setup-only",)]


@pytest.fixture(scope="module", autouse=True)
def all_at_once(suite: Suite) -> None:
    suite.ahead(("--lab=compliant", *part) for part in PARTS)
    suite.ahead(("--lab=compliant", "--partial", *part) for part in PARTS)
    suite.ahead(("--lab=as-installed", *options) for options in HOSTILE)


@pytest.mark.parametrize("part", PARTS, ids=" ".join)
def test_naming_a_part_leaves_the_rest_out(part: tuple[str, ...], suite: Suite) -> None:
    run = suite.run("--lab=compliant", *part)
    assert run.status == 10
    left_out = [item for item in run.results["checks"] if item["reason"] == "deselected"]
    assert left_out
    assert {item["why"] for item in left_out} == {"not_asked"}
    assert re.search(rf"\b{len(left_out)} entr(y|ies) deselected", run.out)


@pytest.mark.parametrize("part", PARTS, ids=" ".join)
def test_a_part_is_accepted_with_partial(part: tuple[str, ...], suite: Suite) -> None:
    run = suite.run("--lab=compliant", "--partial", *part)
    assert (run.status, run.results["run"]["partial"]) == (0, True)
    assert len(run.results["checks"]) == JUDGED


def test_a_part_judges_that_part_and_nothing_else(suite: Suite) -> None:
    run = suite.run("--lab=compliant", f"{CLOSED}[EX01]")
    assert run.compliant == {("INT-01-2", "EX01")}


def test_a_half_is_no_part(suite: Suite) -> None:
    run = suite.run("--lab=compliant", "tests_internal")
    assert run.status == 0
    assert "the external half was not looked at" in run.out


@pytest.mark.parametrize("options", HOSTILE, ids=" ".join)
def test_no_option_turns_a_server_as_installed_into_a_pass(
    options: tuple[str, ...], suite: Suite
) -> None:
    run = suite.run("--lab=as-installed", *options)
    assert run.status != 0, run.out
    assert "\nCompliant: " not in run.out
    assert {check for check, _ in run.compliant} <= DESERVED


@pytest.mark.parametrize("options", NOTHING_RUN, ids=" ".join)
@pytest.mark.parametrize("scenario", ["compliant", "as-installed"])
def test_what_was_not_judged_is_not_compliant(
    options: tuple[str, ...], scenario: str, suite: Suite
) -> None:
    run = suite.run(f"--lab={scenario}", *options)
    assert (run.status, run.compliant) == (10, set())
    assert 'value="compliant"' not in (run.folder / "junit.xml").read_text(encoding="utf-8")


BY_VARIABLE = [("-x",), ("--setup-only",), ("-k", "INT-01-3"), ("--no-summary",)]


@pytest.mark.parametrize("options", BY_VARIABLE, ids=" ".join)
def test_the_same_by_variable(options: tuple[str, ...], suite: Suite) -> None:
    variables = {"PYTEST_ADDOPTS": " ".join(options)}
    run = suite.alone("--lab=as-installed", variables=variables)
    assert run.status not in (0, 5)
    assert {check for check, _ in run.compliant} <= DESERVED


@pytest.mark.parametrize("options", [("-x",), ("--maxfail=1",), ("--maxfail=3",)], ids=" ".join)
def test_what_a_stopped_run_did_not_reach_is_an_error(
    options: tuple[str, ...], suite: Suite
) -> None:
    run = suite.run("--lab=as-installed", *options)
    assert run.status == 1
    assert len(run.results["checks"]) == JUDGED
    assert "the run was stopped before this check" in str(run.results["checks"])
    assert re.search(r"^Not compliant: \d+ deviates?, \d+ not reached", run.out, re.MULTILINE)


@pytest.mark.parametrize(
    "options",
    [("--no-summary",), ("-q", "-q")],
    ids=" ".join,
)
def test_a_run_that_shows_less_leaves_its_results(options: tuple[str, ...], suite: Suite) -> None:
    run = suite.run("--lab=as-installed", *options)
    assert run.status == 1, run.out + run.err
    assert run.results["run"]["exit_status"] == 1


@pytest.mark.parametrize(
    ("plugin", "named"),
    [
        ("fixtures.settings", "-p no:fixtures.settings: "),
        ("html", "-p no:html: "),
        ("junitxml", "-p no:junitxml: "),
        ("skipping", "-p no:skipping: "),
        ("terminal", "unrecognized arguments: --tb=short"),  # pytest.ini's, and the plugin's own
        ("terminalreporter", "-p no:terminalreporter: "),
    ],
)
def test_a_run_without_a_plugin_that_it_needs_is_refused(
    plugin: str, named: str, suite: Suite
) -> None:
    run = suite.run("--lab=as-installed", "-p", f"no:{plugin}")
    assert (run.status, run.folder.exists()) == (4, False)
    assert named in run.err


@pytest.fixture(scope="module")
def broken(suite: Suite) -> Suite:
    """A checkout one of whose checks can't be loaded."""
    place = suite.work / "broken"
    place.mkdir()
    checkout = copy_checkout(place)
    (checkout / "tests_internal" / "test_03_security.py").write_text("import nowhere\n")
    return Suite(checkout, suite.work / "broken")


@pytest.mark.parametrize(
    "options", [(), ("--continue-on-collection-errors",), ("--partial",)], ids=" ".join
)
def test_a_check_that_can_not_be_loaded_is_no_pass(options: tuple[str, ...], broken: Suite) -> None:
    run = broken.alone("--lab", *options)
    assert run.status not in (0, 1, 11), run.out
    assert "Compliant: " not in run.out


@pytest.mark.parametrize("half", HALVES)
def test_a_checkout_with_one_half_is_refused(half: str, suite: Suite) -> None:
    place = suite.work / f"without-{half}"
    place.mkdir()
    checkout = copy_checkout(place)
    shutil.rmtree(checkout / half)
    run = Suite(checkout, place).alone("--lab=compliant")
    assert (run.status, run.has_results) == (4, False)
    assert half in run.complaint


@pytest.mark.parametrize("scenario", ["compliant", "as-installed"])
def test_a_checkout_without_checks_is_no_pass(scenario: str, suite: Suite) -> None:
    place = suite.work / f"empty-{scenario}"
    place.mkdir()
    checkout = copy_checkout(place)
    for half in HALVES:
        shutil.rmtree(checkout / half)
        (checkout / half).mkdir()
    run = Suite(checkout, place).alone(f"--lab={scenario}")
    assert run.status not in (0, 1, 10)
    assert "Compliant: " not in run.out


DROPPING = """
def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if "closed_to_the_internet" not in item.name]
"""
DROPPING_LATE = """
def pytest_collection_finish(session):
    session.items[:] = [item for item in session.items if "closed_to_the" not in item.name]
"""
FORGIVING = """
def pytest_sessionfinish(session):
    session.exitstatus = 0
"""
LEAVING = """
import pytest

def pytest_sessionfinish():
    pytest.exit("all is well", returncode=0)
"""


def with_hooks(hooks: str, place: Path) -> Suite:
    """A checkout in one of whose halves a file of hooks was left."""
    checkout = copy_checkout(place)
    (checkout / "tests_internal" / "conftest.py").write_text(hooks, encoding="utf-8")
    return Suite(checkout, place)


@pytest.mark.parametrize("hooks", [DROPPING, DROPPING_LATE], ids=["collected", "finished"])
def test_a_check_that_a_hook_drops_is_deselected(hooks: str, tmp_path: Path) -> None:
    run = with_hooks(hooks, tmp_path).alone("--lab")
    (entry,) = (item for item in run.results["checks"] if item["id"] == "INT-01-2")
    assert (run.status, entry["verdict"], entry["reason"]) == (10, "not_assessed", "deselected")
    assert len(run.results["checks"]) == JUDGED
    assert "1 entry deselected" in run.out


@pytest.mark.parametrize("hooks", [FORGIVING, LEAVING], ids=["set", "left"])
def test_no_hook_of_the_sessions_end_changes_the_exit_status(hooks: str, tmp_path: Path) -> None:
    run = with_hooks(hooks, tmp_path).alone("--lab=as-installed")
    assert run.status == 1, run.out + run.err


@pytest.mark.parametrize("options", [(), ("--partial",), ("tests_external",)], ids=str)
def test_a_checklist_that_is_not_whole_is_refused(options: tuple[str, ...], tmp_path: Path) -> None:
    hooks = 'collect_ignore = ["test_03_security.py"]\n'
    run = with_hooks(hooks, tmp_path).alone("--lab=compliant", *options)
    assert (run.status, run.has_results) == (4, False)
    assert "INT-03-1, INT-03-2, INT-03-3: not found" in run.complaint
