"""Real certificates for the certificates of a state, signed by the lab's own authorities."""

import hashlib
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lab.state import Certificate

# .NET prints the state as S=, where RFC 4514 has ST=.
_ATTRIBUTES = {
    "CN": NameOID.COMMON_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "L": NameOID.LOCALITY_NAME,
    "S": NameOID.STATE_OR_PROVINCE_NAME,
    "C": NameOID.COUNTRY_NAME,
}


@cache
def private_key(owner: str) -> ec.EllipticCurvePrivateKey:
    """Return the key of a subject or authority, the same one all through a process."""
    del owner
    return ec.generate_private_key(ec.SECP256R1())


def distinguished_name(text: str) -> x509.Name:
    """Encode a name from the form that .NET prints, which starts with the most specific part."""
    parts = (part.partition("=") for part in reversed(text.split(", ")))
    return x509.Name([x509.NameAttribute(_ATTRIBUTES[kind], value) for kind, _, value in parts])


def issue(certificate: Certificate, as_of: datetime) -> x509.Certificate:
    """Make the certificate, its days counted from the given time."""
    issuer = certificate.issuer or certificate.subject
    starts = as_of + timedelta(days=certificate.valid_from_days)
    builder = (
        x509.CertificateBuilder()
        .subject_name(distinguished_name(certificate.subject))
        .issuer_name(distinguished_name(issuer))
        .public_key(private_key(certificate.subject).public_key())
        .serial_number(_serial_number(f"{issuer} {certificate.subject} {starts}"))
        .not_valid_before(starts)
        .not_valid_after(starts + timedelta(days=certificate.lifetime_days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    if certificate.names:
        names = [x509.DNSName(name) for name in certificate.names]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(private_key(issuer), hashes.SHA256())


def der(certificate: x509.Certificate) -> bytes:
    """Return a certificate as the bytes that RawData holds."""
    return certificate.public_bytes(serialization.Encoding.DER)


def _serial_number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:16], "big") >> 1 | 1
