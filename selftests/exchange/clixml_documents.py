"""Export-Clixml documents written by hand, as [MS-PSRP] 2.2.5 and facts sheet 2.8 show them.

Every function gives text; `document` makes a whole file of it.
"""

import re
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://schemas.microsoft.com/powershell/2004/04"
CONFIGURATION = "Microsoft.Exchange.Data.Directory.SystemConfiguration"
CONNECTOR = f"{CONFIGURATION}.ReceiveConnector"
SERVER = "Microsoft.Exchange.Data.Directory.Management.ExchangeServer"
ACE = "Microsoft.Exchange.Management.RecipientTasks.ADAcePresentationObject"
SERVICE = "System.ServiceProcess.ServiceController"
CERTIFICATE = "System.Security.Cryptography.X509Certificates.X509Certificate2"
HASHTABLE = "System.Collections.Hashtable"
ARRAY = "System.Object[]"


def document(*children: str) -> str:
    """A whole document."""
    return f'<Objs Version="1.1.0.1" xmlns="{NAMESPACE}">\n{"".join(children)}</Objs>\n'


def attributes(**values: str | None) -> str:
    """Attributes of a tag; None leaves one out."""
    given = ((name, value) for name, value in values.items() if value is not None)
    return "".join(f" {name}={quoteattr(value)}" for name, value in given)


def text(value: str, name: str | None = None, tag: str = "S") -> str:
    """A primitive: by default a string."""
    return f"<{tag}{attributes(N=name)}>{escape(value)}</{tag}>"


def nil(name: str | None = None) -> str:
    """Nothing."""
    return f"<Nil{attributes(N=name)} />"


def ref(number: int, name: str | None = None) -> str:
    """A reference to an object."""
    return f"<Ref{attributes(N=name, RefId=str(number))} />"


def obj(
    *body: str, types: Iterable[str] = (), name: str | None = None, number: int | None = None
) -> str:
    """An object with its types; the body is whatever stands in it."""
    listed = "".join(f"<T>{escape(one)}</T>" for one in types)
    identifier = None if number is None else str(number)
    known = f"<TN{attributes(RefId=identifier or '900')}>{listed}</TN>" if listed else ""
    return f"<Obj{attributes(N=name, RefId=identifier)}>{known}{''.join(body)}</Obj>"


def props(*members: str, tag: str = "Props") -> str:
    """The properties of an object; tag MS makes note properties."""
    return f"<{tag}>{''.join(members)}</{tag}>"


def items(*members: str, name: str | None = None, tag: str = "LST", types: str = ARRAY) -> str:
    """A list of values."""
    return obj(f"<{tag}>{''.join(members)}</{tag}>", types=(types, "System.Array"), name=name)


def enum(name: str | None, label: str | None, number: int) -> str:
    """An enum value; label None leaves its text out."""
    shown = "" if label is None else f"<ToString>{escape(label)}</ToString>"
    types = (f"{CONFIGURATION}.Something", "System.Enum", "System.ValueType")
    return obj(shown, f"<I32>{number}</I32>", types=types, name=name)


def named(element: str, name: str) -> str:
    """Give a finished element the name of the property that it is the value of."""
    end = re.search(r"\s*/?>", element)
    position = end.start() if end else 0
    return f"{element[:position]} N={quoteattr(name)}{element[position:]}"


def table(entries: Mapping[str, str]) -> str:
    """A hashtable of sections."""
    pairs = "".join(
        f"<En>{text(key, 'Key')}{named(value, 'Value')}</En>" for key, value in entries.items()
    )
    return obj(f"<DCT>{pairs}</DCT>", types=(HASHTABLE, "System.Object"))


def record(sections: Mapping[str, str]) -> str:
    """A PSCustomObject whose note properties are sections."""
    members = (named(value, key) for key, value in sections.items())
    types = ("System.Management.Automation.PSCustomObject", "System.Object")
    return obj(props(*members, tag="MS"), types=types)


def connector(
    name: str = "Internet", server: str = "EX01", *extra: str, types: str = CONNECTOR
) -> str:
    """A receive connector with the shapes that trip readers."""
    return obj(
        f"<ToString>{server}\\{name}</ToString>",
        props(
            enum("AuthMechanism", "Tls", 1),
            enum("PermissionGroups", "AnonymousUsers", 1),
            enum("TransportRole", "FrontendTransport", 16384),
            items(text("[::]:25"), text("0.0.0.0:25"), name="Bindings"),
            items(text("::/0"), text("0.0.0.0/0"), name="RemoteIPRanges"),
            text("", "Banner"),
            nil("TlsCertificateName"),
            text("true", "Enabled", "B"),
            text("false", "RequireTLS", "B"),
            text("AAEAAAD/////", "SerializationData", "BA"),
            text(f"{server}\\{name}", "Identity"),
            text(name, "Name"),
            text(server, "Server"),
            *extra,
        ),
        props(text("ex01.corp.example", "PSComputerName"), tag="MS"),
        types=(types, f"{CONFIGURATION}.ADConfigurationObject", "System.Object"),
    )


def service(name: str = "MSExchangePop3", machine: str | None = None, *extra: str) -> str:
    """A Windows service."""
    where = () if machine is None else (text(machine, "MachineName"),)
    types = (SERVICE, "System.ComponentModel.Component", "System.Object")
    return obj(props(text(name, "Name"), *where, *extra), types=types)
