"""Files of evidence: exports in files and folders, and what is refused."""

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from selftests.exchange import clixml_documents as doc
from smtp_exposure.errors import SettingsError, UnreadableEvidence
from smtp_exposure.gateways import recordings
from smtp_exposure.gateways.recordings import (
    EVIDENCE,
    read_recorded_run,
    read_snapshots,
    read_text,
)
from smtp_exposure.gateways.run_folder import MANIFEST

DAMAGED = doc.document(doc.connector())[:-20]
ENCODINGS = [
    *(("utf-8", ""), ("utf-8", "\ufeff"), ("utf-16-le", ""), ("utf-16-le", "\ufeff")),
    *(("utf-16-be", ""), ("utf-16-be", "\ufeff")),
]


def write(path: Path, text: str | bytes) -> Path:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def export(path: Path, *names: str, server: str = "EX01") -> Path:
    """An export of some connectors of a server."""
    return write(path, doc.document(*(doc.connector(name, server) for name in names)))


def connectors(*paths: Path) -> list[str]:
    """The connectors of all servers, by identity."""
    inventory = read_snapshots(paths)
    return [one.identity for server in inventory.servers for one in server.receive_connectors.items]


def refusal(*paths: Path) -> str:
    """The message with which the paths are refused."""
    with pytest.raises(UnreadableEvidence) as refused:
        read_snapshots(paths)
    return str(refused.value)


@pytest.mark.parametrize("name", ["export.xml", "export.clixml", "export", "Ausgabe äöü.xml"])
def test_reads_a_file_whatever_its_name(tmp_path: Path, name: str) -> None:
    assert connectors(export(tmp_path / name, "Internet")) == ["EX01\\Internet"]


@pytest.mark.parametrize(("encoding", "mark"), ENCODINGS)
@pytest.mark.parametrize("as_folder", [False, True], ids=["file", "folder"])
def test_reads_every_encoding_as_file_and_in_a_folder(
    tmp_path: Path,
    encoding: str,
    mark: str,
    as_folder: bool,
) -> None:
    data = (mark + doc.document(doc.connector())).encode(encoding)
    file = write(tmp_path / "export.xml", data)
    assert connectors(tmp_path if as_folder else file) == ["EX01\\Internet"]


@pytest.mark.parametrize("lead", ["", "\n", "  ", '<?xml version="1.0"?>\n', "\r\n\r\n"])
def test_finds_an_export_behind_blanks_and_a_declaration(tmp_path: Path, lead: str) -> None:
    write(tmp_path / "a.xml", lead + doc.document(doc.connector()))
    assert connectors(tmp_path) == ["EX01\\Internet"]


def test_reads_a_folder_with_its_sub_folders_and_leaves_other_files_aside(tmp_path: Path) -> None:
    export(tmp_path / "a.xml", "Internet")
    export(tmp_path / "deep/er/b.xml", "Relay")
    for name, text in [("README.md", "# Export"), ("empty.xml", ""), ("t.txt", "Name : x")]:
        write(tmp_path / name, text)
    write(tmp_path / "x.bin", b"\x00\xff")
    assert sorted(connectors(tmp_path)) == ["EX01\\Internet", "EX01\\Relay"]


def test_objects_without_server_go_with_their_own_sub_folder(tmp_path: Path) -> None:
    for server in ("EX01", "EX02"):
        export(tmp_path / server / "connectors.xml", "Internet", server=server)
        write(tmp_path / server / "services.xml", doc.document(doc.service(f"Pop{server}")))
    servers = read_snapshots([tmp_path]).servers
    assert [(item.name, [one.name for one in item.services.read()]) for item in servers] == [
        ("EX01", ["PopEX01"]),
        ("EX02", ["PopEX02"]),
    ]


def test_objects_without_server_beside_several_are_undecided(tmp_path: Path) -> None:
    write(
        tmp_path / "a.xml",
        doc.document(doc.connector(), doc.connector(server="EX02"), doc.service()),
    )
    reasons = [str(item.services.problem) for item in read_snapshots([tmp_path]).servers]
    assert (
        reasons == ["the objects of Get-Service name no server, and their folder holds several"] * 2
    )


def test_several_files_are_one_export(tmp_path: Path) -> None:
    paths = [export(tmp_path / "a.xml", "Internet"), export(tmp_path / "b.xml", "Relay")]
    assert connectors(*paths) == ["EX01\\Internet", "EX01\\Relay"]


def test_a_file_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    file = export(tmp_path / "a.xml", "Internet")
    assert connectors(file, file) == connectors(tmp_path, file) == ["EX01\\Internet"]


def test_paths_may_come_one_by_one(tmp_path: Path) -> None:
    write(tmp_path / "a.xml", doc.document(doc.text("x")))
    with pytest.raises(UnreadableEvidence, match=r"a\.xml: no object of a cmdlet"):
        read_snapshots(path for path in [tmp_path / "a.xml"])


@pytest.mark.parametrize("wrap", [doc.table, doc.record], ids=["hashtable", "PSCustomObject"])
def test_one_file_of_sections_tells_what_was_empty(
    tmp_path: Path, wrap: Callable[[Mapping[str, str]], str]
) -> None:
    sections = {
        "ReceiveConnectors": doc.items(doc.connector()),
        "Services": doc.items(doc.service()),
        "HybridConfiguration": doc.nil(),
        "ADPermissions": doc.items(),
    }
    file = write(tmp_path / "all.xml", doc.document(wrap(sections)))
    [whole] = read_snapshots([file]).organizations
    assert (whole.hybrid.read(), whole.servers[0].permissions.read()) == ((), ())
    assert str(whole.accepted_domains.problem) == "missing: Get-AcceptedDomain"
    assert len(whole.servers[0].services.read()) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line 1, column 1: "),
        ("Name : x", "line 1, column 1"),
        (DAMAGED, "line 2, column"),
        ("<html/>", "it begins with <html>"),
        (b"\xff\xfe", "line 1"),
        (b"\x00" * 50, "line 1"),
        ("<!DOCTYPE x>" + doc.document(), "document type declaration"),
    ],
)
def test_refuses_a_named_file_that_is_none(tmp_path: Path, text: str | bytes, why: str) -> None:
    file = write(tmp_path / "a.xml", text)
    message = refusal(file)
    assert message.startswith(f"{file}, ")
    assert why in message


@pytest.mark.parametrize(
    "text", [DAMAGED, "<?xml version='1.0'?><nmaprun/>", "<!DOCTYPE html><html></html>"]
)
def test_refuses_a_damaged_file_in_a_folder_too(tmp_path: Path, text: str) -> None:
    export(tmp_path / "a.xml", "Internet")
    damaged = write(tmp_path / "b.xml", text)
    assert refusal(tmp_path).startswith(f"{damaged}, line ")


def test_a_damaged_file_among_several_is_not_passed_over(tmp_path: Path) -> None:
    good, bad = export(tmp_path / "a.xml", "Internet"), write(tmp_path / "b.xml", DAMAGED)
    assert refusal(good, bad).startswith(str(bad))
    assert refusal(bad, good).startswith(str(bad))


@pytest.mark.parametrize("files", [{}, {"README.md": "# x"}, {"a.xml": ""}])
def test_refuses_a_folder_without_exports_by_name(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        write(tmp_path / name, text)
    assert refusal(tmp_path) == f"{tmp_path}: no export in this folder"


def test_refuses_a_folder_without_exports_beside_a_good_one(tmp_path: Path) -> None:
    export(tmp_path / "good/a.xml", "Internet")
    (tmp_path / "empty").mkdir()
    assert refusal(tmp_path / "good", tmp_path / "empty").startswith(str(tmp_path / "empty"))


def test_refuses_an_export_of_nothing_that_it_knows(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.xml", doc.document(doc.text("x"), doc.obj(types=("System.IO.FileInfo",)))
    )
    assert refusal(file) == f"{file}: no object of a cmdlet that this suite reads"


def test_refuses_an_export_without_a_server(tmp_path: Path) -> None:
    file = write(tmp_path / "a.xml", doc.document(doc.service()))
    assert "names no Exchange server" in refusal(file)


@pytest.mark.parametrize("name", ["Identity", "Server", "DistinguishedName"])
def test_a_name_of_another_kind_is_unreadable_evidence(tmp_path: Path, name: str) -> None:
    odd = doc.obj(doc.props(doc.text("aGk=", name, "BA")), types=(doc.CONNECTOR,))
    assert refusal(write(tmp_path / "a.xml", doc.document(odd)))


def test_refuses_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = export(tmp_path / "a.xml", "Internet")
    monkeypatch.setattr(recordings, "MAX_BYTES", 100)
    assert refusal(file).startswith(f"{file}: ")
    assert "bytes, more than the" in refusal(file)


def test_refuses_a_folder_with_too_many_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        export(tmp_path / f"{number}.xml", "Internet")
    monkeypatch.setattr(recordings, "MAX_FILES", 3)
    assert refusal(tmp_path) == f"{tmp_path}: more than 3 files; name the export itself"


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="may read every file")
def test_refuses_a_file_that_it_may_not_read(tmp_path: Path) -> None:
    file = export(tmp_path / "a.xml", "Internet")
    file.chmod(0)
    assert "Permission denied" in refusal(file)


def test_names_a_path_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "missing.xml").startswith(str(tmp_path / "missing.xml"))


def test_reads_settings_with_and_without_byte_order_mark(tmp_path: Path) -> None:
    file = write(tmp_path / "profile.toml", "\ufeffname = 'ä'".encode())
    assert read_text(file) == "name = 'ä'"


@pytest.mark.parametrize("data", [None, b"ab\xff"], ids=["missing", "no UTF-8"])
def test_names_a_settings_file_that_it_cannot_read(tmp_path: Path, data: bytes | None) -> None:
    file = tmp_path / "profile.toml"
    if data is not None:
        write(file, data)
    with pytest.raises(SettingsError, match=r"profile\.toml: (No such file|no UTF-8 at byte 2)"):
        read_text(file)


RECORDED = (
    b'{"schema": 1, "run": {"id": "a-run", "judged_at": "2026-11-24T03:41:56Z", "domains": []}, '
    b'"profile": null, "internal": null, "external": null}'
)
DIGEST = hashlib.sha256(RECORDED).hexdigest()


@pytest.mark.parametrize(
    ("manifest", "vouches"),
    [
        (f"{DIGEST}  {EVIDENCE}\n", True),
        (f"{'0' * 64}  junit.xml\r\n{DIGEST.upper()} *{EVIDENCE}\r\n", True),
        (f"{'0' * 64}  junit.xml\n", False),
        (f"{'0' * 64}  transcripts/{EVIDENCE}\n", False),
        ("", False),
        (None, False),
    ],
)
def test_tells_whether_a_manifest_vouches_for_recorded_evidence(
    tmp_path: Path, manifest: str | None, vouches: bool
) -> None:
    write(tmp_path / EVIDENCE, RECORDED)
    if manifest is not None:
        write(tmp_path / MANIFEST, manifest)
    assert read_recorded_run(tmp_path).is_vouched_for is vouches


@pytest.mark.parametrize("digest", ["0" * 64, DIGEST[:-1], "", "nonsense"])
def test_refuses_recorded_evidence_that_its_manifest_contradicts(
    tmp_path: Path, digest: str
) -> None:
    write(tmp_path / EVIDENCE, RECORDED)
    write(tmp_path / MANIFEST, f"{digest}  {EVIDENCE}\n")
    with pytest.raises(UnreadableEvidence) as refused:
        read_recorded_run(tmp_path)
    assert str(tmp_path / EVIDENCE) in str(refused.value)
    assert str(tmp_path / MANIFEST) in str(refused.value)


def test_a_folder_of_runs_is_not_taken_for_one(tmp_path: Path) -> None:
    write(tmp_path / "a-run" / EVIDENCE, RECORDED)
    with pytest.raises(UnreadableEvidence, match="name the folder of one run"):
        read_recorded_run(tmp_path)


def test_says_what_recorded_evidence_lacks(tmp_path: Path) -> None:
    write(tmp_path / EVIDENCE, RECORDED.replace(b'"run"', b'"ran"'))
    with pytest.raises(UnreadableEvidence, match="no evidence of a run: 'run' is missing"):
        read_recorded_run(tmp_path)
