"""Certificates: what their DER says, how long they last, and which Exchange prefers."""

import base64
import hashlib
from datetime import timedelta

import pytest

from selftests.exchange import der
from selftests.exchange.der import MAIL_HOST, MOMENT, certificate, remoted
from smtp_exposure.errors import MissingEvidence, UnreadableEvidence
from smtp_exposure.exchange.certificates import (
    ExchangeCertificate,
    days_needed,
    in_order_of_choice,
    parse_services,
)
from smtp_exposure.exchange.objects import EnumValue, Value

RAW = der.der()
WRAPPED = "\r\n".join(base64.encodebytes(RAW).decode().splitlines())


@pytest.mark.parametrize("raw", [RAW, base64.b64encode(RAW).decode(), WRAPPED, f" {WRAPPED}\n"])
def test_reads_raw_data_as_bytes_or_base64(raw: bytes | str) -> None:
    read = certificate(RawData=raw)
    assert (read.subject, read.issuer) == (f"CN={MAIL_HOST}", der.AUTHORITY_TEXT)
    assert read.not_before == MOMENT - timedelta(days=100)
    assert read.not_after == MOMENT + timedelta(days=265)
    assert read.thumbprint == certificate(RAW).thumbprint


def test_the_thumbprint_is_what_windows_shows() -> None:
    thumbprint = certificate(RAW).thumbprint
    assert thumbprint == hashlib.sha1(RAW, usedforsecurity=False).hexdigest().upper()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        "",
        b"no certificate",
        RAW[:-1],
        RAW[: len(RAW) // 2],
        RAW + b"\0",
        b"\x30\x82\xff\xff" + RAW[4:],
        RAW.replace(b"corp", b"\xff\xff\xff\xff"),
        RAW.replace(bytes.fromhex("0603551d11"), bytes.fromhex("0603551d0f")),
        "%%%",
        base64.b64encode(RAW).decode()[:-5],
        base64.b64encode(RAW).decode() + "!",
        17,
        None,
        True,
        ("a", "b"),
    ],
    ids=[
        "no bytes",
        "no text",
        "other bytes",
        "without its last byte",
        "half",
        "a byte more",
        "a length beyond its end",
        "a name that is no text",
        "alternative names under another extension",
        "no base64",
        "base64 cut short",
        "base64 and more",
        "a number",
        "nothing",
        "a truth",
        "a list",
    ],
)
def test_damaged_raw_data_is_unreadable(raw: Value) -> None:
    damaged = certificate(RawData=raw, Thumbprint="AB12")
    with pytest.raises(
        UnreadableEvidence, match=r"^Get-ExchangeCertificate: RawData of AB12 can't"
    ):
        _ = damaged.certificate


def test_a_certificate_without_raw_data_is_missing_evidence() -> None:
    with pytest.raises(MissingEvidence, match=r"Get-ExchangeCertificate \(property RawData of a c"):
        _ = certificate(lacks=["RawData"]).certificate


@pytest.mark.parametrize(
    ("attribute", "name"), [("services", "Services"), ("has_private_key", "HasPrivateKey")]
)
def test_what_remoting_leaves_out_is_missing_and_never_empty(attribute: str, name: str) -> None:
    for read in (remoted(), certificate(Services=None, HasPrivateKey=None)):
        with pytest.raises(
            MissingEvidence, match=f"property {name} of a certificate in export.xml"
        ):
            getattr(read, attribute)


@pytest.mark.parametrize("value", ["maybe", 1, ()])
def test_a_private_key_is_there_or_not(value: Value) -> None:
    with pytest.raises(UnreadableEvidence, match="HasPrivateKey of"):
        _ = certificate(HasPrivateKey=value).has_private_key


@pytest.mark.parametrize(
    ("value", "services"),
    [
        ("SMTP", {"SMTP"}),
        ("IMAP, POP, IIS, SMTP", {"IMAP", "POP", "IIS", "SMTP"}),
        (" smtp , Iis ", {"SMTP", "IIS"}),
        ("UM, SMTP, Federation, UMCallRouter", {"UM", "SMTP", "FEDERATION"}),
        ("None", set()),
        ("none", set()),
        ("IP.WS..", {"IMAP", "POP", "IIS", "SMTP"}),
        ("...WS..", {"IIS", "SMTP"}),
        ("....S..", {"SMTP"}),
        (".......", set()),
        ("IPUWSF.", {"IMAP", "POP", "UM", "IIS", "SMTP", "FEDERATION"}),
        ("IP.WS", {"IMAP", "POP", "IIS", "SMTP"}),
        ("IIS", {"IIS"}),
        (0, set()),
        (1, {"IMAP"}),
        (2, {"POP"}),
        (4, {"UM"}),
        (8, {"IIS"}),
        (16, {"SMTP"}),
        (32, {"FEDERATION"}),
        (11, {"IMAP", "POP", "IIS"}),
        (24, {"IIS", "SMTP"}),
        (27, {"IMAP", "POP", "IIS", "SMTP"}),
        (80, {"SMTP"}),
        (EnumValue("None", 0), set()),
        (EnumValue("IIS, SMTP", 24), {"IIS", "SMTP"}),
    ],
)
def test_reads_services_in_every_spelling(value: Value, services: set[str]) -> None:
    assert parse_services(value) - {"UMCALLROUTER"} == services


@pytest.mark.parametrize(
    "value", ["", "SMTP IIS", "SMTP,", "27", "SMTP; IIS", ("SMTP",), "SMPT", True]
)
def test_refuses_what_names_no_services(value: Value) -> None:
    with pytest.raises(UnreadableEvidence, match=r"Services of .* can't be read"):
        _ = certificate(Services=value).services


@pytest.mark.parametrize("subject", [der.common_name("x"), (("O", "Corp"), ("CN", "x"))])
def test_tells_self_signed_certificates(subject: der.Name) -> None:
    assert certificate(der.der(subject, issuer=None)).is_self_signed
    assert not certificate(der.der(subject)).is_self_signed


@pytest.mark.parametrize(
    ("age", "valid"), [(0, True), (-1, False), (365, True), (366, False), (100, True)]
)
def test_is_valid_from_its_first_to_its_last_second(age: int, valid: bool) -> None:
    assert certificate(der.der(age=age)).is_valid_at(MOMENT) is valid


@pytest.mark.parametrize(
    ("lifetime", "needed"), [(6, 2), (45, 15), (60, 20), (90, 30), (91, 30), (365, 30), (1096, 30)]
)
def test_needs_thirty_days_or_a_third_of_its_lifetime(lifetime: int, needed: int) -> None:
    assert days_needed(certificate(der.der(days=lifetime))) == timedelta(days=needed)


NEW = certificate(der.der(age=1))
OLD = certificate(der.der(age=300))
NEW_OWN = certificate(der.der(issuer=None, age=2))
OLD_OWN = certificate(der.der(issuer=None, age=200))
EXPIRED = certificate(der.der(age=400))
EXPIRED_OWN = certificate(der.der(issuer=None, age=380))
FUTURE = certificate(der.der(age=-1))


@pytest.mark.parametrize(
    "expected",
    [
        [NEW, OLD],
        [OLD, NEW_OWN],
        [NEW_OWN, OLD_OWN],
        [OLD, EXPIRED],
        [OLD_OWN, EXPIRED],
        [EXPIRED, EXPIRED_OWN],
        [OLD_OWN, FUTURE],
        [NEW, OLD, NEW_OWN, OLD_OWN, EXPIRED],
    ],
    ids=[
        "the newest first",
        "of an authority before a newer self-signed one",
        "self-signed ones newest first",
        "expired last",
        "expired after self-signed ones too",
        "expired ones of an authority first",
        "not yet valid last",
        "all together",
    ],
)
def test_prefers_as_exchange_does(expected: list[ExchangeCertificate]) -> None:
    assert in_order_of_choice(expected, MOMENT) == expected
    assert in_order_of_choice(expected[::-1], MOMENT) == expected
