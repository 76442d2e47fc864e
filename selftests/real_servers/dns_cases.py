"""DNS cases: what BIND serves, and the verdicts it must get. Where mail hosts exist, they're good."""

from selftests.real_servers.name_server import FOREIGN_HOST
from selftests.real_servers.postfix import PostfixCase
from selftests.real_servers.tables import AT_A_HOST, ONLY_IN_TLS, Serving, table

USUAL = "@ MX 10 {host}.\n{host}. A {ipv4}\n{host}. AAAA {ipv6}\n"
ANNOUNCED = USUAL + '_mta-sts TXT "v=STSv1; id=20261124;"\n'
POLICY = "version: STSv1\nmode: enforce\nmx: {host}\nmax_age: 86400\n"

ROUTE_CASES = (
    PostfixCase(
        name="null-mx",
        number=101,
        records="@ MX 0 .\n",
        expected=table(deviates="EXT-09-1", not_assessed=AT_A_HOST),
    ),
    PostfixCase(
        name="address-without-mx",
        number=102,
        records="@ A {ipv4}\n",
        expected=table(deviates="EXT-09-1", not_assessed=AT_A_HOST),
    ),
    PostfixCase(
        name="no-such-domain",
        number=103,
        serving=Serving.ABSENT,
        expected=table(deviates="EXT-09-1", not_assessed=AT_A_HOST),
    ),
    PostfixCase(
        name="dangling-mx",
        number=104,
        records="@ MX 10 gone.dangling-mx.example.\n",
        expected=table(deviates="EXT-09-1", not_assessed=AT_A_HOST),
    ),
    PostfixCase(
        name="one-mx-dangling",
        number=105,
        records=USUAL + "@ MX 20 gone.one-mx-dangling.example.\n",
        expected=table(deviates="EXT-09-1"),
    ),
    PostfixCase(
        name="mx-without-address",
        number=106,
        records='@ MX 10 {host}.\n{host}. TXT "no address here"\n',
        expected=table(deviates="EXT-09-1", not_assessed=AT_A_HOST),
    ),
    PostfixCase(
        # RFC 2181, 10.3 forbids it; it resolves all the same.
        name="mx-is-alias",
        number=107,
        label="alias",
        records="@ MX 10 {host}.\n{host}. CNAME real\nreal A {ipv4}\nreal AAAA {ipv6}\n",
        expected=table(),
        noted=frozenset({"EXT-09-1"}),
    ),
    PostfixCase(
        name="zone-is-broken",
        number=108,
        serving=Serving.BROKEN,
        expected=table(error=f"EXT-09-1 EXT-05-5 {AT_A_HOST}"),
    ),
    PostfixCase(
        name="zone-is-silent",
        number=109,
        serving=Serving.SILENT,
        expected=table(error=f"EXT-09-1 EXT-05-5 {AT_A_HOST}"),
    ),
    PostfixCase(
        name="mx-in-broken-zone",
        number=110,
        records="@ MX 10 mail.zone-is-broken.example.\n",
        expected=table(error=f"EXT-09-1 EXT-05-5 {AT_A_HOST}"),
    ),
    PostfixCase(
        # What the broken zone says of the second host nobody knows.
        name="one-mx-in-broken-zone",
        number=112,
        records=USUAL + "@ MX 20 mail.zone-is-broken.example.\n",
        expected=table(error=f"EXT-09-1 EXT-05-5 {AT_A_HOST}", not_assessed="EXT-07-1"),
    ),
    PostfixCase(
        # RFC 5321, 5.1: it must be a name. What stands there is looked at all the same.
        name="mx-is-an-address",
        number=113,
        records="@ MX 10 {ipv4}.\n",
        expected=table(deviates="EXT-09-1 EXT-04-1 EXT-04-2 EXT-04-3 EXT-05-2"),
    ),
    PostfixCase(
        name="mx-of-somebody-else",
        number=111,
        records=f"@ MX 10 {FOREIGN_HOST}.\n",
        expected=table(inconclusive=AT_A_HOST),
    ),
)
REVERSE_CASES = (
    PostfixCase(
        name="no-reverse-name",
        number=121,
        reverse="",
        expected=table(deviates="EXT-04-3"),
    ),
    PostfixCase(
        name="other-reverse-name",
        number=122,
        reverse="host.other-reverse-name.example",
        records=USUAL + "host A {ipv4}\nhost AAAA {ipv6}\n",
        expected=table(deviates="EXT-04-3"),
    ),
    PostfixCase(
        # The reverse name is right, and leads elsewhere: mail2 is a mail host too.
        name="reverse-leads-elsewhere",
        number=123,
        reverse="mail2.reverse-leads-elsewhere.example",
        records=USUAL + "mail2 A 198.51.100.251\nmail2 AAAA 2001:db8:1::251\n",
        expected=table(deviates="EXT-04-3"),
    ),
    PostfixCase(
        name="reverse-is-broken",
        number=124,
        reverse_is_broken=True,
        expected=table(error="EXT-04-3"),
    ),
)
POLICY_CASES = (
    PostfixCase(
        name="pinned",
        number=131,
        records=USUAL + "_25._tcp.{host}. TLSA 3 1 1 {pin}\n",
        expected=table(compliant="EXT-05-5"),
    ),
    PostfixCase(
        name="pinned-otherwise",
        number=132,
        records=USUAL + f"_25._tcp.{{host}}. TLSA 3 1 1 {'0' * 64}\n",
        expected=table(compliant="EXT-05-5"),
        noted=frozenset({"EXT-05-5"}),
    ),
    PostfixCase(
        name="pinned-without-tls",
        number=133,
        settings={"smtpd_tls_security_level": "none"},
        records=USUAL + f"_25._tcp.{{host}}. TLSA 3 1 1 {'0' * 64}\n",
        expected=table(
            deviates="EXT-05-1", inconclusive="EXT-05-5", not_assessed=f"EXT-07-1 {ONLY_IN_TLS}"
        ),
    ),
    PostfixCase(
        name="policy-announced",
        number=134,
        records=ANNOUNCED,
        expected=table(compliant="EXT-05-5"),
        noted=frozenset({"EXT-05-5"}),
    ),
    PostfixCase(
        name="policy-fits",
        number=135,
        records=ANNOUNCED + "mta-sts A {ipv4}\n",
        policy=POLICY,
        expected=table(compliant="EXT-05-5"),
    ),
    PostfixCase(
        name="policy-names-others",
        number=136,
        records=ANNOUNCED + "mta-sts A {ipv4}\n",
        policy=POLICY.replace("{host}", "mail.other.example"),
        expected=table(compliant="EXT-05-5"),
        noted=frozenset({"EXT-05-5"}),
    ),
)
CASES = (*ROUTE_CASES, *REVERSE_CASES, *POLICY_CASES)
