"""Published samples: what their descriptions say, and what is read out of them.

In scope are Export-Clixml documents. Format-List, tables, events and pages of documentation are
not: a run refuses them by name.
"""

import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from selftests.exchange import clixml_documents
from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.exchange.clixml import read_clixml
from smtp_exposure.exchange.inventory import Server
from smtp_exposure.exchange.recognition import KINDS, Folder, recognise
from smtp_exposure.gateways.recordings import read_snapshots

CONNECTOR = "receive-connector/004-e19-clixml-one-connector"
CERTIFICATES = ("003-clixml-e19-incomplete", "004-clixml-e16-transport-certificate")
RUNNING = "service/001-clixml-mitigation-running"
EXCERPT = "service/002-clixml-pop-imap-e19"


def expected(samples: Path, name: str) -> dict[str, Any]:
    """What a right reading finds in a sample, as the description beside it says."""
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


def refusal(path: Path) -> str:
    """The message with which a file is refused."""
    with pytest.raises(UnreadableEvidence) as refused:
        read_snapshots([path])
    return str(refused.value)


def snapshot(folder: Path, server: str, *files: Path) -> Server:
    """Read exports together with a receive connector of the server that they are of."""
    own = clixml_documents.document(clixml_documents.connector(server=server))
    (folder / "connectors.xml").write_text(own, "utf-8")
    for number, file in enumerate(files):
        shutil.copy(file, folder / f"{number}.xml")
    (found,) = read_snapshots([folder]).servers
    return found
