"""Certificates in a server's store, and which one STARTTLS presents (facts sheet, 6).

Over remoting only the DER comes through: Services and HasPrivateKey are then unknown, not empty.
"""

import base64
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from smtp_exposure.exchange.distinguished_names import (
    X509Identifier,
    dotnet_text,
    parse_name,
)
from smtp_exposure.exchange.objects import (
    ExchangeObject,
    Property,
    Value,
    as_bool,
    as_text,
    not_nothing,
)

_SERVICES = {1: "IMAP", 2: "POP", 4: "UM", 8: "IIS", 16: "SMTP", 32: "Federation"}
_LETTERS = {"I": "IMAP", "P": "POP", "U": "UM", "W": "IIS", "S": "SMTP", "F": "Federation"}


_KNOWN = frozenset(name.upper() for name in (*_SERVICES.values(), "UMCallRouter"))


def parse_services(value: Value) -> frozenset[str]:
    """Read Services from names, letters (`IP.WS..`) or a number; upper case. Raises ValueError."""
    if isinstance(value, bool):
        raise ValueError(f"{value} names no services")
    if isinstance(value, int):
        return frozenset(name.upper() for bit, name in _SERVICES.items() if value & bit)
    text = as_text(value).strip()
    if re.fullmatch(r"[IPUWSFC.]{5,7}", text) and ("." in text or len(text) > 5):
        return frozenset(_LETTERS[letter].upper() for letter in text if letter in _LETTERS)
    names = {name.strip().upper() for name in text.split(",")} - {"NONE"}
    if not names <= _KNOWN:
        raise ValueError(f"{text!r} names no services")
    return frozenset(names)


def parse_der(value: Value) -> x509.Certificate:
    """Read RawData, as bytes or base64. Raises ValueError."""
    if isinstance(value, str):
        value = _base64(value)
    if not isinstance(value, bytes):
        raise ValueError(f"{as_text(value)!r} is no certificate")
    certificate = x509.load_der_x509_certificate(value)
    # Read here what is decoded late, so that damage shows in this one place.
    for _ in (certificate.extensions, certificate.subject, certificate.issuer):
        continue
    return certificate


def _base64(text: str) -> bytes:
    return base64.b64decode("".join(text.split()), validate=True)


class ExchangeCertificate(ExchangeObject):
    """One certificate; what is not in its DER raises MissingEvidence when it is asked for."""

    cmdlet = "Get-ExchangeCertificate"

    certificate = Property("RawData", parse_der)
    services = Property("Services", not_nothing(parse_services))
    has_private_key = Property("HasPrivateKey", not_nothing(as_bool))

    @property
    def label(self) -> str:
        """The thumbprint, which names it in every message."""
        return self.word("Thumbprint") or f"a certificate in {self.source or 'the store'}"

    @cached_property
    def thumbprint(self) -> str:
        """SHA-1 of the DER in capitals, as Windows names certificates."""
        return self.certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303  # a name, not a proof

    @cached_property
    def subject(self) -> str:
        """The subject in .NET's spelling."""
        return dotnet_text(self.certificate.subject)

    @cached_property
    def issuer(self) -> str:
        """The issuer in .NET's spelling."""
        return dotnet_text(self.certificate.issuer)

    @property
    def is_self_signed(self) -> bool:
        """Tell whether issuer and subject are the same name."""
        return self.certificate.issuer == self.certificate.subject

    @property
    def not_before(self) -> datetime:
        """Valid from, UTC."""
        return self.certificate.not_valid_before_utc

    @property
    def not_after(self) -> datetime:
        """Valid to, UTC."""
        return self.certificate.not_valid_after_utc

    @property
    def names(self) -> tuple[str, ...]:
        """The DNS names it is for: subject alternative names, else the common name."""
        try:
            extension = self.certificate.extensions.get_extension_for_class(
                x509.SubjectAlternativeName
            )
        except x509.ExtensionNotFound:
            return self.common_names
        return tuple(extension.value.get_values_for_type(x509.DNSName))

    @property
    def common_names(self) -> tuple[str, ...]:
        """The common names of the subject."""
        found = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return tuple(str(item.value) for item in found)

    def is_valid_at(self, moment: datetime) -> bool:
        """Tell whether a moment lies within its validity."""
        return self.not_before <= moment <= self.not_after

    def covers(self, host: str) -> bool:
        """Tell whether it is for a host name."""
        return any(covers(name, host) for name in self.names)

    def bears(self, identifier: X509Identifier) -> bool:
        """Tell whether issuer and subject are those of a TlsCertificateName."""
        own = X509Identifier(parse_name(self.issuer), parse_name(self.subject))
        return own == identifier


def covers(name: str, host: str) -> bool:
    """Tell whether a certificate's DNS name covers a host; `*` stands for one label (RFC 6125, 6.4.3)."""
    pattern, wanted = name.rstrip(".").lower(), host.rstrip(".").lower()
    if pattern.startswith("*."):
        first, dot, rest = wanted.partition(".")
        return bool(first and dot) and rest == pattern[2:]
    return pattern == wanted


def days_needed(certificate: ExchangeCertificate) -> timedelta:
    """How long it must still be valid: 30 days or a third of its lifetime (checklist, INT-05-3)."""
    lifetime = certificate.not_after - certificate.not_before
    return min(timedelta(days=30), lifetime / 3)


def in_order_of_choice(
    candidates: Sequence[ExchangeCertificate], moment: datetime
) -> list[ExchangeCertificate]:
    """Candidates as Exchange prefers them: valid ones of a CA, newest first; then self-signed ones.

    Expired ones come last: Exchange still offers STARTTLS with them (facts sheet, 6.1).
    """
    return sorted(
        candidates,
        key=lambda item: (
            not item.is_valid_at(moment),
            item.is_self_signed,
            -item.not_before.timestamp(),
        ),
    )
