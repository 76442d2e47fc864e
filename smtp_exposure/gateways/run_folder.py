"""The folder that a run leaves behind (writes below it and nowhere else)."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import is_dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from smtp_exposure.errors import SettingsError
from smtp_exposure.smtp.conversations import transcript_lines
from smtp_exposure.smtp.evidence import ExternalEvidence
from smtp_exposure.smtp.json_form import encoded, plain

MANIFEST = "MANIFEST.sha256"
_NOT_PLAIN = re.compile(r"[^0-9A-Za-z.-]")


def make_run_folder(started: datetime, target: str, reports: Path) -> Path:
    """Make `<UTC time>-<first target>` below the reports folder; `-2` and so on on collision."""
    name = f"{started.astimezone(UTC):%Y%m%dT%H%M%SZ}-{target}"
    for number in range(1, 1000):
        folder = reports / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as problem:
            raise SettingsError(f"{folder} can't be made: {problem.strerror}") from None
        return folder
    raise SettingsError(f"{reports}: too many runs named {name}")


def take_folder(folder: Path) -> Path:
    """Use exactly this folder; files of an earlier run in it are replaced."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise SettingsError(f"{folder} can't be made: {problem.strerror}") from None
    return folder


def drop_folder(folder: Path) -> None:
    """Take back the folder of a run that came to nothing; what a person put there stays.

    Evidence stays too: it may be what was to be judged again.
    """
    for name in ("report.html", "junit.xml", "results.json", MANIFEST):
        with suppress(OSError):  # not there, or not ours to take
            (folder / name).unlink()
    with suppress(OSError):  # not empty
        folder.rmdir()


def write_text(path: Path, text: str) -> None:
    """Write a file as UTF-8, whole or not at all."""
    _write(path, (text,))


def _write(path: Path, pieces: Iterable[str]) -> None:
    draft = path.with_name(path.name + ".part")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write a document with stable order and lines, so that two runs can be compared.

    Models in it are written as smtp_exposure/smtp/json_form.py reads them.
    """
    _write(path, chain(_spread(document), "\n"))


def _spread(value: object) -> Iterator[str]:
    """Give each key of nested objects, and each entry of a list of objects, a line of its own.

    `json.dumps` with an indent leaves its fast encoder for one that takes five times as long.
    """
    if is_dataclass(value):
        value = plain(value)
    if value and isinstance(value, dict):
        mark = "{\n"
        for key, entry in value.items():
            yield f"{mark}{encoded(key)}: "
            yield from _spread(entry)
            mark = ",\n"
        yield "\n}"
    elif value and isinstance(value, list | tuple) and _has_keys(value[0]):
        mark = "[\n"
        for entry in value:
            yield mark + encoded(entry)
            mark = ",\n"
        yield "\n]"
    else:
        yield encoded(value)


def _has_keys(value: object) -> bool:
    return isinstance(value, dict) or is_dataclass(value)


def write_transcripts(folder: Path, evidence: ExternalEvidence) -> None:
    """Write each SMTP conversation, both directions: a file for each address.

    Those of an earlier run are taken away, so that nobody takes them for this run's.
    """
    folder.mkdir(exist_ok=True)
    for earlier in folder.glob("*.txt"):
        earlier.unlink()
    for probe in evidence.addresses:
        if probe.conversations:
            talks = ("\n".join((*transcript_lines(talk), "")) for talk in probe.conversations)
            name = _NOT_PLAIN.sub("-", probe.address)
            (folder / f"{name}.txt").write_text("\n".join(talks), encoding="utf-8", newline="\n")


def write_manifest(folder: Path) -> None:
    """Write the SHA-256 of every other file, in the form that `sha256sum -c` checks."""
    lines = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file != folder / MANIFEST:
            with file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            lines.append(f"{digest}  {file.relative_to(folder).as_posix()}\n")
    write_text(folder / MANIFEST, "".join(lines))
