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


def transcripts(run: Run) -> dict[str, list[list[str]]]:
    """The lines of each conversation, by the name of the file."""
    files = sorted((run.folder / "transcripts").glob("*.txt"))
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    return {
        name: [block.splitlines() for block in text.split("\n\n")] for name, text in texts.items()
    }


def conversations(run: Run) -> list[list[str]]:
    """The lines of every conversation; a run that had none proves nothing of them."""
    found = [block for blocks in transcripts(run).values() for block in blocks]
    assert found
    return found


def addresses(run: Run) -> list[dict[str, Any]]:
    """What evidence.json holds of each address."""
    document = json.loads((run.folder / EVIDENCE).read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = document["external"]["addresses"]
    return found


def test_each_address_has_a_transcript_of_its_conversations(seen: Run) -> None:
    heads = {name: [block[0] for block in blocks] for name, blocks in transcripts(seen).items()}
    assert heads == {
        f"{item['address'].replace(':', '-')}.txt": [
            f"# {talk['name']}, attempt {talk['attempt']}: {item['address']} port 25"
            for talk in item["conversations"]
        ]
        for item in addresses(seen)
        if item["conversations"]
    }


def test_transcripts_have_both_directions_with_times_and_nothing_else(seen: Run) -> None:
    lines = [line for blocks in transcripts(seen).values() for block in blocks for line in block]
    odd = [
        line
        for line in lines
        if not (line.startswith("# ") or SENT.fullmatch(line) or RECEIVED.fullmatch(line))
    ]
    assert odd == []


def test_whoever_greeted_is_heard_and_answered(good: Run) -> None:
    for lines in conversations(good):
        sent = [line for line in lines if SENT.fullmatch(line)]
        heard = [line for line in lines if RECEIVED.fullmatch(line)]
        assert sent, lines[0]
        assert "220 mail.corp.example" in heard[0]


def test_neither_a_message_nor_a_credential_was_sent(seen: Run) -> None:
    sent = [
        piece["data"]
        for item in addresses(seen)
        for talk in item["conversations"]
        for piece in talk["wire"]
        if piece["direction"] == ">"
    ]
    lines = [line for data in sent for line in data.split("\r\n") if line]
    forbidden = re.compile(r"(?i)(?:DATA|BDAT|VRFY|EXPN|AUTH \S+ .+|[A-Za-z0-9+/]+=*)")
    plain = ("QUIT", "RSET", "STARTTLS")
    assert [line for line in lines if line not in plain and forbidden.fullmatch(line)] == []


def test_times_in_transcripts_never_go_back(good: Run) -> None:
    for lines in conversations(good):
        times = [float(line.split()[0]) for line in lines if not line.startswith("#")]
        assert times == sorted(times), lines[0]


def test_the_manifest_covers_evidence_and_transcripts(good: Run) -> None:
    lines = (good.folder / "MANIFEST.sha256").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    wanted = [EVIDENCE, *(f"transcripts/{name}" for name in transcripts(good))]
    hashes = {
        name: hashlib.sha256((good.folder / name).read_bytes()).hexdigest() for name in wanted
    }
    assert {name: listed.get(name) for name in wanted} == hashes
