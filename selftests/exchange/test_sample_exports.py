"""Published folders of exports, each read whole."""

from pathlib import Path

from selftests.exchange.builders import front_door
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.exposure import exposures, unanswered
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.inventory import Inventory
from smtp_exposure.gateways.recordings import read_snapshots


def exports(samples: Path, *names: str) -> Inventory:
    """Some folders of exports, read together."""
    return read_snapshots(samples / "exports" / f"exchange-2019-{name}" for name in names)


def door_of(inventory: Inventory) -> FrontDoor:
    """The way in of the only server."""
    [server] = inventory.servers
    return front_door(*server.receive_connectors.items)


def test_connectors_the_default_frontend_answers_the_whole_internet(samples: Path) -> None:
    door = door_of(exports(samples, "connectors"))
    found = list(exposures(door, 25))
    assert {item.who for item in found} == {"WIN-CTD3L0RGEN4\\Default Frontend WIN-CTD3L0RGEN4"}
    assert AddressSet.of(item.interval for item in found) == door.perimeter.internet
    assert {item.what for item in found} == {
        "offers Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer"
    }


def test_connectors_there_is_no_internet_connector_and_no_gap(samples: Path) -> None:
    door = door_of(exports(samples, "connectors"))
    assert door.found_internet_connectors == ()
    assert not unanswered(door, 25)


def test_connectors_what_the_folder_lacks_is_missing_by_name(samples: Path) -> None:
    inventory = exports(samples, "connectors")
    [server] = inventory.servers
    [whole] = inventory.organizations
    lacking = (server.permissions, server.certificates, server.services, whole.accepted_domains)
    assert [str(item.problem) for item in lacking] == [
        f"missing: {item.cmdlet}" for item in lacking
    ]
    assert (len(server.receive_connectors.read()), len(whole.send_connectors.read())) == (5, 1)


def test_organization_connectors_are_missing(samples: Path) -> None:
    [server] = exports(samples, "organization").servers
    assert (server.name, server.fqdn) == ("SOLO-E19A", "Solo-E19A.Solo.com")
    assert str(server.receive_connectors.problem) == "missing: Get-ReceiveConnector"


def test_organization_pop_and_imap_are_stopped_and_manual(samples: Path) -> None:
    [server] = exports(samples, "organization").servers
    wanted = {"msexchangepop3", "msexchangepop3be", "msexchangeimap4", "msexchangeimap4be"}
    found = [item for item in server.services.read() if item.name.lower() in wanted]
    assert [(item.status, item.start_type) for item in found] == [("Stopped", "Manual")] * 4
    text = (samples / "exports/exchange-2019-organization/GetService.xml").read_text("utf-8-sig")
    assert len(server.services.read()) == text.count("\n  <Obj ")


def test_organization_an_accepted_domain_is_a_wildcard(samples: Path) -> None:
    [whole] = exports(samples, "organization").organizations
    domains = {item.domain_name: item.domain_type for item in whole.accepted_domains.read()}
    assert domains["*.com"] == "InternalRelay"


def test_organization_certificates_carry_raw_data_only(samples: Path) -> None:
    [server] = exports(samples, "organization").servers
    items = server.certificates.read()
    assert items
    assert all(isinstance(item.properties["RawData"], bytes) for item in items)
    assert not any({"Services", "Status"} & set(item.properties) for item in items)


def test_all_folders_are_several_organisations_each_with_its_own(samples: Path) -> None:
    inventory = exports(samples, "connectors", "organization", "hybrid")
    own = {item.name: item for item in inventory.servers}
    assert "several organisations" in inventory.notes[0]
    assert own["WIN-CTD3L0RGEN4"].services.problem is not None
    assert own["SOLO-E19A"].receive_connectors.problem is not None
    assert [len(item.hybrid.items) for item in inventory.organizations] == [1, 0, 0]
