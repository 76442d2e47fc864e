"""What other people published, read and compared with what was read out of it by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from selftests.exchange.builders import front_door
from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.exchange import recognition
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import parse_address, parse_range
from smtp_exposure.exchange.clixml import read_clixml
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.exposure import exposures, unanswered
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.inventory import Inventory, Service
from smtp_exposure.exchange.recognition import Folder, recognise
from smtp_exposure.gateways.recordings import read_snapshots

CLIXML = {
    "receive-connector/004-e19-clixml-one-connector",
    "certificate/003-clixml-e19-incomplete",
    "certificate/004-clixml-e16-transport-certificate",
    "service/001-clixml-mitigation-running",
}
KINDS = ("receive-connector", "adpermission", "certificate", "service", "remoting-error")


def expected(samples: Path, name: str) -> Any:
    """What a right reading finds in a sample."""
    return yaml.safe_load((samples / f"{name}.yml").read_text(encoding="utf-8"))["expected"]


def all_ranges(samples: Path) -> Iterator[dict[str, Any]]:
    """Every range that some description names."""
    for file in sorted(samples.glob("receive-connector/*.yml")):
        found = yaml.safe_load(file.read_text(encoding="utf-8"))["expected"]
        yield from found.get("ranges", ())
        for one in found.get("connectors", ()):
            yield from one.get("remote_ip_ranges", ())


def found_in(path: Path) -> Folder:
    """The objects of one file."""
    folder = Folder()
    with path.open("rb") as stream:
        recognise(read_clixml(stream, str(path), recognition.KINDS), str(path), folder)
    return folder


def door_of(inventory: Inventory) -> FrontDoor:
    """The way in of the only server."""
    [server] = inventory.servers
    return front_door(*server.receive_connectors.items)


def test_reads_every_range_as_its_description_says(samples: Path) -> None:
    for item in all_ranges(samples):
        interval = parse_range(item["text"]).interval
        ends = (parse_address(str(item["lo"])), parse_address(str(item["hi"])))
        assert ((interval.family, interval.low), (interval.family, interval.high)) == ends
        assert str(interval.family).lower() == item["family"]


def test_finds_the_ranges_that_reach_internet_addresses(samples: Path) -> None:
    internet = front_door().perimeter.internet
    items = list(all_ranges(samples))
    read = [bool(AddressSet.parse([item["text"]]) & internet) for item in items]
    assert read == [item["reaches_internet_addresses"] for item in items]
    assert len(items) > 20


@pytest.mark.parametrize("name", ["006-docs-remoteipranges-forms", "009-article-internal-ranges"])
def test_finds_the_ranges_in_the_text_of_the_sample(samples: Path, name: str) -> None:
    text = (samples / f"receive-connector/{name}.txt").read_text(encoding="utf-8")
    named = [item["text"] for item in expected(samples, f"receive-connector/{name}")["ranges"]]
    assert named
    assert all(one in text for one in named)


def test_the_articles_ranges_miss_what_the_description_says(samples: Path) -> None:
    said = expected(samples, "receive-connector/009-article-internal-ranges")
    printed = AddressSet.parse(item["text"] for item in said["ranges"])
    assert all(not AddressSet.parse([text]) & printed for text in said["check"]["missing"])


def connector_004(samples: Path) -> tuple[ReceiveConnector, dict[str, Any]]:
    name = "receive-connector/004-e19-clixml-one-connector"
    [server] = read_snapshots([samples / f"{name}.txt"]).servers
    [one] = server.receive_connectors.read()
    [wanted] = expected(samples, name)["connectors"]
    return one, wanted


@pytest.mark.parametrize("key", ["identity", "name", "enabled", "fqdn", "banner", "require_tls"])
def test_reads_the_exported_connector_as_described(samples: Path, key: str) -> None:
    one, wanted = connector_004(samples)
    assert getattr(one, key) == wanted[key]


def test_reads_the_enums_of_the_exported_connector(samples: Path) -> None:
    one, wanted = connector_004(samples)
    assert {item.value for item in one.auth_mechanism} == set(wanted["auth_mechanism"])
    assert {item.value for item in one.permission_groups} == set(wanted["permission_groups"])
    assert (one.server_name, one.transport_role.value) == (
        wanted["server"],
        wanted["transport_role"],
    )


def test_reads_the_lists_of_the_exported_connector(samples: Path) -> None:
    one, wanted = connector_004(samples)
    assert [str(item) for item in one.bindings] == [item["text"] for item in wanted["bindings"]]
    assert [item.text for item in one.remote_ip_ranges] == [
        item["text"] for item in wanted["remote_ip_ranges"]
    ]
    assert (one.tls_certificate_name, one.tls_domain_capabilities) == ("", ())


def test_what_an_export_does_not_show_is_not_in_its_properties(samples: Path) -> None:
    one, _ = connector_004(samples)
    assert one.properties["SizeEnabled"] == ("EnabledWithoutValue", 2)
    assert one.properties["EnableAuthGSSAPI"] is False
    assert not any("SerializationData" in name for name in one.properties)


def other_forms(samples: Path) -> list[Path]:
    """The samples that are no Export-Clixml documents."""
    files = [file for kind in KINDS for file in sorted(samples.glob(f"{kind}/*.txt"))]
    names = CLIXML | {"service/002-clixml-pop-imap-e19"}
    return [file for file in files if f"{file.parent.name}/{file.stem}" not in names]


def refusal(path: Path) -> str:
    """The message with which a file is refused."""
    with pytest.raises(UnreadableEvidence) as refused:
        read_snapshots([path])
    return str(refused.value)


def test_refuses_other_forms_in_one_line_with_file_and_place(samples: Path) -> None:
    files = other_forms(samples)
    assert len(files) > 20
    for file in files:
        message = refusal(file)
        assert message.startswith(f"{file}, line 1, column ")
        assert len(message.splitlines()) == 1


def test_says_of_other_forms_what_was_expected_instead(samples: Path) -> None:
    unclear = [file.name for file in other_forms(samples) if "Export-Clixml" not in refusal(file)]
    assert unclear == []


def test_refuses_an_excerpt_with_references_to_what_was_cut_out(samples: Path) -> None:
    message = refusal(samples / "service/002-clixml-pop-imap-e19.txt")
    assert "002-clixml-pop-imap-e19.txt, line 3, column 24: reference to '0'" in message


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_of_text_files_holds_no_export_or_no_server(samples: Path, kind: str) -> None:
    if kind == "receive-connector":
        assert [item.name for item in read_snapshots([samples / kind]).servers] == [
            "WIN-CTD3L0RGEN4"
        ]
    else:
        assert str(samples / kind) in refusal(samples / kind) or "no Exchange server" in refusal(
            samples / kind
        )


def test_reads_the_exported_service_as_described(samples: Path) -> None:
    name = "service/001-clixml-mitigation-running"
    [item] = found_in(samples / f"{name}.txt").objects
    [wanted] = expected(samples, name)["services"]
    assert isinstance(item, Service)
    assert (item.name, item.status, item.start_type) == tuple(wanted.values())


@pytest.mark.parametrize("name", sorted(one for one in CLIXML if one.startswith("certificate")))
def test_finds_the_exported_certificates_without_services(samples: Path, name: str) -> None:
    items = found_in(samples / f"{name}.txt").objects
    assert len(items) == len(expected(samples, name)["certificates"])
    assert all(isinstance(item.properties["RawData"], bytes) for item in items)
    assert not any("Services" in item.properties for item in items)


def exports(samples: Path, *names: str) -> Inventory:
    """Some folders of exports, read together."""
    return read_snapshots(samples / "exports" / f"exchange-2019-{name}" for name in names)


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
