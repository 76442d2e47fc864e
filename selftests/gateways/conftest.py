"""What the tests of the external gateways share."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from selftests.gateways.stage import Manner, Stage, server_context
from selftests.gateways.talks import PATIENT, Talk, hold
from selftests.smtp.authorities import Made, make
from smtp_exposure.smtp.conversations import Conversation
from smtp_exposure.smtp.plan import ConversationPlan
from smtp_exposure.smtp.request import Limits

ROOT = make("Root", authority=True)
MIDDLE = make("Middle", ROOT, authority=True)
LEAF = make("mail.corp.example", MIDDLE, names=("mail.corp.example",))


class _Completing(asyncio.AbstractEventLoop):
    """What stands where the event loop is asked whether it watches sockets."""


@pytest.fixture(params=["watches", "completes"])
def each_event_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "completes":
        # As on Windows: what can be watched isn't known to the loop, which reads and dials itself.
        monkeypatch.setattr(asyncio, "SelectorEventLoop", _Completing)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as opened:
        yield opened


@pytest.fixture
def chain() -> tuple[Made, Made]:
    return LEAF, MIDDLE


@pytest.fixture
def ca_file(tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    path.write_bytes(ROOT.pem)
    return str(path)


@pytest.fixture
def manner(tmp_path: Path) -> Manner:
    """Give a server as the article wants it: TLS, nothing to sign in with, no relaying."""
    return Manner(context=server_context(tmp_path, LEAF, MIDDLE))


@pytest.fixture
def talk(stage: Stage, ca_file: str) -> Talk:
    def run(plan: ConversationPlan, manner: Manner, limits: Limits = PATIENT) -> Conversation:
        return asyncio.run(hold(plan, stage.mail(manner), limits, ca_file))

    return run
