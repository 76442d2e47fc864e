"""What a domain publishes about TLS on its mail hosts: MTA-STS (RFC 8461) and TLSA (RFC 6698)."""

import re
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256, sha512

from smtp_exposure.errors import UnreadableEvidence
from smtp_exposure.records.mail_exchangers import bare_name

_STS_ID = re.compile(r"v=STSv1\s*;(?:.*;)?\s*id=([A-Za-z0-9]{1,32})\s*(?:;.*)?", re.DOTALL)
_TLSA = re.compile(r"([0-9]{1,3}) ([0-9]{1,3}) ([0-9]{1,3}) ([0-9A-Fa-f\s]+)")


class StsMode(Enum):
    """How an MTA-STS policy wants to be applied (RFC 8461, 3.2)."""

    ENFORCE = "enforce"
    TESTING = "testing"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class StsPolicy:
    """An MTA-STS policy file."""

    mode: StsMode
    patterns: tuple[str, ...]
    max_age: int

    def covers(self, host: str) -> bool:
        """Whether a mail host is among those of the policy (RFC 8461, 4.1: one label for `*`)."""
        name = bare_name(host)
        parent = f"*.{name.partition('.')[2]}"
        return any(bare_name(pattern) in (name, parent) for pattern in self.patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsaRecord:
    """One TLSA record; usages 2 and 3 are those that SMTP uses (RFC 7672, 3.1)."""

    usage: int
    selector: int
    matching: int
    data: str

    def matches(self, certificate: bytes, public_key: bytes) -> bool:
        """Compare with a certificate's DER and that of its SubjectPublicKeyInfo (RFC 6698, 2.1)."""
        selected = {0: certificate, 1: public_key}.get(self.selector)
        if selected is None:
            return False
        digests = {
            0: selected.hex(),
            1: sha256(selected).hexdigest(),
            2: sha512(selected).hexdigest(),
        }
        return digests.get(self.matching) == self.data


def parse_sts_id(texts: tuple[str, ...]) -> str | None:
    """Read the policy's id from the TXT records of `_mta-sts` (RFC 8461, 3.1).

    None where no record begins with the version; more than one such record counts as none.
    """
    records = [text for text in texts if text.startswith("v=STSv1")]
    if len(records) != 1:
        return None
    match = _STS_ID.fullmatch(records[0].strip())
    if match is None:
        raise UnreadableEvidence(f"not an MTA-STS record: {records[0][:200]!r}")
    return match[1]


def parse_sts_policy(text: str) -> StsPolicy:
    """Read a policy file (RFC 8461, 3.2): `key: value` lines; unknown keys are ignored."""
    pairs = [
        (key.strip(), value.strip())
        for key, colon, value in (line.partition(":") for line in text.splitlines())
        if colon
    ]
    by_key = dict(reversed(pairs))
    try:
        mode = StsMode(by_key.get("mode", ""))
        max_age = int(by_key.get("max_age", ""))
    except ValueError:
        raise UnreadableEvidence(f"not an MTA-STS policy: {text[:200]!r}") from None
    patterns = tuple(value for key, value in pairs if key == "mx")
    if by_key.get("version") != "STSv1" or (mode is not StsMode.NONE and not patterns):
        raise UnreadableEvidence(f"not an MTA-STS policy: {text[:200]!r}")
    return StsPolicy(mode=mode, patterns=patterns, max_age=max_age)


def parse_tlsa(value: str) -> TlsaRecord:
    """Read one TLSA text: `3 1 1 <hex>`."""
    match = _TLSA.fullmatch(value.strip())
    if match is None:
        raise UnreadableEvidence(f"not a TLSA record: {value[:200]!r}")
    usage, selector, matching = (int(match[group]) for group in (1, 2, 3))
    data = "".join(match[4].split()).lower()
    return TlsaRecord(usage=usage, selector=selector, matching=matching, data=data)
