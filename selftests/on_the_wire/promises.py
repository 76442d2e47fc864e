"""What docs/safety.md promises a security team, as numbers, and how the wire is measured by them.

Each function gives what breaks its promise, or the number that is bounded.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from selftests.on_the_wire.recordings import Talk

CONVERSATIONS = 11
"""On one address that receives mail for one domain."""

AT_ONCE = 8
"""Conversations at once with one address."""

AT_ONCE_ON_ALL_PORTS = AT_ONCE + 12
"""Connections at once to one address where each of its eleven other ports, and the random one, accept."""

REFUSALS = {"wide": 1, "compact": 3}
"""In one conversation with a server as the article wants it."""

REFUSALS_OF_ANY = {"wide": 2, "compact": 4}
"""In one conversation with any server: it may refuse EHLO, or its own recipient, too."""

PROTOCOL_ERRORS = 5
"""With as many Exchange cuts the line (MaxProtocolErrors)."""

TRIES = 2
PAUSE_S = 5.0

COMMANDS = re.compile(
    r"(?:EHLO|HELO) \S+|STARTTLS|AUTH (?:LOGIN|NTLM)|\*|MAIL FROM:<[^<>]*>|RCPT TO:<[^<>]+>"
    r"|RSET|QUIT"
)
MESSAGE = re.compile(r"(?i)(?:DATA|BDAT)\b.*")
Span = tuple[float, float]


def messages(talks: Iterable[Talk]) -> list[str]:
    """The commands that begin a message."""
    return [line for talk in talks for line in talk.sent if MESSAGE.match(line)]


def other_commands(talks: Iterable[Talk]) -> list[str]:
    """Whatever was said and is on no list: an argument of AUTH, an answer to a prompt."""
    return [line for talk in talks for line in talk.sent if not COMMANDS.fullmatch(line)]


def answered_prompts(talks: Iterable[Talk]) -> list[str]:
    """What was said to a prompt for a user name or password, other than `*`."""
    return [
        after.text
        for talk in talks
        for before, after in zip(talk.lines, talk.lines[1:], strict=False)
        if before.direction == ">" and before.text.startswith("334") and after.text != "*"
    ]


def words_in(said: str, words: Iterable[str]) -> list[str]:
    """Those words that went over the wire."""
    return [word for word in words if word.lower() in said.lower()]


def refusals(talk: Talk) -> int:
    """How often a conversation was told no."""
    return sum(reply[0] in "45" for reply in talk.replies)


def most_at_once(spans: Iterable[Span]) -> int:
    """The most connections that stood at the same time; what ends as another begins, is over."""
    steps = [step for opened, closed in spans for step in ((closed, -1), (opened, 1))]
    standing = most = 0
    for _, change in sorted(steps):
        standing += change
        most = max(most, standing)
    return most


def spans(talks: Iterable[Talk]) -> list[Span]:
    """When each connection stood."""
    return [(talk.opened, talk.closed) for talk in talks]


def is_put_off(talk: Talk) -> bool:
    """Tell whether a server asked to come again, or cut the line: it did not answer for good."""
    told = any(reply.startswith("4") for reply in talk.replies)
    return told or talk.sent[-1:] != ("QUIT",)


def questions(talks: Iterable[Talk]) -> dict[tuple[str, ...], list[Talk]]:
    """The conversations by what was said in them, first tries first."""
    found = defaultdict(list)
    for talk in sorted(talks, key=lambda one: one.opened):
        found[talk.sent].append(talk)
    return found


def most_tries(talks: Iterable[Talk]) -> int:
    """How often the same recipients were named, or the same sign-in was tried."""
    asked = (
        len(found)
        for sent, found in questions(talks).items()
        if any(line.startswith(("RCPT", "AUTH")) for line in sent)
    )
    return max(asked, default=0)


def pauses(talks: Iterable[Talk]) -> list[float]:
    """The seconds between the end of a try and the next one, where the first was put off."""
    found = []
    for tries in questions(talks).values():
        firsts, seconds = _halves([talk for talk in tries if any(map(is_put_off, tries))])
        found += [
            second.opened - first.closed for first, second in zip(firsts, seconds, strict=True)
        ]
    return found


def _halves(tries: Sequence[Talk]) -> tuple[Sequence[Talk], Sequence[Talk]]:
    half = len(tries) // 2
    return tries[:half], tries[len(tries) - half :]
