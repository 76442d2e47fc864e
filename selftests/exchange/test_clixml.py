"""Export-Clixml documents: every shape of a value, and refusals with their place."""

# ruff: noqa: RUF001 - other scripts on purpose

import codecs
import random
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selftests.exchange import clixml_documents as doc
from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.exchange.clixml import read_clixml
from smtp_exposure.exchange.objects import EnumValue, Value
from smtp_exposure.exchange.psobjects import PSObject, plain
from smtp_exposure.exchange.recognition import Folder, recognise

CYRILLIC = "Приём почты – Ёж 日本 🦊"
REAL = doc.document(
    doc.connector("Internet"),
    doc.connector("Default Frontend EX01", "EX01", doc.ref(7, "Later")).replace(
        "<Obj>", '<Obj RefId="7">', 1
    ),
    doc.table({"Get-Service": doc.items(doc.service()), "Get-ADPermission": doc.items()}),
)


def read(*children: str) -> Any:
    """The values of a document with these elements."""
    return read_clixml(BytesIO(doc.document(*children).encode()), "export.xml")


def refusal(data: bytes) -> str:
    """The message with which a document is refused."""
    with pytest.raises(UnreadableEvidence) as refused:
        read_clixml(BytesIO(data), "folder/export.xml")
    return str(refused.value)


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["bare", "BOM"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_reads_each_encoding_with_and_without_byte_order_mark(encoding: str, mark: str) -> None:
    data = (mark + doc.document(doc.text(CYRILLIC))).encode(encoding)
    assert read_clixml(BytesIO(data), "f") == [CYRILLIC]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_reads_an_xml_declaration_and_either_line_end(ending: str) -> None:
    text = '<?xml version="1.0" encoding="utf-8"?>\n' + doc.document(doc.text("x"))
    assert read_clixml(BytesIO(text.replace("\n", ending).encode()), "f") == ["x"]


@pytest.mark.parametrize("prefix", ["", "Deserialized.", "Selected.", "Selected.Deserialized."])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (doc.CONNECTOR, "ReceiveConnector"),
        (doc.SERVICE, "ServiceController"),
        ("System.Service.ServiceController#StartupType", "ServiceController"),
        (
            "Microsoft.Exchange.Data.MultiValuedProperty`1[[A.B, C, Version=1.0.0.0]]",
            "MultiValuedProperty",
        ),
        ("Bare", "Bare"),
    ],
)
def test_kind_is_the_last_word_of_the_first_type(prefix: str, name: str, kind: str) -> None:
    [value] = read(doc.obj(types=(prefix + name, "System.Object")))
    assert value.kind == kind


def test_an_object_without_types_has_no_kind() -> None:
    assert read(doc.obj())[0].kind == ""


@pytest.mark.parametrize(
    ("element", "value"),
    [
        (doc.text("a &<b>"), "a &<b>"),
        ("<S />", ""),
        ("<S></S>", ""),
        ("<S>a<!-- aside -->b</S>", "ab"),
        ("<S><![CDATA[<x>]]></S>", "<x>"),
        ("<Nil />", None),
        ("<B>true</B>", True),
        ("<B>False</B>", False),
        ("<I32>-5</I32>", -5),
        ("<I64>9223372036854775807</I64>", 2**63 - 1),
        ("<By>255</By>", 255),
        ("<BA>aGk=</BA>", b"hi"),
        ("<BA>\n aG\n k=</BA>", b"hi"),
        ("<DT>2025-02-03T09:15:02+01:00</DT>", "2025-02-03T09:15:02+01:00"),
        ("<Db>1.5</Db>", "1.5"),
        ("<G>b3d1</G>", "b3d1"),
        ("<Version>15.2</Version>", "15.2"),
        ("<S>_x000D__x000A_</S>", "\r\n"),
        ("<S>_x005F_x000D_</S>", "_x000D_"),
        ("<S>_xD83E__xDD8A_</S>", "🦊"),
        ("<S>_x000d_</S>", "\r"),
        ("<S>_x00_ _xZZZZ_ a_b</S>", "_x00_ _xZZZZ_ a_b"),
        ("<S>_xD83E_ alone</S>", "\ufffd alone"),
        ("<S>_xDD8A__xD83E_</S>", "\ufffd\ufffd"),
    ],
)
def test_reads_primitives(element: str, value: Value) -> None:
    assert read(element) == [value]


def test_unescapes_property_and_type_names() -> None:
    [value] = read(doc.obj(doc.props(doc.text("v", "a_x0020_b")), types=("A.B_x002B_C",)))
    assert (value.properties, value.types) == ({"a b": "v"}, ("A.B+C",))


def test_a_type_list_is_reused_by_reference() -> None:
    first = doc.obj(types=("A.One", "System.Object"), number=3)
    second, third = read(first, '<Obj RefId="4"><TNRef RefId="3" /></Obj>')
    assert second.types == third.types == ("A.One", "System.Object")


def test_type_lists_and_objects_are_numbered_apart() -> None:
    first = '<Obj RefId="0"><TN RefId="0"><T>A.One</T></TN></Obj>'
    second = '<Obj RefId="1"><TN RefId="1"><T>A.Two</T></TN><LST><Ref RefId="0" /></LST></Obj>'
    one, two, three = read(first, second, '<Obj RefId="2"><TNRef RefId="0" /></Obj>')
    assert [two.items[0] is one, three.kind] == [True, "One"]


def test_a_reference_gives_the_same_object() -> None:
    shared = doc.obj("<ToString>x</ToString>", name="Identity", number=5)
    [value] = read(doc.obj(doc.props(shared, doc.ref(5, "Id"))))
    assert value.properties["Id"] is value.properties["Identity"]


def test_a_reference_may_lead_to_an_object_still_being_read() -> None:
    [value] = read(doc.obj(doc.props(doc.ref(1, "Self")), "<ToString>x</ToString>", number=1))
    assert value.properties["Self"] is value
    assert plain(value.properties["Self"]) == "x"


def test_cyclic_lists_end() -> None:
    [value] = read(doc.obj(f"<LST>{doc.ref(1)}</LST>", number=1))
    assert plain(value) == (None,)


@pytest.mark.parametrize("tag", ["LST", "IE", "QUE", "STK"])
def test_reads_every_kind_of_list(tag: str) -> None:
    [value] = read(doc.items(doc.text("a"), doc.nil(), doc.obj("<ToString>b</ToString>"), tag=tag))
    assert plain(value) == ("a", None, "b")


@pytest.mark.parametrize("tag", ["LST", "IE", "QUE", "STK"])
def test_an_empty_list_is_no_nothing(tag: str) -> None:
    assert plain(read(doc.items(tag=tag))[0]) == ()


def test_a_list_of_one_stays_a_list() -> None:
    assert plain(read(doc.items(doc.text("10.0.0.0/8")))[0]) == ("10.0.0.0/8",)


def test_a_list_within_a_list_becomes_its_text() -> None:
    inner = doc.obj("<ToString>a b</ToString><LST><S>a</S></LST>")
    assert plain(read(doc.items(inner, doc.items()))[0]) == ("a b", None)


def test_reads_the_entries_of_a_hashtable() -> None:
    [value] = read(doc.table({"One": doc.text("1"), "Two": doc.nil()}))
    assert value.entries == [("One", "1"), ("Two", None)]


@pytest.mark.parametrize(
    ("element", "value"),
    [
        (doc.enum(None, "Tls, BasicAuth", 5), EnumValue("Tls, BasicAuth", 5)),
        (doc.enum(None, None, 5), EnumValue("5", 5)),
        ("<I32>5</I32>", 5),
        (doc.obj("<ToString>7</ToString><I32>7</I32>", types=("System.Int32",)), 7),
        (doc.obj("<ToString>x</ToString>"), "x"),
        (doc.obj("<ToString></ToString>"), ""),
        (doc.obj(), None),
        (doc.obj(doc.props(doc.text("10.0.0.1", "IPAddressToString"), tag="MS")), "10.0.0.1"),
        (doc.obj(doc.props(doc.obj(name="IPAddressToString"), tag="MS")), None),
        (doc.obj("<BA>aGk=</BA>", types=("System.Byte[]",)), b"hi"),
        (doc.obj("<S>text</S>"), "text"),
    ],
)
def test_makes_plain_values(element: str, value: Value) -> None:
    made = plain(read(element)[0])
    assert made == value
    assert type(made) is type(value)


@pytest.mark.parametrize(
    "element",
    [
        doc.enum("E", "Tls", 1),
        doc.enum("E", "Tls", 1).replace("System.Enum", "Deserialized.System.Enum"),
    ],
)
def test_knows_an_enum_live_and_deserialised(element: str) -> None:
    [value] = read(doc.obj(doc.props(element)))
    assert isinstance(plain(value.properties["E"]), EnumValue)


def test_serialization_data_is_never_decoded() -> None:
    [value] = read(doc.obj(doc.props(doc.text("\\not base64\\", "SerializationData", "BA"))))
    assert value.properties == {}


def test_extended_properties_do_not_replace_own_ones() -> None:
    [value] = read(
        doc.obj(doc.props(doc.text("own", "P")), doc.props(doc.text("note", "P"), tag="MS"))
    )
    assert value.properties == {"P": "own"}


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


@pytest.mark.parametrize("tail", [b"x", b"<Objs></Objs>", b"\x00\x00", b"<S>x</S>"])
def test_refuses_what_follows_the_document(tail: bytes) -> None:
    assert "line" in refusal(REAL.encode() + tail)


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


TOKENS = [b"<Obj>", b"</Obj>", b"<LST>", b"</LST>", b"<En>", b"<S>", b"</S>", b"<TN>", b"<T>"]
TOKENS += [b"Props", b"MS", b"Obj", b"BA", b"I32", b"B", b"Nil", b"Ref", b"DCT", b'"0"', b'"7"']
TOKENS += [b"\x00", b"\xff\xfe", b"&#1;", b"<!DOCTYPE x>", b"]]>", b"_xD800_", b"\xed\xa0\x80"]


def damaged(data: bytes, dice: random.Random, times: int) -> bytes:
    """Cut, repeat, replace or insert some bytes."""
    for _ in range(times):
        start = dice.randrange(len(data) + 1)
        end = min(len(data), start + dice.randrange(1, 30))
        piece = dice.choice([b"", data[start:end] * 2, dice.choice(TOKENS), dice.randbytes(3)])
        data = data[:start] + piece + data[end if dice.random() < 0.7 else start :]
    return data or codecs.BOM_UTF8


def test_reads_the_document_that_is_damaged_elsewhere() -> None:
    internet, frontend, hashtable = read_clixml(BytesIO(REAL.encode()), "f")
    assert [internet.kind, frontend.kind] == ["ReceiveConnector"] * 2
    assert frontend.properties["Later"] is frontend
    assert isinstance(hashtable, PSObject)
