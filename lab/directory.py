"""What every object of Exchange's directory has: its name, its place and the notes of remoting."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import NAMESPACE_DNS, uuid5

from lab import values
from lab.clixml import Obj, Value
from lab.state import Organization, ReceiveConnector, Server
from lab.values import CONFIGURATION, DATA

CONFIGURATION_OBJECT = (
    f"{CONFIGURATION}.ADConfigurationObject",
    f"{DATA}.Directory.ADObject",
    f"{DATA}.Directory.ADRawEntry",
    f"{DATA}.ConfigurableObject",
    "System.Object",
)
PRESENTATION_OBJECT = (
    f"{DATA}.Directory.Management.ADPresentationObject",
    *CONFIGURATION_OBJECT[1:],
)
_ORGANIZATION_ID = Obj(
    (f"{DATA}.Directory.OrganizationId", "System.Object"),
    "",
    props={"OrganizationalUnit": None, "ConfigurationUnit": None},
)


def entry(
    organization: Organization,
    types: tuple[str, ...],
    identity: Obj,
    properties: Mapping[str, Value],
) -> Obj:
    """Return a directory object with these properties and those that all of them have."""
    distinguished_name = identity.props["DistinguishedName"]
    changed = organization.as_of - timedelta(days=1)
    own: dict[str, Value] = {
        "Name": identity.props["Name"],
        "DistinguishedName": distinguished_name,
        "Identity": identity,
        "Guid": values.guid(str(distinguished_name)),
        "WhenChanged": changed,
        "WhenChangedUTC": changed,
        "OrganizationId": _ORGANIZATION_ID,
        "Id": identity,
        "OriginatingServer": f"dc01.{organization.forest}",
        "IsValid": True,
    }
    notes = remoting_notes(organization.servers[0].fqdn)
    return Obj(types, identity.text, props={**properties, **own}, notes=notes)


def remoting_notes(computer: str) -> dict[str, Value]:
    """Return the notes that PowerShell adds to what another computer sent."""
    session = uuid5(NAMESPACE_DNS, computer)
    return {"PSComputerName": computer, "RunspaceId": session, "PSShowComputerName": False}


def entry_id(
    organization: Organization, name: str | None = None, *parents: str, text: str | None = None
) -> Obj:
    """Return the name of an entry below the organisation, or of the organisation itself."""
    above = (*parents, organization.name, "Microsoft Exchange", "Services", "Configuration")
    steps = [f"CN={each}" for each in (above if name is None else (name, *above))]
    domain = [f"DC={label}" for label in organization.forest.split(".")]
    shown = text or name or organization.name
    return values.directory_id(shown, ",".join(steps + domain), organization.forest)


def server_id(organization: Organization, server: Server) -> Obj:
    """Return the directory's name of a server."""
    return entry_id(organization, server.name, *_SERVERS)


def connector_id(organization: Organization, server: Server, it: ReceiveConnector) -> Obj:
    """Return the directory's name of a receive connector: server, backslash, name."""
    parents = ("SMTP Receive Connectors", "Protocols", server.name, *_SERVERS)
    return entry_id(organization, it.name, *parents, text=rf"{server.name}\{it.name}")


_SERVERS = ("Servers", "Exchange Administrative Group (FYDIBOHF23SPDLT)", "Administrative Groups")
