"""Exchange objects found by their types, wherever an administrator put them."""

from collections.abc import Callable, Mapping
from io import BytesIO

import pytest

from selftests.exchange import clixml_documents as doc
from smtp_exposure.exchange.clixml import read_clixml
from smtp_exposure.exchange.objects import EnumValue, ExchangeObject
from smtp_exposure.exchange.recognition import KINDS, Folder, recognise

Wrap = Callable[[Mapping[str, str]], str]
CMDLETS = sorted({kind.cmdlet for kind in KINDS.values()})


def recognised(*children: str) -> Folder:
    """What is found in a document with these elements."""
    folder, stream = Folder(), BytesIO(doc.document(*children).encode())
    recognise(read_clixml(stream, "export.xml", KINDS), "export.xml", folder)
    return folder


def labels(folder: Folder) -> list[str]:
    """The objects that were found, by their identities or names."""
    return [item.label for item in folder.objects]


@pytest.mark.parametrize("prefix", ["", "Deserialized.", "Selected.", "Selected.Deserialized."])
def test_finds_live_deserialised_and_selected_objects(prefix: str) -> None:
    [found] = recognised(doc.connector(types=prefix + doc.CONNECTOR)).objects
    assert type(found).__name__ == "ReceiveConnector"
    assert found.source == "export.xml"


@pytest.mark.parametrize(
    ("type_name", "cmdlet"),
    [
        (doc.CONNECTOR, "Get-ReceiveConnector"),
        (doc.SERVER, "Get-ExchangeServer"),
        (doc.ACE, "Get-ADPermission"),
        (doc.SERVICE, "Get-Service"),
        ("System.Service.ServiceController#StartupType", "Get-Service"),
        (doc.CERTIFICATE, "Get-ExchangeCertificate"),
        (
            "Microsoft.Exchange.Data.Directory.SystemConfiguration.AcceptedDomain",
            "Get-AcceptedDomain",
        ),
        (
            "Microsoft.Exchange.Management.SystemConfigurationTasks.ExchangeCertificate",
            "Get-ExchangeCertificate",
        ),
        (
            "Microsoft.Exchange.Data.Directory.Management.HybridConfiguration",
            "Get-HybridConfiguration",
        ),
        (
            "Microsoft.Exchange.Management.RecipientTasks.SmtpSendConnectorConfig",
            "Get-SendConnector",
        ),
        (
            "Microsoft.Exchange.Data.Directory.Management.OrganizationConfig",
            "Get-OrganizationConfig",
        ),
        (f"{doc.CONFIGURATION}.TransportConfigContainer", "Get-TransportConfig"),
        (
            "Microsoft.Exchange.Data.Directory.Management.NetworkConnectionInfo",
            "Get-NetworkConnectionInfo",
        ),
    ],
)
def test_knows_the_objects_of_each_cmdlet(type_name: str, cmdlet: str) -> None:
    [found] = recognised(doc.obj(types=(type_name, "System.Object"))).objects
    assert found.cmdlet == cmdlet


@pytest.mark.parametrize(
    "element",
    [
        doc.text("x"),
        doc.nil(),
        doc.obj(),
        doc.obj(types=("System.IO.FileInfo",)),
        doc.obj(types=(f"{doc.CONNECTOR}[]",)),
    ],
)
def test_leaves_other_values_aside(element: str) -> None:
    assert recognised(element) == Folder()


PLACES = {
    "alone": doc.connector(),
    "in a list": doc.items(doc.connector()),
    "in a list of one in a list": doc.items(doc.items(doc.connector())),
    "in an ArrayList": doc.items(doc.connector(), tag="IE", types="System.Collections.ArrayList"),
    "in a queue": doc.items(doc.connector(), tag="QUE"),
    "in a hashtable": doc.table({"Get-ReceiveConnector": doc.items(doc.connector())}),
    "alone in a hashtable": doc.table({"anything": doc.connector()}),
    "in an object": doc.record({"Connectors": doc.items(doc.connector())}),
    "alone in an object": doc.record({"Connectors": doc.connector()}),
    "by server": doc.table({"EX01": doc.record({"Connectors": doc.items(doc.connector())})}),
}


@pytest.mark.parametrize("place", PLACES)
def test_finds_objects_in_lists_hashtables_and_custom_objects(place: str) -> None:
    assert labels(recognised(PLACES[place])) == ["EX01\\Internet"]


@pytest.mark.parametrize("wrap", [doc.table, doc.record], ids=["hashtable", "PSCustomObject"])
@pytest.mark.parametrize("cmdlet", CMDLETS)
@pytest.mark.parametrize("spelling", ["{}", "{}s", "Get{}", "Get-{}", "GET_{}", "get-{}s"])
def test_an_empty_section_tells_that_its_cmdlet_ran(wrap: Wrap, cmdlet: str, spelling: str) -> None:
    key = spelling.format(cmdlet.removeprefix("Get-"))
    for empty in (doc.items(), doc.nil(), doc.items(tag="IE")):
        assert recognised(wrap({key: empty})).read == {cmdlet}


@pytest.mark.parametrize("key", ["Notes", "ReceiveConnectorCount", "Permission", ""])
def test_an_empty_section_of_another_name_tells_nothing(key: str) -> None:
    assert recognised(doc.table({key: doc.items()})).read == set()


@pytest.mark.parametrize(
    "content", [doc.text("error"), doc.text(""), doc.items(doc.nil()), doc.obj()]
)
def test_a_section_with_something_unknown_does_not_tell_that_its_cmdlet_ran(content: str) -> None:
    assert recognised(doc.table({"Get-ADPermission": content})).read == set()


def test_a_property_of_an_exchange_object_is_no_section() -> None:
    folder = recognised(doc.connector("Internet", "EX01", doc.nil("Service")))
    assert folder.read == set()


def test_services_that_a_service_depends_on_are_not_counted() -> None:
    nested = doc.items(doc.service("RpcSs"), doc.service("HTTP")).replace(
        "<Obj>", '<Obj N="ServicesDependedOn">', 1
    )
    assert labels(recognised(doc.service("MSExchangePop3", None, nested))) == ["MSExchangePop3"]


def test_an_object_that_is_referred_to_twice_counts_once() -> None:
    first = doc.connector().replace("<Obj>", '<Obj RefId="7">', 1)
    assert len(recognised(doc.items(first, doc.ref(7)), doc.ref(7)).objects) == 1


def test_a_list_that_holds_itself_ends_and_counts_once() -> None:
    own = f"<LST>{doc.connector()}{doc.ref(8)}{doc.ref(8)}</LST>"
    assert len(recognised(doc.obj(own, types=(doc.ARRAY,), number=8)).objects) == 1


def test_makes_properties_plain() -> None:
    [found] = recognised(doc.connector()).objects
    kept = {
        name: found.properties[name]
        for name in ("AuthMechanism", "Bindings", "Banner", "TlsCertificateName")
    }
    assert kept == {
        "AuthMechanism": EnumValue("Tls", 1),
        "Bindings": ("[::]:25", "0.0.0.0:25"),
        "Banner": "",
        "TlsCertificateName": None,
    }
    assert "SerializationData" not in found.properties


def test_note_properties_are_properties_too() -> None:
    [found] = recognised(doc.connector()).objects
    assert found.properties["PSComputerName"] == "ex01.corp.example"


def test_every_kind_is_an_exchange_object_with_a_cmdlet() -> None:
    assert all(issubclass(kind, ExchangeObject) for kind in KINDS.values())
    assert all(cmdlet.startswith("Get-") for cmdlet in CMDLETS)
