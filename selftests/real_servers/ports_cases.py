"""Cases of ports and of where the probe is seen: Exim on port 25, Dovecot and others elsewhere."""

from dataclasses import dataclass

from lab import certificates
from lab.scenario import REGISTRY
from lab.scenarios.compliant import CERTIFICATE, MAIL_HOST
from selftests.real_servers.dovecot import Listener, Service
from selftests.real_servers.exim import RECIPIENTS, RELAY_DENIED, EximCase, exim_table
from selftests.real_servers.namespaces import Blocking, Network
from selftests.real_servers.tables import AT_A_HOST, IN_CONVERSATION, Blocked, Serving
from selftests.real_servers.waivers import waived_table

MAILBOXES = (
    (Service.POP3, 110),
    (Service.POP3_OVER_TLS, 995),
    (Service.IMAP, 143),
    (Service.IMAP_OVER_TLS, 993),
)
MAILBOX_PORTS = (110, 995, 143, 993)
MAILBOX_CHECKS = "EXT-08-1 EXT-08-2 EXT-08-3 EXT-08-4"
OTHER_CHECKS = "EXT-08-5 EXT-08-6 EXT-08-7 EXT-08-8 EXT-08-9"
SEEN_INSIDE = "EXT-02-1 EXT-03 EXT-04-1 EXT-04-2 EXT-05-1 EXT-06 EXT-07-1 EXT-07-2 EXT-08"
ALL_PORTS = (25, 110, 995, 143, 993, 717, 465, 587, 2525, 475, 476, 477)


def both(blocking: Blocking, *ports: int) -> tuple[Blocked, ...]:
    """Ports that are kept closed over IPv4 and IPv6."""
    return tuple(Blocked(version, ports, blocking) for version in (4, 6))


@dataclass(frozen=True, slots=True, kw_only=True)
class PortsCase(EximCase):
    """What listens beside Exim, and what a device on the way does with sources and destinations.

    `seen_as` are the sources that the servers see, over IPv4 and IPv6.
    """

    services: tuple[tuple[Service, int], ...] = ()
    seen_as: tuple[str, ...] = ()
    answers_everywhere: bool = False
    has_route: bool = True

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """Dovecot's listeners."""
        pairs = ((address, *each) for address in self.addresses for each in self.services)
        return tuple(Listener(service, address, port) for address, service, port in pairs)

    def prepare(self, network: Network) -> None:
        """Give the network this case's addresses, filters, routes and translations."""
        EximCase.prepare(self, network)
        for address, source in zip(self.addresses, self.seen_as, strict=False):
            network.translate_source(address, source)
        for address in self.addresses:
            if self.answers_everywhere:
                network.answer_everywhere(address)
            if not self.has_route:
                network.probe.ip("route", "add", "unreachable", address)


MAILBOX_CASES = (
    PortsCase(
        name="mailboxes",
        number=1,
        services=MAILBOXES,
        expected=exim_table(deviates=MAILBOX_CHECKS),
    ),
    PortsCase(
        name="mailboxes-reset",
        number=2,
        services=MAILBOXES,
        blocked=both(Blocking.RESET, *MAILBOX_PORTS),
        expected=exim_table(),
    ),
    PortsCase(
        name="mailboxes-prohibited",
        number=3,
        services=MAILBOXES,
        blocked=both(Blocking.PROHIBITED, *MAILBOX_PORTS),
        expected=exim_table(),
    ),
    PortsCase(
        name="mailboxes-dropped",
        number=4,
        services=MAILBOXES,
        blocked=both(Blocking.SILENCE, *MAILBOX_PORTS),
        expected=exim_table(),
    ),
    PortsCase(
        # The firewall was set up for IPv4 alone.
        name="imap-over-ipv6",
        number=5,
        services=MAILBOXES,
        blocked=(
            Blocked(4, MAILBOX_PORTS, Blocking.SILENCE),
            Blocked(6, (110, 995, 993), Blocking.SILENCE),
        ),
        expected=exim_table(deviates="EXT-08-3"),
    ),
    PortsCase(
        # Reachable is reachable; that the others are closed is proved by nothing.
        name="mailboxes-only",
        number=6,
        services=MAILBOXES,
        blocked=both(Blocking.SILENCE, 25),
        expected=exim_table(
            deviates=f"EXT-02-1 {MAILBOX_CHECKS}",
            inconclusive=f"{IN_CONVERSATION} {OTHER_CHECKS}",
        ),
    ),
)
LISTENER_CASES = (
    PortsCase(
        name="submission",
        number=11,
        ports=(25, 465, 717, 2525),
        services=((Service.SUBMISSION, 587),),
        expected=exim_table(deviates="EXT-08-5 EXT-08-6 EXT-08-7 EXT-08-8"),
    ),
    PortsCase(
        # RFC 8314: the client speaks first, TLS; 465 is not so on Exchange.
        name="submission-over-tls",
        number=12,
        ports=(25, 465),
        options={"tls_on_connect_ports": "465"},
        expected=exim_table(deviates="EXT-08-6"),
    ),
    PortsCase(
        name="mailbox-transport",
        number=13,
        ports=(25, 476),
        expected=exim_table(),
        noted=frozenset({"EXT-08-9"}),
    ),
    PortsCase(
        name="mute-listener",
        number=14,
        # TLS comes first on it, so it says nothing to a client that sends none.
        services=((Service.IMAP_OVER_TLS, 2525),),
        expected=exim_table(deviates="EXT-08-8"),
    ),
    PortsCase(
        name="other-protocol",
        number=15,
        services=((Service.IMAP, 587),),
        expected=exim_table(deviates="EXT-08-7"),
    ),
    PortsCase(
        name="everything-accepts",
        number=16,
        answers_everywhere=True,
        expected=exim_table(inconclusive="EXT-08"),
    ),
)
PORT_25_CASES = (
    PortsCase(
        name="refused",
        number=21,
        ports=(),
        expected=exim_table(deviates="EXT-02-1", inconclusive=f"{IN_CONVERSATION} EXT-08"),
    ),
    PortsCase(
        name="silent",
        number=22,
        ports=(),
        blocked=both(Blocking.SILENCE, *ALL_PORTS),
        expected=exim_table(deviates="EXT-02-1", inconclusive=f"{IN_CONVERSATION} EXT-08"),
    ),
    PortsCase(
        # It takes connections, so the path works and the other ports are closed.
        name="mute",
        number=23,
        ports=(),
        services=((Service.IMAP_OVER_TLS, 25),),
        expected=exim_table(deviates="EXT-02-1", inconclusive=IN_CONVERSATION),
    ),
    PortsCase(
        name="pop3-on-25",
        number=24,
        ports=(),
        services=((Service.POP3, 25),),
        expected=exim_table(deviates="EXT-02-1", inconclusive=IN_CONVERSATION),
    ),
    PortsCase(
        # The others are told 421, and are let in when they come one after another.
        name="few-connections",
        number=25,
        options={"smtp_accept_max_per_host": "2"},
        expected=exim_table(),
    ),
)
RECIPIENT_CASES = (
    PortsCase(
        name="drops-at-a-refusal",
        number=32,
        recipients=RECIPIENTS.replace("deny", "drop"),
        expected=exim_table(),
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
    *(*MAILBOX_CASES, *LISTENER_CASES, *PORT_25_CASES),
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
