"""Step 8: no other port offers a sign-in to the Internet."""

from collections.abc import Callable, Iterator

from smtp_exposure.checklist import Target, check, examine
from smtp_exposure.errors import Undecided
from smtp_exposure.expectations import Expectations
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.smtp.ports import PortObservation
from smtp_exposure.verdicts import Finding, Level, Severity

UNPROVED = "port 25 of this host does not show afterwards that the path works"
CLOSE_IT = "On the firewall in front: nobody on the Internet may reach <identity>."
SWITCH_POP_OFF = " The service: INT-08-1."
SWITCH_IMAP_OFF = " The service: INT-08-2."
MAILBOX_TRANSPORT = (475, 476, 477)
_POP_AND_IMAP: dict[int, Callable[[Expectations], bool]] = {
    **dict.fromkeys((110, 995), lambda expected: expected.pop),
    **dict.fromkeys((143, 993), lambda expected: expected.imap),
}


def _out_of_reach(approach: Approach, *ports: int) -> Iterator[Finding]:
    def rule(tried: tuple[AddressProbe, int]) -> Iterator[Finding]:
        probe, port = tried
        if not probe.has_route:
            raise Undecided("no route for this address family: look from a machine that has one")
        approach.require_outside(probe)
        found = [item for item in probe.ports if item.port == port and not item.is_control]
        if not found:
            raise Undecided(f"port {port} was not tried")
        yield from _judged(approach, probe, found[0])

    yield from examine(
        [(probe, port) for probe in approach.probes for port in ports],
        rule,
        name=lambda tried: approach.subject(*tried),
    )
    yield from approach.unseen


def _judged(approach: Approach, probe: AddressProbe, port: PortObservation) -> Iterator[Finding]:
    if port.port in approach.expected.ports_outside:
        return
    if not port.is_reachable:
        if not approach.path_is_proved(probe, port):
            raise Undecided(f"{port.state.value}, and {UNPROVED}")
        return
    proxy = probe.is_accepted_anyhow(port)
    runs = _POP_AND_IMAP.get(port.port)
    said = port.protocol.value if port.protocol else "nothing"
    said += f" ({port.detail})" if port.detail else ""
    yield Finding(
        subject=approach.subject(probe, port.port),
        observed=f"{port.state.value}; it speaks {said}",
        expected="refused, unreachable or silent; or allowed by the profile",
        detail="a random high port accepts too: a device may accept every connection"
        if proxy
        else "the profile lets the service run; allowed_outside says which ports may be reached"
        if runs and runs(approach.expected)
        else "",
        level=Level.INCONCLUSIVE if proxy else Level.DEVIATION,
    )


@check(
    "EXT-08-1",
    step=8,
    severity=Severity.HIGH,
    target=Target.MAIL_DOMAIN,
    fix=CLOSE_IT + SWITCH_POP_OFF,
)
def test_pop3_is_out_of_reach(approach: Approach) -> Iterator[Finding]:
    """POP3 on port 110 can't be reached.

    POP3 is one more place to try passwords. `pop` in a profile lets the service run inside; only
    `allowed_outside` lets a port be reached.
    """
    yield from _out_of_reach(approach, 110)


@check(
    "EXT-08-2",
    step=8,
    severity=Severity.HIGH,
    target=Target.MAIL_DOMAIN,
    fix=CLOSE_IT + SWITCH_POP_OFF,
)
def test_pop3_over_tls_is_out_of_reach(approach: Approach) -> Iterator[Finding]:
    """POP3 over TLS on port 995 can't be reached.

    POP3 is one more place to try passwords. `pop` in a profile lets the service run inside; only
    `allowed_outside` lets a port be reached.
    """
    yield from _out_of_reach(approach, 995)


@check(
    "EXT-08-3",
    step=8,
    severity=Severity.HIGH,
    target=Target.MAIL_DOMAIN,
    fix=CLOSE_IT + SWITCH_IMAP_OFF,
)
def test_imap_is_out_of_reach(approach: Approach) -> Iterator[Finding]:
    """IMAP on port 143 can't be reached.

    IMAP is one more place to try passwords. `imap` in a profile lets the service run inside; only
    `allowed_outside` lets a port be reached.
    """
    yield from _out_of_reach(approach, 143)


@check(
    "EXT-08-4",
    step=8,
    severity=Severity.HIGH,
    target=Target.MAIL_DOMAIN,
    fix=CLOSE_IT + SWITCH_IMAP_OFF,
)
def test_imap_over_tls_is_out_of_reach(approach: Approach) -> Iterator[Finding]:
    """IMAP over TLS on port 993 can't be reached.

    IMAP is one more place to try passwords. `imap` in a profile lets the service run inside; only
    `allowed_outside` lets a port be reached.
    """
    yield from _out_of_reach(approach, 993)


@check(
    "EXT-08-5",
    step=8,
    severity=Severity.HIGH,
    target=Target.MAIL_DOMAIN,
    fix=CLOSE_IT,
)
def test_outbound_proxy_is_out_of_reach(approach: Approach) -> Iterator[Finding]:
    """The Outbound Proxy Frontend on port 717 can't be reached.

    It is made for the server's own hub, and offers sign-in.
    """
    yield from _out_of_reach(approach, 717)


@check(
    "EXT-08-6",
    step=8,
    severity=Severity.HIGH,
    target=Target.MAIL_DOMAIN,
    fix=CLOSE_IT,
)
def test_client_proxy_is_out_of_reach(approach: Approach) -> Iterator[Finding]:
    """The Client Proxy on port 465 can't be reached.

    It takes sessions from front ends, in clear-text SMTP, and offers sign-in.
    """
    yield from _out_of_reach(approach, 465)


@check(
    "EXT-08-7",
    step=8,
    severity=Severity.HIGH,
    target=Target.MAIL_DOMAIN,
    fix=CLOSE_IT,
)
def test_client_submission_is_out_of_reach(approach: Approach) -> Iterator[Finding]:
    """Client submission on port 587 can't be reached.

    The article leaves this connector as it is: it offers sign-in to whoever reaches it.
    """
    yield from _out_of_reach(approach, 587)


@check(
    "EXT-08-8",
    step=8,
    severity=Severity.HIGH,
    target=Target.MAIL_DOMAIN,
    fix=CLOSE_IT,
)
def test_the_hub_is_out_of_reach(approach: Approach) -> Iterator[Finding]:
    """The hub transport's own port 2525 can't be reached.

    Servers speak to each other there, and it offers sign-in.
    """
    yield from _out_of_reach(approach, 2525)


@check(
    "EXT-08-9",
    step=8,
    severity=Severity.ADVICE,
    target=Target.MAIL_DOMAIN,
    fix=CLOSE_IT,
)
def test_mailbox_transport_is_out_of_reach(approach: Approach) -> Iterator[Finding]:
    """The Mailbox Transport services on ports 475, 476 and 477 can't be reached.

    The article does not name them; nobody outside has business there.
    """
    yield from _out_of_reach(approach, *MAILBOX_TRANSPORT)
