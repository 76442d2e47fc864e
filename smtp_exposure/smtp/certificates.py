"""Certificates as a server presented them, and whether they cover a name.

Sources: RFC 5280, 4 (certificates); RFC 6125, 6.4 (names: `*` stands for one label, at the left);
the facts sheet, 6.5. Whether a chain is trusted is judged in smtp_exposure/gateways/chain_trust.py,
because that needs the trust store of the probing machine.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from hashlib import sha1, sha256
from typing import TYPE_CHECKING

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.records.mail_exchangers import bare_name

if TYPE_CHECKING:
    from cryptography import x509


class TrustState(Enum):
    """What verifying a presented chain came to, at a time inside the leaf's own validity."""

    TRUSTED = "trusted"
    SELF_SIGNED = "self-signed"
    INCOMPLETE = "issuer neither presented nor trusted"
    UNTRUSTED_ROOT = "chain ends in an untrusted root"
    REFUSED = "chain refused"
    UNREADABLE = "unreadable certificate"
    NO_STORE = "no trusted authorities on the probing machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """A verdict on a chain, and the verifier's own words where it refused."""

    state: TrustState
    detail: str = ""


class NameMatch(Enum):
    """How a certificate covers a host name."""

    EXACT = "exact name"
    WILDCARD = "wildcard"
    COMMON_NAME_ONLY = "common name only"
    NONE = "not covered"


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedCertificate:
    """One certificate of a chain; times are RFC 3339 with Z, `der` is base64."""

    der: str
    subject: str
    issuer: str
    common_name: str | None
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    not_before: str
    not_after: str
    serial: str
    thumbprint: str
    sha256: str
    public_key: str
    key: str
    signature: str | None
    is_self_issued: bool

    @property
    def whose(self) -> str:
        """Its subject, and its issuer where that is another."""
        return self.subject if self.is_self_issued else f"{self.subject}, issued by {self.issuer}"

    @property
    def der_bytes(self) -> bytes:
        """The certificate itself."""
        return b64decode(self.der)

    @property
    def public_key_bytes(self) -> bytes:
        """Its SubjectPublicKeyInfo, which TLSA records compare."""
        return b64decode(self.public_key)

    @property
    def lifetime_days(self) -> float:
        """Days from the first to the last moment of validity."""
        return (_time(self.not_after) - _time(self.not_before)).total_seconds() / 86_400

    def is_valid_at(self, moment: datetime) -> bool:
        """Whether the moment lies in the validity (RFC 5280, 4.1.2.5: both ends count)."""
        return _time(self.not_before) <= moment <= _time(self.not_after)

    def days_left(self, moment: datetime) -> float:
        """Days from the moment to the end of validity; negative once it has expired."""
        return (_time(self.not_after) - moment).total_seconds() / 86_400

    def validity(self, moment: datetime) -> str:
        """Say what its validity means at a moment."""
        if moment < _time(self.not_before):
            return f"it is not valid before {_time(self.not_before):%Y-%m-%d %H:%M} UTC"
        return running_out(_time(self.not_after), moment)

    def covers(self, host: str) -> NameMatch:
        """Tell how the certificate covers a host name."""
        name = bare_name(host)
        offered = {bare_name(entry) for entry in self.names}
        # RFC 6125, 6.4.3: the wildcard is the whole left-most label and stands for one label.
        if name in offered or name in self.addresses:
            return NameMatch.EXACT
        if "." in name and f"*.{name.partition('.')[2]}" in offered:
            return NameMatch.WILDCARD
        # RFC 6125, 6.4.4: the common name counts only where there is no alternative name.
        if not offered and self.common_name and bare_name(self.common_name) == name:
            return NameMatch.COMMON_NAME_ONLY
        return NameMatch.NONE


def running_out(end: datetime, moment: datetime) -> str:
    """Say when a certificate's validity ends or ended, and how many days away that is."""
    days = abs(end - moment).days
    far = "1 day" if days == 1 else f"{days} days"
    if end < moment:
        return f"it ran out on {end:%Y-%m-%d}, {far} ago"
    return f"it runs out on {end:%Y-%m-%d}, in {far}"


def parse_certificate(der: bytes) -> PresentedCertificate:
    """Read a certificate. Raises UnreadableEvidence for anything that isn't one."""
    # Late, because it costs 70 ms and many runs see no certificate.
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    unreadable = (
        ValueError,
        TypeError,
        OverflowError,
        UnsupportedAlgorithm,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    )
    try:
        found = x509.load_der_x509_certificate(der)
        names, addresses = _alternative_names(found)
        return _presented(found, der, names, addresses)
    except unreadable as problem:
        raise UnreadableEvidence(f"not a certificate: {problem}"[:300]) from None


def _presented(
    found: "x509.Certificate", der: bytes, names: tuple[str, ...], addresses: tuple[str, ...]
) -> PresentedCertificate:
    return PresentedCertificate(
        der=b64encode(der).decode("ascii"),
        subject=found.subject.rfc4514_string()[:2_000],
        issuer=found.issuer.rfc4514_string()[:2_000],
        common_name=_common_name(found),
        names=names,
        addresses=addresses,
        not_before=_written(found.not_valid_before_utc),
        not_after=_written(found.not_valid_after_utc),
        serial=f"{found.serial_number:X}",
        # Exchange and Windows name a certificate by this hash; nothing rests on its strength.
        thumbprint=sha1(der, usedforsecurity=False).hexdigest().upper(),
        sha256=sha256(der).hexdigest(),
        public_key=b64encode(_public_key(found)).decode("ascii"),
        key=_key_words(found),
        signature=found.signature_hash_algorithm.name if found.signature_hash_algorithm else None,
        is_self_issued=found.subject == found.issuer,
    )


def _alternative_names(found: "x509.Certificate") -> tuple[tuple[str, ...], tuple[str, ...]]:
    from cryptography import x509

    try:
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return (), ()
    names = tuple(name.lower() for name in extension.get_values_for_type(x509.DNSName))
    addresses = tuple(map(str, extension.get_values_for_type(x509.IPAddress)))
    return names, addresses


def _common_name(found: "x509.Certificate") -> str | None:
    from cryptography.x509.oid import NameOID

    values = [entry.value for entry in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return str(values[0]) if values else None


def _public_key(found: "x509.Certificate") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _key_words(found: "x509.Certificate") -> str:
    key = found.public_key()
    kind = type(key).__name__.lstrip("_").removesuffix("PublicKey")
    return f"{kind} {getattr(key, 'key_size', '')}".strip()


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
