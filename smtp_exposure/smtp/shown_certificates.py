"""For which hosts an address shows a certificate (pure)."""

from collections.abc import Iterator

from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.conversations import TlsSession
from smtp_exposure.smtp.evidence import AddressProbe


def shown_hosts(
    approach: Approach, probe: AddressProbe, session: TlsSession
) -> Iterator[tuple[str, bool]]:
    """The hosts for which a certificate is shown, and whether that is certain.

    A client names the host that it wants (RFC 6066, 3), and a server may have a certificate for each.
    """
    sessions = probe.completed_sessions
    asked = {item.server_name for item in sessions}
    shown_to = {item.server_name for item in sessions if item.leaf == session.leaf}
    same_for_all = None in asked or (len(asked) > 1 and shown_to == asked)
    for host in approach.hosts:
        if host.name in probe.hosts and host.name not in asked - shown_to:
            yield host.name, host.name in asked or same_for_all
