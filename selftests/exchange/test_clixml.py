"""Export-Clixml documents: every shape of a value."""

# ruff: noqa: RUF001 - other scripts on purpose

from io import BytesIO
from typing import Any

import pytest

from selftests.exchange import clixml_documents as doc
from smtp_exposure.exchange.clixml import read_clixml
from smtp_exposure.exchange.objects import EnumValue, Value
from smtp_exposure.exchange.psobjects import plain

CYRILLIC = "Приём почты – Ёж 日本 🦊"


def read(*children: str) -> Any:
    """The values of a document with these elements."""
    return read_clixml(BytesIO(doc.document(*children).encode()), "export.xml")


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
