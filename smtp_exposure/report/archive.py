"""What evidence.json holds: everything a later judgement needs, without the network (pure)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.report.results import timestamp
from smtp_exposure.smtp.evidence import ExternalEvidence, from_json, to_json

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRun:
    """The recorded evidence of a run: `profile` is the TOML text it was judged by, if any."""

    id: str
    moment: datetime
    profile: str | None
    external: ExternalEvidence | None


def as_document(run: RecordedRun) -> dict[str, Any]:
    """The document of evidence.json."""
    return {
        "schema": SCHEMA,
        "run": {"id": run.id, "judged_at": timestamp(run.moment)},
        "profile": run.profile,
        "external": to_json(run.external) if run.external else None,
    }


def read_document(document: Any, source: str) -> RecordedRun:
    """Read evidence.json back. Raises UnreadableEvidence naming the source."""
    try:
        schema = document["schema"]
        profile, external = document["profile"], document["external"]
        run_id, moment = str(document["run"]["id"]), document["run"]["judged_at"]
        judged_at = datetime.fromisoformat(moment)
    except (KeyError, TypeError, ValueError) as problem:
        raise UnreadableEvidence(f"{source}: no evidence of a run ({problem!r:.80})") from None
    if judged_at.tzinfo is None or not isinstance(profile, str | None):
        kind = type(profile).__name__
        raise UnreadableEvidence(f"{source}: time {moment!r:.40}, profile of type {kind}")
    if schema != SCHEMA:
        raise UnreadableEvidence(f"{source}: schema {schema!r:.40}; this version reads {SCHEMA}")
    try:
        seen = None if external is None else from_json(external)
    except UnreadableEvidence as problem:
        raise UnreadableEvidence(f"{source}: {problem}") from None
    return RecordedRun(
        id=run_id,
        moment=judged_at,
        profile=profile,
        external=seen,
    )
