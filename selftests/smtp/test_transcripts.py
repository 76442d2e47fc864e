"""Published dialogues: the shared samples as their descriptions expect, and forms of our own."""

from pathlib import Path
from typing import Any

import pytest

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.transcripts import Offer, Transcript, is_internet, parse_transcript

yaml = pytest.importorskip("yaml")

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "smtp-transcript"
DESCRIPTIONS = sorted(SAMPLES.glob("*.yml"))
DIALOGUES = [path for path in DESCRIPTIONS if not path.name.startswith("009")]
MISSING = "samples: the shared folder is not beside this checkout"
EXPECTED_OFFER = {True: Offer.YES, False: Offer.NO, Offer.BARE.value: Offer.BARE}


def described(path: Path) -> tuple[Any, Transcript]:
    expected = yaml.safe_load(path.read_text(encoding="utf-8"))["expected"]
    text = path.with_suffix(".txt").read_text(encoding="utf-8")
    return expected | (expected.get("ports", {}).get(25, {})), parse_transcript(text)


def need_samples() -> None:
    if not DESCRIPTIONS:
        pytest.skip(MISSING)


@pytest.fixture(params=DIALOGUES or [SAMPLES], ids=lambda path: path.stem)
def sample(request: pytest.FixtureRequest) -> tuple[Any, Transcript]:
    need_samples()
    return described(request.param)


def test_sample_greeting(sample: tuple[Any, Transcript]) -> None:
    expected, found = sample
    banner = expected.get("banner")
    if banner is None:
        assert found.greeting is None
        return
    assert found.greeting is not None
    for field in ("text", "host", "software", "date", "masked"):
        assert getattr(found.greeting, field) == banner.get(
            field, False if field == "masked" else None
        )


def test_sample_capabilities(sample: tuple[Any, Transcript]) -> None:
    expected, found = sample
    views = expected.get("ehlo", [])
    assert len(found.views) == len(views)
    for view, seen in zip(views, found.views, strict=True):
        said = seen.capabilities
        assert seen.phase.value == view["phase"]
        assert (said.host, said.peer) == (view["host"], view["peer"])
        assert [line.text for line in said.lines] == view["capabilities"]
        assert said.starttls == view["starttls"]
        assert list(said.auth) == view["auth"]
        assert list(said.x_exps) == view.get("x_exps", [])
        assert said.has_bare_auth == view.get("auth_keyword_without_mechanism", False)


def test_sample_judgement(sample: tuple[Any, Transcript]) -> None:
    expected, found = sample
    verdict = expected.get("verdict", {})
    for phase, key in zip(
        Phase, ("auth_offered_before_tls", "auth_offered_after_tls"), strict=True
    ):
        assert found.offer(phase) is EXPECTED_OFFER.get(verdict.get(key), Offer.UNKNOWN)
    outside = verdict.get("internet_clients_could_authenticate")
    assert found.internet_clients_could_sign_in is EXPECTED_OFFER.get(outside, Offer.UNKNOWN)
    assert found.is_rewritten == expected.get("rewritten_by_middlebox", False)
    assert bool(found.accepted_elsewhere) == expected.get("relay_to_outside_accepted", False)


def test_sample_recipients_and_senders(sample: tuple[Any, Transcript]) -> None:
    expected, found = sample
    answers = {answer.recipient: answer.reply.text for answer in found.recipients}
    assert answers == expected.get("rcpt", {})
    if "mail_rejected" in expected:
        assert found.mail_reply is not None
        assert found.mail_reply.text == expected["mail_rejected"]


def test_sample_log_and_certificate(sample: tuple[Any, Transcript]) -> None:
    expected, found = sample
    attempts = [
        {"mechanism": item.mechanism, "result": item.result, "user": item.user}
        for item in found.sign_ins
    ]
    assert attempts == expected.get("auth_attempts", [])
    assert found.connector == expected.get("connector")
    assert found.remote == expected.get("remote")
    assert found.sessions == expected.get("sessions", 1)
    if "remote_is_internet" in expected:
        assert found.peer is not None
        assert is_internet(found.peer) == expected["remote_is_internet"]
    certificate = expected.get("certificate")
    assert (found.certificate is None) == (certificate is None)
    if certificate and found.certificate:
        subject = certificate.get("subject") or f"CN={certificate['subject_cn']}"
        assert found.certificate.subject == subject
        assert found.certificate.issuer == certificate.get("issuer")
        assert list(found.certificate.names) == certificate["names"]
        assert found.certificate.not_after == certificate["not_after"]


def test_sample_ports() -> None:
    need_samples()
    expected, found = described(SAMPLES / "007-nmap-e16-lambda.yml")
    assert [found.port] == list(expected["ports"])


def test_documentation_patterns_are_not_taken_for_a_server() -> None:
    need_samples()
    expected, found = described(SAMPLES / "009-docs-banner-default-and-custom.yml")
    assert expected["banners"][-1]["pattern"] == "220 <Banner Text>"
    assert found.greeting is not None
    assert (found.greeting.host, found.greeting.software) == (None, None)
    assert not found.views


OWN = """220 mx.corp.example ESMTP
ehlo probe.example
250-mx.corp.example Hello [203.0.113.9]
250 STARTTLS
starttls
220 2.0.0 SMTP server ready
ehlo probe.example
250-mx.corp.example Hello [203.0.113.9]
250 PIPELINING
"""


@pytest.mark.parametrize(
    ("old", "new", "outside"),
    [
        ("PIPELINING", "PIPELINING", Offer.NO),
        ("PIPELINING", "AUTH LOGIN", Offer.YES),
        ("PIPELINING", "AUTH", Offer.UNKNOWN),
        ("PIPELINING", "XXXXXXXA", Offer.UNKNOWN),
        ("203.0.113.9", "10.0.0.9", Offer.UNKNOWN),
        ("203.0.113.9", "2001:db8::9", Offer.NO),
        ("220 2.0.0 SMTP server ready", "454 4.7.0 later", Offer.UNKNOWN),
    ],
)
def test_one_thing_changed(old: str, new: str, outside: Offer) -> None:
    assert parse_transcript(OWN.replace(old, new)).internet_clients_could_sign_in is outside


@pytest.mark.parametrize("text", ["", "nothing here", "EHLO alone"])
def test_text_without_a_dialogue_is_refused(text: str) -> None:
    with pytest.raises(UnreadableEvidence):
        parse_transcript(text)


LOG = """#Fields: date-time,connector-id,session-id,event,data,context
t,EX01\\Default Frontend EX01,A,<,EHLO a,
t,EX01\\Default Frontend EX01,A,>,250  mx.corp.example Hello [203.0.113.9] SIZE STARTTLS,
t,EX01\\Default Frontend EX01,A,<,STARTTLS,
t,EX01\\Default Frontend EX01,A,>,220 2.0.0 SMTP server ready,
t,EX01\\Default Frontend EX01,B,<,EHLO b,
t,EX01\\Default Frontend EX01,B,>,250  mx.corp.example Hello [203.0.113.8] AUTH NTLM,
t,EX01\\Default Frontend EX01,A,<,EHLO a,
t,EX01\\Default Frontend EX01,A,>,250  mx.corp.example Hello [203.0.113.9] SIZE AUTH=LOGIN,
"""


def test_sessions_that_a_log_mixes_are_read_apart() -> None:
    found = parse_transcript(LOG)
    assert found.sessions == 2
    offered = [
        (view.phase, view.capabilities.auth, view.capabilities.auth_equals) for view in found.views
    ]
    assert offered == [
        (Phase.BEFORE_TLS, (), ()),
        (Phase.AFTER_TLS, (), ("LOGIN",)),
        (Phase.BEFORE_TLS, ("NTLM",), ()),
    ]
