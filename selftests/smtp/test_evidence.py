"""The evidence of a whole look: what belongs to what."""

import json
from dataclasses import replace

import pytest

from selftests.smtp.test_conversations import BASE
from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.records.mail_domains import MailDomain
from smtp_exposure.smtp.conversations import Ending, TlsSession
from smtp_exposure.smtp.evidence import (
    SCHEMA,
    AddressProbe,
    ExternalEvidence,
    from_json,
)
from smtp_exposure.smtp.json_form import Json, encoded
from smtp_exposure.smtp.plan import Layer, Purpose
from smtp_exposure.smtp.request import ProbeRequest

FAILED = TlsSession(version=None, cipher=None, server_name=None, problem="alert")
GOOD = replace(FAILED, version="TLSv1.3", problem=None)
PROBE = AddressProbe(
    address="203.0.113.5",
    hosts=("mail.corp.example",),
    domains=("corp.example",),
    conversations=(
        replace(BASE, ending=Ending.CLOSED),
        replace(BASE, attempt=2),
        replace(BASE, name="auth-login-tls", layer=Layer.TLS, turns=(), tls=FAILED),
        replace(BASE, name="auth-ntlm-tls", layer=Layer.TLS, turns=(), tls=GOOD),
        replace(BASE, name="old-tls", layer=Layer.OLD_TLS, turns=(), tls=FAILED),
        replace(BASE, name="late", turns=(), ending=Ending.SILENT),
    ),
)
EVIDENCE = ExternalEvidence(
    schema=SCHEMA,
    request=ProbeRequest(),
    vantage="here",
    started="2026-11-24T04:00:00.000Z",
    finished="2026-11-24T04:00:05.000Z",
    software="test",
    domains=(MailDomain(domain="corp.example", hosts=("mail.corp.example",)),),
    addresses=(PROBE,),
)


def test_the_last_attempt_counts() -> None:
    (talk,) = PROBE.relay_talks(Purpose.RCPT_FOREIGN, "corp.example")
    assert (talk.attempt, talk.ending) == (2, Ending.COMPLETE)
    assert PROBE.relay_talks(Purpose.RCPT_FOREIGN, "other.example") == ()


def test_unopened_conversations_are_told_apart() -> None:
    assert [talk.name for talk in PROBE.final if talk not in PROBE.opened] == ["late"]


def test_old_handshakes_are_kept_apart() -> None:
    assert PROBE.tls_sessions == (GOOD, FAILED)
    assert PROBE.old_tls == FAILED


@pytest.fixture
def document() -> dict[str, Json]:
    """What is written of the evidence."""
    found: dict[str, Json] = json.loads(encoded(EVIDENCE))
    return found


def test_survives_json(document: dict[str, Json]) -> None:
    assert from_json(document) == EVIDENCE


@pytest.mark.parametrize("key", ["request", "started", "vantage"])
def test_a_missing_part_is_named(document: dict[str, Json], key: str) -> None:
    del document[key]
    with pytest.raises(UnreadableEvidence, match=key):
        from_json(document)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-24", "2026-11-24T04:00:05"])
@pytest.mark.parametrize("key", ["started", "finished"])
def test_a_look_without_its_times_is_unreadable(
    document: dict[str, Json], key: str, text: str
) -> None:
    with pytest.raises(UnreadableEvidence, match="when the look was made"):
        from_json(document | {key: text})


def test_later_keys_are_ignored(document: dict[str, Json]) -> None:
    assert from_json(document | {"later": 1}) == EVIDENCE
