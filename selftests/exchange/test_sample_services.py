"""Published services, read as their descriptions say."""

import re
from pathlib import Path

import pytest

from selftests.exchange.published import EXCERPT, RUNNING, expected, objects, snapshot, text_of
from smtp_exposure.exchange.inventory import Service
from smtp_exposure.exchange.services import find_services


def test_reads_the_exported_service_as_described(samples: Path) -> None:
    [item] = objects((samples / f"{RUNNING}.txt").read_bytes())
    [wanted] = expected(samples, RUNNING)["services"]
    assert isinstance(item, Service)
    assert (item.name, item.status, item.start_type) == tuple(wanted.values())


def test_a_run_finds_the_service_among_its_servers(samples: Path, tmp_path: Path) -> None:
    (service,) = snapshot(tmp_path, "EX01", samples / f"{RUNNING}.txt").services.read()
    (wanted,) = expected(samples, RUNNING)["services"]
    assert [service.name, service.status, service.start_type] == list(wanted.values())


def completed(samples: Path) -> bytes:
    """The excerpt with the types it refers to, which the other sample of the tool defines."""
    whole = text_of(samples, RUNNING)
    types = "".join(re.findall(r"<TN RefId.*?</TN>", whole, re.DOTALL))
    start = f'<Obj RefId="types">{types}</Obj><Obj RefId="1859">'
    return text_of(samples, EXCERPT).replace('<Obj RefId="1859">', start, 1).encode()


def test_services_are_read_and_those_they_depend_on_are_none(samples: Path) -> None:
    wanted = {item["name"]: item for item in expected(samples, EXCERPT)["services"]}
    read = [item for item in objects(completed(samples)) if item.name]
    assert sorted(item.name for item in read) == sorted(wanted)
    for item in read:
        assert [item.name, item.status, item.start_type] == list(wanted[item.name].values())


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("MSExchangePop3", "MSExchangePOP3BE"), "pop_disabled"),
        (("MSExchangeImap4", "MSExchangeIMAP4BE"), "imap_disabled"),
    ],
)
def test_stopped_and_manual_is_not_disabled(
    samples: Path, names: tuple[str, ...], key: str
) -> None:
    read = [item for item in objects(completed(samples)) if isinstance(item, Service)]
    found = find_services(read, names)
    disabled = all(item.start_type == "Disabled" for item in found)
    assert (len(found), disabled) == (2, expected(samples, EXCERPT)["check"][key])
