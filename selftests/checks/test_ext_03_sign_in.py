"""Step 3 from outside: what a stranger is offered to sign in with, and what he gets if he tries."""

from dataclasses import replace

import pytest

from selftests.checks.outside import (
    ADDRESS,
    SIXTH,
    SUBJECT,
    at,
    compliant,
    deviates,
    inconclusive,
    mail_domain,
    mx,
    not_applicable,
    outside,
    pool,
    probe,
)
from selftests.checks.servers import HOST, INSIDE, WORDS, broken, ehlo, greets
from smtp_exposure.expectations import Expectations, ServerExpectation
from smtp_exposure.smtp.conversations import Ending

CLEAR, TLS, TRIED, WORD = "EXT-03-1", "EXT-03-2", "EXT-03-3", "EXT-03-4"
PHASES = [(CLEAR, "ehlo", WORDS, "before TLS"), (TLS, "ehlo tls", INSIDE, "after TLS")]
phases = pytest.mark.parametrize(("check", "key", "words", "phase"), PHASES, ids=["clear", "tls"])
BY_HOST = ServerExpectation(name="EDGE01", edge=True, public_hosts=("mail.corp.example",))
BY_NAME = ServerExpectation(name="MAIL", edge=True)
PROMPT, REFUSED = "334 VXNlcm5hbWU6", "504 5.7.4 Unrecognized authentication type"
BANNED = {"auth-login": REFUSED}
WITHOUT_EHLO = (("LOGIN", "503 5.5.2 Send EHLO first"), ("NTLM", REFUSED))
FORGOTTEN = ("mx2.corp.example", "203.0.113.77")


def edge(said: ServerExpectation) -> Expectations:
    return Expectations(servers={said.name.lower(): said})


@phases
@pytest.mark.parametrize(
    "offer",
    [
        "AUTH LOGIN",
        "AUTH NTLM LOGIN",
        "auth ntlm",
        "AUTH  GSSAPI   NTLM",
        "AUTH=LOGIN",
        "auth=login plain",
        "AUTH =LOGIN",
        "X-EXPS GSSAPI NTLM",
        "X-EXPS",
        "x-exps=login",
        "AUTH XOAUTH2",
    ],
)
@pytest.mark.parametrize("last", [True, False])
def test_every_form_of_an_offer_deviates(
    check: str, key: str, words: tuple[str, ...], phase: str, offer: str, last: bool
) -> None:
    lines = (*words, offer) if last else (*words[:3], offer, *words[3:])
    shown = " ".join(offer.split())
    deviates(check, outside(probe(says={key: ehlo(*lines)})), (SUBJECT, f"{phase}: {shown}"))


@phases
@pytest.mark.parametrize("offer", ["XAUTH", "AUTHINFO LOGIN", "X-AUTH-LOGIN", "8BITMIME AUTH"])
def test_other_words_offer_nothing(
    check: str, key: str, words: tuple[str, ...], phase: str, offer: str
) -> None:
    compliant(check, outside(probe(says={key: ehlo(*words, offer)})))
    assert phase.endswith("TLS")


@pytest.mark.parametrize("offer", ["AUTH", "auth", "AUTH "])
def test_auth_without_a_mechanism_in_the_clear_is_a_note(offer: str) -> None:
    said = outside(probe(says={"ehlo": ehlo(*WORDS, offer)}))
    compliant(CLEAR, said, (SUBJECT, "AUTH without a mechanism"))
    compliant(TLS, said)


def test_what_bare_auth_holds_back_shows_inside_tls() -> None:
    said = outside(probe(says=greets(*WORDS, "AUTH", inside=(*INSIDE, "AUTH LOGIN"))))
    compliant(CLEAR, said, (SUBJECT, "AUTH without a mechanism"))
    deviates(TLS, said, (SUBJECT, "after TLS: AUTH LOGIN"))


@pytest.mark.parametrize("offer", ["AUTH", "auth", "AUTH "])
def test_auth_without_a_mechanism_inside_tls_proves_neither(offer: str) -> None:
    said = outside(probe(says=greets(*WORDS, "AUTH", inside=(*INSIDE, offer))))
    inconclusive(TLS, said, (SUBJECT, "after TLS: AUTH without a mechanism"))
    compliant(CLEAR, said, (SUBJECT, "AUTH without a mechanism"))


@phases
@pytest.mark.parametrize("masked", ["XXXXXXXA", "XXXX", "XXXXXXXX LOGIN", "AUTH XXXXX", "********"])
def test_overwritten_words_prove_neither(
    check: str, key: str, words: tuple[str, ...], phase: str, masked: str
) -> None:
    said = outside(probe(says={key: ehlo(*words, masked)}))
    if masked.startswith("AUTH"):
        deviates(check, said, (SUBJECT, f"{phase}: {masked}"))
    else:
        inconclusive(check, said, (SUBJECT, f"{phase}: a device overwrote {masked}"))


def test_an_offer_beside_overwritten_words_deviates() -> None:
    said = outside(probe(says={"ehlo": ehlo(*WORDS, "XXXXXXXA", "AUTH NTLM")}))
    deviates(CLEAR, said, (SUBJECT, "AUTH NTLM"))


@phases
@pytest.mark.parametrize("said_of_it", [BY_HOST, BY_NAME], ids=["host", "name"])
def test_x_exps_of_an_edge_server_is_a_note(
    check: str, key: str, words: tuple[str, ...], phase: str, said_of_it: ServerExpectation
) -> None:
    found = probe(says={key: ehlo(*words, "X-EXPS NTLM")})
    compliant(check, outside(found, expected=edge(said_of_it)), (SUBJECT, f"{phase}: X-EXPS NTLM"))
    other = ServerExpectation(name="EX09", edge=True, public_hosts=("mx9.corp.example",))
    deviates(check, outside(found, expected=edge(other)), (SUBJECT, "X-EXPS NTLM"))


@pytest.mark.parametrize("offer", ["AUTH NTLM", "AUTH=LOGIN"])
def test_auth_of_an_edge_server_still_deviates(offer: str) -> None:
    found = probe(says={"ehlo": ehlo(*WORDS, "X-EXPS NTLM", offer)})
    deviates(CLEAR, outside(found, expected=edge(BY_HOST)), (SUBJECT, offer))


def test_bytes_that_came_before_tls_do_not_count_as_said_inside() -> None:
    found = probe()
    talks = tuple(replace(talk, injected=b"250 AUTH LOGIN\r\n") for talk in found.conversations)
    compliant(TLS, outside(replace(found, conversations=talks)))
    compliant(CLEAR, outside(replace(found, conversations=talks)))


def test_a_hole_over_ipv6_alone_is_found() -> None:
    hole = probe(SIXTH, greets(*WORDS, "AUTH NTLM", inside=(*INSIDE, "AUTH NTLM LOGIN")))
    for check, telling in ((CLEAR, "before TLS: AUTH NTLM"), (TLS, "after TLS: AUTH NTLM LOGIN")):
        deviates(check, outside(probe(), hole), (at(SIXTH), telling))


def test_a_hole_behind_the_second_mx_is_found() -> None:
    name, address = FORGOTTEN
    hole = probe(address, greets(*WORDS, "AUTH NTLM"), hosts=(name,))
    records = mail_domain(mx(f"10 {HOST}.", f"20 {name}."))
    deviates(CLEAR, outside(probe(), hole, domain=records), (at(address, name=name), "AUTH NTLM"))


def test_one_server_of_a_pool_is_enough() -> None:
    hole = probe(says=greets(*WORDS, "AUTH LOGIN"))
    deviates(CLEAR, outside(pool(probe(), hole)), (SUBJECT, "AUTH LOGIN"))
    deviates(CLEAR, outside(pool(hole, probe())), (SUBJECT, "AUTH LOGIN"))


@pytest.mark.parametrize(
    "reply",
    ["502 5.5.1 what?", "451 4.3.0 later", "220 again", "421 4.3.2 Service not active", None],
)
def test_without_an_ehlo_reply_nothing_is_proved(reply: str | None) -> None:
    silent = outside(probe(says={"ehlo": reply}))
    inconclusive(CLEAR, silent, (SUBJECT, "no EHLO was answered before TLS"))
    inconclusive(WORD, silent, (SUBJECT, "no EHLO was answered before TLS"))


def test_a_refusal_behind_helo_alone_proves_neither() -> None:
    said = {"ehlo": "501 5.5.4 Invalid domain name", "auth-login": "503 5.5.2 Send EHLO first"}
    refused = (f"AUTH {name} is answered {reply}" for name, reply in WITHOUT_EHLO)
    unasked = (SUBJECT, "no reply to AUTH LOGIN after TLS, AUTH NTLM after TLS")
    inconclusive(TRIED, outside(probe(says=said)), *((SUBJECT, text) for text in refused), unasked)
    inconclusive(TRIED, outside(probe(says={"ehlo tls": "502 no"})), *[(SUBJECT, "after TLS")] * 2)


def test_a_prompt_behind_helo_alone_deviates() -> None:
    found = probe(says={"ehlo": "502 5.5.1 what?", "auth-login": PROMPT, "auth-ntlm": PROMPT})
    unasked = (SUBJECT, "no reply to AUTH LOGIN after TLS")
    prompts = ((SUBJECT, f"AUTH {name} is answered 334") for name in ("LOGIN", "NTLM"))
    deviates(TRIED, outside(found), *prompts, unasked)


@pytest.mark.parametrize("reply", ["502 5.5.1 what?", None])
def test_without_a_second_ehlo_reply_the_inside_of_tls_is_unknown(reply: str | None) -> None:
    seen = outside(probe(says={"ehlo tls": reply}))
    for check in (TLS, WORD):
        inconclusive(check, seen, (SUBJECT, "no EHLO was answered after TLS"))
    compliant(CLEAR, seen)


def test_a_broken_handshake_leaves_the_inside_of_tls_unknown() -> None:
    seen = outside(probe(tls=broken()))
    for check in (TLS, WORD):
        inconclusive(check, seen, (SUBJECT, "no EHLO was answered after TLS"))
    inconclusive(TRIED, seen, (SUBJECT, "no reply to AUTH LOGIN after TLS, AUTH NTLM after TLS"))


def test_without_starttls_there_is_no_inside() -> None:
    bare = probe(says={"ehlo": ehlo(*INSIDE)})
    not_applicable(TLS, outside(bare))
    compliant(TRIED, outside(bare))
    compliant(WORD, outside(bare))
    compliant(TLS, outside(probe(), probe(SIXTH, {"ehlo": ehlo(*INSIDE)})))


@pytest.mark.parametrize("check", [CLEAR, TLS, TRIED, WORD])
def test_nothing_is_proved_on_what_does_not_greet(check: str) -> None:
    seen = outside(
        probe(), probe("203.0.113.26", ending=Ending.REFUSED), probe(SIXTH, has_route=False)
    )
    found = ((at("203.0.113.26"), "nothing greeted"), (at(SIXTH), "no route"))
    inconclusive(check, seen, *found)


@pytest.mark.parametrize("check", [CLEAR, TLS, TRIED, WORD])
def test_nothing_is_proved_from_inside(check: str) -> None:
    says = greets(*WORDS, "AUTH NTLM", peer="10.1.2.3")
    seen = outside(probe(says=says, own="10.1.2.3"))
    inconclusive(check, seen, (SUBJECT, "seen from inside, as 10.1.2.3"))


@pytest.mark.parametrize(
    ("key", "telling"),
    [
        ("auth-login", "AUTH LOGIN is answered 334 VXNlcm5hbWU6"),
        ("auth-ntlm", "AUTH NTLM is answered 334 NTLM supported"),
    ],
)
def test_a_prompt_is_proof_in_either_phase(key: str, telling: str) -> None:
    reply = telling.partition("answered ")[2]
    clear, inside = (f"{phase}: {telling}" for phase in ("before TLS", "after TLS"))
    refused = {f"{key} tls": "504 5.7.4 Unrecognized authentication type"}
    deviates(TRIED, outside(probe(says={key: reply})), (SUBJECT, clear), (SUBJECT, inside))
    deviates(TRIED, outside(probe(says={key: reply} | refused)), (SUBJECT, clear))
    deviates(TRIED, outside(probe(says={f"{key} tls": reply})), (SUBJECT, inside))


def test_a_hidden_sign_in_deviates_though_nothing_is_offered() -> None:
    hidden = outside(probe(says={"auth-login tls": "334 VXNlcm5hbWU6"}))
    compliant(CLEAR, hidden)
    compliant(TLS, hidden)
    deviates(TRIED, hidden, (SUBJECT, "after TLS: AUTH LOGIN is answered 334"))


@pytest.mark.parametrize("reply", ["235 2.7.0 Authentication successful", "250 OK"])
def test_an_acceptance_deviates(reply: str) -> None:
    deviates(TRIED, outside(probe(says={"auth-login tls": reply})), (SUBJECT, reply))


@pytest.mark.parametrize(
    "reply",
    ["454 4.7.0 Temporary authentication failure", "451 later", "421 4.7.0 Too many errors"],
)
def test_a_temporary_refusal_proves_neither(reply: str) -> None:
    seen = outside(probe(says={"auth-ntlm tls": reply}))
    inconclusive(TRIED, seen, (SUBJECT, f"after TLS: AUTH NTLM is answered {reply}"))


def test_a_temporary_refusal_that_passes_is_forgotten() -> None:
    first = {"auth-ntlm": "454 4.7.0 later"}
    compliant(TRIED, outside(probe(says=first, later={"auth-ntlm": "504 5.7.4 no"})))
    deviates(
        TRIED,
        outside(probe(says=first, later={"auth-ntlm": "334 NTLM supported"})),
        *[(SUBJECT, "334")] * 2,
    )


def test_a_prompt_counts_though_a_second_try_is_refused() -> None:
    found = outside(probe(says={"auth-login": PROMPT, "cancel": "421 no"}, later=BANNED))
    deviates(TRIED, found, *((SUBJECT, f"{when} TLS: AUTH LOGIN") for when in ("before", "after")))


def test_an_offer_counts_though_a_second_try_meets_none() -> None:
    says = greets(*WORDS, "AUTH LOGIN") | {"auth-ntlm": "454 4.7.0 later"}
    found = probe(says=says, later={**greets(), "auth-ntlm": REFUSED})
    several = [talk for talk in found.conversations if talk.name == "auth-ntlm-clear"]
    deviates(CLEAR, outside(replace(found, conversations=tuple(several))), (SUBJECT, "AUTH LOGIN"))


@pytest.mark.parametrize(
    "reply",
    ["502 5.5.1 not implemented", "503 5.5.1 no", "530 5.7.0 Must issue STARTTLS", "504 5.7.4 no"],
)
def test_every_refusal_for_good_complies(reply: str) -> None:
    compliant(TRIED, outside(probe(says={"auth-login": reply, "auth-ntlm": reply})))


@pytest.mark.parametrize("key", ["auth-login", "auth-ntlm"])
def test_silence_to_an_attempt_proves_neither(key: str) -> None:
    command = key.upper().replace("-", " ")
    seen = outside(probe(says={key: None, f"{key} tls": "504 5.7.4 no"}))
    inconclusive(TRIED, seen, (SUBJECT, f"no reply to {command} before TLS"))


def test_an_answer_without_a_code_proves_neither() -> None:
    seen = outside(probe(says={"auth-login": "what?", "auth-login tls": "504 5.7.4 no"}))
    inconclusive(TRIED, seen, (SUBJECT, "AUTH LOGIN is answered what?"))


def test_a_shared_plan_is_judged_alike() -> None:
    compliant(TRIED, outside(probe(compact=True)))
    found = probe(compact=True, says={"auth-ntlm tls": "334 NTLM supported"})
    deviates(TRIED, outside(found), (SUBJECT, "after TLS: AUTH NTLM"))


@pytest.mark.parametrize(
    "word", ["X-ANONYMOUSTLS", "XRDST", "X-EXCHANGEAUTH SHA256", "XEXCH50", "xshadow", "XOORG"]
)
@pytest.mark.parametrize("key", ["ehlo", "ehlo tls"])
def test_words_between_servers_deviate(word: str, key: str) -> None:
    words = WORDS if key == "ehlo" else INSIDE
    found = probe(says={key: ehlo(*words, word)})
    shown = word.split()[0].upper()
    deviates(WORD, outside(found), (SUBJECT, shown))
    compliant(WORD, outside(found, expected=edge(BY_HOST)), (SUBJECT, shown))


def test_a_word_in_the_clear_deviates_whatever_is_inside_tls() -> None:
    seen = outside(probe(says={"ehlo": ehlo(*WORDS, "XRDST")}, tls=broken()))
    deviates(WORD, seen, (SUBJECT, "XRDST"), (SUBJECT, "no EHLO was answered after TLS"))


@pytest.mark.parametrize("word", ["XCLIENT NAME ADDR", "XFORWARD", "X-FOO", "SMTPUTF8", "SIZE"])
def test_words_of_others_are_none_between_exchange_servers(word: str) -> None:
    compliant(WORD, outside(probe(says=greets(*WORDS, word))))


@pytest.mark.parametrize("key", ["ehlo", "ehlo tls"])
def test_overwritten_words_may_be_words_between_servers(key: str) -> None:
    words = WORDS if key == "ehlo" else INSIDE
    seen = outside(probe(says={key: ehlo(*words, "XXXXXXXA")}))
    inconclusive(WORD, seen, (SUBJECT, "a device overwrote words"))


def test_each_address_is_a_subject_of_its_own() -> None:
    holes = [probe(address, greets(*WORDS, "AUTH NTLM")) for address in (ADDRESS, SIXTH)]
    deviates(CLEAR, outside(*holes), (at(ADDRESS), "AUTH NTLM"), (at(SIXTH), "AUTH NTLM"))
