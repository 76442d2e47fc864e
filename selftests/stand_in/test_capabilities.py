"""lab/capabilities.py on the wire: the capability sets of real servers (facts sheet, 5.3)."""

from dataclasses import replace

from lab.network import PORTS
from lab.scenarios.as_published import as_installed
from lab.scenarios.surroundings import with_ways
from lab.state import Organization
from selftests.stand_in.conftest import Run
from selftests.stand_in.talk import connect

HEAD = ["SIZE 37748736", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES"]
TAIL = ["8BITMIME", "BINARYMIME", "CHUNKING"]


def reachable(*, is_2016: bool = False) -> Organization:
    """The state that setup leaves, without a firewall; 2016 has no SMTPUTF8."""
    state = with_ways(as_installed(), open_ports=PORTS)
    (server,) = state.servers
    connectors = tuple(
        replace(each, smtp_utf8_enabled=not is_2016) for each in server.receive_connectors
    )
    return replace(state, servers=(replace(server, receive_connectors=connectors),))


def test_a_default_frontend_of_2016_before_tls(run: Run) -> None:
    with connect(run(reachable(is_2016=True))) as talk:
        said = talk.ehlo()
    words = ["STARTTLS", "X-ANONYMOUSTLS", "AUTH NTLM", "X-EXPS GSSAPI NTLM"]
    assert said == [*HEAD, *words, *TAIL, "XRDST"]


def test_a_prime_the_same_within_tls(run: Run) -> None:
    with connect(run(reachable(is_2016=True))) as talk:
        talk.ehlo()
        talk.start_tls()
        said = talk.ehlo()
    assert said == [*HEAD, "AUTH NTLM LOGIN", "X-EXPS GSSAPI NTLM", *TAIL, "XRDST"]


def test_b_default_frontend_of_2019(run: Run) -> None:
    with connect(run("as-installed")) as talk:
        said = talk.ehlo()
    words = ["STARTTLS", "X-ANONYMOUSTLS", "AUTH NTLM", "X-EXPS GSSAPI NTLM"]
    assert said == [*HEAD, *words, *TAIL, "SMTPUTF8", "XRDST"]


def test_c_client_frontend(run: Run) -> None:
    with connect(run(reachable()), port=587) as talk:
        said = talk.ehlo()
    assert said == [*HEAD, "STARTTLS", "AUTH GSSAPI NTLM", *TAIL, "SMTPUTF8"]


def test_d_client_proxy_in_clear_text_on_465(run: Run) -> None:
    with connect(run(reachable()), port=465) as talk:
        said = talk.ehlo()
    words = ["STARTTLS", "X-ANONYMOUSTLS", "AUTH GSSAPI NTLM", "X-EXPS GSSAPI NTLM"]
    assert said == [*HEAD, *words, *TAIL, "XEXCH50", "SMTPUTF8", "XRDST", "XSHADOWREQUEST"]


def test_e_default_hub_connector_has_a_bare_size_and_no_gssapi(run: Run) -> None:
    with connect(run(reachable()), port=2525) as talk:
        said = talk.ehlo()
    assert said[0] == "SIZE"
    assert "AUTH NTLM" in said


def test_f_edge_offers_only_exchange_sign_in(run: Run) -> None:
    with connect(run("edge")) as talk:
        said = talk.ehlo()
    assert said[4:7] == ["STARTTLS", "X-ANONYMOUSTLS", "X-EXPS NTLM"]
    assert {"XEXCH50", "XSHADOW"} <= set(said)


def test_g_the_compliant_signature(run: Run) -> None:
    with connect(run("compliant")) as talk:
        assert talk.ehlo() == [*HEAD, "STARTTLS", *TAIL, "SMTPUTF8"]
        talk.start_tls()
        assert talk.ehlo() == [*HEAD, *TAIL, "SMTPUTF8"]


def test_login_appears_only_within_tls_where_tls_is_required(run: Run) -> None:
    with connect(run("auth-only-after-tls")) as talk:
        before = talk.ehlo()
        talk.start_tls()
        assert ("AUTH LOGIN" in before, "AUTH LOGIN" in talk.ehlo()) == (False, True)


def test_exchange_auth_appears_only_behind_x_anonymoustls(run: Run) -> None:
    with connect(run("as-installed")) as talk:
        talk.ehlo()
        talk.start_tls(verb="X-ANONYMOUSTLS")
        said = talk.ehlo()
    assert "X-EXPS GSSAPI NTLM EXCHANGEAUTH" in said
    assert "X-EXCHANGEAUTH SHA256" in said
