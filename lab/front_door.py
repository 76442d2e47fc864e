"""From an accepted connection to the session that serves it."""

from dataclasses import dataclass

from lab import envelope, hello, sign_in
from lab.selection import select
from lab.session import NO_CONNECTOR, TOO_MANY_CONNECTIONS, Handler, Session, Terms
from lab.state import Server
from lab.wire import Wire

COMMANDS: dict[str, Handler] = {
    "EHLO": hello.ehlo,
    "HELO": hello.helo,
    "STARTTLS": hello.starttls,
    "X-ANONYMOUSTLS": hello.anonymous_tls,
    "NOOP": hello.noop,
    "HELP": hello.show_help,
    "VRFY": hello.verify,
    "QUIT": hello.leave,
    "AUTH": sign_in.auth,
    "X-EXPS": sign_in.x_exps,
    "MAIL": envelope.mail,
    "RCPT": envelope.rcpt,
    "RSET": envelope.rset,
    "DATA": envelope.data,
    "BDAT": envelope.bdat,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangePort:
    """A port of an Exchange server, as clients from one address reach it."""

    terms: Terms
    server: Server
    local: str
    port: int
    client: str

    async def serve(self, wire: Wire) -> None:
        """Serve one connection."""
        if self.terms.interference.swallows_greeting:
            await wire.wait_for_end()
            return
        connector = select(self.server, self.local, self.port, self.client)
        if connector is None:
            await _turn_away(wire, NO_CONNECTOR)
            return
        key = rf"{self.server.name}\{connector.name} {self.client}"
        sessions = self.terms.open_sessions
        most = connector.max_inbound_connection_per_source
        if most is not None and sessions[key] >= most:
            await _turn_away(wire, TOO_MANY_CONNECTIONS)
            return
        sessions[key] += 1
        try:
            await Session(wire, self.terms, self.server, connector, self.client).run(COMMANDS)
        finally:
            sessions[key] -= 1


async def _turn_away(wire: Wire, reply: str) -> None:
    await wire.send(f"{reply}\r\n".encode("ascii"))
