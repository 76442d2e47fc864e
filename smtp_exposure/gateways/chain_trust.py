"""Whether a presented chain is trusted here, without another connection.

The handshake verifies nothing, so that a bad certificate is seen and not just refused. The chain is
judged afterwards with cryptography's path builder against the machine's trust store and
`--ca-file`. Its choice over a second, verifying handshake: no more traffic, one verdict for each
distinct chain, and causes told apart. Its profile is loosened to RFC 5280 (its default one, the
web's, refuses enterprise authorities and certificates without alternative names; the name is a
question of its own: smtp_exposure/smtp/certificates.py).
"""

import ssl
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from smtp_exposure.errors import SettingsError
from smtp_exposure.smtp.certificates import Trust, TrustState

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.x509.verification import ExtensionPolicy, Policy, Store


class TrustJudge:
    """Judges chains against the trusted authorities; loads them when first asked."""

    def __init__(self, ca_file: str | None = None, *, system: bool = True) -> None:
        self._ca_file = ca_file
        self._system = system
        self._roots: list[x509.Certificate] | None = None
        self._store: Store | None = None
        self._known: dict[tuple[bytes, ...], Trust] = {}

    def check(self) -> None:
        """Raise SettingsError for a file that holds no authority.

        All are loaded when the first chain is judged: until then others are awaited.
        """
        if self._ca_file is None:
            return
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(self._ca_file)
        except OSError as problem:  # ssl.SSLError is one
            raise SettingsError(f"--ca-file={self._ca_file}: {problem}") from None

    def load(self) -> list["x509.Certificate"]:
        """Load the trusted authorities. Raises SettingsError for a file that holds none."""
        if self._roots is None:
            self._roots = _load_roots(self._ca_file, system=self._system)
        return self._roots

    def judge(self, chain: tuple[bytes, ...], moment: datetime) -> Trust:
        """Judge a chain, leaf first, as of that moment or the nearest one at which it is valid."""
        if chain not in self._known:
            self._known[chain] = self._judge(chain, moment)
        return self._known[chain]

    def _judge(self, chain: tuple[bytes, ...], moment: datetime) -> Trust:
        from cryptography import x509

        try:
            leaf, *others = [x509.load_der_x509_certificate(der) for der in chain]
            at = _inside_validity(leaf, moment)
        except (ValueError, x509.InvalidVersion) as problem:
            return Trust(state=TrustState.UNREADABLE, detail=str(problem)[:300])
        roots = self.load()
        if not roots:
            return Trust(state=TrustState.NO_STORE)
        if self._store is None:
            from cryptography.x509.verification import Store

            self._store = Store(roots)
        refused = _refusal(leaf, others, self._store, at)
        if refused is None:
            return Trust(state=TrustState.TRUSTED)
        return Trust(state=_cause(leaf, others, roots), detail=refused[:300])


def _inside_validity(leaf: "x509.Certificate", moment: datetime) -> datetime:
    # Expiry is a question of its own (EXT-05-3); it must not hide whether the chain is trusted.
    latest = leaf.not_valid_after_utc - timedelta(seconds=1)
    return max(min(moment.astimezone(UTC), latest), leaf.not_valid_before_utc)


def _refusal(
    leaf: "x509.Certificate",
    others: list["x509.Certificate"],
    store: "Store",
    at: datetime,
) -> str | None:
    from cryptography.x509.verification import PolicyBuilder, VerificationError

    authority, end = _policies()
    builder = PolicyBuilder().store(store).time(at)
    builder = builder.extension_policies(ca_policy=authority, ee_policy=end)
    try:
        # The "client" verifier is the one that asks for no name; the purpose is checked in _end.
        builder.build_client_verifier().verify(leaf, others)
    except (VerificationError, ValueError) as problem:
        return str(problem)
    return None


def _policies() -> tuple["ExtensionPolicy", "ExtensionPolicy"]:
    from cryptography.x509 import BasicConstraints, ExtendedKeyUsage, KeyUsage
    from cryptography.x509.verification import Criticality, ExtensionPolicy

    either = Criticality.AGNOSTIC
    authority = (
        ExtensionPolicy.permit_all()
        .require_present(BasicConstraints, either, _must_be_authority)
        .may_be_present(KeyUsage, either, _must_sign_certificates)
    )
    end = ExtensionPolicy.permit_all().may_be_present(ExtendedKeyUsage, either, _must_serve)
    return authority, end


def _must_be_authority(
    _policy: "Policy", _certificate: "x509.Certificate", constraints: "x509.BasicConstraints"
) -> None:
    if not constraints.ca:
        raise ValueError("an issuer in the chain is no certificate authority")


def _must_sign_certificates(
    _policy: "Policy", _certificate: "x509.Certificate", usage: "x509.KeyUsage | None"
) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("an issuer in the chain may not sign certificates")


def _must_serve(
    _policy: "Policy", _certificate: "x509.Certificate", usage: "x509.ExtendedKeyUsage | None"
) -> None:
    from cryptography.x509.oid import ExtendedKeyUsageOID

    good = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    if usage is not None and not good & set(usage):
        raise ValueError("the certificate is not meant for servers (extended key usage)")


def _cause(
    leaf: "x509.Certificate", others: list["x509.Certificate"], roots: list["x509.Certificate"]
) -> TrustState:
    presented = {certificate.subject: certificate for certificate in others}
    last, seen = leaf, {leaf.subject}
    while last.issuer not in seen and last.issuer in presented:
        last = presented[last.issuer]
        seen.add(last.subject)
    if any(root.subject == last.issuer for root in roots):
        return TrustState.REFUSED
    if last.issuer != last.subject:
        return TrustState.INCOMPLETE
    return TrustState.SELF_SIGNED if last is leaf else TrustState.UNTRUSTED_ROOT


def _load_roots(ca_file: str | None, *, system: bool) -> list["x509.Certificate"]:
    from cryptography import x509

    found: list[x509.Certificate] = []
    if ca_file is not None:
        try:
            found += x509.load_pem_x509_certificates(Path(ca_file).read_bytes())
        except OSError as problem:
            raise SettingsError(f"--ca-file={ca_file}: {problem.strerror}") from None
        except ValueError:
            raise SettingsError(f"--ca-file={ca_file}: holds no certificates as PEM") from None
    for der in ssl.create_default_context().get_ca_certs(binary_form=True) if system else ():
        with warnings.catch_warnings():
            # Some authorities have serial numbers that the library deprecates; not our finding.
            warnings.simplefilter("ignore")
            try:
                found.append(x509.load_der_x509_certificate(der))
            except ValueError:
                continue
    return found
