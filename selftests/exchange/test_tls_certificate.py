"""Which certificate a connector presents, and what is wrong with it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from selftests.exchange import builders, der
from selftests.exchange.der import AUTHORITY_TEXT, MAIL_HOST, MOMENT, certificate, remoted
from smtp_exposure.errors import ExposureError, MissingEvidence, Undecided, UnreadableEvidence
from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.objects import Value
from smtp_exposure.exchange.tls_certificate import Choice, presented

NAME = f"<I>{AUTHORITY_TEXT}<S>CN={MAIL_HOST}"
SERVER_FQDN = "ex01.corp.example"
DAMAGED = certificate(b"no certificate")


def for_host(host: str) -> ExchangeCertificate:
    """A certificate of an authority for one host."""
    return certificate(der.der(der.common_name(host), names=[host]))


def choose(
    *store: ExchangeCertificate,
    name: Value = NAME,
    fqdn: Value = MAIL_HOST,
    own: str | None = SERVER_FQDN,
) -> Choice:
    """What a connector presents out of a store; `own` is the server's FQDN."""
    connector = builders.connector(TlsCertificateName=name, Fqdn=fqdn)
    named = replace(builders.server(connector), fqdn=own)
    return presented(connector, named, store, MOMENT)


def test_a_certificate_in_order_has_no_fault() -> None:
    choice = choose(certificate())
    choice.require_readable()
    assert list(choice.faults(MOMENT)) == []


@pytest.mark.parametrize(
    ("name", "fqdn", "own", "presented_host"),
    [
        (f"<I>{AUTHORITY_TEXT}<S>CN=named.example", MAIL_HOST, SERVER_FQDN, "named.example"),
        (None, MAIL_HOST, SERVER_FQDN, MAIL_HOST),
        ("", MAIL_HOST, SERVER_FQDN, MAIL_HOST),
        (None, MAIL_HOST.upper(), None, MAIL_HOST),
        (None, None, SERVER_FQDN, SERVER_FQDN),
        (None, "", SERVER_FQDN, SERVER_FQDN),
    ],
)
def test_searches_by_name_then_fqdn_then_the_servers_own(
    name: str | None, fqdn: str | None, own: str | None, presented_host: str
) -> None:
    store = [for_host(host) for host in ("named.example", MAIL_HOST, SERVER_FQDN)]
    best = choose(*store, name=name, fqdn=fqdn, own=own).best
    assert best is not None
    assert best.names == (presented_host,)


def test_without_any_name_nothing_can_be_searched() -> None:
    with pytest.raises(Undecided, match=r"^neither Fqdn of EX01\\Internet nor the server's own"):
        choose(certificate(), name=None, fqdn="", own=None)


@pytest.mark.parametrize(
    "raw",
    [
        der.der(names=["*.corp.example"]),
        der.der(names=["other.example", "MAIL.Corp.Example"]),
        der.der(names=["other.example"]),
        der.der(names=None),
        der.der(der.common_name("MAIL.corp.example"), names=["other.example"]),
    ],
    ids=["wildcard", "one of several", "common name beside others", "common name", "its case"],
)
def test_a_search_by_host_looks_at_subject_and_alternative_names(raw: bytes) -> None:
    assert choose(certificate(raw), name=None).best is not None


@pytest.mark.parametrize(
    "store",
    [
        [],
        [for_host("other.example")],
        [certificate(der.der(issuer=der.common_name("Other CA")))],
        [certificate(der.der(issuer=None))],
    ],
    ids=["empty store", "another subject", "another issuer", "self-signed"],
)
def test_says_that_no_certificate_bears_the_name(store: list[ExchangeCertificate]) -> None:
    choice = choose(*store)
    choice.require_readable()
    assert choice.best is None
    assert list(choice.faults(MOMENT)) == [
        f"no certificate in the store of this server is for {NAME}"
    ]


@pytest.mark.parametrize(
    "name", ["CN=mail.corp.example", "AB12", "<I>CA<S>CN=x", "<S>CN=x<I>CN=CA"]
)
def test_a_malformed_name_is_unreadable(name: str) -> None:
    with pytest.raises(UnreadableEvidence, match=r"^TlsCertificateName of EX01\\Internet: "):
        choose(certificate(), name=name)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (certificate(der.der(age=395)), "is valid from 2025-10-25 to 2026-10-25 only"),
        (certificate(der.der(age=-7)), "is valid from 2026-12-01 to 2027-12-01 only"),
        (certificate(HasPrivateKey=False), "has no private key"),
        (certificate(HasPrivateKey="False"), "has no private key"),
        (certificate(Services="IIS"), "is not enabled for SMTP"),
        (certificate(Services="None"), "is not enabled for SMTP"),
        (certificate(Services=11), "is not enabled for SMTP"),
        (certificate(Services="IP.W..."), "is not enabled for SMTP"),
    ],
)
def test_names_each_fault(changed: ExchangeCertificate, fault: str) -> None:
    assert list(choose(changed).faults(MOMENT)) == [f"certificate {changed.thumbprint} {fault}"]


def test_names_all_faults_at_once() -> None:
    worst = certificate(der.der(age=395), HasPrivateKey=False, Services="None")
    assert len(list(choose(worst).faults(MOMENT))) == 3


@pytest.mark.parametrize(
    ("lacks", "named"),
    [
        (["Services"], "properties Services of"),
        (["HasPrivateKey"], "properties HasPrivateKey of"),
        (["HasPrivateKey", "Services"], "properties HasPrivateKey, Services of"),
    ],
)
def test_what_was_not_read_keeps_the_judgement_open(lacks: list[str], named: str) -> None:
    choice = choose(certificate(lacks=lacks))
    assert list(choice.faults(MOMENT)) == []
    with pytest.raises(MissingEvidence, match=f"^missing: Get-ExchangeCertificate .*{named}"):
        choice.require_readable()


def test_what_was_not_read_hides_no_fault_that_was() -> None:
    expired = remoted(der.der(age=395))
    (fault,) = choose(expired).faults(MOMENT)
    assert fault.endswith("is valid from 2025-10-25 to 2026-10-25 only")
    half = certificate(lacks=["HasPrivateKey"], Services="IIS")
    assert [fault[-24:] for fault in choose(half).faults(MOMENT)] == [" is not enabled for SMTP"]


@pytest.mark.parametrize(
    ("store", "index"),
    [
        ([certificate(der.der(age=300)), certificate(der.der(age=1))], 1),
        ([certificate(der.der(age=400)), certificate(der.der(age=300))], 1),
        ([certificate(der.der(age=1), Services="IIS"), certificate(der.der(age=300))], 1),
        ([certificate(der.der(age=1), HasPrivateKey=False), certificate(der.der(age=300))], 1),
        ([remoted(der.der(age=300)), remoted(der.der(age=1))], 1),
        ([certificate(der.der(age=1), Services="None"), remoted(der.der(age=300))], 1),
        ([certificate(der.der(age=1), Services="None"), DAMAGED], 0),
    ],
    ids=[
        "the newest",
        "the valid one",
        "the one with SMTP",
        "the one with a private key",
        "the newest where services are unread",
        "one that may serve before one that surely does not",
        "one that was read",
    ],
)
def test_presents_the_best_of_several(store: list[ExchangeCertificate], index: int) -> None:
    choice = choose(*store)
    assert choice.best is store[index]


def test_prefers_an_authoritys_certificate_where_it_searches_by_host() -> None:
    own = certificate(der.der(issuer=None, age=1))
    bought = certificate(der.der(age=300))
    assert choose(own, bought, name=None).best is bought
    assert choose(own, name=None).best is own


def test_a_damaged_certificate_matters_only_where_nothing_else_fits() -> None:
    choose(DAMAGED, certificate()).require_readable()
    alone = choose(DAMAGED, for_host("other.example"))
    assert (alone.best, list(alone.faults(MOMENT))) == (None, [])
    with pytest.raises(UnreadableEvidence, match=f"1 certificates can't be read.* for {NAME[:12]}"):
        alone.require_readable()


@pytest.mark.parametrize("lacking", ["TlsCertificateName", "Fqdn"])
def test_a_connector_that_was_not_read_proves_nothing(lacking: str) -> None:
    whole = builders.connector(TlsCertificateName=None, Fqdn=MAIL_HOST)
    connector = builders.without(whole, lacking)
    with pytest.raises(ExposureError, match=f"property {lacking} of EX01"):
        presented(connector, builders.server(connector), (), MOMENT)


def test_the_moment_decides_and_not_the_clock() -> None:
    choice = choose(certificate(der.der(age=400)))
    assert list(choice.faults(MOMENT - timedelta(days=200))) == []
    assert len(list(choice.faults(MOMENT))) == 1
