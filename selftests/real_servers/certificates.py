"""The certificates that servers present: one authority, and a file for each kind and host."""

from collections.abc import Callable
from pathlib import Path

from selftests.smtp.authorities import Made, make


class Authorities:
    """A root, which runs are told to trust, and the authority below it that issues."""

    def __init__(self) -> None:
        self.root = make("Real Servers Root", authority=True, days=(-400, 3_000))
        self.issuing = make("Real Servers Issuing", self.root, authority=True, days=(-400, 2_000))

    def write_root(self, folder: Path) -> Path:
        """Write the file for `--ca-file`."""
        file = folder / "authorities.pem"
        file.write_bytes(self.root.pem)
        return file

    def write(self, folder: Path, kind: str, host: str) -> Path:
        """Write key and chain of one kind for a host, in the order that servers want."""
        file = folder / f"{kind}-{host}.pem"
        file.write_bytes(KINDS[kind](self, host))
        file.chmod(0o600)
        return file

    def chain(self, leaf: Made) -> bytes:
        """Key, certificate, and the authority that signed it."""
        return leaf.key_pem + leaf.pem + self.issuing.pem


def _good(own: Authorities, host: str) -> bytes:
    return own.chain(make(host, own.issuing, names=(host,), days=(-30, 335)))


def _ending(own: Authorities, host: str) -> bytes:
    return own.chain(make(host, own.issuing, names=(host,), days=(-355, 10)))


def _expired(own: Authorities, host: str) -> bytes:
    return own.chain(make(host, own.issuing, names=(host,), days=(-366, -1)))


def _self_signed(_own: Authorities, host: str) -> bytes:
    leaf = make(host, names=(host,), days=(-30, 335))
    return leaf.key_pem + leaf.pem


def _wrong_name(own: Authorities, host: str) -> bytes:
    return own.chain(make(f"other-{host}", own.issuing, names=(f"other-{host}",), days=(-30, 335)))


def _common_name_only(own: Authorities, host: str) -> bytes:
    return own.chain(make(host, own.issuing, days=(-30, 335)))


def _wildcard(own: Authorities, host: str) -> bytes:
    parent = host.partition(".")[2]
    return own.chain(make(f"*.{parent}", own.issuing, names=(f"*.{parent}",), days=(-30, 335)))


def _incomplete(own: Authorities, host: str) -> bytes:
    leaf = make(host, own.issuing, names=(host,), days=(-30, 335))
    return leaf.key_pem + leaf.pem


KINDS: dict[str, Callable[[Authorities, str], bytes]] = {
    "good": _good,
    "ending": _ending,
    "expired": _expired,
    "self-signed": _self_signed,
    "wrong-name": _wrong_name,
    "common-name-only": _common_name_only,
    "wildcard": _wildcard,
    "incomplete": _incomplete,
}
