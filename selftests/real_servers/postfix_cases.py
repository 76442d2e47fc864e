"""Postfix cases of sign-in and relaying: what each sets, and the verdicts it must get.

What all have stands in selftests/real_servers/postfix.py.
"""

from selftests.real_servers.postfix import PostfixCase
from selftests.real_servers.tables import table

SIGN_IN = {
    "smtpd_sasl_auth_enable": "yes",
    "smtpd_sasl_type": "dovecot",
    "smtpd_sasl_path": "private/auth",
}
EVERYBODY = {"mynetworks": "0.0.0.0/0 [::]/0"}
RELAYS = EVERYBODY | {"smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination"}

SIGN_IN_CASES = (
    PostfixCase(
        name="anonymous-only",
        number=1,
        expected=table(),
    ),
    PostfixCase(
        name="sign-in-before-tls",
        number=2,
        settings=SIGN_IN | {"broken_sasl_auth_clients": "yes"},
        expected=table(deviates="EXT-03-1 EXT-03-2 EXT-03-3"),
    ),
    PostfixCase(
        name="sign-in-after-tls",
        number=3,
        settings=SIGN_IN | {"smtpd_tls_auth_only": "yes"},
        expected=table(deviates="EXT-03-2 EXT-03-3"),
    ),
    PostfixCase(
        name="sign-in-on-ipv6",
        number=4,
        ipv6_settings=SIGN_IN,
        expected=table(deviates="EXT-03-1 EXT-03-2 EXT-03-3"),
    ),
    PostfixCase(
        # Only PLAIN is told; LOGIN is taken all the same.
        name="login-untold",
        number=5,
        settings=SIGN_IN | {"smtpd_sasl_mechanism_filter": "plain"},
        expected=table(deviates="EXT-03-1 EXT-03-2 EXT-03-3"),
    ),
    PostfixCase(
        # A keyword that Postfix is told to leave out it refuses as well.
        name="sign-in-left-out",
        number=6,
        settings=SIGN_IN | {"smtpd_discard_ehlo_keywords": "auth"},
        expected=table(),
    ),
)
RELAY_CASES = (
    PostfixCase(
        name="open-relay",
        number=11,
        settings=RELAYS,
        expected=table(deviates="EXT-06-1"),
    ),
    PostfixCase(
        # It refuses example.com for its null MX alone, and relays to everybody else.
        name="relay-that-asks-the-dns",
        number=22,
        settings=RELAYS | {"smtpd_recipient_restrictions": "reject_unknown_recipient_domain"},
        expected=table(inconclusive="EXT-06-1"),
    ),
    PostfixCase(
        # Refused only after all: RCPT is accepted, and the probe stops there.
        name="refused-at-data",
        number=12,
        settings=RELAYS | {"smtpd_data_restrictions": "reject"},
        expected=table(deviates="EXT-06-1"),
    ),
    PostfixCase(
        # As Postfix comes: 454, which is a refusal for now.
        name="relaying-put-off",
        number=13,
        settings={"smtpd_relay_restrictions": "permit_mynetworks, defer_unauth_destination"},
        expected=table(inconclusive="EXT-06-1"),
    ),
    PostfixCase(
        name="percent-relay",
        number=14,
        settings={
            "allow_untrusted_routing": "yes",
            "virtual_mailbox_maps": "inline:{ postmaster@percent-relay.example=ok } regexp:"
            "{ {/%example.com@/ ok} }",
        },
        expected=table(deviates="EXT-06-1"),
    ),
    PostfixCase(
        # Recipients aren't checked here, so that an odd one is accepted proves nothing.
        name="takes-every-recipient",
        number=15,
        settings={"allow_untrusted_routing": "yes", "virtual_mailbox_maps": "static:ok"},
        expected=table(),
    ),
    PostfixCase(
        name="no-postmaster",
        number=16,
        settings={"virtual_mailbox_maps": "inline:{ info@no-postmaster.example=ok }"},
        expected=table(),
        noted=frozenset({"EXT-06-2"}),
    ),
    PostfixCase(
        name="probe-is-blocked",
        number=17,
        settings={"smtpd_client_restrictions": "reject"},
        expected=table(inconclusive="EXT-06-2"),
    ),
    PostfixCase(
        # Everything is refused for another reason than relaying.
        name="probe-is-on-a-list",
        number=18,
        settings={"smtpd_client_restrictions": "check_client_access static:{550 5.7.606 Listed}"},
        expected=table(inconclusive="EXT-06-1 EXT-06-2"),
    ),
    PostfixCase(
        name="greylisting",
        number=19,
        settings={"smtpd_recipient_restrictions": "check_policy_service unix:private/greylist"},
        expected=table(inconclusive="EXT-06-2"),
    ),
    PostfixCase(
        name="short-greylisting",
        number=20,
        settings={
            "smtpd_recipient_restrictions": "check_policy_service unix:private/short-greylist"
        },
        expected=table(),
    ),
    PostfixCase(
        name="demands-tls",
        number=21,
        settings={"smtpd_tls_security_level": "encrypt"},
        expected=table(),
    ),
)
CASES = (*SIGN_IN_CASES, *RELAY_CASES)
