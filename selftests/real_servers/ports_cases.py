"""Cases of recipients and of where the probe is seen, and what a profile makes of all of them."""

from lab import certificates
from lab.scenario import REGISTRY
from lab.scenarios.compliant import CERTIFICATE, MAIL_HOST
from selftests.real_servers.exim import RECIPIENTS, RELAY_DENIED, exim_table
from selftests.real_servers.listener_cases import (
    LISTENER_CASES,
    MAILBOX_CASES,
    PORT_25_CASES,
    SCAN_CASES,
    PortsCase,
)
from selftests.real_servers.tables import AT_A_HOST, IN_CONVERSATION, Serving
from selftests.real_servers.waivers import waived_table

SEEN_INSIDE = "EXT-02-1 EXT-03 EXT-04-1 EXT-04-2 EXT-05-1 EXT-06 EXT-07-1 EXT-07-2 EXT-08"

RECIPIENT_CASES = (
    PortsCase(
        # By the compact plan, what would be asked behind the first refusal gets no answer.
        name="drops-at-a-refusal",
        number=32,
        recipients=RECIPIENTS.replace("deny", "drop"),
        expected=exim_table(inconclusive="EXT-06-1"),
    ),
    PortsCase(
        name="foreign-put-off",
        number=33,
        recipients=RELAY_DENIED.replace("deny", "defer") + RECIPIENTS,
        expected=exim_table(inconclusive="EXT-06-1"),
    ),
    PortsCase(
        name="nobody-is-known",
        number=34,
        recipients="  deny domains = +own\n       message = 550 5.1.1 no such user\n"
        "  deny message = 550 5.7.1 relaying denied\n",
        expected=exim_table(),
        noted=frozenset({"EXT-06-2"}),
    ),
)
VANTAGE_CASES = (
    PortsCase(
        # A load balancer puts its own address in place of every client's.
        name="snat",
        number=41,
        seen_as=("10.1.2.1", "fd00:1:2::1"),
        expected=exim_table(deviates="EXT-07-1"),
    ),
    PortsCase(
        # The probe's own address is private, and a public one takes its place on the way.
        name="ordinary-nat",
        number=42,
        is_seen_inside=True,
        seen_as=("192.0.2.77", "2001:db8::77"),
        expected=exim_table(),
    ),
    PortsCase(
        name="inside",
        number=43,
        is_seen_inside=True,
        expected=exim_table(inconclusive=SEEN_INSIDE),
    ),
    PortsCase(
        name="no-route",
        number=44,
        has_route=False,
        expected=exim_table(
            inconclusive=f"{IN_CONVERSATION} EXT-02-1 EXT-07-2 EXT-08",
        ),
    ),
)
# The inside half of these cases is that of the lab's Exchange.
EXCHANGE = REGISTRY["compliant"].build()
LIKE_EXCHANGE = {"message_size_limit": "37748736", "primary_hostname": MAIL_HOST}
RELAY_CASES = (
    PortsCase(
        # In front of Exchange, with its name and SIZE, and a certificate of its own.
        name="corp",
        number=51,
        options=LIKE_EXCHANGE,
        expected=exim_table(),
    ),
    PortsCase(
        # With Exchange's own certificate nothing that is compared differs.
        name="twin",
        number=52,
        options=LIKE_EXCHANGE,
        pem=certificates.key_pem(CERTIFICATE.subject)
        + certificates.pem(certificates.issue(CERTIFICATE, EXCHANGE.as_of)),
        expected=exim_table(deviates="EXT-04-1 EXT-04-2 EXT-05-2"),
    ),
    PortsCase(
        name="zone-is-broken",
        number=53,
        ports=(),
        serving=Serving.BROKEN,
        expected=exim_table(error=f"EXT-09-1 EXT-05-5 {AT_A_HOST}"),
    ),
)
CASES = (
    *(*MAILBOX_CASES, *LISTENER_CASES, *SCAN_CASES, *PORT_25_CASES),
    *(*RECIPIENT_CASES, *VANTAGE_CASES, *RELAY_CASES),
)

PROFILE = """[ports]
allowed_outside = [25, 110, 143, 465, 587, 717, 993, 995, 2525]
[probe]
vantage = "outside"
recipient = "info@nobody-is-known.example"
"""
BY_PROFILE = {
    "mailboxes": exim_table(),
    "submission": exim_table(),
    "nobody-is-known": exim_table(deviates="EXT-06-2"),
    # Whoever is surely outside is not seen inside but for a translating device.
    "inside": exim_table(deviates="EXT-07-1"),
}
"""What the profile makes of some cases."""

FILTERING_SERVICE = """[internet]
ranges = ["203.0.113.0/24"]
"""
BY_FILTERING_SERVICE = {
    # The other case's port 25 shows that the path works.
    "silent": exim_table(inconclusive=IN_CONVERSATION),
    "mailboxes-dropped": exim_table(),
}
"""What becomes of some cases where only a filtering service is to be admitted."""

BY_BOTH_HALVES = {
    "corp": exim_table(deviates="EXT-07-3"),
    "twin": exim_table(compliant="EXT-07-1 EXT-07-3", deviates="EXT-04-1 EXT-04-2 EXT-05-2"),
    "refused": exim_table(deviates="EXT-02-1", inconclusive=f"{IN_CONVERSATION} EXT-07-3 EXT-08"),
    "zone-is-broken": exim_table(error=f"EXT-09-1 EXT-05-5 EXT-07-3 {AT_A_HOST}"),
}
"""What becomes of some cases beside an export that says what should have answered."""

_PLAIN = (*(case.expected for case in CASES), *BY_BOTH_HALVES.values())
TABLES = (
    *(*_PLAIN, *BY_PROFILE.values(), *BY_FILTERING_SERVICE.values()),
    *map(waived_table, _PLAIN),
)
