"""Cases of Exim and OpenSMTPD: what each sets, and the verdicts it must get."""

from selftests.real_servers.exim import RECIPIENTS, RELAY_DENIED, EximCase, exim_table
from selftests.real_servers.opensmtpd import OpenSmtpdCase
from selftests.real_servers.tables import BROKEN_TLS, IN_CONVERSATION, ONLY_IN_TLS

ONE_RECIPIENT = """  deny senders = :
       condition = ${if >{$rcpt_count}{1}}
       message = only one recipient of the null sender
"""
EXIM = (
    EximCase(name="exim", number=61, expected=exim_table()),
    EximCase(
        name="auth-in-the-clear",
        number=62,
        options={"auth_advertise_hosts": "${if def:tls_in_cipher {}{*}}"},
        expected=exim_table(deviates="EXT-03-1 EXT-03-3"),
    ),
    EximCase(
        name="auth-inside-tls",
        number=63,
        options={"auth_advertise_hosts": "${if def:tls_in_cipher {*}}"},
        expected=exim_table(deviates="EXT-03-2 EXT-03-3"),
    ),
    EximCase(
        name="auth-over-ipv6",
        number=64,
        options={"auth_advertise_hosts": "<; ::/0"},
        expected=exim_table(deviates="EXT-03-1 EXT-03-2 EXT-03-3"),
    ),
    EximCase(
        name="open-relay",
        number=65,
        recipients="  accept\n",
        expected=exim_table(deviates="EXT-06-1"),
    ),
    EximCase(
        # It would refuse a second recipient of the null sender, whoever that is.
        name="open-relay-for-one",
        number=77,
        recipients=ONE_RECIPIENT + "  accept\n",
        expected=exim_table(deviates="EXT-06-1"),
    ),
    EximCase(
        # As if TLS were a sign-in.
        name="relay-inside-tls",
        number=78,
        recipients="  accept encrypted = *\n" + RECIPIENTS,
        expected=exim_table(deviates="EXT-06-1"),
    ),
    EximCase(
        name="percent-hack",
        number=66,
        recipients=RELAY_DENIED + "  accept local_parts = ^.*%\n" + RECIPIENTS,
        expected=exim_table(deviates="EXT-06-1"),
    ),
    EximCase(
        name="bang-path",
        number=75,
        recipients=RELAY_DENIED + "  accept local_parts = ^.*!\n" + RECIPIENTS,
        expected=exim_table(deviates="EXT-06-1"),
    ),
    EximCase(
        name="quoted-relay",
        number=76,
        recipients=RELAY_DENIED + "  accept local_parts = ^.*@\n" + RECIPIENTS,
        expected=exim_table(deviates="EXT-06-1"),
    ),
    EximCase(
        name="other-greeting",
        number=67,
        options={"smtp_banner": "ex01.corp.example ESMTP"},
        expected=exim_table(deviates="EXT-04-1"),
    ),
    EximCase(
        name="other-name",
        number=68,
        options={
            "smtp_active_hostname": "ex01.corp.example",
            "smtp_banner": "mail.other-name.example ESMTP",
        },
        expected=exim_table(deviates="EXT-04-2"),
    ),
    EximCase(
        name="no-starttls",
        number=69,
        options={"tls_advertise_hosts": ""},
        expected=exim_table(deviates="EXT-05-1", not_assessed=ONLY_IN_TLS),
    ),
    # Exim makes itself a certificate where none is set.
    EximCase(
        name="certificate-of-its-own",
        number=70,
        options={"tls_certificate": ""},
        expected=exim_table(deviates="EXT-05-2"),
    ),
    EximCase(
        name="old-tls",
        number=71,
        options={"tls_require_ciphers": "NORMAL"},
        expected=exim_table(deviates="EXT-05-4"),
    ),
    EximCase(
        name="drops-at-an-error",
        number=72,
        options={"smtp_max_synprot_errors": "0"},
        expected=exim_table(),
    ),
    EximCase(
        name="greylisting",
        number=73,
        recipients="  defer domains = +own\n" + RECIPIENTS,
        expected=exim_table(inconclusive="EXT-06"),
    ),
    EximCase(
        name="turns-away",
        number=74,
        options={"acl_smtp_connect": "turn_away"},
        expected=exim_table(inconclusive=f"EXT-02-1 {IN_CONVERSATION}"),
    ),
)
OPENSMTPD = (
    OpenSmtpdCase(
        name="opensmtpd",
        number=81,
        expected=exim_table(deviates="EXT-05-1", inconclusive=BROKEN_TLS),
    ),
    OpenSmtpdCase(
        name="no-postmaster",
        number=82,
        has_postmaster=False,
        expected=exim_table(
            deviates="EXT-05-1",
            inconclusive=f"{BROKEN_TLS} EXT-06",
        ),
    ),
)
BY_COMPACT_PLAN = {
    # Two questions share a conversation, and the second gets no answer.
    "drops-at-an-error": exim_table(inconclusive="EXT-03-3"),
}
"""Where the plan makes a difference."""
