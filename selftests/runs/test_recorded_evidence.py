"""What evidence.json keeps of a run, and how a damaged one is refused."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from selftests.runs.conftest import EVIDENCE, Run, Suite
from smtp_exposure.gateways.run_folder import MANIFEST
from smtp_exposure.smtp.evidence import from_json
from smtp_exposure.smtp.json_form import encoded

pytestmark = pytest.mark.process


def damaged(run: Run, to: Path, change: Callable[[bytes], bytes]) -> Path:
    """A copy of a run's folder, its evidence changed; no manifest gives that away."""
    folder = to / "run"
    shutil.copytree(run.folder, folder)
    (folder / MANIFEST).unlink()
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
        lambda data: data.replace(b'"started": "2', b'"started": "x'),
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


def test_edited_evidence_is_refused_beside_its_manifest(
    good: Run, suite: Suite, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(good.folder, folder)
    (folder / EVIDENCE).write_bytes((folder / EVIDENCE).read_bytes().replace(b"250", b"550", 1))
    run = suite.alone(f"--replay={folder}")
    assert (run.status, run.has_results) == (4, False)
    assert f"{folder / EVIDENCE}: not what {folder / MANIFEST} vouches for" in run.complaint


def test_evidence_without_a_manifest_is_judged_and_the_headline_says_so(
    good: Run, suite: Suite, tmp_path: Path
) -> None:
    shutil.copy(good.folder / EVIDENCE, tmp_path / EVIDENCE)
    run = suite.alone(f"--replay={tmp_path}")
    assert run.status == good.status
    said = "no manifest vouches for the recorded evidence"
    assert said in run.out
    assert said in (run.folder / "report.html").read_text(encoding="utf-8")


def test_evidence_survives_reading_and_writing(seen: Run) -> None:
    document = json.loads((seen.folder / EVIDENCE).read_text(encoding="utf-8"))
    external = from_json(document["external"])
    assert document["schema"] == external.schema == 1
    assert json.loads(encoded(external)) == document["external"]
    assert external.started.endswith("Z")
    assert not external.was_cut_short
