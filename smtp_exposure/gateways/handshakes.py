"""TLS handshakes of the probe, and what they showed.

Nothing is verified in the handshake: a bad certificate is to be seen, not to be refused. It is
judged afterwards (smtp_exposure/gateways/chain_trust.py).
"""

import asyncio
import ssl
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.gateways.chain_trust import TrustJudge
from smtp_exposure.gateways.smtp_wire import Wire
from smtp_exposure.smtp.certificates import PresentedCertificate, parse_certificate
from smtp_exposure.smtp.conversations import TlsSession

# A hostile server may present any number of certificates.
_LONGEST_CHAIN = 16
# The conversations with one server present the same certificates.
_read_certificate = lru_cache(maxsize=1_024)(parse_certificate)


@cache
def modern_context() -> ssl.SSLContext:
    """Everything from the oldest to the newest: which version an old server takes is evidence."""
    return _context(ssl.TLSVersion.MINIMUM_SUPPORTED, ssl.TLSVersion.MAXIMUM_SUPPORTED)


@cache
def old_context() -> ssl.SSLContext | None:
    """TLS 1.0 and 1.1 only; None where the local OpenSSL begins no handshake with them."""
    try:
        context = _context(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO()).do_handshake()
    except ssl.SSLWantReadError:
        return context
    except (ssl.SSLError, ValueError):
        return None
    return None


def _context(oldest: ssl.TLSVersion, newest: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        # Python deprecates the old versions, rightly; here they are the question.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = oldest
        context.maximum_version = newest
    # OpenSSL 3 keeps TLS 1.0 and 1.1, small keys and SHA-1 for level 0.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


async def shake_hands(
    wire: Wire, server_name: str | None, judge: TrustJudge, *, old: bool, seconds: float
) -> TlsSession:
    """Do a handshake on a connection and describe it; a failure is a session with a problem."""
    started = time.monotonic()
    problem = None
    context = old_context() if old else modern_context()
    try:
        async with asyncio.timeout(seconds):
            if context is None:
                raise ssl.SSLError("this machine's OpenSSL speaks no TLS 1.1")
            await wire.start_tls(context, server_name)
    except TimeoutError:
        problem = "no answer in time"
    except OSError as failure:  # ssl.SSLError is one
        problem = str(getattr(failure, "reason", None) or failure)[:300]
    took = round(time.monotonic() - started, 6)
    if problem is None and wire.tls is not None:
        return _session_of(wire.tls, server_name, judge, took)
    return TlsSession(
        version=None,
        cipher=None,
        server_name=server_name,
        problem=problem,
        is_testable=context is not None,
        seconds=took,
    )


def _session_of(
    tls: ssl.SSLObject, server_name: str | None, judge: TrustJudge, seconds: float
) -> TlsSession:
    chain, whole = presented_chain(tls)
    parsed, problem = _parsed(chain)
    cipher = tls.cipher()
    return TlsSession(
        version=tls.version(),
        cipher=cipher[0] if cipher else None,
        server_name=server_name,
        chain=parsed,
        has_whole_chain=whole,
        chain_problem=problem,
        trust=judge.judge(chain, datetime.now(UTC)) if chain else None,
        seconds=seconds,
    )


def presented_chain(tls: ssl.SSLObject) -> tuple[tuple[bytes, ...], bool]:
    """Give the presented chain as DER, leaf first, and whether it is the whole one."""
    getter: Callable[[], Any] | None = getattr(tls, "get_unverified_chain", None)
    # Python 3.13 has it in public; before, only the object underneath, as _ssl.Certificate.
    getter = getter or getattr(getattr(tls, "_sslobj", None), "get_unverified_chain", None)
    found = [_der(certificate) for certificate in (getter() or ())] if getter else []
    if found:
        return tuple(found[:_LONGEST_CHAIN]), len(found) <= _LONGEST_CHAIN
    leaf = tls.getpeercert(binary_form=True)
    return ((leaf,) if leaf else ()), False


def _der(certificate: Any) -> bytes:
    if isinstance(certificate, bytes):
        return certificate
    pem: str = certificate.public_bytes()
    return ssl.PEM_cert_to_DER_cert(pem)


def _parsed(chain: tuple[bytes, ...]) -> tuple[tuple[PresentedCertificate, ...], str | None]:
    parsed: list[PresentedCertificate] = []
    for der in chain:
        try:
            parsed.append(_read_certificate(der))
        except UnreadableEvidence as problem:
            return tuple(parsed), str(problem)
    return tuple(parsed), None
