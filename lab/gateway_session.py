"""A mail server of another make: its words, its refusals, and how it may relay.

It behaves as a common Unix mail server does, after RFC 5321, 2034 and 3207.
"""

from contextlib import suppress
from dataclasses import dataclass

from lab.network import Gateway
from lab.session import Terms
from lab.wire import LineTooLong, Wire

_OFFERS = ("PIPELINING", "SIZE 10240000", "STARTTLS", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN")
_FOREIGN = "554 5.7.1 <{}>: Relay access denied"
_UNKNOWN = "550 5.1.1 <{}>: Recipient address rejected: User unknown in local recipient table"
_LEAVE = "221 2.0.0 Bye"


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPort:
    """Port 25 of a gateway."""

    terms: Terms
    gateway: Gateway

    async def serve(self, wire: Wire) -> None:
        """Serve one connection."""
        with suppress(OSError):
            await _GatewaySession(wire, self.terms, self.gateway).run()


class _GatewaySession:
    def __init__(self, wire: Wire, terms: Terms, gateway: Gateway) -> None:
        self._wire, self._terms, self._gateway = wire, terms, gateway
        self._is_tls = False
        self._has_sender = False

    async def run(self) -> None:
        await self._say(f"220 {self._gateway.name} ESMTP")
        reply = ""
        while reply != _LEAVE:
            try:
                line = await self._wire.line()
            except LineTooLong:
                line = b""
            if line is None:
                return
            verb, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            reply = self._answer(verb.upper(), rest.strip())
            await self._say(*reply.split("\n"))
            if verb.upper() == "STARTTLS" and reply.startswith("220"):
                await self._wire.start_tls(self._terms.context(self._gateway.certificate))
                self._is_tls, self._has_sender = True, False

    async def _say(self, *lines: str) -> None:
        await self._wire.send("".join(f"{line}\r\n" for line in lines).encode("ascii", "replace"))

    def _answer(self, verb: str, rest: str) -> str:
        if verb == "EHLO":
            return self._hello()
        if verb == "STARTTLS":
            return "554 5.5.1 Error: TLS already active" if self._is_tls else "220 2.0.0 Ready"
        if verb == "MAIL":
            self._has_sender = True
            return "250 2.1.0 Ok"
        if verb == "RCPT":
            recipient = rest.partition("<")[2].rpartition(">")[0]
            return self._recipient(recipient) if self._has_sender else "503 5.5.1 Error: need MAIL"
        fixed = {
            "HELO": f"250 {self._gateway.name}",
            "AUTH": "503 5.5.1 Error: authentication not enabled",
            "DATA": "554 5.5.1 Error: no valid recipients",
            "RSET": "250 2.0.0 Ok",
            "NOOP": "250 2.0.0 Ok",
            "QUIT": _LEAVE,
        }
        return fixed.get(verb, "502 5.5.2 Error: command not recognized")

    def _hello(self) -> str:
        offers = [each for each in _OFFERS if each != "STARTTLS" or not self._is_tls]
        *before, last = [self._gateway.name, *offers]
        return "\n".join([*(f"250-{line}" for line in before), f"250 {last}"])

    def _recipient(self, recipient: str) -> str:
        local, _, domain = recipient.lower().rpartition("@")
        own = {each.domain_name.lower() for each in self._terms.organization.accepted_domains}
        relays = self._gateway.relays
        if relays == "everything" or (relays == "percent" and "%" in local and domain in own):
            return "250 2.1.5 Ok"
        if domain and domain not in own:
            return _FOREIGN.format(recipient)
        if (local or domain) in self._gateway.mailboxes:
            return "250 2.1.5 Ok"
        return _UNKNOWN.format(recipient)
