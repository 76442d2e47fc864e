"""Which certificate a server presents, and the TLS context that does it (facts sheet, 6.1)."""

import ssl
import tempfile
import warnings
from datetime import datetime
from functools import cache
from pathlib import Path

from lab import certificates
from lab.state import Certificate, ReceiveConnector, Server


def choose(server: Server, connector: ReceiveConnector) -> Certificate | None:
    """Return the certificate for STARTTLS; None: STARTTLS isn't offered."""
    if "Tls" not in connector.auth_mechanism:
        return None
    matching = [each for each in server.certificates if _matches(each, server, connector)]
    # One that isn't enabled for SMTP is chosen only where no other is; its handshakes fail.
    with_service = [each for each in matching if serves_smtp(each)]
    found = sorted(with_service or matching, key=lambda each: each.valid_from_days, reverse=True)
    valid = [each for each in found if is_valid(each)]
    issued = [each for each in valid if each.issuer]
    return next(iter([*issued, *valid, *found]), None)


def serves_smtp(certificate: Certificate) -> bool:
    """Return whether a certificate is enabled for SMTP."""
    return "SMTP" in certificate.services


def is_valid(certificate: Certificate) -> bool:
    """Return whether today is among its days."""
    start = certificate.valid_from_days
    return start <= 0 < start + certificate.lifetime_days


def own_certificate(server: Server) -> Certificate:
    """Return the certificate that setup signed itself, for X-ANONYMOUSTLS, POP and IMAP."""
    names = {f"CN={server.name}", f"CN={server.fqdn}"}
    found = [each for each in server.certificates if each.subject in names]
    return (found or list(server.certificates))[0]


@cache
def context(certificate: Certificate | None, as_of: datetime, *, old: bool) -> ssl.SSLContext:
    """Return a server's context; without a certificate its handshakes fail."""
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if old:
        with warnings.catch_warnings():
            # Python deprecates the old versions, rightly; here they are what is wrong.
            warnings.simplefilter("ignore", DeprecationWarning)
            found.minimum_version = ssl.TLSVersion.TLSv1
        found.set_ciphers("DEFAULT:@SECLEVEL=0")
    else:
        found.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        _load(found, certificate, as_of)
    return found


def _load(context: ssl.SSLContext, certificate: Certificate, as_of: datetime) -> None:
    chain = [certificates.issue(certificate, as_of)]
    if certificate.issuer and certificate.presents_chain:
        chain.append(certificates.authority(certificate.issuer, as_of))
    text = b"".join(map(certificates.pem, chain)) + certificates.key_pem(certificate.subject)
    # ssl reads certificates from files only.
    with tempfile.TemporaryDirectory(prefix="lab-") as folder:
        path = Path(folder, "chain.pem")
        path.write_bytes(text)
        context.load_cert_chain(path)


def _matches(certificate: Certificate, server: Server, connector: ReceiveConnector) -> bool:
    if not certificate.has_private_key:
        return False
    if connector.tls_certificate_name is not None:
        wanted = connector.tls_certificate_name.lower()
        return certificate.tls_certificate_name.lower() == wanted
    return _covers(certificate, connector.fqdn or server.fqdn)


def _covers(certificate: Certificate, host: str) -> bool:
    common = certificate.subject.partition(",")[0].removeprefix("CN=")
    _, _, parent = host.lower().partition(".")
    names = {name.lower() for name in (*certificate.names, common)}
    return host.lower() in names or f"*.{parent}" in names
