"""Real certificates for the certificates of a state, signed by the lab's own authorities.

One root, which a client may trust, signs the issuing authorities that a state names.
"""

import hashlib
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lab.state import Certificate

ROOT = "CN=Lab Root CA, O=Lab Trust Limited, C=GB"
_AUTHORITY_DAYS = 7_300

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
    """Return the key of a subject or authority, the same one in every process.

    So a state that one process exported and another one lets listen is the same to the last byte.
    """
    digest = hashlib.sha256(f"key of {owner}".encode()).digest()
    # Any number of 1 to the curve's order will do; one byte less stays below it.
    return ec.derive_private_key(int.from_bytes(digest[1:], "big") + 1, ec.SECP256R1())


def distinguished_name(text: str) -> x509.Name:
    """Encode a name from the form that .NET prints, which starts with the most specific part."""
    parts = (part.partition("=") for part in reversed(text.split(", ")))
    return x509.Name([x509.NameAttribute(_ATTRIBUTES[kind], value) for kind, _, value in parts])


@cache
def issue(certificate: Certificate, as_of: datetime) -> x509.Certificate:
    """Make the certificate, its days counted from the given time."""
    issuer = certificate.issuer or certificate.subject
    starts = as_of + timedelta(days=certificate.valid_from_days)
    builder = (
        _builder(certificate.subject, issuer, starts, certificate.lifetime_days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    if certificate.names:
        names = [x509.DNSName(name) for name in certificate.names]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(private_key(issuer), hashes.SHA256(), ecdsa_deterministic=True)


@cache
def authority(name: str, as_of: datetime) -> x509.Certificate:
    """Make the certificate of an authority; the root signs its own and all others."""
    starts = as_of - timedelta(days=_AUTHORITY_DAYS // 2)
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        _builder(name, ROOT, starts, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(private_key(ROOT), hashes.SHA256(), ecdsa_deterministic=True)
    )


def der(certificate: x509.Certificate) -> bytes:
    """Return a certificate as the bytes that RawData holds."""
    return certificate.public_bytes(serialization.Encoding.DER)


def pem(certificate: x509.Certificate) -> bytes:
    """Return a certificate in the form that OpenSSL reads."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_pem(owner: str) -> bytes:
    """Return the key of a subject in the form that OpenSSL reads."""
    return private_key(owner).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def key_digest(owner: str) -> str:
    """Return the hash of a subject's public key, as TLSA records of type 3 1 1 hold it."""
    info = (
        private_key(owner)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return hashlib.sha256(info).hexdigest()


def _builder(subject: str, issuer: str, starts: datetime, days: int) -> x509.CertificateBuilder:
    own, issuing = private_key(subject).public_key(), private_key(issuer).public_key()
    issuing_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing)
    return (
        x509.CertificateBuilder()
        .subject_name(distinguished_name(subject))
        .issuer_name(distinguished_name(issuer))
        .public_key(own)
        .serial_number(_serial_number(f"{issuer} {subject} {starts}"))
        .not_valid_before(starts)
        .not_valid_after(starts + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
        .add_extension(issuing_id, critical=False)
    )


def _serial_number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:16], "big") >> 1 | 1
