"""Published receive connectors and ranges, compared with what was read out of them by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from selftests.exchange.builders import front_door
from selftests.exchange.published import CONNECTOR, expected
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.addresses import parse_address, parse_range
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.gateways.recordings import read_snapshots


def every_range(samples: Path) -> Iterator[dict[str, Any]]:
    """Every range that some description names."""
    for file in sorted(samples.glob("receive-connector/*.yml")):
        found = yaml.safe_load(file.read_text(encoding="utf-8"))["expected"]
        yield from found.get("ranges", ())
        for one in found.get("connectors", ()):
            yield from one.get("remote_ip_ranges", ())


def all_ranges(samples: Path) -> list[dict[str, Any]]:
    """Those ranges; some samples without any would prove little."""
    found = list(every_range(samples))
    assert len(found) > 20
    return found


def test_reads_every_range_as_its_description_says(samples: Path) -> None:
    for item in all_ranges(samples):
        interval = parse_range(item["text"]).interval
        ends = (parse_address(str(item["lo"])), parse_address(str(item["hi"])))
        assert ((interval.family, interval.low), (interval.family, interval.high)) == ends
        assert str(interval.family).lower() == item["family"]


def test_finds_the_ranges_that_reach_internet_addresses(samples: Path) -> None:
    internet = front_door().perimeter.internet
    items = all_ranges(samples)
    read = [bool(AddressSet.parse([item["text"]]) & internet) for item in items]
    assert read == [item["reaches_internet_addresses"] for item in items]


@pytest.mark.parametrize("name", ["006-docs-remoteipranges-forms", "009-article-internal-ranges"])
def test_finds_the_ranges_in_the_text_of_the_sample(samples: Path, name: str) -> None:
    text = (samples / f"receive-connector/{name}.txt").read_text(encoding="utf-8")
    named = [item["text"] for item in expected(samples, f"receive-connector/{name}")["ranges"]]
    assert named
    assert all(one in text for one in named)


def test_the_articles_ranges_miss_what_the_description_says(samples: Path) -> None:
    said = expected(samples, "receive-connector/009-article-internal-ranges")
    printed = AddressSet.parse(item["text"] for item in said["ranges"])
    assert said["check"]["missing"]
    assert all(not AddressSet.parse([text]) & printed for text in said["check"]["missing"])


def exported_connector(samples: Path) -> tuple[ReceiveConnector, dict[str, Any]]:
    """The exported connector, and what its description says."""
    [server] = read_snapshots([samples / f"{CONNECTOR}.txt"]).servers
    [one] = server.receive_connectors.read()
    [wanted] = expected(samples, CONNECTOR)["connectors"]
    return one, wanted


@pytest.mark.parametrize("key", ["identity", "name", "enabled", "fqdn", "banner", "require_tls"])
def test_reads_the_exported_connector_as_described(samples: Path, key: str) -> None:
    one, wanted = exported_connector(samples)
    assert getattr(one, key) == wanted[key]


def test_reads_the_enums_of_the_exported_connector(samples: Path) -> None:
    one, wanted = exported_connector(samples)
    assert {item.value for item in one.auth_mechanism} == set(wanted["auth_mechanism"])
    assert {item.value for item in one.permission_groups} == set(wanted["permission_groups"])
    assert (one.server_name, one.transport_role.value) == (
        wanted["server"],
        wanted["transport_role"],
    )


def test_reads_the_lists_of_the_exported_connector(samples: Path) -> None:
    one, wanted = exported_connector(samples)
    assert [str(item) for item in one.bindings] == [item["text"] for item in wanted["bindings"]]
    assert [item.text for item in one.remote_ip_ranges] == [
        item["text"] for item in wanted["remote_ip_ranges"]
    ]
    assert (one.tls_certificate_name, one.tls_domain_capabilities) == ("", ())


def test_what_an_export_does_not_show_is_not_in_its_properties(samples: Path) -> None:
    one, _ = exported_connector(samples)
    assert one.properties["SizeEnabled"] == ("EnabledWithoutValue", 2)
    assert one.properties["EnableAuthGSSAPI"] is False
    assert not any("SerializationData" in name for name in one.properties)
