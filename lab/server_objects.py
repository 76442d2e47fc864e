"""What belongs to one server: permissions, certificates, services, network connections."""

import hashlib

from lab import certificates, values
from lab.clixml import Obj, Value
from lab.directory import connector_id, remoting_notes
from lab.permissions import access_list
from lab.state import Ace, Certificate, Organization, ReceiveConnector, Server, Service

_TASKS = "Microsoft.Exchange.Management"
_RECIPIENT_TASKS = f"{_TASKS}.RecipientTasks"
_X509 = "System.Security.Cryptography.X509Certificates"
_CERTIFICATE = (
    f"{_TASKS}.SystemConfigurationTasks.ExchangeCertificate",
    f"{_X509}.X509Certificate2",
    f"{_X509}.X509Certificate",
    "System.Object",
)
_SERVICE = (
    "System.ServiceProcess.ServiceController",
    "System.ComponentModel.Component",
    "System.MarshalByRefObject",
    "System.Object",
)


def permissions(organization: Organization, server: Server, it: ReceiveConnector) -> list[Obj]:
    """Return what Get-ADPermission does for one connector: an object for each right."""
    identity = connector_id(organization, server, it)
    notes = remoting_notes(organization.servers[0].fqdn)
    entries = access_list(it, organization.netbios)
    return [_permission(identity, each, notes) for each in entries]


def exchange_certificate(organization: Organization, server: Server, it: Certificate) -> Obj:
    """Return what Get-ExchangeCertificate does, with the services it was asked to project.

    Remoting keeps RawData only; Services and HasPrivateKey are there because the exporting
    command added them as note properties.
    """
    made = certificates.issue(it, organization.as_of)
    raw = certificates.der(made)
    thumbprint = hashlib.sha1(raw, usedforsecurity=False).hexdigest().upper()
    shown = {
        "Subject": it.subject,
        "Issuer": it.issuer or it.subject,
        "Serial Number": f"{made.serial_number:032X}",
        "Not Before": f"{made.not_valid_before_utc:%m/%d/%Y %H:%M:%S}",
        "Not After": f"{made.not_valid_after_utc:%m/%d/%Y %H:%M:%S}",
        "Thumbprint": thumbprint,
    }
    services = values.flags("AllowedServices", values.ALLOWED_SERVICES, it.services)
    notes: dict[str, Value] = {"Services": services.text, "HasPrivateKey": it.has_private_key}
    return Obj(
        _CERTIFICATE,
        "\r\n".join(f"[{title}]\r\n  {text}\r\n" for title, text in shown.items()),
        props={"RawData": raw},
        notes=notes | _owner(organization, server),
    )


def service(organization: Organization, server: Server, it: Service) -> Obj:
    """Return what Get-Service does; read with -ComputerName, it names the computer."""
    status = {"Stopped": 1, "Running": 4}
    start_mode = {"Automatic": 2, "Manual": 3, "Disabled": 4}
    properties: dict[str, Value] = {
        "CanPauseAndContinue": False,
        "CanShutdown": it.status == "Running",
        "CanStop": it.status == "Running",
        "DisplayName": it.display_name,
        "MachineName": server.fqdn if len(organization.servers) > 1 else ".",
        "ServiceName": it.name,
        "Status": values.flags(
            "System.ServiceProcess.ServiceControllerStatus", status, [it.status]
        ),
        "ServiceType": values.enum("System.ServiceProcess.ServiceType", "Win32OwnProcess", 16),
        "StartType": values.flags(
            "System.ServiceProcess.ServiceStartMode", start_mode, [it.start_type]
        ),
        "Site": None,
        "Container": None,
    }
    return Obj(_SERVICE, it.name, props=properties, notes={"Name": it.name})


def network_connection_info(organization: Organization, server: Server) -> Obj:
    """Return what Get-NetworkConnectionInfo does for the server's one adapter."""
    address = "System.Net.IPAddress"
    properties: dict[str, Value] = {
        "Name": "Microsoft Hyper-V Network Adapter",
        "DnsServers": values.array(address, [values.ip_address("10.1.2.10")]),
        "IPAddresses": values.array(address, map(values.ip_address, server.addresses)),
        "AdapterGuid": values.guid(server.fqdn),
        "MacAddress": "00:15:5D:01:02:14",
    }
    types = (f"{_TASKS}.SystemConfigurationTasks.NetworkConnectionInfo", "System.Object")
    return Obj(types, "", props=properties, notes=_owner(organization, server))


def _owner(organization: Organization, server: Server) -> dict[str, Value]:
    return remoting_notes(server.fqdn) if len(organization.servers) > 1 else {}


def _permission(identity: Obj, ace: Ace, notes: dict[str, Value]) -> Obj:
    right: Value = None
    if ace.right is not None:
        parameter = (f"{_RECIPIENT_TASKS}.ExtendedRightIdParameter", "System.Object")
        right = values.array(parameter[0], [Obj(parameter, ace.right)])
    access = values.enum(
        "System.DirectoryServices.ActiveDirectoryRights",
        "ExtendedRight" if ace.right else "ReadProperty, WriteProperty",
        256 if ace.right else 48,
    )
    user = "Microsoft.Exchange.Configuration.Tasks.SecurityPrincipalIdParameter"
    switch = ("System.Management.Automation.SwitchParameter", "System.ValueType", "System.Object")
    properties: dict[str, Value] = {
        "AccessRights": values.array("System.DirectoryServices.ActiveDirectoryRights", [access]),
        "ExtendedRights": right,
        "ChildObjectTypes": None,
        "InheritedObjectType": None,
        "Properties": None,
        "InheritanceType": values.enum(
            "System.DirectoryServices.ActiveDirectorySecurityInheritance", "All", 1
        ),
        "User": Obj((user, "System.Object"), ace.user),
        "Identity": identity,
        "Deny": Obj(switch, str(ace.deny), props={"IsPresent": ace.deny}),
        "IsInherited": ace.inherited,
        "IsValid": True,
    }
    types = (f"{_RECIPIENT_TASKS}.ADAcePresentationObject", "System.Object")
    return Obj(types, "", props=properties, notes=notes)
