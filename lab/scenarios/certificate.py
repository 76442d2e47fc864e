"""Step 5: the certificate that the Internet connector names."""

from dataclasses import replace

from lab import defaults
from lab.scenario import scenario
from lab.scenarios.compliant import CERTIFICATE, with_server
from lab.state import Certificate, Organization
from lab.verdicts import BROKEN_TLS, NO_TLS_SEEN

OTHER_AUTHORITY = "CN=Other Issuing CA 2, O=Other Trust Limited, C=US"


def with_certificates(*named: Certificate) -> Organization:
    """Return the compliant state with these beside the certificates that setup made."""
    own = defaults.certificates("EX01", "ex01.corp.example")
    return with_server(certificates=(*own, *named))


@scenario(deviates="INT-05-1 INT-05-3 EXT-05-3")
def certificate_expired() -> Organization:
    """The certificate ran out a month ago; Exchange presents it nevertheless."""
    return with_certificates(replace(CERTIFICATE, valid_from_days=-395))


@scenario(deviates="INT-05-3 EXT-05-3")
def certificate_runs_out() -> Organization:
    """The certificate is valid for ten more days of its year."""
    return with_certificates(replace(CERTIFICATE, valid_from_days=-355))


@scenario(deviates="INT-05-1 EXT-05-1", not_assessed=f"INT-05-3 {NO_TLS_SEEN}")
def certificate_missing() -> Organization:
    """The named certificate isn't in the server's store."""
    return with_certificates()


@scenario(deviates="INT-05-1 EXT-05-1", not_assessed=f"INT-05-3 {NO_TLS_SEEN}")
def certificate_wrong_issuer() -> Organization:
    """The certificate was renewed by another authority, so the connector's text names none."""
    return with_certificates(replace(CERTIFICATE, issuer=OTHER_AUTHORITY))


@scenario(deviates="INT-05-1 EXT-05-1", inconclusive=BROKEN_TLS)
def certificate_without_smtp() -> Organization:
    """The named certificate isn't enabled for SMTP."""
    return with_certificates(replace(CERTIFICATE, services=("IIS",)))


@scenario()
def certificate_ambiguous() -> Organization:
    """Two certificates bear the name: the new one is presented, the old one has ten days left."""
    return with_certificates(
        replace(CERTIFICATE, valid_from_days=-355), replace(CERTIFICATE, valid_from_days=-10)
    )
