"""Files that are no export, or a damaged one: one clear line, naming file and place."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.scenario import REGISTRY
from selftests.runs.conftest import Run, Suite, write_export

pytestmark = pytest.mark.process
START = b'<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
LARGE = 513 * 1024 * 1024
BOMB = b'<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><Objs><S>&b;</S></Objs>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]><Objs><S>&a;</S></Objs>'


def nested(depth: int) -> bytes:
    obj = b'<Obj RefId="0"><Props>' * depth
    return START + obj + b"</Props></Obj>" * depth + b"</Objs>"


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no element found"),
    "text": (b"Name : Default Frontend EX01\r\n", "nor the JSON that collect.ps1 writes"),
    "csv": (b'"Name","Bindings"\r\n"Default","0.0.0.0:25"\r\n', "line 1"),
    "binary": (bytes(range(256)) * 64, ""),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 512, ""),
    "other-xml": (b"<html><body/></html>", "<html>"),
    "truncated": (START + b'<Obj RefId="0"><Props><S N="Name">Defau', "line 1, column"),
    "truncated-later": (START + b"\n<S>x</S>\n<Obj RefId='0'>\n", "line 4"),
    "type-declaration": (b"<!DOCTYPE Objs><Objs/>", "document type declaration"),
    "entities": (BOMB, "document type declaration"),
    "entity-of-a-file": (OUTSIDE, "document type declaration"),
    "undefined-entity": (START + b"<S>&nbsp;</S></Objs>", "undefined entity"),
    "deep": (nested(5_000), "nested more than"),
    "no-such-reference": (START + b'<Obj RefId="0"><TNRef RefId="7"/></Obj></Objs>', "'7'"),
    "wrong-number": (START + b"<I32>many</I32></Objs>", "'many'"),
    "bad-utf8": (START + b"<S>\xff\xfe</S></Objs>", "line 1"),
    "nul": (START + b"<S>\x00</S></Objs>", "line 1"),
    "nothing-of-exchange": (START + b"<S>hello</S></Objs>", "no object of a cmdlet"),
    "two-documents": (START + b"</Objs>" + START + b"</Objs>", "line 1"),
    "encoding-of-several-bytes": (b'<?xml version="1.0" encoding="utf-7"?><Objs/>', ""),
    "encoding-unknown": (b'<?xml version="1.0" encoding="bogus"?><Objs/>', ""),
    "encoding-no-text": (b'<?xml version="1.0" encoding="base64"?><Objs/>', ""),
    "encoding-idna": (b'<?xml version="1.0" encoding="idna"?><Objs/>', ""),
    "json": (b"{}", ""),
    "json-truncated": (b'{"schema": 1, "sections": [', ""),
    "json-list": (b"[]", ""),
    "json-deep": (b"[" * 100_000 + b"]" * 100_000, ""),
}


def damaged(folder: Path, name: str) -> Path:
    file = folder / f"{name}.xml"
    file.write_bytes(FILES[name][0])
    return file


@pytest.fixture(scope="module", autouse=True)
def all_at_once(suite: Suite) -> None:
    suite.ahead((f"--snapshot={damaged(suite.work, name)}",) for name in FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_export_is_refused_in_one_line(name: str, suite: Suite) -> None:
    file = suite.work / f"{name}.xml"
    run = suite.run(f"--snapshot={file}")
    refuses(run, str(file), FILES[name][1])


def refuses(run: Run, place: str, why: str) -> None:
    assert run.status == 4, run.out + run.err
    assert place in run.complaint
    assert why in run.complaint
    assert "Traceback" not in run.out + run.err
    assert not run.has_results


@pytest.mark.parametrize("name", ["truncated", "other-xml"])
def test_bad_input_leaves_no_report(name: str, suite: Suite) -> None:
    run = suite.run(f"--snapshot={suite.work / f'{name}.xml'}")
    assert not run.folder.exists() or not list(run.folder.iterdir())
    assert "generated" not in run.out.lower()


@pytest.mark.parametrize("name", ["truncated", "entities", "deep"])
def test_a_damaged_file_among_good_ones_is_named(name: str, suite: Suite, tmp_path: Path) -> None:
    folder = write_export(REGISTRY["compliant"].build(), tmp_path / "export")
    file = damaged(folder, name)
    refuses(suite.alone(f"--snapshot={folder}"), str(file), FILES[name][1])


def test_other_files_beside_an_export_are_left_aside(suite: Suite, tmp_path: Path) -> None:
    folder = write_export(REGISTRY["compliant"].build(), tmp_path / "export")
    (folder / "notes.txt").write_text("Get-ReceiveConnector | Export-Clixml\n")
    (folder / "picture.png").write_bytes(FILES["picture"][0])
    run = suite.alone("tests_internal", f"--snapshot={folder}", "--domain=corp.example")
    assert run.status == 0, run.out + run.err


@pytest.mark.parametrize(
    "fill",
    [Path.resolve, lambda folder: (folder / "notes.txt").write_text("nothing here\n")],
    ids=["empty", "other files"],
)
def test_a_folder_without_exports_is_named(
    fill: Callable[[Path], object], suite: Suite, tmp_path: Path
) -> None:
    fill(tmp_path)
    refuses(suite.alone(f"--snapshot={tmp_path}"), str(tmp_path), "no export in this folder")


def test_a_file_over_the_limit_is_refused_unread(suite: Suite, tmp_path: Path) -> None:
    file = tmp_path / "large.xml"
    with file.open("wb") as sparse:
        sparse.truncate(LARGE)
    refuses(suite.alone(f"--snapshot={file}"), str(file), f"{LARGE} bytes, more than the 512 MiB")


@pytest.mark.skipif(os.name != "posix", reason="named pipes: not on this system")
def test_a_pipe_is_no_file_and_nobody_waits_for_it(suite: Suite, tmp_path: Path) -> None:
    pipe = tmp_path / "export.xml"
    os.mkfifo(pipe)
    refuses(suite.alone(f"--snapshot={pipe}"), str(pipe), "")


@pytest.mark.skipif(os.name != "posix", reason="symbolic links: need rights on this system")
def test_a_link_that_leads_back_is_no_endless_walk(suite: Suite, tmp_path: Path) -> None:
    folder = write_export(REGISTRY["compliant"].build(), tmp_path / "export")
    (folder / "again").symlink_to(folder, target_is_directory=True)
    run = suite.alone("tests_internal", f"--snapshot={folder}", "--domain=corp.example")
    assert run.status == 0, run.out + run.err


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="permissions: this account reads everything"
)
def test_a_file_that_may_not_be_read_is_named(suite: Suite, tmp_path: Path) -> None:
    file = tmp_path / "export.xml"
    file.write_bytes(START + b"</Objs>")
    file.chmod(0)
    refuses(suite.alone(f"--snapshot={file}"), str(file), "Permission denied")


def test_a_damaged_profile_is_named_with_its_place(suite: Suite, tmp_path: Path) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text("[internal]\nranges = [\n")
    refuses(suite.alone("--lab", f"--profile={profile}"), str(profile), "(at ")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[interna]\n", "interna"),
        ("[internal]\nrange = []\n", "range"),
        ('[internal]\nranges = ["10.0.0.0/33"]\n', "10.0.0.0/33"),
        ('[internal]\nranges = "10.0.0.0/8"\n', "ranges"),
        ("[ports]\nallowed_outside = [70000]\n", "allowed_outside"),
    ],
)
def test_a_wrong_key_or_value_of_a_profile_is_named(
    text: str, named: str, suite: Suite, tmp_path: Path
) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text(text)
    refuses(suite.alone("--lab", f"--profile={profile}"), str(profile), named)


def test_a_hostile_file_name_is_shown_and_not_obeyed(suite: Suite, tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("file names with control characters: not on this system")
    file = tmp_path / "a\x1b[31m\nforged.xml"
    file.write_bytes(b"<html/>")
    run = suite.alone(f"--snapshot={file}")
    assert run.status == 4
    assert "\x1b" not in run.out + run.err


def test_the_collection_scripts_form_is_told_apart_from_other_json(
    suite: Suite, tmp_path: Path
) -> None:
    file = tmp_path / "package.json"
    file.write_text(json.dumps({"name": "something", "version": "1.0.0"}))
    refuses(suite.alone(f"--snapshot={file}"), str(file), "")
