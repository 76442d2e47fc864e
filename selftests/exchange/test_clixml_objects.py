"""Objects of the kinds that are asked for: plain properties, and the rest left out unharmed."""

import random
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selftests.exchange import clixml_documents as doc
from selftests.exchange.clixml_damage import damaged
from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.exchange import clixml
from smtp_exposure.exchange.clixml import read_clixml
from smtp_exposure.exchange.objects import EnumValue, Value
from smtp_exposure.exchange.recognition import KINDS, Folder, recognise

RECORD = "<PR N='P'><AV>Reading</AV><Obj RefId='8'><ToString>x</ToString></Obj><T>Done</T></PR>"
"""A progress record, the one primitive that holds others ([MS-PSRP] 2.2.5.2)."""


def part(
    text: str | None, *members: str, name: str | None = None, number: int | None = None
) -> str:
    """Something that a property consists of."""
    shown = "" if text is None else f"<ToString>{text}</ToString>"
    return doc.obj(shown, doc.props(*members), types=("Some.Part",), name=name, number=number)


RICH = doc.document(
    doc.connector(
        "Internet",
        "EX01",
        doc.items(part("10.0.0.0/8", doc.text("10.0.0.0", "LowerBound")), name="Ranges"),
        part("EX01", part("deep", part("deeper", number=11), number=10), number=9, name="Owner"),
        part(None, doc.text("192.0.2.1", "IPAddressToString"), name="Address"),
        doc.ref(9, "Again"),
        doc.ref(11, "Deeper"),
        RECORD,
        doc.items(doc.items(doc.text("a")), doc.items(), name="Lists"),
    ),
    doc.table({"Get-Service": doc.items(doc.service("A", None, doc.ref(10, "Deep")), doc.ref(9))}),
)


def recognised(data: bytes, *, whole: bool) -> Folder:
    """What is found in a document that is read whole, or for what is asked only."""
    folder = Folder()
    recognise(read_clixml(BytesIO(data), "f", () if whole else KINDS), "f", folder)
    return folder


def contents(folder: Folder) -> list[tuple[str, dict[str, Value]]]:
    """Everything that was found, to compare."""
    return [(item.cmdlet, dict(item.properties)) for item in folder.objects]


@pytest.mark.parametrize("whole", [True, False])
def test_properties_are_plain_and_references_lead_into_what_was_left_out(whole: bool) -> None:
    connector, service = recognised(RICH.encode(), whole=whole).objects
    names = ("Ranges", "Owner", "Address", "Again", "Deeper", "Lists")
    assert [connector.properties[name] for name in names] == [
        ("10.0.0.0/8",),
        "EX01",
        "192.0.2.1",
        "EX01",
        "deeper",
        (None, None),
    ]
    assert service.properties == {"Name": "A", "Deep": "deep"}


def test_an_object_of_a_kind_has_plain_properties_at_once() -> None:
    [found] = read_clixml(BytesIO(doc.document(doc.connector()).encode()), "f", KINDS)
    assert found.properties["AuthMechanism"] == EnumValue("Tls", 1)
    assert found.properties["Bindings"] == ("[::]:25", "0.0.0.0:25")


def test_other_objects_stay_as_they_are() -> None:
    [found] = read_clixml(BytesIO(doc.document(part("x", doc.nil("P"))).encode()), "f", KINDS)
    assert (found.text, found.properties) == ("x", {"P": None})


def test_an_element_that_holds_others_is_left_out_if_unknown() -> None:
    [found] = recognised(RICH.encode(), whole=True).objects[:1]
    assert "P" not in found.properties


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_may_come_in_any_pieces(
    monkeypatch: pytest.MonkeyPatch, encoding: str, size: int
) -> None:
    monkeypatch.setattr(clixml, "_PIECE", size)
    data = doc.document(doc.text("Приём 🦊", "a")).encode(encoding)
    assert read_clixml(BytesIO(data), "f") == ["Приём 🦊"]


def test_nesting_is_bounded_within_what_is_left_out() -> None:
    deep = part("x", "<S>" * 500 + "</S>" * 500, name="Deep")
    with pytest.raises(
        UnreadableEvidence, match=r"f, line \d+, column \d+: .* nested more than 200"
    ):
        recognised(doc.document(doc.connector("C", "EX01", deep)).encode(), whole=False)


@settings(max_examples=300)
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_what_is_left_out_changes_nothing_that_is_found(seed: int, times: int) -> None:
    data = damaged(RICH.encode(), random.Random(seed), times)  # noqa: S311  # no secret
    try:
        whole = recognised(data, whole=True)
    except UnreadableEvidence:
        return  # damage may lie in what is left out
    part_of_it = recognised(data, whole=False)
    assert (contents(part_of_it), part_of_it.read) == (contents(whole), whole.read)
