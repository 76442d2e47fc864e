"""What a look from outside leaves behind, and judging it again without contacting anything."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import lab
from lab.scenario import REGISTRY
from selftests.runs.conftest import Run, Suite, write_export
from smtp_exposure.smtp.evidence import from_json, to_json

pytestmark = pytest.mark.process
OUTSIDE = "tests_external"
EVIDENCE = "evidence.json"
SENT = re.compile(
    r" {3,}\d+\.\d{3} > (?:EHLO \S+|HELO \S+|STARTTLS|AUTH (?:LOGIN|NTLM)|\*|MAIL FROM:<>"
    r"|RCPT TO:<[^<>]+>|RSET|QUIT)"
)
RECEIVED = re.compile(r" {3,}\d+\.\d{3} < .*")
TOGETHER = ("compliant", "hidden-auth", "snat", "submission-open", "third-party-mx", "gap")
JUDGED_TWICE = ("compliant", "snat", "several-servers")

WATCH = '''
"""Keeps a run from the network and from the stand-in: whatever it tries is written down."""

import os
import sys

HARMLESS = ("socket.__new__", "socket.gethostname")


def watch(event, arguments):
    touches = event.startswith("socket.") and event not in HARMLESS
    if touches or (event == "import" and arguments[0].partition(".")[0] == "lab"):
        with open(os.environ["CONTACTS"], "a", encoding="utf-8") as log:
            log.write(f"{event} {arguments!r}\\n")
        raise RuntimeError(f"{event}: a replay contacts nothing")


sys.addaudithook(watch)
'''
Replay = Callable[..., Run]


@pytest.fixture(scope="module")
def watched(suite: Suite) -> Replay:
    """Judge a run's evidence again, kept from network and stand-in; each command once."""
    place = suite.work / "watch"
    place.mkdir()
    (place / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    done: dict[tuple[str, ...], Run] = {}

    def judge(recorded: Run, *more: str) -> Run:
        command = (*more, f"--replay={recorded.folder}")
        if command not in done:
            contacts = place / f"contacts-{len(done)}"
            variables = {"PYTHONPATH": str(place), "CONTACTS": str(contacts)}
            done[command] = suite.pool.submit(suite.alone, *command, variables=variables).result()
            assert not contacts.exists(), contacts.read_text(encoding="utf-8")
        return done[command]

    return judge


@pytest.fixture(scope="module", autouse=True)
def all_at_once(suite: Suite) -> None:
    suite.ahead((OUTSIDE, f"--lab={name}") for name in lab.SCENARIOS)
    suite.ahead([(f"--lab={name}",) for name in JUDGED_TWICE])


@pytest.fixture(params=lab.SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def seen(scenario: str, suite: Suite) -> Run:
    """The run that looked from outside."""
    return suite.run(OUTSIDE, f"--lab={scenario}")


@pytest.fixture
def good(suite: Suite) -> Run:
    """A look at a compliant server."""
    return suite.run(OUTSIDE, "--lab=compliant")


def entries(run: Run, half: str = "") -> list[dict[str, Any]]:
    """The entries of results.json as far as a replay must give them again."""
    return [
        {name: value for name, value in item.items() if name != "duration_s"}
        for item in run.results["checks"]
        if item["half"].startswith(half)
    ]


def test_a_replay_judges_alike_and_contacts_nothing(seen: Run, watched: Replay) -> None:
    again = watched(seen)
    assert entries(again, "external") == entries(seen, "external")
    assert (again.status, again.err) == (seen.status, "")


@pytest.mark.parametrize("name", JUDGED_TWICE)
def test_checks_and_summary_of_a_look_from_outside_come_out_equal(
    name: str, suite: Suite, watched: Replay
) -> None:
    once = suite.run(OUTSIDE, f"--lab={name}")
    again = watched(once)
    assert entries(again) == entries(once)
    assert again.results["summary"] == once.results["summary"]


@pytest.mark.parametrize("name", JUDGED_TWICE)
def test_checks_and_summary_of_both_halves_come_out_equal(
    name: str, suite: Suite, watched: Replay
) -> None:
    once = suite.run(f"--lab={name}")
    again = watched(once)
    assert entries(again) == entries(once)
    assert again.results["summary"] == once.results["summary"]


def test_a_replay_can_be_replayed(good: Run, watched: Replay) -> None:
    again = watched(watched(good))
    assert entries(again, "external") == entries(good, "external")


def test_a_replay_judges_at_the_recorded_time_by_the_recorded_profile(
    suite: Suite, watched: Replay
) -> None:
    once = suite.run(OUTSIDE, "--lab=vendor-ranges")
    again = watched(once)
    documents = [json.loads((run.folder / EVIDENCE).read_text("utf-8")) for run in (once, again)]
    judged = [(item["run"]["judged_at"], item["profile"]) for item in documents]
    assert judged[0] == judged[1]
    assert "ranges" in judged[0][1]


def test_another_profile_judges_the_same_evidence_anew(
    suite: Suite, tmp_path: Path, watched: Replay
) -> None:
    once = suite.run(OUTSIDE, "--lab=submission-open")
    profile = tmp_path / "profile.toml"
    profile.write_text("[ports]\nallowed_outside = [25, 587]\n", encoding="utf-8")
    again = watched(once, f"--profile={profile}")
    key = ("EXT-08-7", "corp.example")
    assert (once.verdicts[key], again.verdicts[key]) == ("deviates", "compliant")


@pytest.mark.parametrize("name", TOGETHER)
def test_beside_a_snapshot_a_replay_gives_the_other_half(
    name: str, suite: Suite, tmp_path: Path
) -> None:
    once = suite.run(OUTSIDE, f"--lab={name}")
    export = write_export(REGISTRY[name].build(), tmp_path)
    both = suite.alone(f"--snapshot={export}", f"--replay={once.folder}")
    assert both.verdicts == lab.expected_verdicts(name, ("internal", "external"))
    assert "was not looked at" not in both.out


def test_a_run_that_never_looked_from_outside_leaves_nothing_to_judge(
    suite: Suite, watched: Replay
) -> None:
    again = watched(suite.run("tests_internal", "--lab=compliant"))
    assert again.status == 11
    assert {item["why"] for item in entries(again)} == {"not_asked"}


def test_a_domain_that_was_not_looked_at_does_not_comply(good: Run, watched: Replay) -> None:
    again = watched(good, "--domain=other.example")
    assert again.status != 0
    assert not again.compliant


def damaged(run: Run, to: Path, change: Callable[[bytes], bytes]) -> Path:
    """A copy of a run's folder, its evidence changed."""
    folder = to / "run"
    shutil.copytree(run.folder, folder)
    file = folder / EVIDENCE
    file.write_bytes(change(file.read_bytes()))
    return folder


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[: len(data) // 2],
        lambda _: b"",
        lambda _: b"\xff\xfe\x00",
        lambda _: b"[]",
        lambda _: b"[" * 100_000,
        lambda data: data.replace(b'"schema": 1', b'"schema": 2', 1),
        lambda data: data.replace(b'"schema": 1', b'"schema": 9'),
        lambda data: data.replace(b'"addresses"', b'"addressed"').replace(b'"turns"', b'"turn"'),
        lambda data: data.replace(b'"external": {', b'"external": {"request": 5, "x": {').replace(
            b"}\n", b"}}\n"
        ),
        lambda data: data.replace(b'"judged_at": "2', b'"judged_at": "x'),
        lambda data: data.replace(b'"profile": null', b'"profile": "[nonsense"'),
        lambda data: data.replace(b'"state": "', b'"state": "no such '),
    ],
)
def test_damaged_evidence_is_refused_by_its_name(
    change: Callable[[bytes], bytes], good: Run, suite: Suite, tmp_path: Path
) -> None:
    folder = damaged(good, tmp_path, change)
    run = suite.alone(f"--replay={folder}")
    assert (run.status, run.has_results) == (4, False)
    assert EVIDENCE in run.complaint or "profile of" in run.complaint
    assert "Traceback" not in run.out + run.err


@pytest.mark.parametrize("kind", ["missing folder", "empty folder", "a file"])
def test_a_folder_without_evidence_is_refused(kind: str, suite: Suite, tmp_path: Path) -> None:
    place = tmp_path / "place"
    make: dict[str, Callable[[], None]] = {"empty folder": place.mkdir, "a file": place.touch}
    make.get(kind, lambda: None)()
    run = suite.alone(f"--replay={place}")
    assert run.status == 4
    assert str(place) in run.complaint


def test_evidence_survives_reading_and_writing(seen: Run) -> None:
    document = json.loads((seen.folder / EVIDENCE).read_text(encoding="utf-8"))
    external = from_json(document["external"])
    assert document["schema"] == external.schema == 1
    assert to_json(external) == document["external"]
    assert external.started.endswith("Z")
    assert not external.was_cut_short


def transcripts(run: Run) -> dict[str, list[str]]:
    """The lines of each transcript."""
    files = sorted((run.folder / "transcripts").glob("*.txt"))
    return {file.name: file.read_text(encoding="utf-8").splitlines() for file in files}


def talks(run: Run) -> list[dict[str, Any]]:
    """The conversations in evidence.json."""
    document = json.loads((run.folder / EVIDENCE).read_text(encoding="utf-8"))
    return [talk for item in document["external"]["addresses"] for talk in item["conversations"]]


def test_each_conversation_has_a_transcript(seen: Run) -> None:
    assert len(transcripts(seen)) == len(talks(seen))


def test_transcripts_have_both_directions_with_times_and_nothing_else(seen: Run) -> None:
    lines = [line for text in transcripts(seen).values() for line in text]
    odd = [
        line
        for line in lines
        if not (line.startswith("# ") or SENT.fullmatch(line) or RECEIVED.fullmatch(line))
    ]
    assert odd == []


def test_whoever_greeted_is_heard_and_answered(good: Run) -> None:
    for name, lines in transcripts(good).items():
        sent = [line for line in lines if SENT.fullmatch(line)]
        heard = [line for line in lines if RECEIVED.fullmatch(line)]
        assert sent, name
        assert "220 mail.corp.example" in heard[0]


def test_neither_a_message_nor_a_credential_was_sent(seen: Run) -> None:
    sent = [
        piece["data"] for talk in talks(seen) for piece in talk["wire"] if piece["direction"] == ">"
    ]
    lines = [line for data in sent for line in data.split("\r\n") if line]
    forbidden = re.compile(r"(?i)(?:DATA|BDAT|VRFY|EXPN|AUTH \S+ .+|[A-Za-z0-9+/]+=*)")
    plain = ("QUIT", "RSET", "STARTTLS")
    assert [line for line in lines if line not in plain and forbidden.fullmatch(line)] == []


def test_times_in_transcripts_never_go_back(good: Run) -> None:
    for name, lines in transcripts(good).items():
        times = [float(line.split()[0]) for line in lines if not line.startswith("#")]
        assert times == sorted(times), name


def test_the_manifest_covers_evidence_and_transcripts(good: Run) -> None:
    lines = (good.folder / "MANIFEST.sha256").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    wanted = [EVIDENCE, *(f"transcripts/{name}" for name in transcripts(good))]
    hashes = {
        name: hashlib.sha256((good.folder / name).read_bytes()).hexdigest() for name in wanted
    }
    assert {name: listed.get(name) for name in wanted} == hashes
