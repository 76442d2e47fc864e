"""Presented certificates: fields, names and times."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from selftests.smtp.authorities import NOW, make
from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.smtp.certificates import NameMatch, parse_certificate

MADE = make("mail.corp.example", names=("Mail.corp.example", "*.corp.example", "192.0.2.1"))
BASE = parse_certificate(MADE.der)


def test_reads_the_fields() -> None:
    assert BASE.subject == "CN=mail.corp.example"
    assert BASE.names == ("mail.corp.example", "*.corp.example")
    assert BASE.sha256 == sha256(MADE.der).hexdigest()
    assert BASE.der_bytes == MADE.der
    assert BASE.public_key_bytes in MADE.der
    assert (BASE.key, BASE.signature, BASE.is_self_issued) == ("EC 256", "sha256", True)


@pytest.mark.parametrize(
    ("host", "match"),
    [
        ("MAIL.corp.example.", NameMatch.EXACT),
        ("192.0.2.1", NameMatch.EXACT),
        ("other.corp.example", NameMatch.WILDCARD),
        ("a.b.corp.example", NameMatch.NONE),
        ("corp.example", NameMatch.NONE),
        ("example", NameMatch.NONE),
    ],
)
def test_a_wildcard_covers_one_label(host: str, match: NameMatch) -> None:
    assert BASE.covers(host) is match


def test_the_common_name_counts_only_without_alternative_names() -> None:
    assert replace(BASE, names=()).covers("mail.corp.example") is NameMatch.COMMON_NAME_ONLY
    assert replace(BASE, names=("x.example",)).covers("mail.corp.example") is NameMatch.NONE


def test_judges_times() -> None:
    assert BASE.is_valid_at(NOW)
    assert not BASE.is_valid_at(NOW + timedelta(days=61))
    assert not BASE.is_valid_at(NOW - timedelta(days=31))
    assert BASE.days_left(NOW) == pytest.approx(60, abs=0.01)
    assert BASE.lifetime_days == pytest.approx(90, abs=0.01)


@pytest.mark.parametrize("der", [b"", b"\x30\x03\x02\x01\x01", MADE.der[:-5], b"\xff" * 50])
def test_refuses_what_is_no_certificate(der: bytes) -> None:
    with pytest.raises(UnreadableEvidence):
        parse_certificate(der)
