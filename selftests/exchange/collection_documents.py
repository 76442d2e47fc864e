"""A document of the collection script, its frame, and changed copies of both.

The script itself was never run here: `DOCUMENT` has the shape that it is written to make.
"""

import base64
import copy
import hashlib
import json
from typing import Any

import pytest

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.exchange.collection import parse_collection

DOCUMENT: dict[str, Any] = {
    "format": "smtp-exposure-collection",
    "version": 1,
    "taken": "2026-11-24T03:41:56Z",
    "server": "EX01",
    "sections": [
        {
            "cmdlet": "Get-ReceiveConnector",
            "ok": True,
            "errors": [],
            "absent": ["SmtpUtf8Enabled"],
            "items": [
                {
                    "Identity": "EX01\\Internet In",
                    "Enabled": True,
                    "Bindings": ["[::]:25", "0.0.0.0:25"],
                    "TlsCertificateName": None,
                    "MaxLogonFailures": 3,
                    "Comment": "Empfang für Außenstelle <<<BEGIN 1 2>>> 😀",
                    "TlsDomainCapabilities": [],
                }
            ],
        },
        {
            "cmdlet": "Get-ExchangeCertificate",
            "ok": False,
            "errors": [
                {
                    "target": "EDGE01",
                    "type": "System.InvalidOperationException",
                    "id": "RpcFailed",
                    "message": "The server\r\ncan't be reached.",
                }
            ],
            "absent": [],
            "items": [{"Server": "EX01", "Thumbprint": "AB12"}],
        },
    ],
}


def frame(payload: bytes, width: int = 64, announced: str | None = None) -> list[str]:
    """Build the lines that the script prints, after the format's description."""
    text = base64.b64encode(payload).decode()
    mark = announced or f"{len(payload)} {hashlib.sha256(payload).hexdigest()}"
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    return [f"<<<BEGIN {mark}>>>", *lines, "<<<END>>>"]


def plain(document: object = DOCUMENT) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def joined(lines: list[str], end: str = "\r\n") -> bytes:
    return (end.join(lines) + end).encode()


LEFT_OUT = object()


def changed(path: str, value: object) -> bytes:
    """Build the base document with one field set to something else, or taken out."""
    document = copy.deepcopy(DOCUMENT)
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place: Any = document
    for step in way:
        place = place[step]
    if value is LEFT_OUT:
        del place[last]
    else:
        place[last] = value
    return plain(document)


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableEvidence) as refused:
        parse_collection(data, "ex01.json")
    return str(refused.value)


LINES = frame(plain())
EXPECTED = parse_collection(plain(), "base")
