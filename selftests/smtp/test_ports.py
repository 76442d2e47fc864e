"""What first bytes look like, and which states count as reachable."""

import pytest

from smtp_exposure.smtp.ports import PortObservation, PortState, Protocol, guess_protocol


@pytest.mark.parametrize(
    ("data", "protocol"),
    [
        (b"220 x ESMTP\r\n", Protocol.SMTP),
        (b"421\r\n", Protocol.SMTP),
        (b"+OK ready", Protocol.POP3),
        (b"* bye closing", Protocol.IMAP),
        (b"\x16\x03\x03\x00\x10", Protocol.TLS),
        (b"2200", Protocol.OTHER),
        (b"+OKAY", Protocol.OTHER),
        (b"\x16\x04\x00", Protocol.OTHER),
        (b"", None),
    ],
)
def test_guesses_by_the_first_bytes(data: bytes, protocol: Protocol | None) -> None:
    assert guess_protocol(data) is protocol


@pytest.mark.parametrize("state", list(PortState))
def test_any_accepted_connection_is_reachable(state: PortState) -> None:
    reachable = PortObservation(port=587, state=state).is_reachable
    assert reachable == (state in (PortState.OPEN, PortState.MUTE))
