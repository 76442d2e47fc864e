"""Published samples that are no export, or none of a server: a run refuses them by name."""

from pathlib import Path

import pytest

from selftests.exchange.published import CERTIFICATES, CONNECTOR, EXCERPT, RUNNING, refusal
from smtp_exposure.gateways.recordings import read_snapshots

CLIXML = {CONNECTOR, RUNNING, EXCERPT, *(f"certificate/{name}" for name in CERTIFICATES)}
KINDS = ("receive-connector", "adpermission", "certificate", "service", "remoting-error")


def other_forms(samples: Path) -> list[Path]:
    """The samples that are no Export-Clixml documents."""
    files = [file for kind in KINDS for file in sorted(samples.glob(f"{kind}/*.txt"))]
    others = [file for file in files if f"{file.parent.name}/{file.stem}" not in CLIXML]
    assert len(others) > 20
    return others


def test_refuses_other_forms_in_one_line_with_file_and_place(samples: Path) -> None:
    for file in other_forms(samples):
        message = refusal(file)
        assert message.startswith(f"{file}, line 1, column ")
        assert len(message.splitlines()) == 1


def test_says_of_other_forms_what_was_expected_instead(samples: Path) -> None:
    unclear = [file.name for file in other_forms(samples) if "Export-Clixml" not in refusal(file)]
    assert unclear == []


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


@pytest.mark.parametrize("name", CERTIFICATES)
def test_certificates_alone_name_no_server(samples: Path, name: str) -> None:
    message = refusal(samples / f"certificate/{name}.txt")
    assert "names no Exchange server: it needs Get-Receive" in message


def test_the_excerpt_alone_is_a_damaged_document(samples: Path) -> None:
    file = samples / f"{EXCERPT}.txt"
    place = "line 3, column 24: reference to '0', which is nowhere defined"
    assert refusal(file) == f"{file}, {place}"
