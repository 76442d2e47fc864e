"""The servers of the external benchmark: a fleet of mail hosts and its name server, in one process.

Run by external.py inside a network namespace of its own, where every address of 198.51.100.0/22 is
local. A host's kind follows from its number, so whoever knows the number knows the truth about it.
"""

import asyncio
import json
import socket
import ssl
import struct
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import cast

NET = int(IPv4Address("198.51.100.0"))
MOST = 1_000
CLIENT, SERVER = "203.0.113.9", "203.0.113.1"
PORTS = (110, 995, 143, 993, 717, 465, 587, 2525)
"""The eight that EXT-08 asks of; the suite tries 475 to 477 and a control besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a mail host is like, seen from outside. Without `is_alive` nothing answers at all."""

    name: str
    auth_clear: bool = False
    auth_tls: bool = False
    takes_unannounced: bool = False
    relays: bool = False
    certificate: str = "good"
    others: str = "silent"
    open_port: int | None = None
    is_alive: bool = True


KINDS = (
    Kind(name="locked"),
    Kind(name="sign-in after TLS", auth_tls=True, others="refused"),
    Kind(name="sign-in before TLS", auth_clear=True, auth_tls=True, open_port=587),
    Kind(name="sign-in unannounced", takes_unannounced=True),
    Kind(name="relays", relays=True, others="refused"),
    Kind(name="expired", certificate="expired", open_port=993),
    Kind(name="wrong name", certificate="wrong-name", others="refused"),
    Kind(name="dead", is_alive=False),
)


def address_of(number: int) -> str:
    """Give the address of a host; numbers begin with 0."""
    return str(IPv4Address(NET + 1 + number))


def kind_of(address: str) -> Kind:
    """Tell what the host with that address is like."""
    return KINDS[(int(IPv4Address(address)) - NET - 1) % len(KINDS)]


def port_states(address: str) -> dict[int, str]:
    """Tell the true states of a host's ports, 25 included."""
    kind = kind_of(address)
    states = dict.fromkeys(PORTS, kind.others) | {25: "open" if kind.is_alive else "silent"}
    return states | ({kind.open_port: "open"} if kind.open_port else {})


def domain_of(number: int) -> str:
    """Give the mail domain of a host."""
    return f"d{number}.fleet.example"


def firewall(hosts: int) -> str:
    """Give the nftables rules that make ports silent or refused."""
    groups: dict[str, list[str]] = {}
    for address in map(address_of, range(hosts)):
        kind = kind_of(address)
        groups.setdefault("silent" if kind.others == "silent" else "refused", []).append(address)
        if not kind.is_alive:
            groups.setdefault("dead", []).append(address)
        if kind.open_port:
            groups.setdefault(f"open{kind.open_port}", []).append(address)
    lines = ["table ip bench {"]
    for name, members in groups.items():
        lines.append(f"set {name} {{ type ipv4_addr; elements = {{ {', '.join(members)} }} }}")
    lines.append("chain inward { type filter hook input priority 0; policy accept;")
    if "dead" in groups:
        lines.append("ip daddr @dead drop")
    lines.append("tcp dport 25 accept")
    lines += [
        f"tcp dport {port} ip daddr @open{port} accept"
        for port in PORTS
        if f"open{port}" in groups
    ]
    lines.append("ip protocol tcp ip daddr @silent drop")
    if "refused" in groups:
        lines.append("ip protocol tcp ip daddr @refused reject with tcp reset")
    return "\n".join((*lines, "}", "}", ""))


class Mail(asyncio.Protocol):
    """One SMTP session, as Exchange holds it: five errors end it, refusals may be delayed."""

    tarpit = 0.0
    contexts: dict[str, ssl.SSLContext] = {}
    kept: set["asyncio.Task[None]"] = set()

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting = b""
        self._inside = self._in_sign_in = self._has_sender = self._is_busy = False
        self._errors = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, or go on inside TLS without a greeting."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._inside:
            self._kind = kind_of(transport.get_extra_info("sockname")[0])
            self._peer = transport.get_extra_info("peername")[0]
            number = int(IPv4Address(transport.get_extra_info("sockname")[0])) - NET - 1
            self._host = f"mx{number}.fleet.example"
            self._say(f"220 {self._host} Microsoft ESMTP MAIL Service ready")

    def data_received(self, data: bytes) -> None:
        """Answer whole lines."""
        self._waiting += data
        self._go_on()

    def _go_on(self) -> None:
        while not self._is_busy and b"\n" in self._waiting:
            line, _, self._waiting = self._waiting.partition(b"\n")
            self._answer(line.decode("latin-1").strip())

    def _say(self, text: str) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(text.encode() + b"\r\n")

    def _refuse(self, text: str) -> None:
        self._errors += 1
        if self._errors > 5:
            text = "421 4.7.0 Too many errors on this connection, closing transmission channel"
        if not self.tarpit:
            self._refused(text)
            return
        self._is_busy = True
        asyncio.get_running_loop().call_later(self.tarpit, self._refused, text)

    def _refused(self, text: str) -> None:
        self._is_busy = False
        self._say(text)
        if text.startswith("421") and self._transport is not None:
            self._transport.close()
        elif self.tarpit:
            self._go_on()

    def _answer(self, line: str) -> None:
        verb = line[:4].upper()
        if self._in_sign_in:
            self._in_sign_in = False
            self._refuse("501 5.7.0 Authentication cancelled" if line == "*" else "535 5.7.3 No")
        elif verb in ("EHLO", "HELO"):
            self._say(self._hello())
        elif verb == "STAR" and not self._inside:
            self._start_tls()
        elif verb == "AUTH":
            if self._takes_auth():
                self._in_sign_in = True
                self._say("334 VXNlcm5hbWU6")
            else:
                self._refuse("504 5.7.4 Unrecognized authentication type")
        elif verb == "MAIL":
            self._has_sender = True
            self._say("250 2.1.0 Sender OK")
        elif verb == "RCPT":
            self._recipient(line.lower())
        elif verb == "RSET":
            self._has_sender = False
            self._say("250 2.0.0 Resetting")
        elif verb == "QUIT":
            self._say("221 2.0.0 Service closing transmission channel")
            if self._transport is not None:
                self._transport.close()
        else:
            self._refuse("500 5.3.3 Unrecognized command")

    def _takes_auth(self) -> bool:
        kind = self._kind
        announced = kind.auth_tls if self._inside else kind.auth_clear
        return announced or kind.takes_unannounced

    def _hello(self) -> str:
        kind = self._kind
        offers = ["SIZE 37748736", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES"]
        if not self._inside:
            offers.append("STARTTLS")
        if kind.auth_tls if self._inside else kind.auth_clear:
            offers.append("AUTH LOGIN NTLM")
        lines = [f"{self._host} Hello [{self._peer}]", *offers, "8BITMIME", "CHUNKING"]
        return "".join(f"250-{text}\r\n" for text in lines[:-1]) + f"250 {lines[-1]}"

    def _recipient(self, line: str) -> None:
        address = line.partition(":")[2].strip("<> ")
        local, _, domain = address.rpartition("@")
        is_own = domain.endswith(".fleet.example") or not local
        if not self._has_sender:
            self._refuse("503 5.5.2 Need MAIL command")
        elif not is_own and not self._kind.relays:
            self._refuse("550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain")
        elif is_own and local and local.strip('"') != "postmaster":
            self._refuse("550 5.1.10 RESOLVER.ADR.RecipientNotFound")
        else:
            self._say("250 2.1.5 Recipient OK")

    def _start_tls(self) -> None:
        self._say("220 2.0.0 SMTP server ready")
        self._waiting = b""
        task = asyncio.ensure_future(self._upgrade())
        self.kept.add(task)
        task.add_done_callback(self.kept.discard)

    async def _upgrade(self) -> None:
        assert self._transport is not None
        context = self.contexts[self._kind.certificate]
        self._inside = self._is_busy = True
        try:
            loop = asyncio.get_running_loop()
            inner = await loop.start_tls(self._transport, self, context, server_side=True)
        except OSError:
            self._transport.abort()
            return
        self._transport, self._is_busy = inner, False
        self._go_on()


class Quiet(asyncio.Protocol):
    """What listens on another port: accepts, and greets on 587."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet as a submission service does."""
        assert isinstance(transport, asyncio.Transport)
        if transport.get_extra_info("sockname")[1] == 587:
            transport.write(b"220 submission ready\r\n")
        self._transport = transport

    def data_received(self, _data: bytes) -> None:
        """Close on whatever is said."""
        self._transport.close()


class Names(asyncio.DatagramProtocol):
    """The zone fleet.example and its reverse names."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question."""
        place, labels = 12, []
        while data[place]:
            labels.append(data[place + 1 : place + 1 + data[place]].decode().lower())
            place += 1 + data[place]
        question = data[12 : place + 5]
        (kind,) = struct.unpack_from(">H", data, place + 1)
        found = self._find(labels, kind)
        code = 3 if found is None else 0
        head = struct.pack(">HHHHHH", 0, 0x8580 | code, 1, len(found or ()), 0, 0)
        records = b"".join(
            struct.pack(">HHHIH", 0xC00C, kind, 1, 300, len(value)) + value for value in found or ()
        )
        self._transport.sendto(data[:2] + head[2:] + question + records, addr)

    def _find(self, labels: list[str], kind: int) -> list[bytes] | None:
        name = ".".join(labels)
        if name.endswith(".in-addr.arpa"):
            address = ".".join(reversed(labels[:4]))
            number = int(IPv4Address(address)) - NET - 1
            target = "probe.example" if address == CLIENT else f"mx{number}.fleet.example"
            return [_name(target)] if kind == 12 else []
        if name == "probe.example":
            return [IPv4Address(CLIENT).packed] if kind == 1 else []
        first, _, rest = name.partition(".")
        if rest != "fleet.example" or not first.strip("dmx").isdigit():
            return None
        number = int(first.strip("dmx"))
        if first[0] == "d":
            return [struct.pack(">H", 10) + _name(f"mx{number}.fleet.example")] if kind == 15 else []
        return [IPv4Address(address_of(number)).packed] if kind == 1 else []


def _name(text: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def make_certificates(folder: Path) -> None:
    """Write an authority, ca.pem, and one certificate with its key for each state."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now = datetime.now(UTC)

    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    authority, issuer = ec.generate_private_key(ec.SECP256R1()), named("Benchmark authority")

    def signed(
        subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int, *names: str
    ) -> x509.Certificate:
        builder = x509.CertificateBuilder(issuer, subject, key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=100))
        builder = builder.not_valid_after(now + timedelta(days=days))
        basic = x509.BasicConstraints(ca=not names, path_length=None)
        builder = builder.add_extension(basic, critical=True)
        if names:
            alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
            builder = builder.add_extension(alternative, critical=False)
        return builder.sign(authority, hashes.SHA256())

    pem = serialization.Encoding.PEM
    root = signed(issuer, authority, 900).public_bytes(pem)
    (folder / "ca.pem").write_bytes(root)
    for state, days, name in (
        ("good", 300, "*.fleet.example"),
        ("expired", -10, "*.fleet.example"),
        ("wrong-name", 300, "elsewhere.example"),
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        made = signed(named(name), key, days, name).public_bytes(pem)
        private = key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / f"{state}.pem").write_bytes(private + made)


async def serve(folder: Path, tarpit: float) -> None:
    """Serve until standard input is closed."""
    Mail.tarpit = tarpit
    for state in ("good", "expired", "wrong-name"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / f"{state}.pem")
        Mail.contexts[state] = context
    loop = asyncio.get_running_loop()
    await loop.create_server(Mail, "0.0.0.0", 25, backlog=4_096)  # noqa: S104  # in its namespace
    for port in (587, 993):
        await loop.create_server(Quiet, "0.0.0.0", port, backlog=4_096)  # noqa: S104
    asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    # A fleet's questions come in a burst; what is lost here would measure our own server.
    asked.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_RCVBUFFORCE", 33), 16 << 20)
    asked.bind((SERVER, 53))
    await loop.create_datagram_endpoint(Names, sock=asked)
    print(json.dumps({"ready": True}), flush=True)  # noqa: T201  # to external.py
    await loop.run_in_executor(None, sys.stdin.buffer.read)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), float(sys.argv[2])))
