"""What the organisation says of itself: servers, accepted domains, settings, hybrid tie."""

from lab import values
from lab.clixml import Obj, Value
from lab.directory import (
    CONFIGURATION_OBJECT,
    PRESENTATION_OBJECT,
    entry,
    entry_id,
    server_id,
)
from lab.state import AcceptedDomain, Organization, Server
from lab.values import CONFIGURATION, DATA


def exchange_server(organization: Organization, server: Server) -> Obj:
    """Return what Get-ExchangeServer does."""
    role = "Edge" if server.edge else "Mailbox"
    version = {"Major": 15, "Minor": 2, "Build": 1544, "Revision": 4}
    properties: dict[str, Value] = {
        "Domain": organization.forest,
        "Edition": values.enum(f"{DATA}.ServerEditionType", "Standard", 1),
        "Fqdn": server.fqdn,
        "IsHubTransportServer": not server.edge,
        "IsEdgeServer": server.edge,
        "IsMailboxServer": not server.edge,
        "IsFrontendTransportServer": not server.edge,
        "AdminDisplayVersion": Obj(
            (f"{DATA}.ServerVersion", "System.Object"),
            "Version 15.2 (Build 1544.4)",
            props=version,
        ),
        "ServerRole": values.flags(f"{CONFIGURATION}.ServerRole", values.SERVER_ROLES, [role]),
    }
    types = (f"{DATA}.Directory.Management.ExchangeServer", *PRESENTATION_OBJECT)
    return entry(organization, types, server_id(organization, server), properties)


def accepted_domain(organization: Organization, it: AcceptedDomain) -> Obj:
    """Return what Get-AcceptedDomain does."""
    bare = it.domain_name.removeprefix("*.")
    properties: dict[str, Value] = {
        "DomainName": Obj(
            (f"{DATA}.SmtpDomainWithSubdomains", "System.Object"),
            it.domain_name,
            props={
                "Address": it.domain_name,
                "IncludeSubDomains": it.domain_name.startswith("*"),
                "Domain": bare,
                "IsStar": it.domain_name == "*",
            },
        ),
        "DomainType": values.flags(
            f"{CONFIGURATION}.AcceptedDomainType",
            {"Authoritative": 0, "ExternalRelay": 1, "InternalRelay": 2},
            [it.domain_type],
        ),
        "MatchSubDomains": it.match_sub_domains,
        "Default": it.default,
        "OutboundOnly": False,
    }
    identity = entry_id(organization, it.name, "Accepted Domains", "Transport Settings")
    types = (f"{CONFIGURATION}.AcceptedDomain", *CONFIGURATION_OBJECT)
    return entry(organization, types, identity, properties)


def organization_config(organization: Organization) -> Obj:
    """Return what Get-OrganizationConfig does."""
    properties: dict[str, Value] = {"ObjectVersion": 16763, "IsDehydrated": False}
    types = (f"{DATA}.Directory.Management.OrganizationConfig", *PRESENTATION_OBJECT)
    return entry(organization, types, entry_id(organization), properties)


def transport_config(organization: Organization) -> Obj:
    """Return what Get-TransportConfig does."""
    properties: dict[str, Value] = {
        "InternalSMTPServers": values.multi_valued(f"{DATA}.IPRange", ()),
        "TLSReceiveDomainSecureList": values.multi_valued(f"{DATA}.SmtpDomain", ()),
        "TLSSendDomainSecureList": values.multi_valued(f"{DATA}.SmtpDomain", ()),
    }
    types = (f"{CONFIGURATION}.TransportConfigContainer", *CONFIGURATION_OBJECT)
    return entry(organization, types, entry_id(organization, "Transport Settings"), properties)


def hybrid_configuration(organization: Organization) -> list[Obj]:
    """Return what Get-HybridConfiguration does: nothing without a hybrid deployment."""
    it = organization.hybrid
    if it is None:
        return []
    servers = [each for each in organization.servers if each.name in it.receiving_servers]
    transport = values.multi_valued(
        f"{DATA}.Directory.ADObjectId", (server_id(organization, each) for each in servers)
    )
    properties: dict[str, Value] = {
        "ReceivingTransportServers": transport,
        "SendingTransportServers": transport,
        "OnPremisesSmartHost": values.fqdn(it.on_premises_smart_host),
        "Domains": values.multi_valued(
            f"{DATA}.AutoDiscoverSmtpDomain",
            (
                Obj((f"{DATA}.AutoDiscoverSmtpDomain", "System.Object"), domain)
                for domain in it.domains
            ),
        ),
        "TlsCertificateName": values.x509_identifier(it.tls_certificate_name),
        "ServiceInstance": 0,
    }
    identity = entry_id(organization, "Hybrid Configuration", "Hybrid Configuration")
    types = (f"{CONFIGURATION}.HybridConfiguration", *CONFIGURATION_OBJECT)
    return [entry(organization, types, identity, properties)]
