"""What a run leaves behind: files, their form, their names, and no hostile word raw."""

import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from lab.scenario import REGISTRY
from lab.scenarios.compliant import scanner_connector, with_further
from lab.state import Organization
from selftests.runs.conftest import EVIDENCE, Run, Suite, copy_checkout, environment, write_export
from selftests.runs.contract import violations

pytestmark = pytest.mark.process
HOSTILE = "<script>alert(1)</script>\x1b[31mred\x1b[0m\r\nINT-00-0 forged\u202e\x07\"'&]]>"
RAW = ["\x1b", "\x07", "\u202e", "\r"]
RUN_NAME = r"\d{8}T\d{6}Z-[A-Za-z0-9.-]+"


@pytest.fixture
def run(suite: Suite) -> Run:
    return suite.run("--lab=as-installed")


def test_a_run_leaves_these_files(run: Run) -> None:
    assert {path.name for path in run.folder.iterdir()} >= {
        *("report.html", "results.json", "junit.xml", "MANIFEST.sha256")
    }


def test_a_run_has_no_warnings(run: Run) -> None:
    assert " warning" not in run.out


def test_nothing_else_is_left_in_the_folder(run: Run) -> None:
    assert not list(run.folder.glob("*.part"))
    assert not (run.folder / "assets").exists()


def test_the_results_are_plain_utf8_with_unix_line_ends(run: Run) -> None:
    data = (run.folder / "results.json").read_bytes()
    assert data.decode("utf-8").endswith("}\n")
    assert b"\r" not in data


def test_the_run_is_described(run: Run) -> None:
    about = run.results["run"]
    assert about["servers"] == [{"name": "EX01", "fqdn": "ex01.corp.example", "asked": "EX01"}]
    assert about["domains"] == ["corp.example"]
    assert about["command_line"].startswith("pytest --lab=as-installed --report-dir=")
    assert not about["partial"]


def test_the_titles_are_sentences_true_of_a_compliant_server(run: Run) -> None:
    titles = [item["title"] for item in run.results["checks"]]
    assert titles
    assert all(title.endswith(".") for title in titles)


def test_every_case_of_junit_carries_id_severity_step_and_verdict(run: Run) -> None:
    cases = ET.parse(run.folder / "junit.xml").getroot().iter("testcase")  # noqa: S314  # our own
    found = [
        {each.attrib["name"]: each.attrib["value"] for each in case.iter("property")}
        for case in cases
    ]
    wanted = [
        {"id": item["id"], "severity": item["severity"], "step": str(item["step"])}
        | {"verdict": item["verdict"]}
        for item in run.results["checks"]
    ]
    assert sorted(found, key=str) == sorted(wanted, key=str)


def check_messages(run: Run) -> None:
    """Assert that junit.xml says verdict and id first, of each entry that does not comply."""
    cases = list(ET.parse(run.folder / "junit.xml").getroot().iter("testcase"))  # noqa: S314  # our own
    assert cases
    for case in cases:
        about = {each.attrib["name"]: each.attrib["value"] for each in case.iter("property")}
        begin = f"{about['verdict'].replace('_', ' ').upper()} {about['id']} "
        told = [*case.findall("failure"), *case.findall("skipped")]
        assert len(told) == (about["verdict"] != "compliant")
        assert all(one.attrib["message"].startswith(begin) for one in told), begin


@pytest.mark.parametrize("name", ["as-installed", "port-refused", "dns-servfail"])
def test_every_message_of_junit_begins_with_verdict_and_id(name: str, suite: Suite) -> None:
    check_messages(suite.run(f"--lab={name}"))


def test_the_message_of_a_crash_begins_so_too(suite: Suite, tmp_path: Path) -> None:
    broken = "from smtp_exposure.checklist import Check\nCheck.judge = lambda self, **_: 1 / 0\n"
    (tmp_path / "broken.py").write_text(broken)
    run = suite.alone("-p", "broken", "--lab", variables={"PYTHONPATH": str(tmp_path)})
    assert run.results["summary"]["error"] == len(run.verdicts)
    check_messages(run)


@pytest.mark.parametrize("variables", [{}, {"CI": "true"}], ids=["here", "ci"])
def test_the_short_summary_names_each_check_on_one_line(
    variables: dict[str, str], suite: Suite
) -> None:
    run = suite.alone("--lab=as-printed", variables=variables)
    lines = run.out.partition("short test summary info")[2].splitlines()[1:4]
    begun = [line.partition(" tests_internal/")[0] for line in lines]
    assert begun == ["DEVIATES INT-01-2", "DEVIATES INT-01-3", "DEVIATES INT-07-1"]


def test_junit_counts_as_the_results_do(run: Run) -> None:
    (suite,) = ET.parse(run.folder / "junit.xml").getroot().iter("testsuite")  # noqa: S314  # our own
    total = run.results["summary"]
    failed = int(suite.attrib["failures"]) + int(suite.attrib["errors"])
    assert failed == total["deviates"] + total["inconclusive"] + total["error"]
    assert int(suite.attrib["skipped"]) == total["not_assessed"] + total["waived"]


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum: not on this machine")
def test_the_manifest_is_verified_by_sha256sum(run: Run) -> None:
    command = ["sha256sum", "--strict", "-c", "MANIFEST.sha256"]
    done = subprocess.run(command, cwd=run.folder, capture_output=True, text=True, check=False)  # noqa: S603  # fixed words
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_manifest_names_every_other_file(run: Run) -> None:
    lines = (run.folder / "MANIFEST.sha256").read_text().splitlines()
    files = {
        path.relative_to(run.folder).as_posix() for path in run.folder.rglob("*") if path.is_file()
    }
    assert {line.split("  ", 1)[1] for line in lines} == files - {"MANIFEST.sha256"}


def test_the_report_says_the_verdict(run: Run) -> None:
    text = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "INT-01-2" in text
    assert "Not compliant" in text


def test_two_runs_at_once_have_folders_of_their_own(suite: Suite) -> None:
    place = suite.work / "beside"
    place.mkdir()
    beside = Suite(copy_checkout(place), place)
    futures = [
        suite.pool.submit(beside.alone, "--lab=as-installed", own_folder=False) for _ in range(2)
    ]
    assert [future.result().status for future in futures] == [1, 1]
    names = [path.name for path in (place / "reports").iterdir() if path.is_dir()]
    assert len(names) == 2
    assert all(re.fullmatch(RUN_NAME, name) for name in names)
    assert all(re.search(r"-lab-as-installed(-2)?$", name) for name in names)


def test_the_runs_id_is_its_folders_name(run: Run) -> None:
    assert run.results["run"]["id"] == run.folder.name


def test_files_of_an_earlier_run_are_replaced(suite: Suite) -> None:
    folder = suite.work / "again"
    for scenario in ("as-installed", "compliant"):
        run = suite.alone(f"--lab={scenario}", f"--report-dir={folder}", own_folder=False)
        assert f"report: {folder / 'report.html'}" in run.out
    assert Run(0, "", "", folder).results["run"]["exit_status"] == 0


def test_a_report_folder_that_can_not_be_made_is_named(suite: Suite) -> None:
    taken = suite.work / "taken"
    taken.write_text("")
    run = suite.alone("--lab", f"--report-dir={taken / 'below'}", own_folder=False)
    assert (run.status, str(taken / "below") in run.complaint) == (4, True)
    run = suite.alone("--lab", f"--report-dir={taken}", own_folder=False)
    assert (run.status, str(taken) in run.complaint) == (4, True)


LEFT = ("report.html", "junit.xml", "results.json", EVIDENCE, "transcripts", "MANIFEST.sha256")


@pytest.mark.parametrize("name", LEFT)
def test_a_file_that_can_not_be_written_is_no_deviation(name: str, suite: Suite) -> None:
    folder = suite.work / f"unwritable-{name}"
    folder.mkdir()
    occupy = Path.touch if name == "transcripts" else Path.mkdir
    occupy(folder / name)
    run = suite.alone("--lab", f"--report-dir={folder}", own_folder=False)
    assert (run.status, "the report can't be written: " in run.complaint) == (3, True)
    assert "Compliant: " not in run.out
    assert not (folder / "results.json").is_file()
    assert not list(folder.glob("*.part"))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full: not on this system")
@pytest.mark.parametrize("name", ["report.html", "junit.xml"])
def test_a_full_disk_is_no_deviation(name: str, suite: Suite) -> None:
    folder = suite.work / f"full-{name}"
    folder.mkdir()
    (folder / name).symlink_to("/dev/full")
    run = suite.alone("--lab", f"--report-dir={folder}", own_folder=False)
    assert (run.status, "No space left on device" in run.complaint) == (3, True)
    assert not (folder / "results.json").exists()


def hostile_connector() -> Organization:
    return with_further(scanner_connector(HOSTILE, "198.51.100.0/24"))


def hostile_server() -> Organization:
    state = REGISTRY["as-installed"].build()
    return replace(state, servers=(replace(state.servers[0], name=HOSTILE),))


def hostile_values() -> Organization:
    connector = scanner_connector("Scanners", "198.51.100.0/24")
    return with_further(replace(connector, banner=HOSTILE, fqdn=HOSTILE))


@pytest.fixture(
    scope="module",
    params=[hostile_connector, hostile_server, hostile_values],
    ids=lambda one: one.__name__,
)
def hostile(request: pytest.FixtureRequest, suite: Suite) -> Run:
    """A run on an export full of text that wants to be something else."""
    folder = write_export(request.param(), suite.work / request.param.__name__)
    return suite.alone("tests_internal", "-v", f"--snapshot={folder}", "--domain=corp.example")


def test_hostile_words_are_judged_like_any(hostile: Run) -> None:
    assert hostile.status == 1, hostile.out + hostile.err
    assert violations(hostile.results) == []


@pytest.mark.parametrize("mark", RAW, ids=ascii)
def test_hostile_words_never_reach_the_terminal_raw(mark: str, hostile: Run) -> None:
    assert mark not in hostile.out + hostile.err


def test_hostile_words_forge_no_line(hostile: Run) -> None:
    lines = hostile.out.splitlines()
    assert not [line for line in lines if line.startswith("INT-00-0")]


@pytest.mark.parametrize("name", ["report.html", "junit.xml", "results.json"])
def test_hostile_words_never_reach_a_file_raw(name: str, hostile: Run) -> None:
    text = (hostile.folder / name).read_text(encoding="utf-8")
    assert not [mark for mark in RAW if mark in text]
    if name != "results.json":
        assert "<script>alert(1)" not in text


def test_hostile_words_leave_junit_well_formed(hostile: Run) -> None:
    assert ET.parse(hostile.folder / "junit.xml").getroot().tag == "testsuites"  # noqa: S314  # our own


_SLOW = """
import pathlib, time
seen = 0
def pytest_runtest_logreport(report):
    global seen
    seen += report.when == "call"
    if seen == 4:
        pathlib.Path({marker!r}).touch()
        time.sleep(30)
"""


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals: not on this system")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
@pytest.mark.parametrize("scenario", ["compliant", "as-installed"])
def test_a_run_that_is_ended_claims_nothing(
    number: signal.Signals, scenario: str, suite: Suite, tmp_path: Path
) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip(f"{number.name}: ignored by whatever started these tests")
    marker, folder = tmp_path / "marker", tmp_path / "out"
    (tmp_path / "slowly.py").write_text(_SLOW.format(marker=str(marker)))
    options = ["-p", "slowly", f"--lab={scenario}", f"--report-dir={folder}"]
    run = _ended(suite.command(*options), suite, tmp_path, marker, number)
    assert run[0] not in (0, 1, 11), run[1]
    assert "Compliant: " not in run[1]
    assert "Traceback" not in run[1]
    left = Run(run[0], "", "", folder)
    assert left.results["run"]["exit_status"] not in (0, 11)
    assert len(left.compliant) <= 4


def _ended(
    command: list[str], suite: Suite, place: Path, marker: Path, number: signal.Signals
) -> tuple[int, str]:
    process = subprocess.Popen(  # noqa: S603  # our own suite
        command,
        cwd=suite.checkout,
        env=environment({"PYTHONPATH": str(place)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    until = time.monotonic() + 30
    while not marker.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    return process.returncode, out


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals: not on this system")
def test_a_run_that_is_ended_leaves_a_report_of_what_was_seen(suite: Suite, tmp_path: Path) -> None:
    marker, folder = tmp_path / "marker", tmp_path / "out"
    (tmp_path / "slowly.py").write_text(_SLOW.format(marker=str(marker)))
    options = ["-p", "slowly", "--lab=as-installed", f"--report-dir={folder}"]
    _ended(suite.command(*options), suite, tmp_path, marker, signal.SIGTERM)
    assert "the run was stopped before this check" in str(Run(0, "", "", folder).results)


def test_a_run_writes_nothing_beside_its_reports(suite: Suite, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    run = suite.alone(str(suite.checkout), "--lab", cwd=tmp_path)
    assert run.status == 0
    assert set(tmp_path.rglob("*")) == before


def test_the_export_is_left_as_it_was(export: Path, suite: Suite) -> None:
    before = {path: path.read_bytes() for path in export.iterdir()}
    run = suite.alone("tests_internal", f"--snapshot={export}", "--domain=corp.example")
    assert run.status == 0, run.out
    assert {path: path.read_bytes() for path in export.iterdir()} == before
