"""Export-Clixml documents cut short or damaged at random."""

import random
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selftests.exchange.clixml_damage import REAL, damaged
from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.exchange.clixml import read_clixml
from smtp_exposure.exchange.psobjects import PSObject, plain
from smtp_exposure.exchange.recognition import Folder, recognise


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_never_reads_a_truncated_file_as_complete(encoding: str) -> None:
    data = REAL.rstrip().encode(encoding)
    places = [*range(60), *range(60, len(data) - 120, 97), *range(len(data) - 120, len(data))]
    complete = [place for place in places if not refused(data[:place])]
    assert complete == []


def test_a_file_that_lost_only_its_last_line_end_is_complete() -> None:
    assert len(read_clixml(BytesIO(REAL.rstrip().encode()), "f")) == 3


def refused(data: bytes) -> bool:
    try:
        read_clixml(BytesIO(data), "f")
    except UnreadableEvidence:
        return True
    return False


@settings(max_examples=300)
@given(st.integers(0, 2**32), st.integers(1, 6), st.sampled_from(["utf-8", "utf-16"]))
def test_random_damage_raises_nothing_but_unreadable_evidence(
    seed: int, times: int, encoding: str
) -> None:
    data = damaged(REAL.encode(encoding), random.Random(seed), times)  # noqa: S311  # no secret
    with suppress(UnreadableEvidence):
        values = read_clixml(BytesIO(data), "export.xml")
        recognise(values, "export.xml", Folder())
        for value in values:
            plain(value)


def test_reads_the_document_that_is_damaged_elsewhere() -> None:
    internet, frontend, hashtable = read_clixml(BytesIO(REAL.encode()), "f")
    assert [internet.kind, frontend.kind] == ["ReceiveConnector"] * 2
    assert frontend.properties["Later"] is frontend
    assert isinstance(hashtable, PSObject)
