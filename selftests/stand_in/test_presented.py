"""lab/presented.py: which certificate is chosen, and what a client makes of it (6.1)."""

import ssl
from dataclasses import replace

import pytest

from lab import certificates, presented
from lab.running import Lab
from lab.scenarios.certificate import certificate_expired, with_certificates
from lab.scenarios.compliant import CERTIFICATE, compliant, internet_connector
from lab.state import Certificate
from selftests.stand_in.conftest import Run
from selftests.stand_in.talk import Talk, connect, trusting

BY_NAME = replace(internet_connector(), tls_certificate_name=None)
SELF_SIGNED = replace(CERTIFICATE, issuer=None, valid_from_days=-1)
OLD = replace(CERTIFICATE, valid_from_days=-200)
EXPIRED = replace(CERTIFICATE, valid_from_days=-500)


def verifying(running: Lab) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(running.ca_file))


def ready(running: Lab) -> Talk:
    talk = connect(running)
    talk.ehlo()
    return talk


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ((OLD, CERTIFICATE), CERTIFICATE),
        ((SELF_SIGNED, OLD), OLD),
        ((EXPIRED, SELF_SIGNED), SELF_SIGNED),
        ((EXPIRED,), EXPIRED),
        ((replace(CERTIFICATE, has_private_key=False),), None),
        ((replace(CERTIFICATE, services=("IIS",)), OLD), OLD),
        ((), None),
    ],
)
def test_the_choice(held: tuple[Certificate, ...], wanted: Certificate | None) -> None:
    server = replace(compliant().servers[0], certificates=held)
    assert presented.choose(server, BY_NAME) == wanted


def test_a_wildcard_covers_one_label() -> None:
    star = replace(CERTIFICATE, subject="CN=*.corp.example", names=("*.corp.example",))
    server = replace(compliant().servers[0], certificates=(star,))
    deep = replace(BY_NAME, fqdn="mail.sub.corp.example")
    assert presented.choose(server, BY_NAME) == star
    assert presented.choose(server, deep) is None


def test_without_the_tls_flag_there_is_none() -> None:
    assert presented.choose(compliant().servers[0], replace(BY_NAME, auth_mechanism=())) is None


def test_the_chain_holds_for_a_client_that_trusts_the_root(run: Run) -> None:
    running = run("compliant")
    with ready(running) as talk:
        assert talk.start_tls(verifying(running)) == "TLSv1.3"


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("certificate-expired", "certificate has expired"),
        ("wrong-name", "Hostname mismatch"),
        ("incomplete-chain", "unable to get local issuer certificate"),
        ("as-installed", "self-signed certificate"),
    ],
)
def test_what_is_wrong_with_a_certificate(run: Run, scenario: str, reason: str) -> None:
    running = run(scenario)
    with ready(running) as talk, pytest.raises(ssl.SSLCertVerificationError) as failed:
        talk.start_tls(verifying(running))
    assert reason in failed.value.verify_message


def test_what_is_presented_is_what_was_exported(run: Run) -> None:
    state = certificate_expired()
    issued = certificates.issue(state.servers[0].certificates[-1], state.as_of)
    with ready(run(state)) as talk:
        talk.start_tls()
        assert talk.peer_certificate == certificates.der(issued)


@pytest.mark.parametrize("scenario", ["certificate-missing", "tls-off", "no-starttls"])
def test_starttls_is_neither_offered_nor_known(run: Run, scenario: str) -> None:
    with connect(run(scenario)) as talk:
        assert "STARTTLS" not in talk.ehlo()
        assert talk.ask("STARTTLS") == "500 5.3.3 Unrecognized command 'STARTTLS'"


@pytest.mark.parametrize("scenario", ["starttls-broken", "certificate-without-smtp"])
def test_the_handshake_fails(run: Run, scenario: str) -> None:
    with ready(run(scenario)) as talk, pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
        talk.start_tls()


def test_starttls_is_put_off(run: Run) -> None:
    with connect(run("starttls-refused")) as talk:
        assert "STARTTLS" in talk.ehlo()
        assert talk.ask("STARTTLS")[:9] == "454 4.7.0"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize(("scenario", "version"), [("old-tls", "TLSv1.1"), ("compliant", None)])
def test_old_versions(run: Run, scenario: str, version: str | None) -> None:
    old = trusting()
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with ready(run(scenario)) as talk:
        try:
            assert talk.start_tls(old) == version
        except ssl.SSLError:
            assert version is None


def test_a_renewal_with_the_same_name_is_picked_up() -> None:
    state = with_certificates(OLD, CERTIFICATE)
    chosen = presented.choose(state.servers[0], internet_connector())
    assert chosen == CERTIFICATE
