"""What the recording server wrote down, and starting it."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from selftests.smtp.authorities import make

ROOT = Path(__file__).resolve().parents[2]
ENDS_WITHIN_S = 10


@dataclass(frozen=True)
class Line:
    """A line as the server saw it, without its end; `direction` is `<` for what the client said."""

    at: float
    direction: str
    is_inside: bool
    text: str


@dataclass(frozen=True)
class Talk:
    """One connection to the server, from its opening to its end; seconds of one clock."""

    manner: str
    address: str
    port: int
    opened: float
    closed: float
    lines: tuple[Line, ...]

    @cached_property
    def sent(self) -> tuple[str, ...]:
        """What the client said, line by line."""
        return tuple(line.text for line in self.lines if line.direction == "<")

    @cached_property
    def replies(self) -> tuple[str, ...]:
        """What the server said, reply by reply."""
        return tuple(line.text for line in self.lines if line.direction == ">")


@dataclass
class Recording:
    """A recording server that runs: its ports, in the order asked for; its talks once it ended."""

    ports: list[int]
    talks: tuple[Talk, ...] = ()


@contextmanager
def recording(
    folder: Path, places: Iterable[str], before: Sequence[str] = ()
) -> Iterator[Recording]:
    """Run the server at these places; `before` is what enters another namespace."""
    made = make("mail.corp.example", names=("mail.corp.example",))
    certificate, file = folder / "server.pem", folder / "talks.json"
    certificate.write_bytes(made.key_pem + made.pem)
    module = (sys.executable, "-m", "selftests.on_the_wire.recorder")
    running = subprocess.Popen(  # noqa: S603  # our own module
        [*before, *module, str(file), str(certificate), *places],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with running:
        assert running.stdout
        found = Recording(json.loads(running.stdout.readline()))
        try:
            yield found
        finally:
            try:
                running.communicate(timeout=ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                running.kill()
    found.talks = read(file)


def read(file: Path) -> tuple[Talk, ...]:
    """Read the talks of a file, in the order of their opening."""
    return tuple(
        Talk(
            item["manner"],
            item["address"],
            item["port"],
            item["opened"],
            item["closed"],
            tuple(Line(at, way, inside, text.strip()) for at, way, inside, text in item["lines"]),
        )
        for item in json.loads(file.read_text(encoding="utf-8"))
    )
