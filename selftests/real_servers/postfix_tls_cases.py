"""Postfix cases of TLS and certificates: what each sets, and the verdicts it must get."""

from selftests.real_servers.postfix import PostfixCase
from selftests.real_servers.tables import BROKEN_TLS, ONLY_IN_TLS, table

CASES = (
    PostfixCase(
        name="no-starttls",
        number=31,
        settings={"smtpd_tls_security_level": "none"},
        expected=table(deviates="EXT-05-1", not_assessed=ONLY_IN_TLS),
    ),
    PostfixCase(
        name="no-starttls-on-ipv6",
        number=32,
        ipv6_settings={"smtpd_tls_security_level": "none"},
        expected=table(deviates="EXT-05-1"),
    ),
    PostfixCase(
        # 454: offered, and not to be had for now.
        name="starttls-put-off",
        number=33,
        settings={"smtpd_tls_CAfile": "/nonexistent"},
        expected=table(inconclusive=f"EXT-05-1 {BROKEN_TLS}"),
    ),
    PostfixCase(
        # Offered all the same; what is left are ciphers without a certificate.
        name="certificate-is-missing",
        number=44,
        settings={"smtpd_tls_chain_files": "/nonexistent"},
        expected=table(deviates="EXT-05-1", inconclusive=BROKEN_TLS),
    ),
    PostfixCase(
        # A cipher that its certificate can't be used with.
        name="handshake-fails",
        number=34,
        settings={
            "smtpd_tls_protocols": "TLSv1.2",
            "smtpd_tls_ciphers": "medium",
            "tls_medium_cipherlist": "AES128-SHA",
        },
        expected=table(deviates="EXT-05-1", inconclusive=BROKEN_TLS),
    ),
    PostfixCase(
        name="expired",
        number=35,
        certificate="expired",
        expected=table(deviates="EXT-05-3"),
    ),
    PostfixCase(
        name="ends-soon",
        number=36,
        certificate="ending",
        expected=table(deviates="EXT-05-3"),
    ),
    PostfixCase(
        name="self-signed",
        number=37,
        certificate="self-signed",
        expected=table(deviates="EXT-05-2"),
    ),
    PostfixCase(
        name="wrong-name",
        number=38,
        certificate="wrong-name",
        expected=table(deviates="EXT-05-2"),
    ),
    PostfixCase(
        name="incomplete-chain",
        number=39,
        certificate="incomplete",
        expected=table(deviates="EXT-05-2"),
    ),
    PostfixCase(
        name="common-name-only",
        number=40,
        certificate="common-name-only",
        expected=table(deviates="EXT-05-2"),
    ),
    PostfixCase(
        name="wildcard",
        number=41,
        certificate="wildcard",
        expected=table(),
    ),
    PostfixCase(
        # As Postfix comes: from TLS 1.0 on.
        name="old-tls-too",
        number=42,
        settings={"smtpd_tls_protocols": ">=TLSv1"},
        expected=table(deviates="EXT-05-4"),
    ),
    PostfixCase(
        name="only-old-tls",
        number=43,
        settings={"smtpd_tls_protocols": "<=TLSv1.1"},
        expected=table(deviates="EXT-05-4"),
    ),
)
