"""Who answers a space of addresses, and who answers the Internet."""

import pytest

from selftests.exchange.builders import connector, default_frontend, front_door, without
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.verdicts import Level

INTERNET = connector()
INTERNAL = connector("Relay", ["10.1.0.0/16"])


@pytest.mark.parametrize(
    ("space", "found"),
    [
        (["10.1.0.1"], ["Relay"]),
        (["10.0.0.0/8"], ["Default Frontend EX01", "Relay"]),
        (["8.8.8.8"], ["Internet"]),
        (["0.0.0.0/0", "::/0"], ["Internet", "Default Frontend EX01", "Relay"]),
        ([], []),
    ],
)
def test_names_who_answers_a_space_once_each(space: list[str], found: list[str]) -> None:
    door = front_door(default_frontend(), INTERNET, INTERNAL)
    assert [one.name for one in door.answering(AddressSet.parse(space), 25)] == found


def test_names_who_answers_the_internet_on_any_port() -> None:
    client = connector("Client", bindings=["0.0.0.0:587"])
    off = connector("Off", bindings=["0.0.0.0:2525"], Enabled=False)
    door = front_door(default_frontend(), INTERNET, INTERNAL, client, off)
    found, unread = door.answering_internet
    assert ([one.name for one in found], unread) == (["Internet", "Client"], ())


@pytest.mark.parametrize("name", ["Enabled", "Bindings", "RemoteIPRanges", "TransportRole"])
def test_tells_apart_what_could_not_be_read_of_those_who_may_answer(name: str) -> None:
    found, unread = front_door(INTERNET, without(INTERNAL, name)).answering_internet
    assert [one.name for one in found] == ["Internet"]
    assert [(one.subject, one.level) for one in unread] == [("EX01\\Relay", Level.INCONCLUSIVE)]
    assert name in unread[0].observed
