"""Published certificates, read as their descriptions say; names and services of other forms."""

import re
from pathlib import Path
from typing import Any

import pytest

from selftests.exchange.published import CERTIFICATES, expected, objects, snapshot, text_of
from smtp_exposure.errors import MissingEvidence
from smtp_exposure.exchange.certificates import ExchangeCertificate, parse_services
from smtp_exposure.exchange.distinguished_names import parse_identifier, parse_name


def described(item: ExchangeCertificate) -> dict[str, Any]:
    """A certificate as the descriptions write it."""
    return {
        "subject": item.subject,
        "issuer": item.issuer,
        "self_signed": item.is_self_signed,
        "thumbprint": item.thumbprint,
        "serial": f"{item.certificate.serial_number:X}",
        "not_before_utc": item.not_before.isoformat(),
        "not_after_utc": item.not_after.isoformat(),
        "key_bits": getattr(item.certificate.public_key(), "key_size", None),
        "services": "not in the export" if "Services" not in item.properties else "",
    }


@pytest.mark.parametrize("name", CERTIFICATES)
def test_certificates_are_read_from_their_der(samples: Path, name: str) -> None:
    wanted = expected(samples, f"certificate/{name}")["certificates"]
    read = objects((samples / f"certificate/{name}.txt").read_bytes())
    assert wanted
    for one, words in zip(read, wanted, strict=True):
        # The description lists alternative names alone; the model falls back on the common name.
        assert one.names == (tuple(words.pop("names")) or one.common_names)
        assert described(one) == words
        assert isinstance(one.properties["RawData"], bytes)


@pytest.mark.parametrize("name", CERTIFICATES)
def test_remoting_left_out_services_and_private_key(samples: Path, name: str) -> None:
    items = objects((samples / f"certificate/{name}.txt").read_bytes())
    assert items
    for item in items:
        with pytest.raises(MissingEvidence, match="property Services of a certificate in sample"):
            _ = item.services
        with pytest.raises(MissingEvidence, match="property HasPrivateKey of"):
            _ = item.has_private_key


@pytest.mark.parametrize(
    ("name", "server"), [(CERTIFICATES[0], "WIN-CTD3L0RGEN4"), (CERTIFICATES[1], "E2K16-1")]
)
def test_a_run_finds_them_in_their_servers_store(
    samples: Path, tmp_path: Path, name: str, server: str
) -> None:
    found = snapshot(tmp_path, server, samples / f"certificate/{name}.txt")
    wanted = [
        item["thumbprint"] for item in expected(samples, f"certificate/{name}")["certificates"]
    ]
    assert [item.thumbprint for item in found.certificates.read()] == wanted


def test_the_letters_of_the_table_are_services(samples: Path) -> None:
    name = "certificate/002-table-annotated"
    shown = re.findall(r"([0-9A-F]{40})\s+(\S+)", text_of(samples, name))
    read = {thumbprint: sorted(parse_services(letters)) for thumbprint, letters in shown}
    wanted = expected(samples, name)["certificates"]
    assert read == {item["thumbprint"]: sorted(item["services"]) for item in wanted}


def test_the_services_of_the_list_are_read(samples: Path) -> None:
    name = "certificate/001-fl-russian-dates"
    shown = re.findall(r"^Services +: (.*)$", text_of(samples, name), re.MULTILINE)
    wanted = expected(samples, name)["certificates"]
    assert list(map(parse_services, shown)) == [frozenset(item["services"]) for item in wanted]


def test_the_subjects_of_the_table_are_names(samples: Path) -> None:
    wanted = expected(samples, "certificate/002-table-annotated")["certificates"]
    first = parse_name(wanted[0]["subject"])
    assert first[-2:] == (("S", "seoul"), ("C", "kr"))
    assert all(parse_name(item["subject"]) for item in wanted)


def test_the_names_of_the_list_and_of_the_event_are_identifiers(samples: Path) -> None:
    (name,) = expected(samples, "certificate/001-fl-russian-dates")[
        "tls_certificate_name_candidates"
    ]
    own = parse_identifier(name)
    assert own.issuer == own.subject == (("CN", "mos-mail"),)
    event = expected(samples, "certificate/005-event-12014-name-not-found")["tls_certificate_name"]
    read = parse_identifier("<I>{issuer}<S>{subject}".format_map(event))
    assert (read.issuer[1], read.subject[4]) == (("OU", "<certificateissuer>"), ("S", "location"))
