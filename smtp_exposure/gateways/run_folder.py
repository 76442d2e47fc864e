"""The folder that a run leaves behind (writes below it and nowhere else)."""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from smtp_exposure.errors import SettingsError
from smtp_exposure.smtp.conversations import transcript_lines
from smtp_exposure.smtp.evidence import ExternalEvidence

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
    """Take back the folder of a run that came to nothing; what a person put there stays."""
    for name in ("report.html", "junit.xml"):
        (folder / name).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def write_text(path: Path, text: str) -> None:
    """Write a file as UTF-8, whole or not at all."""
    _write(path, (text,))


def _write(path: Path, pieces: Iterable[str]) -> None:
    draft = path.with_name(path.name + ".part")
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(pieces)
    os.replace(draft, path)


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write a document with stable order and lines, so that two runs can be compared."""
    _write(path, chain(_spread(document), "\n"))


def _spread(value: object) -> Iterator[str]:
    """Give each key of nested objects, and each entry of a list of objects, a line of its own.

    `json.dumps` with an indent leaves its fast encoder for one that takes five times as long.
    """
    if value and isinstance(value, dict):
        mark = "{\n"
        for key, entry in value.items():
            yield f"{mark}{json.dumps(key)}: "
            yield from _spread(entry)
            mark = ",\n"
        yield "\n}"
    elif value and isinstance(value, list) and isinstance(value[0], dict):
        mark = "[\n"
        for entry in value:
            yield mark + _encoded(entry)
            mark = ",\n"
        yield "\n]"
    else:
        yield _encoded(value)


_encoded = json.JSONEncoder(ensure_ascii=False).encode


def write_transcripts(folder: Path, evidence: ExternalEvidence) -> None:
    """Write each SMTP conversation, both directions, to a file of its own."""
    folder.mkdir(exist_ok=True)
    for probe in evidence.addresses:
        for number, talk in enumerate(probe.conversations, start=1):
            name = _NOT_PLAIN.sub("-", f"{probe.address}-{number:02}-{talk.name}")
            text = "".join(f"{line}\n" for line in transcript_lines(talk))
            (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")


def write_manifest(folder: Path) -> None:
    """Write the SHA-256 of every other file, in the form that `sha256sum -c` checks."""
    lines = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file != folder / MANIFEST:
            with file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            lines.append(f"{digest}  {file.relative_to(folder).as_posix()}\n")
    write_text(folder / MANIFEST, "".join(lines))
