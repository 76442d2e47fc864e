"""The folder that a run leaves behind: its name, its files, its manifest."""

import hashlib
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from selftests.checks.outside import ADDRESS, SIXTH, outside, probe
from smtp_exposure.errors import SettingsError
from smtp_exposure.gateways.run_folder import (
    MANIFEST,
    make_run_folder,
    take_folder,
    write_json,
    write_manifest,
    write_text,
    write_transcripts,
)

STARTED = datetime(2025, 2, 3, 8, 15, 2, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    "started", [STARTED, STARTED.astimezone(timezone(timedelta(hours=-9, minutes=-30)))]
)
def test_is_named_by_utc_time_and_first_target(tmp_path: Path, started: datetime) -> None:
    folder = make_run_folder(started, "ex01.corp.example", tmp_path)
    assert folder == tmp_path / "20250203T081502Z-ex01.corp.example"
    assert folder.is_dir()


def test_makes_the_reports_folder_too(tmp_path: Path) -> None:
    assert make_run_folder(STARTED, "run", tmp_path / "a" / "b").parent == tmp_path / "a" / "b"


def test_counts_runs_of_the_same_second(tmp_path: Path) -> None:
    names = [make_run_folder(STARTED, "run", tmp_path).name for _ in range(3)]
    assert names == ["20250203T081502Z-run", "20250203T081502Z-run-2", "20250203T081502Z-run-3"]


def test_never_takes_a_folder_that_is_there(tmp_path: Path) -> None:
    first = make_run_folder(STARTED, "run", tmp_path)
    write_text(first / "results.json", "kept")
    make_run_folder(STARTED, "run", tmp_path)
    assert (first / "results.json").read_text() == "kept"


def test_gives_up_after_a_thousand_runs_of_one_second(tmp_path: Path) -> None:
    for number in range(1, 1000):
        (tmp_path / ("20250203T081502Z-run" + (f"-{number}" if number > 1 else ""))).mkdir()
    with pytest.raises(SettingsError, match="too many runs"):
        make_run_folder(STARTED, "run", tmp_path)


def test_names_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file")
    with pytest.raises(SettingsError, match=r"reports.* can't be made: "):
        make_run_folder(STARTED, "run", tmp_path / "reports")
    with pytest.raises(SettingsError, match=r"reports can't be made: "):
        take_folder(tmp_path / "reports")


def test_takes_exactly_the_folder_that_was_named(tmp_path: Path) -> None:
    assert take_folder(tmp_path / "a" / "b") == take_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_writes_text_as_utf_8_with_unix_line_ends(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "ä🦊\r\nb\n")
    assert (tmp_path / "a.txt").read_bytes() == "ä🦊\r\nb\n".encode()


def test_replaces_a_file_and_leaves_no_draft(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "a much longer text")
    write_text(tmp_path / "a.txt", "new")
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"a.txt": "new"}


def test_a_text_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "a.txt", "new \ud800")
    assert (tmp_path / "a.txt").read_text() == "old"


def test_writes_json_in_the_order_given_a_key_or_entry_a_line(tmp_path: Path) -> None:
    document = {"schema": 1, "a": ["ä", None], "Z": {"b": [{"c": True, "d": {}}, {}]}, "e": []}
    write_json(tmp_path / "a.json", document)
    text = (tmp_path / "a.json").read_bytes().decode()
    assert json.loads(text) == document
    assert text.splitlines() == [
        *("{", '"schema": 1,', '"a": ["ä", null],', '"Z": {', '"b": ['),
        *('{"c": true, "d": {}},', "{}", "]", "},", '"e": []', "}"),
    ]


def test_transcripts_of_an_earlier_run_are_taken_away(tmp_path: Path) -> None:
    (tmp_path / "198.51.100.9.txt").write_text("of an earlier run\n")
    (tmp_path / "remarks.md").write_text("a person's own\n")
    write_transcripts(tmp_path, outside(probe(), probe(SIXTH, has_route=False)).evidence)
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"{ADDRESS}.txt", "remarks.md"]


FILES = {
    "results.json": b"{}",
    "empty": b"",
    "transcripts/b.txt": b"\x00\xff\r\n",
    "transcripts/a.txt": "ä".encode(),
    "a name with blanks.txt": b"x" * 100_000,
}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder with files of every kind and a manifest."""
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    write_manifest(tmp_path)
    return tmp_path


def test_the_manifest_has_the_hash_of_every_other_file(run: Path) -> None:
    rows = dict(line.split("  ", 1)[::-1] for line in (run / MANIFEST).read_text().splitlines())
    assert rows == {name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()}


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum: not on this machine")
@pytest.mark.parametrize("changed", [None, *FILES])
def test_sha256sum_checks_the_manifest(run: Path, changed: str | None) -> None:
    if changed:
        (run / changed).write_bytes(FILES[changed] + b".")
    command = [str(shutil.which("sha256sum")), "--check", "--strict", "--quiet", MANIFEST]
    done = subprocess.run(command, cwd=run, check=False, capture_output=True)  # noqa: S603  # fixed words
    assert done.returncode == (1 if changed else 0)


def test_writing_the_manifest_again_changes_nothing(run: Path) -> None:
    first = (run / MANIFEST).read_bytes()
    write_manifest(run)
    assert (run / MANIFEST).read_bytes() == first


def test_a_manifest_in_a_sub_folder_is_a_file_like_any_other(run: Path) -> None:
    write_text(run / "transcripts" / MANIFEST, "of an earlier run\n")
    write_manifest(run)
    assert f"  transcripts/{MANIFEST}\n" in (run / MANIFEST).read_text()
