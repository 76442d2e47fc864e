"""Cases of ports: Exim on port 25, Dovecot and others elsewhere, behind a packet filter."""

from dataclasses import dataclass

from selftests.real_servers.dovecot import Listener, Service
from selftests.real_servers.exim import EximCase, exim_table
from selftests.real_servers.namespaces import Blocking, Network
from selftests.real_servers.tables import IN_CONVERSATION, Blocked

MAILBOXES = (
    (Service.POP3, 110),
    (Service.POP3_OVER_TLS, 995),
    (Service.IMAP, 143),
    (Service.IMAP_OVER_TLS, 993),
)
MAILBOX_PORTS = (110, 995, 143, 993)
MAILBOX_CHECKS = "EXT-08-1 EXT-08-2 EXT-08-3 EXT-08-4"
OTHER_CHECKS = "EXT-08-5 EXT-08-6 EXT-08-7 EXT-08-8 EXT-08-9"
ALL_PORTS = (25, 110, 995, 143, 993, 717, 465, 587, 2525, 475, 476, 477)


def both(blocking: Blocking, *ports: int) -> tuple[Blocked, ...]:
    """Ports that are kept closed over IPv4 and IPv6."""
    return tuple(Blocked(version, ports, blocking) for version in (4, 6))


@dataclass(frozen=True, slots=True, kw_only=True)
class PortsCase(EximCase):
    """What listens beside Exim, and what a device on the way does with sources and destinations.

    `seen_as` are the sources that the servers see, over IPv4 and IPv6; `shuts_out` is the port that
    nobody may try who wants to be let in again.
    """

    services: tuple[tuple[Service, int], ...] = ()
    seen_as: tuple[str, ...] = ()
    answers_everywhere: bool = False
    has_route: bool = True
    shuts_out: int | None = None

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
            if self.shuts_out:
                network.shut_out(address, self.shuts_out)
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
SCAN_CASES = (
    PortsCase(
        # Whoever tries 110 finds 587 silent, too. The last conversation finds nobody.
        name="shuts-out-scanners",
        number=17,
        services=((Service.SUBMISSION, 587),),
        shuts_out=110,
        expected=exim_table(inconclusive="EXT-05-4 EXT-08"),
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
