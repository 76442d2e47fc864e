"""The certificates that servers present: one authority, and a file for each kind and host."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from selftests.smtp.authorities import Made, make


class Authorities:
    """A root, which runs are told to trust, and the authority below it that issues."""

    def __init__(self) -> None:
        self.root = make("Real Servers Root", authority=True, days=(-400, 3_000))
        self.issuing = make("Real Servers Issuing", self.root, authority=True, days=(-400, 2_000))
        self._made: dict[tuple[str, str], Made] = {}

    def write_root(self, folder: Path) -> Path:
        """Write the file for `--ca-file`."""
        file = folder / "authorities.pem"
        file.write_bytes(self.root.pem)
        return file

    def write(self, folder: Path, kind: str, host: str) -> Path:
        """Write key and chain of one kind for a host, in the order that servers want."""
        file = folder / f"{kind}-{host}.pem"
        leaf = self._leaf(kind, host)
        rest = b"" if kind in ALONE else self.issuing.pem
        file.write_bytes(leaf.key_pem + leaf.pem + rest)
        file.chmod(0o600)
        return file

    def pin(self, kind: str, host: str) -> str:
        """The hash of a host's public key, as TLSA 3 1 1 has it (RFC 6698, 2.1)."""
        key = self._leaf(kind, host).key.public_key()
        return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()

    def _leaf(self, kind: str, host: str) -> Made:
        if (kind, host) not in self._made:
            self._made[kind, host] = KINDS[kind](self, host)
        return self._made[kind, host]


ALONE = ("self-signed", "incomplete")
"""The kinds that are presented without the authority that signed them."""
YEAR = (-30, 335)


def _wildcard(own: Authorities, host: str) -> Made:
    name = f"*.{host.partition('.')[2]}"
    return make(name, own.issuing, names=(name,), days=YEAR)


def _wrong_name(own: Authorities, host: str) -> Made:
    return make(f"other-{host}", own.issuing, names=(f"other-{host}",), days=YEAR)


KINDS: dict[str, Callable[[Authorities, str], Made]] = {
    "good": lambda own, host: make(host, own.issuing, names=(host,), days=YEAR),
    "incomplete": lambda own, host: make(host, own.issuing, names=(host,), days=YEAR),
    "ending": lambda own, host: make(host, own.issuing, names=(host,), days=(-355, 10)),
    "expired": lambda own, host: make(host, own.issuing, names=(host,), days=(-366, -1)),
    "common-name-only": lambda own, host: make(host, own.issuing, days=YEAR),
    "self-signed": lambda _own, host: make(host, names=(host,), days=YEAR),
    "wrong-name": _wrong_name,
    "wildcard": _wildcard,
}
