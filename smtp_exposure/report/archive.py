"""What evidence.json holds: everything a later judgement needs, without the network (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smtp_exposure.errors import SettingsError, UnreadableEvidence
from smtp_exposure.exchange import folder_json
from smtp_exposure.exchange.recognition import Folder
from smtp_exposure.report.results import timestamp
from smtp_exposure.smtp.evidence import ExternalEvidence, from_json

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRun:
    """The recorded evidence of a run; a half that was not looked at is None.

    `profile` is the TOML text it was judged by, if any. `internal` is what Exchange said of itself,
    folder by folder; `external` what a stranger saw. `lab` is the scenario that was no real server.
    `is_vouched_for` tells whether a manifest gave the hash that the file has.
    """

    id: str
    moment: datetime
    domains: tuple[str, ...]
    profile: str | None
    internal: tuple[Folder, ...] | None
    external: ExternalEvidence | None
    is_vouched_for: bool = True
    lab: str | None = None


def as_document(run: RecordedRun) -> dict[str, Any]:
    """The document of evidence.json; what was seen from outside is still a model (json_form.plain)."""
    folders = run.internal
    return {
        "schema": SCHEMA,
        "run": {
            "id": run.id,
            "judged_at": timestamp(run.moment),
            "domains": list(run.domains),
            "lab": run.lab,
        },
        "profile": run.profile,
        "internal": None if folders is None else [folder_json.to_json(item) for item in folders],
        "external": run.external,
    }


def read_document(document: Any, source: str) -> RecordedRun:
    """Read evidence.json back. Raises UnreadableEvidence naming the source."""
    try:
        _check_schema(document["schema"])
        run, internal, external = document["run"], document["internal"], document["external"]
        return RecordedRun(
            id=_text(run["id"], "id"),
            moment=_moment(run["judged_at"]),
            domains=_domains(run["domains"]),
            profile=_text_or_none(document["profile"], "profile"),
            internal=None if internal is None else tuple(map(folder_json.from_json, internal)),
            external=None if external is None else from_json(external),
            # Runs of earlier versions have no such key.
            lab=_text_or_none(run.get("lab"), "lab"),
        )
    except UnreadableEvidence as problem:
        raise UnreadableEvidence(f"{source}: {problem}") from None
    except KeyError as problem:
        raise UnreadableEvidence(f"{source}: no evidence of a run: {problem} is missing") from None
    except (TypeError, ValueError) as problem:
        raise UnreadableEvidence(f"{source}: no evidence of a run: {problem!s:.80}") from None


def _check_schema(schema: Any) -> None:
    if schema != SCHEMA:
        raise UnreadableEvidence(f"schema {schema!r:.40}; this version reads {SCHEMA}")


def combine(runs: Sequence[RecordedRun], *, by_their_profile: bool) -> RecordedRun:
    """Put recorded runs together: the servers of each, and the one look from outside.

    Raises SettingsError where there are two of those, or two profiles to judge by.
    """
    looked = [run for run in runs if run.external is not None]
    if len(looked) > 1:
        raise SettingsError(
            f"--replay: {looked[0].id} and {looked[1].id} both looked from outside; give one of them"
        )
    if by_their_profile and len({run.profile for run in runs}) > 1:
        raise SettingsError(
            "--replay: these runs were judged by different profiles; give --profile=FILE"
        )
    inside = [run.internal for run in runs if run.internal is not None]
    return RecordedRun(
        id=", ".join(run.id for run in runs),
        moment=max(run.moment for run in runs),
        domains=tuple(dict.fromkeys(name for run in runs for name in run.domains)),
        profile=runs[0].profile if by_their_profile else None,
        internal=tuple(folder for folders in inside for folder in folders) if inside else None,
        external=looked[0].external if looked else None,
        is_vouched_for=all(run.is_vouched_for for run in runs),
        lab=", ".join(dict.fromkeys(run.lab for run in runs if run.lab is not None)) or None,
    )


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"time {text!r:.40} without a zone")
    return moment


def _domains(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"domains {value!r:.40} are no list")
    return tuple(_text(name, "domain") for name in value)


def _text_or_none(value: Any, what: str) -> str | None:
    return None if value is None else _text(value, what)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{what} {value!r:.40} is no text")
    return value
