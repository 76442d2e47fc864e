"""Objects sorted to organisations and servers; what can't be sorted is said, never guessed."""

# ruff: noqa: S104 - addresses are data here

import pytest

from selftests.exchange.builders import (
    altered,
    connector,
    distinguished_name,
    folder,
    permission,
    without,
)
from smtp_exposure.errors import ExposureError, Undecided, UnreadableEvidence
from smtp_exposure.exchange.assembly import assemble
from smtp_exposure.exchange.certificates import ExchangeCertificate
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.inventory import (
    AcceptedDomain,
    ADPermission,
    ExchangeServer,
    Inventory,
    NetworkConnectionInfo,
    Section,
    Server,
    Service,
)
from smtp_exposure.exchange.objects import ExchangeObject, Value

SERVICE = Service({"Name": "MSExchangePop3", "MachineName": "."})


def at(server: str, organization: str = "Corp", name: str = "Internet") -> ReceiveConnector:
    """A connector of a server of an organisation."""
    dn = distinguished_name(name, server, organization)
    return connector(name, server=server, DistinguishedName=dn)


def domain(name: str, organization: str) -> AcceptedDomain:
    """An accepted domain of an organisation."""
    dn = f"CN={name},CN=Accepted Domains,CN=Transport Settings,CN={organization}"
    tail = (
        f"CN=Microsoft Exchange,CN=Services,CN=Configuration,DC={organization.lower()},DC=example"
    )
    return AcceptedDomain({"Name": name, "DistinguishedName": f"{dn},{tail}"})


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


def test_keeps_organisations_apart_and_says_so() -> None:
    inventory = assemble(
        [folder(at("EX01"), domain("a", "Corp")), folder(at("EX09", "Other"), domain("b", "Other"))]
    )
    domains = [
        [item.label for item in each.accepted_domains.read()] for each in inventory.organizations
    ]
    assert domains == [["a"], ["b"]]
    assert inventory.notes == (
        "objects of several organisations (Corp, Other): each server is judged by its own",
    )


def test_a_server_name_may_occur_in_two_organisations() -> None:
    first, second = at("EX01"), at("EX01", "Other")
    inventory = assemble([folder(first, SERVICE), folder(second)])
    owned = [server.receive_connectors.read() for server in inventory.servers]
    assert owned == [(first,), (second,)]
    assert [server.services.is_present for server in inventory.servers] == [True, False]


def test_finds_the_organisation_of_a_server_of_a_common_name() -> None:
    inventory = assemble([folder(at("EX01")), folder(at("EX01", "Other"))])
    found = [inventory.organization_of(server).name for server in inventory.servers]
    assert found == ["Corp", "Other"]


def test_organisations_of_one_name_in_two_forests_are_two() -> None:
    dn = distinguished_name("Internet").replace("DC=corp", "DC=branch")
    inventory = assemble(
        [folder(at("EX01")), folder(connector(server="EX09", DistinguishedName=dn))]
    )
    assert len(inventory.organizations) == 2


def test_objects_of_no_organisation_belong_to_the_only_one() -> None:
    accepted = AcceptedDomain({"Name": "a"})
    [found] = assemble(
        [folder(at("EX01"), connector(server="EX02")), folder(accepted)]
    ).organizations
    assert found.accepted_domains.read() == (accepted,)
    assert len(found.servers) == 2


def test_objects_of_no_organisation_go_with_their_folder() -> None:
    first, other = folder(at("EX01"), AcceptedDomain({"Name": "a"})), folder(at("EX09", "Other"))
    corp, rest = assemble([first, other]).organizations
    assert [item.label for item in corp.accepted_domains.read()] == ["a"]
    assert not rest.accepted_domains.is_present


def test_objects_of_no_organisation_beside_several_are_given_to_none() -> None:
    third = folder(AcceptedDomain({"Name": "a"}))
    inventory = assemble([folder(at("EX01")), folder(at("EX09", "Other")), third])
    assert [item.accepted_domains.is_present for item in inventory.organizations] == [False, False]


def test_two_organisations_in_one_folder_leave_unnamed_objects_to_none() -> None:
    inventory = assemble([folder(at("EX01"), at("EX09", "Other"), SERVICE)])
    assert [server.services.is_present for server in inventory.servers] == [False, False]


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


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("192.0.2.10", "192.0.2.10-192.0.2.10"),
        ("2001:db8::10", "2001:db8::10-2001:db8::10"),
        *((text, "") for text in ("127.0.0.1", "::1", "169.254.1.2", "fe80::1%13", "0.0.0.0")),
        *((text, "") for text in ("224.0.0.1", "255.255.255.255", "ff02::1", "::", "garbage")),
    ],
)
def test_knows_the_addresses_of_adapters_that_others_can_reach(address: str, known: str) -> None:
    adapter = NetworkConnectionInfo({"Identity": "x", "Server": "EX01", "IPAddresses": (address,)})
    [found] = assemble([folder(at("EX01"), adapter)]).organizations
    assert ", ".join(str(item.interval) for item in found.known_addresses) == known


def test_knows_the_addresses_of_specific_bindings_and_their_server() -> None:
    bound = connector(bindings=("192.0.2.10:25", "[2001:db8::10]:25", "0.0.0.0:587"))
    [found] = assemble([folder(bound)]).organizations
    seen = [(item.owner, str(item.interval).partition("-")[0]) for item in found.known_addresses]
    assert seen == [("EX01", "192.0.2.10"), ("EX01", "2001:db8::10")]


def test_unreadable_bindings_are_left_to_the_checks() -> None:
    broken = connector(bindings=("nonsense",))
    [found] = assemble([folder(broken)]).organizations
    assert found.known_addresses == ()
    assert found.servers[0].receive_connectors.read() == (broken,)


@pytest.mark.parametrize("kind", [ExchangeCertificate, Service])
def test_evidence_of_one_server_is_never_given_to_another(kind: type[ExchangeObject]) -> None:
    theirs = kind({"Name": "x", "PSComputerName": "EX02.corp.example"})
    server = one(assemble([folder(at("EX01"), at("EX02"), theirs)]), "EX01")
    assert not server.services.items
    assert not server.certificates.items
