"""The value types of Exchange's properties: ranges, bindings, flags, names, sizes, times."""

import ipaddress
from collections.abc import Iterable, Mapping
from uuid import NAMESPACE_X500, UUID, uuid5

from lab.clixml import Int64, Obj, Value

DATA = "Microsoft.Exchange.Data"
CONFIGURATION = f"{DATA}.Directory.SystemConfiguration"
ASSEMBLY = "Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35"

AUTH_MECHANISMS = {
    "Tls": 1,
    "Integrated": 2,
    "BasicAuth": 4,
    "BasicAuthRequireTLS": 8,
    "ExchangeServer": 16,
    "ExternalAuthoritative": 32,
}
PERMISSION_GROUPS = {
    "AnonymousUsers": 1,
    "ExchangeUsers": 2,
    "ExchangeServers": 4,
    "ExchangeLegacyServers": 8,
    "Partners": 16,
    "Custom": 32,
}
SERVER_ROLES = {"Mailbox": 2, "HubTransport": 32, "Edge": 64, "FrontendTransport": 16384}
ALLOWED_SERVICES = {"IMAP": 1, "POP": 2, "UM": 4, "IIS": 8, "SMTP": 16}


def enum(type_name: str, text: str, number: int) -> Obj:
    """Return an enum value: its text and its number."""
    return Obj((type_name, "System.Enum", "System.ValueType", "System.Object"), text, number)


def flags(type_name: str, members: Mapping[str, int], names: Iterable[str]) -> Obj:
    """Return a flags enum, its members in ascending order as .NET prints them."""
    chosen = sorted(names, key=members.__getitem__)
    return enum(type_name, ", ".join(chosen) or "None", sum(members[each] for each in chosen))


def multi_valued(item_type: str, items: Iterable[Value]) -> Obj:
    """Return a MultiValuedProperty."""
    assembly = "mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"
    if not item_type.startswith("System."):
        assembly = f"{DATA}, {ASSEMBLY}"
    generic = f"{DATA}.MultiValuedProperty`1[[{item_type}, {assembly}]]"
    return Obj((generic, f"{DATA}.MultiValuedPropertyBase", "System.Object"), items=tuple(items))


def array(item_type: str, items: Iterable[Value]) -> Obj:
    """Return a plain .NET array."""
    return Obj((f"{item_type}[]", "System.Array", "System.Object"), items=tuple(items))


def ip_address(text: str) -> Obj:
    """Return a System.Net.IPAddress."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv4Address):
        little_endian = int.from_bytes(address.packed, "little")
        own: dict[str, Value] = {"Address": Int64(little_endian), "AddressFamily": "InterNetwork"}
    else:
        own = {"AddressFamily": "InterNetworkV6", "ScopeId": Int64(0)}
    return Obj(
        ("System.Net.IPAddress", "System.Object"),
        text,
        props=own | {"IsIPv6LinkLocal": address.is_link_local and address.version == 6},
        notes={"IPAddressToString": text},
    )


def ip_binding(text: str) -> Obj:
    """Return an IPBinding from its text, as 0.0.0.0:25 or [::]:25."""
    address, _, port = text.rpartition(":")
    host = ip_address(address.strip("[]"))
    return Obj(
        (f"{DATA}.IPBinding", "System.Net.IPEndPoint", "System.Net.EndPoint", "System.Object"),
        text,
        props={
            "Port": int(port),
            "AddressFamily": host.props["AddressFamily"],
            "Address": host,
        },
    )


def ip_range(text: str) -> Obj:
    """Return an IPRange from its text: single address, lo-hi, CIDR or address(mask)."""
    if "-" in text:
        form, (lower, upper) = "LoHi", text.split("-")
    elif "/" in text or "(" in text:
        form = "CIDR" if "/" in text else "Netmask"
        network = ipaddress.ip_network(text.replace("(", "/").rstrip(")"), strict=False)
        lower, upper = str(network[0]), str(network[-1])
    else:
        form, lower, upper = "SingleAddress", text, text
    count = int(ipaddress.ip_address(upper)) - int(ipaddress.ip_address(lower)) + 1
    return Obj(
        (f"{DATA}.IPRange", "System.Object"),
        text,
        props={
            "LowerBound": lower,
            "UpperBound": upper,
            "RangeFormat": form,
            "Size": str(ipaddress.IPv6Address(min(count, 2**128 - 1))),
            "Expression": text,
        },
    )


def fqdn(text: str) -> Obj:
    """Return a host name."""
    return Obj(
        (f"{DATA}.Fqdn", f"{DATA}.SmtpDomain", "System.Object"), text, props={"Domain": text}
    )


def unlimited(value: int | None) -> Obj:
    """Return an Unlimited<int>; None is no limit."""
    assembly = "mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"
    types = (f"{DATA}.Unlimited`1[[System.Int32, {assembly}]]", "System.ValueType", "System.Object")
    if value is None:
        return Obj(types, "Unlimited", props={"IsUnlimited": True})
    return Obj(types, str(value), props={"IsUnlimited": False, "Value": value})


def megabytes(count: int) -> Obj:
    """Return a ByteQuantifiedSize, which carries nothing but its text."""
    types = (f"{DATA}.ByteQuantifiedSize", "System.ValueType", "System.Object")
    return Obj(types, f"{count} MB ({count * 1024 * 1024:,} bytes)")


def time_span(seconds: int) -> Obj:
    """Return an EnhancedTimeSpan of less than a day."""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return Obj(
        (f"{DATA}.EnhancedTimeSpan", "System.ValueType", "System.Object"),
        f"{hours:02}:{minutes:02}:{rest:02}",
        props={
            "Days": 0,
            "Hours": hours,
            "Milliseconds": 0,
            "Minutes": minutes,
            "Seconds": rest,
            "Ticks": Int64(seconds * 10_000_000),
            "TotalSeconds": float(seconds),
            "Sign": int(seconds > 0),
        },
    )


def x509_identifier(text: str | None) -> Obj | None:
    """Return a TlsCertificateName from its text <I>issuer<S>subject; None is unset."""
    if text is None:
        return None
    issuer, _, subject = text.removeprefix("<I>").partition("<S>")
    return Obj(
        (f"{DATA}.SmtpX509Identifier", "System.Object"),
        text,
        props={
            "CertificateSubject": subject,
            "CertificateIssuer": issuer,
            "SubjectCommonName": subject.removeprefix("CN=").partition(",")[0],
        },
    )


def domain_capabilities(text: str) -> Obj:
    """Return one entry of TlsDomainCapabilities from its text domain:Capability."""
    domain, _, capabilities = text.partition(":")
    return Obj(
        (f"{DATA}.SmtpReceiveDomainCapabilities", "System.Object"),
        text,
        props={"Domain": domain, "Capabilities": capabilities, "SmtpX509Identifier": None},
    )


def guid(distinguished_name: str) -> UUID:
    """Return the object GUID of a directory entry, always the same for the same name."""
    return uuid5(NAMESPACE_X500, distinguished_name)


def directory_id(text: str, distinguished_name: str, forest: str) -> Obj:
    """Return an ADObjectId, which Identity, Id and Server are."""
    rdn, _, parent = distinguished_name.partition(",")
    return Obj(
        (f"{DATA}.Directory.ADObjectId", f"{DATA}.ObjectId", "System.Object"),
        text,
        props={
            "IsDeleted": False,
            "Rdn": rdn,
            "Parent": parent.partition(",")[0].removeprefix("CN="),
            "Depth": distinguished_name.count(","),
            "DistinguishedName": distinguished_name,
            "IsRelativeDn": False,
            "DomainId": forest,
            "PartitionFQDN": forest,
            "ObjectGuid": guid(distinguished_name),
            "Name": rdn.removeprefix("CN="),
        },
    )
