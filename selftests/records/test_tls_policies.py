"""MTA-STS and TLSA texts."""

from hashlib import sha256

import pytest

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.records.tls_policies import (
    StsMode,
    parse_sts_id,
    parse_sts_policy,
    parse_tlsa,
)

POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mail.corp.example\r\nmx: *.corp.example\r\nmax_age: 604800\r\n"


def test_reads_a_policy() -> None:
    policy = parse_sts_policy(POLICY)
    assert (policy.mode, policy.max_age) == (StsMode.ENFORCE, 604800)
    assert policy.covers("MX1.corp.example.")
    assert not policy.covers("a.b.corp.example")
    assert not policy.covers("corp.example")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("STSv1", "STSv2"),
        ("enforce", "force"),
        ("604800", "long"),
        ("mx: ", "host: "),
        ("mode: ", "mood: "),
    ],
)
def test_refuses_a_broken_policy(old: str, new: str) -> None:
    with pytest.raises(UnreadableEvidence):
        parse_sts_policy(POLICY.replace(old, new))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("v=STSv1; id=20261124T000000;",), "20261124T000000"),
        (("v=STSv1;id=1",), "1"),
        (("v=spf1 -all", "v=STSv1; id=2; x=y"), "2"),
        (("v=STSv1; id=1", "v=STSv1; id=2"), None),
        (("v=spf1 -all",), None),
        ((), None),
    ],
)
def test_reads_the_policy_id(texts: tuple[str, ...], expected: str | None) -> None:
    assert parse_sts_id(texts) == expected


def test_a_record_without_an_id_is_unreadable() -> None:
    with pytest.raises(UnreadableEvidence):
        parse_sts_id(("v=STSv1; id=",))


def test_tlsa_compares_what_its_fields_select() -> None:
    digest = sha256(b"key").hexdigest()
    assert parse_tlsa(f"3 1 1 {digest[:20].upper()} {digest[20:]}").matches(b"cert", b"key")
    assert not parse_tlsa(f"3 0 1 {digest}").matches(b"cert", b"key")
    assert not parse_tlsa(f"3 7 1 {digest}").matches(b"cert", b"key")
    assert parse_tlsa(f"3 0 0 {b'cert'.hex()}").matches(b"cert", b"key")


def test_refuses_other_text() -> None:
    with pytest.raises(UnreadableEvidence):
        parse_tlsa("3 1 1 xyz")
