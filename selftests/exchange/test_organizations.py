"""Objects sorted to organisations, which are kept apart."""

from selftests.exchange.builders import SERVICE, at, connector, distinguished_name, folder
from smtp_exposure.exchange.assembly import assemble
from smtp_exposure.exchange.inventory import AcceptedDomain


def domain(name: str, organization: str) -> AcceptedDomain:
    """An accepted domain of an organisation."""
    dn = f"CN={name},CN=Accepted Domains,CN=Transport Settings,CN={organization}"
    tail = (
        f"CN=Microsoft Exchange,CN=Services,CN=Configuration,DC={organization.lower()},DC=example"
    )
    return AcceptedDomain({"Name": name, "DistinguishedName": f"{dn},{tail}"})


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
