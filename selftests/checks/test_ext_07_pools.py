"""Step 7, both halves: each conversation on an address is compared, certificate included."""

from dataclasses import replace

import pytest

from lab import certificates
from lab.scenarios.compliant import CERTIFICATE
from selftests.checks.builders import front_door
from selftests.checks.exported import BASIC, MAIL_HOST, MOMENT, certificate
from selftests.checks.outside import SUBJECT, compliant, deviates, expect, outside, pool
from selftests.checks.predictions import IN_STORE, PREDICTED, differs, node, predict
from selftests.checks.servers import INSIDE, WORDS, broken, greets, leaf, session
from selftests.smtp.authorities import Made
from smtp_exposure.smtp.certificates import parse_certificate
from smtp_exposure.verdicts import Verdict

FACES = [
    ((*WORDS, "AUTH NTLM"), "it offers AUTH NTLM (predicted: no AUTH)"),
    (INSIDE, "it offers no STARTTLS (predicted: STARTTLS)"),
    (("SIZE 1", *WORDS[1:]), "it offers SIZE 1 (predicted: SIZE 37748736)"),
]
SIZED = {"MaxMessageSize": "36 MB (37,748,736 bytes)"}
every_face = pytest.mark.parametrize(("words", "telling"), FACES)


def thumbprint(made: Made) -> str:
    return parse_certificate(made.der).thumbprint


def test_differing_names_on_one_address_are_a_note() -> None:
    mixed = pool(node(), node(says=greets(host="mx2.corp.example")))
    note = (SUBJECT, "pool: only the inside half covers each node")
    compliant(PREDICTED, outside(mixed), note, front_doors=(front_door(),))


@every_face
def test_what_another_node_of_a_pool_offers_is_compared_all_the_same(
    words: tuple[str, ...], telling: str
) -> None:
    other = node(says=greets(*words, host="mx2.corp.example"), tls=session(leaf("mx2.example")))
    for mixed in (pool(node(), other), pool(other, node())):
        expect(
            PREDICTED,
            Verdict.DEVIATES,
            outside(mixed),
            (SUBJECT, telling),
            (SUBJECT, "pool"),
            front_doors=(front_door(internet=SIZED),),
        )


@every_face
def test_every_ehlo_on_an_address_is_compared(words: tuple[str, ...], telling: str) -> None:
    for mixed in (pool(node(), node(says=greets(*words))), pool(node(says=greets(*words)), node())):
        differs(outside(mixed), telling, SIZED)


def test_nodes_that_the_inside_half_covers_are_each_compared_with_their_own() -> None:
    doors = (
        front_door(),
        front_door(internet={"Fqdn": "mx2.corp.example", "AuthMechanism": BASIC}),
    )
    says = greets(*WORDS, "AUTH NTLM", host="mx2.corp.example")
    says["greeting"] = "220 mx2.corp.example Microsoft ESMTP MAIL Service ready"
    mixed = outside(pool(node(), node(says=says)))
    compliant(PREDICTED, mixed, (SUBJECT, "pool"), front_doors=doors)


def test_names_that_all_differ_are_no_pool_of_ours() -> None:
    strangers = [node(says=greets(host=f"mx{number}.corp.example")) for number in (2, 3)]
    found = (
        (SUBJECT, "it is called mx2.corp.example (predicted: mail.corp.example)"),
        (SUBJECT, "pool"),
    )
    deviates(PREDICTED, outside(pool(*strangers)), *found, front_doors=(front_door(),))


@pytest.mark.parametrize("names", [(MAIL_HOST,), ("*.corp.example",)])
def test_a_certificate_that_is_not_the_connectors_deviates(names: tuple[str, ...]) -> None:
    other = leaf(*names)
    wanted = f"it presents {thumbprint(other)} (predicted: {IN_STORE.thumbprint})"
    differs(outside(node(tls=session(other))), wanted)


def test_differing_certificates_on_one_address_are_a_note() -> None:
    other = node(tls=session(leaf(MAIL_HOST)))
    mixed = outside(pool(node(), node(), node(), other))
    compliant(PREDICTED, mixed, (SUBJECT, "pool"), front_doors=(front_door(),))


def test_any_certificate_that_the_connector_finds_may_be_presented() -> None:
    renewed = replace(CERTIFICATE, valid_from_days=-10)
    store = [certificate(), certificate(renewed)]
    shown = parse_certificate(certificates.der(certificates.issue(renewed, MOMENT)))
    predict(outside(node(tls=session(chain=(shown,)))), store=store)
    predict(outside(node()), store=store)


def test_where_the_store_was_not_read_no_certificate_is_compared() -> None:
    unread = {"RawData": b"no certificate"}
    for store in ([certificate(changes=unread)], [certificate(), certificate(changes=unread)]):
        predict(outside(node(tls=session(leaf(MAIL_HOST)))), store=store)


def test_without_a_handshake_no_certificate_is_compared() -> None:
    predict(outside(node(tls=broken())))
