"""Published certificates, permissions and services, read as their descriptions say.

In scope are Export-Clixml documents. Format-List, tables, events and pages of documentation are
not: a run refuses them by name.
"""

import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from selftests.exchange import builders, clixml_documents
from smtp_exposure.errors import MissingEvidence, UnreadableEvidence
from smtp_exposure.exchange.certificates import ExchangeCertificate, parse_services
from smtp_exposure.exchange.clixml import read_clixml
from smtp_exposure.exchange.distinguished_names import parse_identifier, parse_name
from smtp_exposure.exchange.inventory import ADPermission, Server, Service
from smtp_exposure.exchange.permissions import Access, Principal, Right, principal, read_entry
from smtp_exposure.exchange.recognition import KINDS, Folder, recognise
from smtp_exposure.exchange.services import find_services
from smtp_exposure.gateways.recordings import read_snapshots

CERTIFICATES = ("003-clixml-e19-incomplete", "004-clixml-e16-transport-certificate")
RUNNING = "service/001-clixml-mitigation-running"
EXCERPT = "service/002-clixml-pop-imap-e19"
OUT_OF_SCOPE = {
    "certificate/001-fl-russian-dates": "Format-List",
    "certificate/002-table-annotated": "table",
    "certificate/005-event-12014-name-not-found": "event",
    "adpermission/001-e19-relay-rights": "table",
    "adpermission/002-e13-any-sender-removed": "table",
    "adpermission/003-docs-aces-with-sids": "HTML table",
    "service/003-table-truncated-name": "table",
    "service/004-docs-services-overview": "markdown table",
}


def expected(samples: Path, name: str) -> dict[str, Any]:
    """What the description beside a sample says."""
    described = yaml.safe_load((samples / f"{name}.yml").read_text("utf-8"))
    found: dict[str, Any] = described["expected"]
    return found


def text_of(samples: Path, name: str) -> str:
    return (samples / f"{name}.txt").read_text("utf-8-sig")


def objects(data: bytes) -> list[Any]:
    """The Exchange objects in a document."""
    folder = Folder()
    recognise(read_clixml(BytesIO(data), "sample", KINDS), "sample", folder)
    return list(folder.objects)


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
    for one, words in zip(read, wanted, strict=True):
        # The description lists alternative names alone; the model falls back on the common name.
        assert one.names == (tuple(words.pop("names")) or one.common_names)
        assert described(one) == words


@pytest.mark.parametrize("name", CERTIFICATES)
def test_remoting_left_out_services_and_private_key(samples: Path, name: str) -> None:
    for item in objects((samples / f"certificate/{name}.txt").read_bytes()):
        with pytest.raises(MissingEvidence, match="property Services of a certificate in sample"):
            _ = item.services
        with pytest.raises(MissingEvidence, match="property HasPrivateKey of"):
            _ = item.has_private_key


def snapshot(folder: Path, server: str, *files: Path) -> Server:
    """Read exports together with a receive connector of the server that they are of."""
    own = clixml_documents.document(clixml_documents.connector(server=server))
    (folder / "connectors.xml").write_text(own, "utf-8")
    for number, file in enumerate(files):
        shutil.copy(file, folder / f"{number}.xml")
    (found,) = read_snapshots([folder]).servers
    return found


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


def test_the_excerpt_alone_is_a_damaged_document(samples: Path) -> None:
    file = samples / f"{EXCERPT}.txt"
    with pytest.raises(UnreadableEvidence) as refused:
        read_snapshots([file])
    place = "line 3, column 24: reference to '0', which is nowhere defined"
    assert str(refused.value) == f"{file}, {place}"


@pytest.mark.parametrize(
    "name", OUT_OF_SCOPE, ids=lambda name: f"{name} ({OUT_OF_SCOPE[name]}, out of scope)"
)
def test_other_forms_are_refused_by_name(samples: Path, name: str) -> None:
    file = samples / f"{name}.txt"
    with pytest.raises(UnreadableEvidence) as refused:
        read_snapshots([file])
    message = str(refused.value)
    assert message.startswith(str(file))
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize("folder", ["certificate", "adpermission", "service"])
def test_every_sample_is_judged_here(samples: Path, folder: str) -> None:
    named = {*OUT_OF_SCOPE, *(f"certificate/{name}" for name in CERTIFICATES), RUNNING, EXCERPT}
    there = {f"{folder}/{file.stem}" for file in (samples / folder).glob("*.txt")}
    assert there == {name for name in named if name.startswith(folder)}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_certificates_alone_name_no_server(samples: Path, name: str) -> None:
    with pytest.raises(UnreadableEvidence, match="names no Exchange server: it needs Get-Receive"):
        read_snapshots([samples / f"certificate/{name}.txt"])


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


def shown_rights(samples: Path, name: str) -> Iterator[ADPermission]:
    """The entries of a table of users and rights."""
    for user, right in re.findall(r"^(\S.*?)\s+\{(.+)\}", text_of(samples, name), re.MULTILINE):
        yield builders.permission(user, right)


@pytest.mark.parametrize(
    "name", ["adpermission/001-e19-relay-rights", "adpermission/002-e13-any-sender-removed"]
)
def test_published_rights_make_a_relay(samples: Path, name: str) -> None:
    entries = list(shown_rights(samples, name))
    wanted = expected(samples, name)
    read = [{"user": item.user, "rights": list(item.extended_rights)} for item in entries]
    assert read == wanted["entries"]
    relay = Access(tuple(map(read_entry, entries))).allows_anonymous(Right.ACCEPT_ANY_RECIPIENT)
    assert bool(relay) is wanted["check"]["anonymous_relay"]


def documented(samples: Path) -> list[ADPermission]:
    """The entries of the documentation's table."""
    rows = re.findall(
        r"<td><p>(.+?)</p></td>\n<td><p>(Allow|Deny) ACE</p></td>\n.*\n<td><p>(.+?)</p></td>",
        text_of(samples, "adpermission/003-docs-aces-with-sids"),
    )
    return [builders.permission(user, right, deny=kind == "Deny") for user, kind, right in rows]


def test_documented_entries_keep_user_kind_and_right(samples: Path) -> None:
    wanted = expected(samples, "adpermission/003-docs-aces-with-sids")["entries"]
    entries = [read_entry(item) for item in documented(samples)]
    assert [(item.user, item.deny) for item in entries] == [
        (item["user"], item["type"] == "Deny") for item in wanted
    ]
    assert {item.principal for item in entries} == {Principal.OTHER}
    assert not Access(tuple(entries)).allows_anonymous(Right.SUBMIT)


def rights(*spellings: str) -> frozenset[str]:
    return read_entry(builders.permission(builders.ANONYMOUS, *spellings)).rights


def test_the_documents_display_spelling_means_the_same_right(samples: Path) -> None:
    spellings = {item.extended_rights[0] for item in documented(samples)}
    assert "Accept Any Sender" in spellings
    assert rights("Accept Any Sender") == rights("ms-Exch-SMTP-Accept-Any-Sender")
    assert rights("Accept Any Sender") != rights("ms-Exch-SMTP-Accept-Any-Recipient")


@pytest.mark.parametrize(
    ("display", "right"),
    [
        ("Accept Any Recipient", Right.ACCEPT_ANY_RECIPIENT),
        # What Active Directory's own editor and the same page of the documentation call them.
        ("Submit Messages to any Recipient", Right.ACCEPT_ANY_RECIPIENT),
        ("Submit Messages to Server", Right.SUBMIT),
    ],
)
def test_display_names_of_the_rights_that_decide(display: str, right: Right) -> None:
    assert read_entry(builders.permission(builders.ANONYMOUS, display)).concerns(right)


def test_a_documented_well_known_sid_is_nobody_outside(samples: Path) -> None:
    sids = [item.user for item in documented(samples) if item.user.startswith("S-1-9-")]
    assert len(sids) == 3
    assert {principal(sid) for sid in sids} == {Principal.OTHER}
