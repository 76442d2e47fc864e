"""Objects sorted to servers; what can't be sorted is said, never guessed."""

import pytest

from selftests.exchange.builders import (
    SERVICE,
    altered,
    at,
    connector,
    distinguished_name,
    folder,
    permission,
    without,
)
from smtp_exposure.errors import ExposureError, Undecided, UnreadableEvidence
from smtp_exposure.exchange.assembly import assemble
from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.inventory import (
    AcceptedDomain,
    ADPermission,
    ExchangeServer,
    Inventory,
    Section,
    Server,
    Service,
)
from smtp_exposure.exchange.objects import ExchangeObject, Value


def service(**where: Value) -> Service:
    """A service that names its machine in some property."""
    return Service({"Name": "MSExchangePop3", **where})


def one(inventory: Inventory, name: str) -> Server:
    """The only server of that name."""
    [found] = [server for server in inventory.servers if server.name == name]
    return found


def problem(section: Section[ADPermission] | Section[Service]) -> str:
    """Why a section can't be read."""
    with pytest.raises(ExposureError) as raised:
        section.read()
    return f"{type(raised.value).__name__}: {raised.value}"


def test_gives_each_server_its_own_connectors() -> None:
    inventory = assemble([folder(at("EX01"), at("EX02"), at("EX01", name="Relay"))])
    names = {item.name: len(item.receive_connectors.read()) for item in inventory.servers}
    assert names == {"EX01": 2, "EX02": 1}
    assert [item.name for item in inventory.organizations] == ["Corp"]
    assert inventory.notes == ()


def test_a_server_is_the_same_in_any_case() -> None:
    inventory = assemble([folder(at("EX01"), at("ex01", name="Relay"))])
    assert len(one(inventory, "EX01").receive_connectors.read()) == 2


def test_takes_name_and_details_of_get_exchange_server() -> None:
    details = ExchangeServer({"Name": "EX01", "Fqdn": "ex01.corp.example", "ServerRole": "Mailbox"})
    server = one(assemble([folder(at("EX01"), details)]), "EX01")
    assert (server.target, server.fqdn, server.details) == ("EX01", "ex01.corp.example", details)


def test_a_server_without_connectors_is_a_server() -> None:
    server = one(assemble([folder(ExchangeServer({"Name": "EX01"}))]), "EX01")
    assert server.fqdn is None
    assert str(server.receive_connectors.problem) == "missing: Get-ReceiveConnector"


@pytest.mark.parametrize("unnamed", [SERVICE, service(), service(MachineName="localhost")])
def test_objects_without_server_belong_to_the_only_server_of_their_folder(unnamed: Service) -> None:
    inventory = assemble([folder(at("EX01"), unnamed), folder(at("EX02"))])
    assert one(inventory, "EX01").services.read() == (unnamed,)
    assert problem(one(inventory, "EX02").services) == "MissingEvidence: missing: Get-Service"


def test_objects_without_server_in_a_folder_of_several_are_undecided() -> None:
    inventory = assemble([folder(at("EX01"), at("EX02"), SERVICE)])
    problems = [problem(server.services) for server in inventory.servers]
    assert len(problems) == 2
    assert all(one.startswith("Undecided: the objects of Get-Service name no") for one in problems)


def test_objects_without_server_in_a_folder_of_their_own_belong_to_the_only_server() -> None:
    inventory = assemble([folder(at("EX01")), folder(SERVICE)])
    assert one(inventory, "EX01").services.read() == (SERVICE,)


def test_objects_without_server_in_a_folder_of_their_own_are_undecided_beside_several() -> None:
    inventory = assemble([folder(at("EX01")), folder(at("EX02")), folder(SERVICE)])
    assert [type(item.services.problem) for item in inventory.servers] == [Undecided] * 2


@pytest.mark.parametrize(
    "where",
    [
        {"MachineName": "EX02"},
        {"MachineName": "ex02"},
        {"MachineName": "ex02.corp.example"},
        {"MachineName": ".", "PSComputerName": "ex02.corp.example"},
        {"MachineName": "localhost", "PSComputerName": "EX02"},
        {"PSComputerName": "EX02"},
        {"Server": "EX02", "PSComputerName": "EX01"},
    ],
)
def test_objects_name_their_server_by_machine_or_session(where: dict[str, Value]) -> None:
    named = service(**where)
    inventory = assemble([folder(at("EX01"), at("EX02"), named)])
    assert one(inventory, "EX02").services.read() == (named,)
    assert one(inventory, "EX01").services.problem is not None


def test_an_object_of_an_unknown_server_is_given_to_nobody() -> None:
    inventory = assemble([folder(at("EX01"), service(MachineName="FILE07"))])
    assert one(inventory, "EX01").services.items == ()
    assert one(inventory, "EX01").services.problem is not None


@pytest.mark.parametrize("name", ["Internet", "Relay (scanners)", r"Relay\, scanners"])
@pytest.mark.parametrize("as_dn", [False, True], ids=["identity", "DN"])
def test_permissions_name_their_server_by_the_connector(name: str, as_dn: bool) -> None:
    identity = distinguished_name(name, "EX02") if as_dn else f"EX02\\{name}"
    entry = permission(identity=identity)
    inventory = assemble([folder(at("EX01"), at("EX02"), entry)])
    assert one(inventory, "EX02").permissions.read() == (entry,)


@pytest.mark.parametrize(
    ("attribute", "cmdlet"),
    [
        ("permissions", "Get-ADPermission"),
        ("certificates", "Get-ExchangeCertificate"),
        ("services", "Get-Service"),
    ],
)
def test_names_the_cmdlet_that_nobody_ran(attribute: str, cmdlet: str) -> None:
    section = getattr(one(assemble([folder(at("EX01"))]), "EX01"), attribute)
    assert str(section.problem) == f"missing: {cmdlet}"
    assert not section.is_present


@pytest.mark.parametrize(
    "attribute", ["accepted_domains", "send_connectors", "config", "transport_config", "hybrid"]
)
def test_names_the_cmdlets_of_the_organisation_that_nobody_ran(attribute: str) -> None:
    [found] = assemble([folder(at("EX01"))]).organizations
    assert str(getattr(found, attribute).problem).startswith("missing: Get-")


def test_a_cmdlet_that_ran_and_found_nothing_is_evidence() -> None:
    [found] = assemble([folder(at("EX01"), read=["Get-HybridConfiguration"])]).organizations
    assert (found.hybrid.is_present, found.hybrid.read()) == (True, ())


def test_a_cmdlet_that_failed_says_why() -> None:
    failed = folder(at("EX01"))
    failed.problems["Get-ADPermission", ""] = "no right to read"
    server = one(assemble([failed]), "EX01")
    assert problem(server.permissions) == "CannotLook: Get-ADPermission: no right to read"


def test_a_cmdlet_that_failed_for_one_server_is_evidence_of_the_others() -> None:
    failed = folder(at("EX01"), at("EX02"), read=["Get-ADPermission"])
    failed.problems["Get-ADPermission", "ex02"] = "no right to read"
    inventory = assemble([failed])
    assert one(inventory, "EX01").permissions.read() == ()
    assert (
        problem(one(inventory, "EX02").permissions)
        == "CannotLook: Get-ADPermission: no right to read"
    )


@pytest.mark.parametrize("objects", [(), (SERVICE,), (AcceptedDomain({"Name": "a"}),)])
def test_refuses_an_export_that_names_no_server(objects: tuple[ExchangeObject, ...]) -> None:
    with pytest.raises(UnreadableEvidence, match="names no Exchange server"):
        assemble([folder(*objects)])


@pytest.mark.parametrize("identity", [None, "", "Internet"])
def test_refuses_a_connector_that_names_no_server(identity: str | None) -> None:
    unnamed = without(connector(Identity=identity), "Server")
    with pytest.raises(UnreadableEvidence, match=r"export\.xml: Get-ReceiveConnector .*Identity"):
        assemble([folder(unnamed)])


def test_a_connector_names_its_server_by_its_identity_alone() -> None:
    inventory = assemble([folder(without(connector(server="EX07"), "Server", "Name"))])
    assert [server.name for server in inventory.servers] == ["EX07"]


def test_get_exchange_server_names_a_server_by_its_identity_alone() -> None:
    inventory = assemble([folder(ExchangeServer({"Identity": "EX07", "ServerRole": "Edge"}))])
    assert [server.name for server in inventory.servers] == ["EX07"]


@pytest.mark.parametrize("name", ["Identity", "Server", "DistinguishedName"])
@pytest.mark.parametrize("value", [b"\x00", ("a", "b")], ids=["bytes", "list"])
def test_a_name_of_another_kind_is_unreadable_evidence(name: str, value: Value) -> None:
    damaged = altered(connector(), {name: value})
    with pytest.raises(UnreadableEvidence):
        assemble([folder(damaged), folder(at("EX02"))])


@pytest.mark.parametrize("kind", [ExchangeCertificate, Service])
def test_evidence_of_one_server_is_never_given_to_another(kind: type[ExchangeObject]) -> None:
    theirs = kind({"Name": "x", "PSComputerName": "EX02.corp.example"})
    server = one(assemble([folder(at("EX01"), at("EX02"), theirs)]), "EX01")
    assert not server.services.items
    assert not server.certificates.items
