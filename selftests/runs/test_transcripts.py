"""The transcripts that a look from outside leaves, and the manifest that covers them."""

import hashlib
import json
import re
from typing import Any

import pytest

from selftests.runs.conftest import EVIDENCE, Run

pytestmark = pytest.mark.process
SENT = re.compile(
    r" {3,}\d+\.\d{3} > (?:EHLO \S+|HELO \S+|STARTTLS|AUTH (?:LOGIN|NTLM)|\*|MAIL FROM:<>"
    r"|RCPT TO:<[^<>]+>|RSET|QUIT)"
)
RECEIVED = re.compile(r" {3,}\d+\.\d{3} < .*")


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
