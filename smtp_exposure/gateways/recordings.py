"""Files of evidence: exports that an administrator made (reads; never writes)."""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BufferedReader
from pathlib import Path

from smtp_exposure.errors import SettingsError, UnreadableEvidence
from smtp_exposure.exchange.assembly import assemble
from smtp_exposure.exchange.clixml import read_clixml
from smtp_exposure.exchange.collection import parse_collection
from smtp_exposure.exchange.inventory import Inventory
from smtp_exposure.exchange.recognition import KINDS, Folder, recognise, recognise_collection
from smtp_exposure.gateways.run_folder import MANIFEST
from smtp_exposure.report.archive import RecordedRun, read_document

MAX_BYTES = 512 * 1024 * 1024
MAX_FILES = 10_000
EVIDENCE = "evidence.json"
_BEGINNING = 4096
_STARTS = tuple(
    mark + text.encode(encoding)
    for text in ("<Objs", "<?xml", "<!DOCTYPE")
    for encoding, mark in (
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b""),
        ("utf-16-be", b"\xfe\xff"),
    )
)
"""How a file in a folder begins if it is meant to be an export; others are left aside."""
_COLLECTION = (b"<<<BEGIN", b"smtp-exposure-collection")
"""What stands near the beginning of what the collection script wrote."""


def read_snapshots(paths: Iterable[Path]) -> Inventory:
    """Read exports and sort them to organisations and servers. Raises as `read_folders` does."""
    return assemble(read_folders(paths))


def read_folders(paths: Iterable[Path]) -> tuple[Folder, ...]:
    """Read exports: files, or folders of them with their subfolders.

    Raises UnreadableEvidence naming file and place for a file that is none, or damaged, and for a
    folder without any.
    """
    folders: dict[Path, Folder] = defaultdict(Folder)
    paths = tuple(paths)
    seen: set[Path] = set()
    for path in paths:
        found = False
        for file in _files(path):
            with _opened(file) as stream:
                beginning = stream.peek(_BEGINNING)[:_BEGINNING]
                if path.is_dir() and not _looks_like_an_export(beginning):
                    continue
                found = True
                if file.resolve() not in seen:
                    seen.add(file.resolve())
                    _recognise(stream, str(file), folders[file.parent])
        if not found:
            raise UnreadableEvidence(f"{path}: no export in this folder")
    if not any(folder.objects for folder in folders.values()):
        names = ", ".join(map(str, paths))
        raise UnreadableEvidence(f"{names}: no object of a cmdlet that this suite reads")
    return tuple(folders.values())


def read_recorded_run(folder: Path) -> RecordedRun:
    """Read the evidence that a run left in its folder. Raises UnreadableEvidence naming the file.

    The folder's manifest must vouch for it. Without a manifest, as when the file came alone by
    mail, the run says so.
    """
    file = folder / EVIDENCE
    if not os.path.isfile(file):
        raise UnreadableEvidence(f"{folder}: no {EVIDENCE} in it; name the folder of one run")
    with _opened(file) as stream:
        content = stream.read(MAX_BYTES)
    digest = _promised_digest(folder / MANIFEST)
    if digest not in (None, hashlib.sha256(content).hexdigest()):
        raise UnreadableEvidence(
            f"{file}: not what {folder / MANIFEST} vouches for; it was changed after the run"
        )
    try:
        document = json.loads(content)
    except ValueError as problem:
        raise UnreadableEvidence(f"{file}: {problem}") from None
    except RecursionError:
        raise UnreadableEvidence(f"{file}: nested too deeply") from None
    return replace(read_document(document, str(file)), is_vouched_for=digest is not None)


def _promised_digest(manifest: Path) -> str | None:
    """The SHA-256 that a manifest gives for the evidence; None without one."""
    if not manifest.exists():
        return None
    with _opened(manifest) as stream:
        for line in stream.read(MAX_BYTES).decode("utf-8", "replace").splitlines():
            digest, _, name = line.partition(" ")
            if name[1:] == EVIDENCE:  # a blank, or the star of a file read as binary, stands first
                return digest.lower()
    return None


def _looks_like_an_export(beginning: bytes) -> bool:
    return beginning.lstrip().startswith(_STARTS) or _is_collection(beginning)


def _is_collection(beginning: bytes) -> bool:
    text = beginning.replace(b"\0", b"")
    return any(mark in text for mark in _COLLECTION)


def _recognise(stream: BufferedReader, source: str, folder: Folder) -> None:
    if _is_collection(stream.peek(_BEGINNING)[:_BEGINNING]):
        recognise_collection(parse_collection(stream.read(), source), source, folder)
        return
    recognise(read_clixml(stream, source, KINDS), source, folder)


def read_text(path: Path) -> str:
    """Read a text file of settings. Raises SettingsError naming it."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise SettingsError(f"{path}: {problem.strerror}") from None
    except UnicodeDecodeError as problem:
        raise SettingsError(f"{path}: no UTF-8 at byte {problem.start}") from None


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for number, file in enumerate(sorted(path.rglob("*"))):
        if number >= MAX_FILES:
            raise UnreadableEvidence(f"{path}: more than {MAX_FILES} files; name the export itself")
        if file.is_file():
            yield file


@contextmanager
def _opened(file: Path) -> Iterator[BufferedReader]:
    """Open a file that is not too large; whatever goes wrong with it names it."""
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            limit = MAX_BYTES // 1024**2
            raise UnreadableEvidence(f"{file}: {size} bytes, more than the {limit} MiB accepted")
        with file.open("rb") as stream:
            yield stream
    except OSError as problem:
        raise UnreadableEvidence(f"{file}: {problem.strerror}") from None
