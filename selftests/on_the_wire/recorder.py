"""A mail server that writes down what a stranger does: every byte, both ways, inside TLS too.

It shares no code with the suite, so that a misreading can't agree with itself, and runs in a
process of its own, which may stand in another network namespace:

    python -m selftests.on_the_wire.recorder RECORD CERTIFICATE MANNER@ADDRESS@PORT ...

It tells on one line where it listens, and ends when its standard input does.
"""

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOST = "mail.corp.example"
LONGEST = 4096


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a server behaves: what differs from the replies of a server as the article wants it.

    A key is a verb, with ` tls` behind it for the inside of TLS alone; RCPT to postmaster is `own`.
    `refuses_after` are the seconds before each refusal; `hangs_up_on` is the verb whose reply never
    comes. A mute server says nothing at all.
    """

    says: Mapping[str, str] = field(default_factory=dict)
    refuses_after: float = 0.0
    hangs_up_on: str = ""
    is_mute: bool = False


USUAL = {
    "greeting": f"220 {HOST} Microsoft ESMTP MAIL Service ready",
    "EHLO": f"250-{HOST} Hello\r\n250-SIZE 37748736\r\n250-PIPELINING\r\n250 STARTTLS",
    "EHLO tls": f"250-{HOST} Hello\r\n250-SIZE 37748736\r\n250 PIPELINING",
    "HELO": f"250 {HOST}",
    "STARTTLS": "220 2.0.0 SMTP server ready",
    "AUTH": "504 5.7.4 Unrecognized authentication type",
    "*": "501 5.5.4 Authentication cancelled",
    "MAIL": "250 2.1.0 Sender OK",
    "own": "250 2.1.5 Recipient OK",
    "RCPT": "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
    "too early": "503 5.5.2 Need mail command",
    "RSET": "250 2.0.0 Resetting",
    "DATA": "354 Start mail input",
    "QUIT": "221 2.0.0 Service closing transmission channel",
}
OFFER = USUAL["EHLO"].replace("250 STARTTLS", "250-AUTH NTLM LOGIN\r\n250 STARTTLS")
NEEDS_TLS = "530 5.7.0 Must issue a STARTTLS command first"
MANNERS = {
    "as demanded": Manner(),
    "tarpit": Manner(refuses_after=0.5),
    "nobody lives here": Manner(says={"own": "550 5.1.10 no such user"}),
    "refuses senders": Manner(says={"MAIL": "550 5.7.1 not you", "STARTTLS": "502 5.5.1 no"}),
    "greylist": Manner(says={"own": "450 4.7.1 come back", "RCPT": "450 4.7.1 come back"}),
    "busy": Manner(says={"greeting": f"421 4.3.2 {HOST} Service not available"}),
    "hangs up": Manner(hangs_up_on="AUTH"),
    "signs in": Manner(says={"AUTH": "334 VXNlcm5hbWU6", "EHLO": OFFER}),
    "takes everything": Manner(says={"AUTH": "235 2.7.0 welcome", "RCPT": "250 2.1.5 OK"}),
    "knows no EHLO": Manner(says={"EHLO": "502 5.5.1 what?", "AUTH": "502 5.5.1 what?"}),
    "only inside TLS": Manner(
        says={"AUTH": NEEDS_TLS, "MAIL": NEEDS_TLS, "AUTH tls": USUAL["AUTH"], "MAIL tls": "250 OK"}
    ),
    "mute": Manner(is_mute=True),
}


class Recorder:
    """Servers, and what was said to them."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.talks: list[dict[str, Any]] = []
        self._context = context
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, manner: str, address: str, port: int) -> int:
        """Listen; gives the port."""

        async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._writers.append(writer)
            where = writer.get_extra_info("sockname")
            talk: dict[str, Any] = {"manner": manner, "address": where[0], "port": where[1]}
            talk |= {"lines": [], "opened": time.monotonic()}
            self.talks.append(talk)
            session = Session(MANNERS[manner], reader, writer, talk["lines"])
            try:
                await session.hold(self._context)
            except OSError:
                # The client has gone; ssl.SSLError is one too.
                pass
            finally:
                talk["closed"] = session.left_at or time.monotonic()
                writer.close()

        server = await asyncio.start_server(accepted, address, port)
        found: int = server.sockets[0].getsockname()[1]
        return found

    def end(self) -> None:
        """Cut every connection that still stands."""
        for writer in self._writers:
            writer.transport.abort()


class Session:
    """One conversation."""

    def __init__(
        self,
        manner: Manner,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        lines: list[tuple[float, str, bool, str]],
    ) -> None:
        self._manner, self._reader, self._writer = manner, reader, writer
        self._lines = lines
        self._is_inside = self._has_sender = False
        # When the server said goodbye: the client may be gone before this process goes on.
        self.left_at: float | None = None

    async def hold(self, context: ssl.SSLContext) -> None:
        """Greet, answer, and stop where the client or the manner does."""
        if self._manner.is_mute:
            while data := await self._reader.read(LONGEST):
                self._note("<", data)
            return
        await self._say("greeting")
        if self._says("greeting").startswith("421"):
            return
        while data := await self._reader.readline():
            self._note("<", data)
            line = data.decode("latin-1").strip()
            verb = line.partition(" ")[0].upper()
            if verb and verb == self._manner.hangs_up_on:
                return
            await self._say(self._key(verb, line))
            if verb == "QUIT":
                return
            if verb == "STARTTLS" and self._says(verb).startswith("220"):
                await self._writer.start_tls(context)
                self._is_inside = True

    def _key(self, verb: str, line: str) -> str:
        """Where the reply to a command stands; recipients need a sender (RFC 5321, 3.3)."""
        if verb == "RCPT":
            if not self._has_sender:
                return "too early"
            return "own" if line.startswith("RCPT TO:<postmaster@") else verb
        if verb in ("MAIL", "RSET"):
            self._has_sender = verb == "MAIL" and self._says(verb).startswith("250")
        return verb

    def _says(self, verb: str) -> str:
        said = {**USUAL, **self._manner.says}
        inside = said.get(f"{verb} tls") if self._is_inside else None
        return inside or said.get(verb, "500 5.3.3 Unrecognized command")

    async def _say(self, verb: str) -> None:
        text = self._says(verb)
        if text[0] in "45" and verb != "greeting":
            await asyncio.sleep(self._manner.refuses_after)
        data = f"{text}\r\n".encode()
        self._note(">", data)
        if text.startswith(("221", "421")):
            self.left_at = self._lines[-1][0]
        self._writer.write(data)
        await self._writer.drain()

    def _note(self, direction: str, data: bytes) -> None:
        at = time.monotonic()
        self._lines.append((at, direction, self._is_inside, data.decode("latin-1")))


async def record(certificate: str, places: list[str]) -> list[dict[str, Any]]:
    """Serve until standard input ends; then give what was said."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    recorder = Recorder(context)
    ports = []
    for place in places:
        manner, address, port = place.split("@")
        ports.append(await recorder.serve(manner, address, int(port)))
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    with suppress(EOFError):
        await asyncio.to_thread(sys.stdin.read)
    recorder.end()
    # A session that was cut notes its end in the loop's next rounds.
    await asyncio.sleep(0.1)
    return recorder.talks


if __name__ == "__main__":
    said = asyncio.run(record(sys.argv[2], sys.argv[3:]))
    Path(sys.argv[1]).write_text(json.dumps(said), encoding="utf-8")
