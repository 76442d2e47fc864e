"""Export-Clixml documents that are refused, with their place."""

from io import BytesIO

import pytest

from selftests.exchange import clixml_documents as doc
from selftests.exchange.clixml_damage import REAL
from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.exchange.clixml import read_clixml


def refusal(data: bytes) -> str:
    """The message with which a document is refused."""
    with pytest.raises(UnreadableEvidence) as refused:
        read_clixml(BytesIO(data), "folder/export.xml")
    return str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"\xef\xbb\xbf",
        b"Name : x\r\n",
        b'{"a": 1}',
        b"PK\x03\x04",
        b"\x00\x01\x02",
        bytes(range(256)),
        b"<Obj/>",
        b"<html></html>",
        b"#< CLIXML\r\n<Objs></Objs>",
        b"<?xml version='1.0'?><nmaprun/>",
    ],
)
def test_refuses_a_file_of_another_kind_by_name_and_place(data: bytes) -> None:
    assert refusal(data).startswith("folder/export.xml, line 1, column ")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<B>yes</B>", "<B> holds 'yes'"),
        ("<B></B>", "<B> holds ''"),
        ("<I32>five</I32>", "<I32> holds 'five'"),
        ("<I32></I32>", "<I32> holds ''"),
        ("<I32>1_0</I32>", "<I32> holds"),
        ("<I32>1.5</I32>", "<I32> holds"),
        ("<I32>٣</I32>", "<I32> holds"),
        ("<I64>" + "9" * 5000 + "</I64>", "<I64> holds"),
        ("<BA>YQ</BA>", "<BA> holds 'YQ'"),
        ("<BA>!!!!</BA>", "<BA> holds '!!!!'"),
        ("<BA>é</BA>", "<BA> holds"),
        ('<Ref RefId="9" />', "reference to '9'"),
        ("<Ref />", "reference to ''"),
        ('<Obj><TNRef RefId="9" /></Obj>', "reference to '9'"),
        ('<Ref RefId="1" /><Obj RefId="1" />', "reference to '1'"),
        ("<LST><S>x</S></LST>", "outside an object"),
        ("<TN><T>x</T></TN>", "outside an object"),
        ("<ToString>x</ToString>", "outside an object"),
        ("<DCT></DCT>", "outside an object"),
        ("<En></En>", "outside an object"),
        ("<Props><S N='a'>x</S></Props>", "outside an object"),
        ("<Obj>" * 10_000 + "</Obj>" * 10_000, "nested more than"),
        ("<LST><S>&undefined;</S></LST>", "outside an object"),
        ("<S>&undefined;</S>", "undefined entity"),
        ("<S>\x01</S>", "not well-formed"),
        ("<S>&#0;</S>", "invalid character number"),
        ("<Obj></S>", "mismatched tag"),
        ("<S>a<B>true</B></S>", "<B> stands within a value"),
        ("<S><Obj /></S>", "<Obj> stands within a value"),
        ("<New>" * 10_000 + "</New>" * 10_000, "nested more than"),
    ],
)
def test_refuses_a_damaged_value_with_its_line(body: str, why: str) -> None:
    text = refusal(doc.document(doc.text("before") + "\n", body).encode())
    assert text.startswith("folder/export.xml, line 3, column ")
    assert why in text
    assert len(text) < 250


@pytest.mark.parametrize(
    "subset",
    [
        "",
        '<!ENTITY a "x">',
        '<!ENTITY a SYSTEM "file:///etc/hostname">',
        '<!ENTITY % p SYSTEM "http://192.0.2.1/x.dtd"> %p;',
        '<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 10)),
    ],
    ids=["empty", "internal", "external", "parameter", "billion laughs"],
)
def test_refuses_a_document_type_before_it_expands_anything(subset: str) -> None:
    text = f"<!DOCTYPE Objs [{subset}]>" + doc.document(doc.text("x").replace("x", "&a9;"))
    assert "document type declaration has no place" in refusal(text.encode())


@pytest.mark.parametrize(
    "encoding", ["shift_jis", "big5", "utf-7", "idna", "no-such-encoding", "rot13", "utf-16"]
)
def test_refuses_a_declared_encoding_that_it_cannot_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + doc.document(doc.text("x"))
    assert refusal(text.encode()).startswith("folder/export.xml")


@pytest.mark.parametrize("tail", [b"x", b"<Objs></Objs>", b"\x00\x00", b"<S>x</S>"])
def test_refuses_what_follows_the_document(tail: bytes) -> None:
    assert "line" in refusal(REAL.encode() + tail)
