"""Postfix cases of greetings, of what delays them, and of filters on the way."""

from selftests.real_servers.namespaces import Blocking
from selftests.real_servers.postfix import PostfixCase
from selftests.real_servers.tables import IN_CONVERSATION, Blocked, table

EXPOSED = (110, 995, 143, 993, 717, 465, 587, 2525, 475, 476, 477)

GREETING_CASES = (
    PostfixCase(
        name="other-banner",
        number=51,
        settings={"smtpd_banner": "ex01.corp.internal ESMTP"},
        expected=table(deviates="EXT-04-1"),
    ),
    PostfixCase(
        name="other-name",
        number=52,
        settings={"myhostname": "ex01.corp.internal"},
        expected=table(deviates="EXT-04-1 EXT-04-2"),
    ),
    PostfixCase(
        name="nameless-banner",
        number=53,
        settings={"smtpd_banner": "ESMTP"},
        expected=table(),
        noted=frozenset({"EXT-04-1"}),
    ),
    PostfixCase(
        name="masked-banner",
        number=54,
        settings={"smtpd_banner": "****************************"},
        expected=table(inconclusive="EXT-04-1"),
    ),
    PostfixCase(
        # 554 instead of 220: this probe is turned away, others may not be.
        name="turned-away",
        number=55,
        settings={"smtpd_client_restrictions": "reject", "smtpd_delay_reject": "no"},
        expected=table(inconclusive=f"EXT-02-1 {IN_CONVERSATION}"),
    ),
)
# Seconds until the greeting, whatever the load: well over those that EXT-02-2 allows.
_GREET_WAIT = {"postscreen_greet_wait": "8s"}
POSTSCREEN_CASES = (
    PostfixCase(
        name="postscreen",
        number=61,
        has_postscreen=True,
        settings=_GREET_WAIT,
        expected=table(),
    ),
    PostfixCase(
        # Who passes these tests is told 450, and is let in the next time.
        name="postscreen-in-depth",
        number=62,
        has_postscreen=True,
        settings=_GREET_WAIT
        | {
            "postscreen_pipelining_enable": "yes",
            "postscreen_non_smtp_command_enable": "yes",
            "postscreen_bare_newline_enable": "yes",
        },
        expected=table(),
    ),
)
FILTERED_CASES = (
    PostfixCase(
        name="reset-on-ipv6",
        number=71,
        blocked=(Blocked(6, (25,), Blocking.RESET),),
        expected=table(deviates="EXT-02-1", inconclusive=f"{IN_CONVERSATION} EXT-08"),
    ),
    PostfixCase(
        name="reset",
        number=72,
        blocked=(Blocked(4, (25,), Blocking.RESET), Blocked(6, (25,), Blocking.RESET)),
        expected=table(deviates="EXT-02-1", inconclusive=f"{IN_CONVERSATION} EXT-08"),
    ),
    PostfixCase(
        name="silent",
        number=73,
        blocked=(Blocked(4, (25,), Blocking.SILENCE), Blocked(6, (25,), Blocking.SILENCE)),
        expected=table(deviates="EXT-02-1", inconclusive=f"{IN_CONVERSATION} EXT-08"),
    ),
    PostfixCase(
        name="prohibited",
        number=74,
        blocked=(Blocked(4, (25,), Blocking.PROHIBITED), Blocked(6, (25,), Blocking.PROHIBITED)),
        expected=table(error="EXT-02-1", inconclusive=f"{IN_CONVERSATION} EXT-08"),
    ),
    PostfixCase(
        name="other-ports-dropped",
        number=75,
        blocked=(Blocked(4, EXPOSED, Blocking.SILENCE), Blocked(6, EXPOSED, Blocking.SILENCE)),
        expected=table(),
    ),
    PostfixCase(
        name="other-ports-prohibited",
        number=76,
        blocked=(
            Blocked(4, EXPOSED, Blocking.PROHIBITED),
            Blocked(6, EXPOSED, Blocking.PROHIBITED),
        ),
        expected=table(),
    ),
    PostfixCase(
        # The probe's own address is private here, and Postfix doesn't tell what it saw.
        name="seen-inside",
        number=77,
        is_seen_inside=True,
        expected=table(
            inconclusive="EXT-02-1 EXT-03 EXT-04-1 EXT-04-2 EXT-05-1 EXT-06 EXT-07-2 EXT-08"
        ),
    ),
)
CASES = (*GREETING_CASES, *POSTSCREEN_CASES, *FILTERED_CASES)
