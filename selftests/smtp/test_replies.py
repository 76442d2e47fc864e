"""SMTP replies: whole, in pieces, and broken in every way."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.smtp.replies import MAX_LINE, Flaw, Reply, ReplyAssembler, parse_reply

BASE = b"550-5.7.54 SMTP; Unable to relay\r\n550 5.7.54 recipient in non-accepted domain\r\n"


def test_reads_code_enhanced_code_and_lines() -> None:
    reply = parse_reply(BASE)
    assert (reply.code, reply.enhanced, reply.flaws) == (550, "5.7.54", ())
    assert reply.lines[1] == "5.7.54 recipient in non-accepted domain"
    assert reply.refuses
    assert not reply.accepts


@pytest.mark.parametrize(
    ("raw", "code", "flaw"),
    [
        (BASE.replace(b"\r\n", b"\n"), 550, Flaw.BARE_LF),
        (BASE.replace(b"SMTP;", b"SM\rTP;"), 550, Flaw.BARE_CR),
        (BASE.replace(b"SMTP;", b"SM\x1b[2JTP;"), 550, Flaw.CONTROL),
        (BASE.replace(b"SMTP;", b"SM\xffTP;"), 550, Flaw.NON_ASCII),
        (BASE.replace(b"SMTP;", b"S" * 600), 550, Flaw.LONG_LINE),
        (BASE.replace(b"550-", b"450-"), 550, Flaw.MIXED_CODES),
        (BASE.replace(b"5.7.54", b"4.7.54"), 550, Flaw.ENHANCED_CLASS),
        (b"550-5.7.1 no\r\nnoise\r\n550 5.7.1 end\r\n", 550, Flaw.NO_CODE),
        (b"250\tOK\r\n", 250, Flaw.BAD_SEPARATOR),
        (b"Hello there\r\n", None, Flaw.NO_CODE),
        (b"2500 OK\r\n", None, Flaw.NO_CODE),
        (b"\r\n", None, Flaw.NO_CODE),
        (b"550-5.7.1 never ends\r\n", 550, Flaw.CUT_OFF),
    ],
)
def test_keeps_a_flawed_reply_and_names_the_flaw(raw: bytes, code: int | None, flaw: Flaw) -> None:
    reply = parse_reply(raw)
    assert reply.code == code
    assert flaw in reply.flaws
    assert reply.raw == raw


@pytest.mark.parametrize("raw", [b"250\r\n", b"250 \r\n"])
def test_a_code_alone_is_a_reply(raw: bytes) -> None:
    assert parse_reply(raw).flaws == ()
    assert parse_reply(raw).text == "250"


def test_control_characters_and_direction_marks_become_visible() -> None:
    reply = parse_reply("250 a\x1b[31m\u202eb\u00e4".encode() + b"\xff\r\n")
    assert reply.lines == ("a\\x1b[31m\\u202eb\u00e4\\xff",)


@pytest.mark.parametrize("raw", [b"", b"250 a\r\n250 b\r\n"])
def test_refuses_what_is_not_exactly_one_reply(raw: bytes) -> None:
    if raw:
        with pytest.raises(UnreadableEvidence):
            parse_reply(raw)
    else:
        assert parse_reply(raw).code is None


@pytest.mark.parametrize("data", [b"2" * (MAX_LINE + 1), b"250-" + b"x" * 90_000 + b"\r\n"])
def test_an_endless_line_is_refused(data: bytes) -> None:
    assembler = ReplyAssembler()
    assembler.feed(data)
    with pytest.raises(UnreadableEvidence, match="a line of more than"):
        assembler.next()


def test_an_endless_reply_is_refused() -> None:
    assembler = ReplyAssembler()
    assembler.feed(b"250-again\r\n" * 10_000)
    with pytest.raises(UnreadableEvidence, match="a reply of more than"):
        assembler.next()


@given(cuts=st.lists(st.integers(1, 20), max_size=40))
def test_pieces_give_the_same_replies_as_the_whole(cuts: list[int]) -> None:
    data, assembler, replies = BASE + b"250 2.1.0 Sender OK\r\n" + b"354", ReplyAssembler(), []
    for size in [*cuts, len(data)]:
        assembler.feed(data[:size])
        data = data[size:]
        while (reply := assembler.next()) is not None:
            replies.append(reply)
    assert [reply.code for reply in replies] == [550, 250]
    assert assembler.take_rest() == b"354"


@given(st.binary(max_size=300))
def test_any_bytes_give_a_reply_or_our_error(data: bytes) -> None:
    with suppress(UnreadableEvidence):
        assert isinstance(parse_reply(data), Reply)
