"""Distinguished names in .NET's spelling, and the `<I>issuer<S>subject` form (facts sheet, 6.2).

.NET prints the most specific part first, state as `S=` and e-mail as `E=`; OpenSSL and RFC 4514
print them otherwise, so names are compared part by part and never as text.
"""

import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

Part = tuple[str, str]
DistinguishedName = tuple[Part, ...]

# What .NET's X500DistinguishedName.Name prints; other types come as `OID.1.2.3`.
_KEYWORDS = {
    NameOID.COMMON_NAME: "CN",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.LOCALITY_NAME: "L",
    NameOID.STATE_OR_PROVINCE_NAME: "S",
    NameOID.COUNTRY_NAME: "C",
    NameOID.DOMAIN_COMPONENT: "DC",
    NameOID.EMAIL_ADDRESS: "E",
    NameOID.STREET_ADDRESS: "STREET",
    NameOID.SERIAL_NUMBER: "SERIALNUMBER",
    NameOID.GIVEN_NAME: "G",
    NameOID.SURNAME: "SN",
    NameOID.TITLE: "T",
    NameOID.INITIALS: "I",
    NameOID.POSTAL_CODE: "POSTALCODE",
}
_SYNONYMS = {
    "GIVENNAME": "G",
    "SURNAME": "SN",
    "TITLE": "T",
    "INITIALS": "I",
    "ST": "S",
    "EMAIL": "E",
    "EMAILADDRESS": "E",
    "STREETADDRESS": "STREET",
}
_OIDS = {f"OID.{oid.dotted_string}": keyword for oid, keyword in _KEYWORDS.items()}
_PART = re.compile(r'\s*([A-Za-z][A-Za-z0-9.]*)\s*=\s*(?:"((?:[^"]|"")*)"|([^",+]*?))\s*(?:[,+]|$)')
_NEEDS_QUOTES = re.compile(r'[,+="\n<>#;]|^\s|\s$')


def parse_name(text: str) -> DistinguishedName:
    """Read a name as .NET prints it; keywords in capitals, values without case. Raises ValueError."""
    parts: list[Part] = []
    position = 0
    while position < len(text.rstrip()):
        match = _PART.match(text, position)
        if not match:
            raise ValueError(f"{text!r} is no distinguished name")
        value = match[2].replace('""', '"') if match[2] is not None else match[3]
        parts.append((_keyword(match[1]), " ".join(value.split()).casefold()))
        position = match.end()
    return tuple(parts)


def _keyword(text: str) -> str:
    upper = text.upper()
    return _OIDS.get(upper, _SYNONYMS.get(upper, upper))


def dotnet_text(name: x509.Name) -> str:
    """Write a certificate's name as .NET does: last encoded part first."""
    return ", ".join(
        " + ".join(f"{_type_of(item)}={_quoted(str(item.value))}" for item in part)
        for part in reversed(name.rdns)
    )


def _type_of(item: x509.NameAttribute[str | bytes]) -> str:
    return _KEYWORDS.get(item.oid, f"OID.{item.oid.dotted_string}")


def _quoted(value: str) -> str:
    if not _NEEDS_QUOTES.search(value):
        return value
    return '"' + value.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class X509Identifier:
    """The value of TlsCertificateName: issuer and subject, no thumbprint."""

    issuer: DistinguishedName
    subject: DistinguishedName


def parse_identifier(text: str) -> X509Identifier:
    """Read `<I>issuer<S>subject`; split at the markers, never at commas. Raises ValueError."""
    match = re.fullmatch(r"\s*<I>(.*)<S>(.*)", text, re.IGNORECASE | re.DOTALL)
    if not match:
        raise ValueError(f"{text!r} has no <I>issuer<S>subject")
    return X509Identifier(parse_name(match[1]), parse_name(match[2]))
