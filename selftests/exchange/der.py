"""Certificates as servers keep them: real DER, written with an encoder of its own names.

A name is given as it is encoded, most general part first; the order in which .NET prints it is
what the tests are about, so nothing here prints one.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.objects import Value

MOMENT = datetime(2026, 11, 24, tzinfo=UTC)
"""When the certificates are judged; their days count from here."""

MAIL_HOST = "mail.corp.example"
Part = tuple[str, str]
Rdn = Part | Sequence[Part]
Name = Sequence[Rdn]

AUTHORITY: Name = (
    ("C", "GB"),
    ("S", "Greater Manchester"),
    ("L", "Salford"),
    ("O", "Sectigo Limited"),
    ("CN", "Sectigo RSA Domain Validation Secure Server CA"),
)
AUTHORITY_TEXT = (
    "CN=Sectigo RSA Domain Validation Secure Server CA, O=Sectigo Limited, L=Salford, "
    "S=Greater Manchester, C=GB"
)
"""The article's issuer, as Get-ExchangeCertificate prints it."""

_TYPES = {
    "CN": NameOID.COMMON_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "L": NameOID.LOCALITY_NAME,
    "S": NameOID.STATE_OR_PROVINCE_NAME,
    "C": NameOID.COUNTRY_NAME,
    "DC": NameOID.DOMAIN_COMPONENT,
    "E": NameOID.EMAIL_ADDRESS,
    "STREET": NameOID.STREET_ADDRESS,
}


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def common_name(text: str) -> Name:
    """A name of one part."""
    return (("CN", text),)


def x509_name(name: Name) -> x509.Name:
    """Encode a name; a part may be a group of several, and a type may be a dotted number."""
    return x509.Name([x509.RelativeDistinguishedName(map(_attribute, _group(one))) for one in name])


def _group(rdn: Rdn) -> Sequence[Part]:
    first = rdn[0]
    if isinstance(first, str):
        return [(first, str(rdn[1]))]
    return list(rdn)  # type: ignore[arg-type]  # no part, so a group of parts


def _attribute(part: Part) -> x509.NameAttribute[str]:
    kind, value = part
    return x509.NameAttribute(_TYPES.get(kind) or x509.ObjectIdentifier(kind), value)


def der(
    subject: Name = (("CN", MAIL_HOST),),
    issuer: Name | None = AUTHORITY,
    names: Iterable[str] | None = (MAIL_HOST,),
    *,
    age: int = 100,
    days: int = 365,
) -> bytes:
    """Encode a certificate; issuer None signs itself, names None leaves the extension out."""
    starts = MOMENT - timedelta(days=age)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509_name(subject))
        .issuer_name(x509_name(subject if issuer is None else issuer))
        .public_key(_key().public_key())
        .serial_number(0x3A88B03A)
        .not_valid_before(starts)
        .not_valid_after(starts + timedelta(days=days))
    )
    if names is not None:
        listed = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(listed, critical=False)
    return builder.sign(_key(), hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def certificate(
    raw: bytes | None = None, *, lacks: Iterable[str] = (), **changes: Value
) -> ExchangeCertificate:
    """A certificate in the store of EX01 as read on the server itself; some properties changed."""
    properties: dict[str, Value] = {
        "RawData": der() if raw is None else raw,
        "Services": "IIS, SMTP",
        "HasPrivateKey": True,
        "Server": "EX01",
    }
    kept = {name: value for name, value in (properties | changes).items() if name not in lacks}
    return ExchangeCertificate(kept, "export.xml")


def remoted(raw: bytes | None = None) -> ExchangeCertificate:
    """A certificate as remoting brings it: its DER, and nothing else (facts sheet, 6.4)."""
    return certificate(raw, lacks=("Services", "HasPrivateKey"))
