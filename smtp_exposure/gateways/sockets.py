"""What the probing machine itself allows: how many sockets, and whether there is a way out."""

import socket
import sys

_WANTED = 32_768
_WITHOUT_LIMIT = 16_384
_SPARE = 64
_IF_UNKNOWN = 512


def socket_budget() -> int:
    """Raise this process's limit of open files as far as it may, and give what is left for us."""
    if sys.platform == "win32":
        # No such limit for sockets there; but so many ports for connections that go out.
        return _WITHOUT_LIMIT
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _WANTED if hard == resource.RLIM_INFINITY else min(hard, _WANTED)
    if soft != resource.RLIM_INFINITY and soft < most:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        except (OSError, ValueError):
            most = soft
    return max(most - _SPARE, _SPARE) if most > 0 else _IF_UNKNOWN


def local_address_towards(address: str) -> str | None:
    """Give the local address from which that one would be reached; None if there is no route.

    Connecting a datagram socket sends nothing; the system only looks into its routing table.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((address, 9))
            found: str = asking.getsockname()[0]
            return found
    except OSError:
        return None
