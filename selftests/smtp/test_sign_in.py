"""What a server offers to sign in with, and how it took an attempt."""

import pytest

from selftests.checks.outside import SIXTH, probe
from selftests.checks.servers import INSIDE, WORDS, broken, ehlo
from smtp_exposure.smtp.ehlo import parse_ehlo
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.smtp.replies import parse_reply
from smtp_exposure.smtp.sign_in import attempts, offered, unannounced


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (WORDS, ()),
        ((*WORDS, "AUTH LOGIN"), ("AUTH LOGIN",)),
        ((*WORDS, "auth  ntlm   login"), ("auth ntlm login",)),
        ((*WORDS, "AUTH"), ()),
        ((*WORDS, "X-EXPS"), ("X-EXPS",)),
        ((*WORDS, "AUTH", "X-EXPS NTLM"), ("X-EXPS NTLM",)),
        ((*WORDS, "AUTH=LOGIN", "AUTH LOGIN"), ("AUTH=LOGIN", "AUTH LOGIN")),
    ],
)
def test_the_offer_is_told_as_written(words: tuple[str, ...], lines: tuple[str, ...]) -> None:
    said = parse_ehlo(parse_reply(ehlo(*words).replace("\n", "\r\n").encode()))
    assert offered(said) == lines


def test_every_attempt_is_told_with_its_phase() -> None:
    told = {(item.command, item.phase) for item in attempts(probe())}
    assert told == {(f"AUTH {name}", phase) for name in ("LOGIN", "NTLM") for phase in Phase}
    assert all(item.is_refused and not item.is_accepted for item in attempts(probe()))


@pytest.mark.parametrize(
    ("reply", "accepted", "refused"),
    [
        ("334 VXNlcm5hbWU6", True, False),
        ("235 2.7.0 ok", True, False),
        ("504 5.7.4 no", False, True),
        ("454 4.7.0 later", False, False),
        ("what?", False, False),
    ],
)
def test_a_reply_accepts_refuses_or_neither(reply: str, accepted: bool, refused: bool) -> None:
    tried = [
        item for item in attempts(probe(says={"auth-login": reply})) if "LOGIN" in item.command
    ]
    assert {(item.is_accepted, item.is_refused) for item in tried} == {(accepted, refused)}


def test_what_got_no_answer_is_named() -> None:
    assert unannounced(attempts(probe()), with_tls=True) == []
    broken_tls = list(attempts(probe(SIXTH, tls=broken())))
    missing = ["AUTH LOGIN after TLS", "AUTH NTLM after TLS"]
    assert unannounced(broken_tls, with_tls=True) == missing
    assert unannounced(broken_tls, with_tls=False) == []
    assert len(unannounced([], with_tls=True)) == 4


def test_without_starttls_only_the_clear_is_tried() -> None:
    tried = list(attempts(probe(says={"ehlo": ehlo(*INSIDE)})))
    assert {item.phase for item in tried} == {Phase.BEFORE_TLS}
