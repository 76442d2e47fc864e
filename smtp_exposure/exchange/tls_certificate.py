"""Which certificate a receive connector presents after STARTTLS (facts sheet, 6.1)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from smtp_exposure.errors import MissingEvidence, Undecided, UnreadableEvidence
from smtp_exposure.exchange.certificates import ExchangeCertificate, in_order_of_choice
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.distinguished_names import parse_identifier
from smtp_exposure.exchange.inventory import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The certificates that a connector's search finds, in Exchange's order of preference."""

    wanted: str
    found: tuple[ExchangeCertificate, ...]
    unread: tuple[ExchangeCertificate, ...]

    @property
    def best(self) -> ExchangeCertificate | None:
        """The one presented: the first that is, or may be, eligible; else the first of the rest."""
        eligible = [item for item in self.found if _eligible(item) is not False]
        return next(iter(eligible or self.found), None)

    def faults(self, moment: datetime) -> Iterator[str]:
        """What is wrong with the certificate that would be presented."""
        best = self.best
        if best is None:
            if not self.unread:
                yield f"no certificate in the store of this server is for {self.wanted}"
            return
        name = f"certificate {best.thumbprint}"
        if not best.is_valid_at(moment):
            start, end = f"{best.not_before:%Y-%m-%d}", f"{best.not_after:%Y-%m-%d}"
            yield f"{name} is valid from {start} to {end} only"
        if _read(best, "HasPrivateKey") is False:
            yield f"{name} has no private key"
        if _read(best, "Services") is False:
            yield f"{name} is not enabled for SMTP"

    def require_readable(self) -> None:
        """Raise what keeps the judgement open: a property or certificate that could not be read."""
        best = self.best
        if best is None and self.unread:
            raise UnreadableEvidence(
                f"Get-ExchangeCertificate: {len(self.unread)} certificates can't be read, and one "
                f"of them may be for {self.wanted}"
            )
        lacking = [
            name
            for name in ("HasPrivateKey", "Services")
            if best is not None and _read(best, name) is None
        ]
        if best is not None and lacking:
            raise MissingEvidence(
                ExchangeCertificate.cmdlet,
                f"properties {', '.join(lacking)} of {best.thumbprint}: remoting leaves them out; "
                "read them on the server itself",
            )


def _read(certificate: ExchangeCertificate, name: str) -> bool | None:
    """Whether a certificate has a private key, or serves SMTP; None where that was not read."""
    if certificate.properties.get(name) is None:
        return None
    return "SMTP" in certificate.services if name == "Services" else certificate.has_private_key


def _eligible(certificate: ExchangeCertificate) -> bool | None:
    answers = {_read(certificate, "HasPrivateKey"), _read(certificate, "Services")}
    return False if False in answers else None if None in answers else True


def presented(
    connector: ReceiveConnector,
    server: Server,
    certificates: Sequence[ExchangeCertificate],
    moment: datetime,
) -> Choice:
    """Search as Exchange does: by TlsCertificateName, else by Fqdn, else by the server's own name.

    Raises UnreadableEvidence for a TlsCertificateName that is none, Undecided where there is no
    name to search by.
    """
    readable, unread = _sorted_out(certificates)
    wanted, fits = _search(connector, server)
    found = [item for item in readable if fits(item)]
    return Choice(
        wanted=wanted, found=tuple(in_order_of_choice(found, moment)), unread=tuple(unread)
    )


def _search(
    connector: ReceiveConnector, server: Server
) -> tuple[str, Callable[[ExchangeCertificate], bool]]:
    """What is searched for, and how a certificate fits it."""
    name = connector.tls_certificate_name
    if name:
        try:
            identifier = parse_identifier(name)
        except ValueError as problem:
            text = f"TlsCertificateName of {connector.identity}: {problem}"
            raise UnreadableEvidence(text) from None
        return name, lambda item: item.bears(identifier)
    host = connector.fqdn or server.fqdn
    if not host:
        raise Undecided(f"neither Fqdn of {connector.identity} nor the server's own is known")
    return host, lambda item: item.covers(host) or host.lower() in _lower(item)


def _lower(certificate: ExchangeCertificate) -> set[str]:
    return {name.lower() for name in certificate.common_names}


def _sorted_out(
    certificates: Sequence[ExchangeCertificate],
) -> tuple[list[ExchangeCertificate], list[ExchangeCertificate]]:
    readable: list[ExchangeCertificate] = []
    unread: list[ExchangeCertificate] = []
    for item in certificates:
        try:
            _ = item.certificate
        except UnreadableEvidence:
            unread.append(item)
        else:
            readable.append(item)
    return readable, unread
