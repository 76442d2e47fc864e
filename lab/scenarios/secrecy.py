"""Step 5 from outside: STARTTLS that fails, chains and names that don't hold, old versions."""

from dataclasses import replace

from lab.network import PolicyHost
from lab.scenario import scenario
from lab.scenarios.certificate import with_certificates
from lab.scenarios.compliant import CERTIFICATE, DOMAIN, INTERNET, MAIL_HOST, compliant
from lab.scenarios.surroundings import with_interference, with_names, with_network
from lab.state import Organization
from lab.verdicts import BROKEN_TLS, NO_TLS_SEEN


@scenario(deviates="EXT-05-1", not_assessed=NO_TLS_SEEN, jointly={"deviates": "EXT-07-3"})
def no_starttls() -> Organization:
    """A firewall takes STARTTLS out of the EHLO reply, and refuses the command."""
    return with_interference(compliant(), strips=("STARTTLS",))


@scenario(inconclusive=f"EXT-05-1 {BROKEN_TLS}")
def starttls_refused() -> Organization:
    """STARTTLS is offered, but each attempt is put off with 454."""
    return with_interference(compliant(), starttls="refused")


@scenario(deviates="EXT-05-1", inconclusive=BROKEN_TLS)
def starttls_broken() -> Organization:
    """STARTTLS is offered and accepted, and then every handshake fails."""
    return with_interference(compliant(), starttls="failing")


@scenario(deviates="INT-05-3 EXT-05-2")
def wrong_name() -> Organization:
    """The Internet connector presents the web server's certificate, which lacks the mail host."""
    web = replace(CERTIFICATE, subject=f"CN=www.{DOMAIN}", names=(f"www.{DOMAIN}", DOMAIN))
    state = with_certificates(CERTIFICATE, web)
    (server,) = state.servers
    connectors = tuple(
        replace(each, tls_certificate_name=web.tls_certificate_name)
        if each.name == INTERNET
        else each
        for each in server.receive_connectors
    )
    return replace(state, servers=(replace(server, receive_connectors=connectors),))


@scenario(deviates="EXT-05-2")
def incomplete_chain() -> Organization:
    """The server doesn't send the issuing authority's certificate along."""
    return with_certificates(replace(CERTIFICATE, presents_chain=False))


@scenario(deviates="EXT-05-4")
def old_tls() -> Organization:
    """TLS 1.0 and 1.1 are still accepted."""
    return with_interference(compliant(), old_tls=True)


@scenario(compliant="EXT-05-5")
def policies_published() -> Organization:
    """An MTA-STS policy and TLSA records are published, and both are right."""
    return _with_policies(MAIL_HOST, "right")


@scenario(compliant="EXT-05-5")
def policies_stale() -> Organization:
    """The MTA-STS policy names an old mail host, the TLSA records an old key: notes."""
    return _with_policies(f"old-mail.{DOMAIN}", "stale")


def _with_policies(host: str, tlsa: str) -> Organization:
    policy = f"version: STSv1\r\nmode: enforce\r\nmx: {host}\r\nmax_age: 604800\r\n"
    web = PolicyHost(domain=DOMAIN, address="203.0.113.80", policy=policy)
    said = ((f"_mta-sts.{DOMAIN}", "v=STSv1; id=20260101000000Z;"),)
    return with_network(with_names(compliant(), texts=said, tlsa=tlsa), policy_hosts=(web,))
