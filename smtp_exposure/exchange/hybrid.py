"""Signs that an organisation is hybrid, and what its connectors then need (facts sheet, 9.12)."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache

from smtp_exposure.errors import CannotLook, ExposureError, MissingEvidence
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.inventory import HybridConfiguration, Organization, Server
from smtp_exposure.verdicts import NotAssessed

CLOUD_DOMAIN = "mail.protection.outlook.com"
CLOUD_CAPABILITY = f"{CLOUD_DOMAIN}:AcceptCloudServicesMail"
_CAPABILITIES = frozenset({"acceptcloudservicesmail", "acceptoorgprotocol"})
"""The second is the older name, which Exchange 2010 and early 2013 used."""


@lru_cache(maxsize=64)  # every server of an organisation asks
def hybrid_signs(organization: Organization) -> list[str]:
    """What shows that an organisation is hybrid: the wizard's object, or connectors it made.

    Raises what kept a sign from being read where there is no other.
    """
    signs = [item.label for item in organization.hybrid.items]
    problems: list[ExposureError] = []
    for sender in organization.send_connectors.items:
        try:
            signs += [sender.label] if sender.cloud_services_mail_enabled else []
        except ExposureError as problem:
            problems.append(problem)
    for server in organization.servers:
        signs += [item.identity for item in server.receive_connectors.items if _knows_cloud(item)]
    if problems and not signs:
        raise problems[0]
    return signs


def _knows_cloud(connector: ReceiveConnector) -> bool:
    try:
        return any(_capabilities(text) for text in connector.tls_domain_capabilities)
    except ExposureError:
        return False  # a connector older than the property; the wizard's object tells too


def require_cloud_mail(organization: Organization, server: Server) -> None:
    """Raise NotAssessed where cloud mail has no business with a server.

    Where there is no hybrid tie, Get-HybridConfiguration answers nothing, and a file of nothing does
    not say of what; so the send connectors may tell instead: the wizard makes one for the cloud.
    """
    if not hybrid_signs(organization):
        sections = (organization.hybrid, organization.send_connectors)
        unread = [section for section in sections if not section.is_present]
        for section in unread:
            if isinstance(section.problem, CannotLook):
                raise section.problem
        if len(unread) == len(sections):
            raise MissingEvidence(
                organization.send_connectors.cmdlet,
                f"and {organization.hybrid.cmdlet}: nothing tells whether the organisation is hybrid",
            )
        told = "".join(f" (not read: {section.cmdlet})" for section in unread)
        raise NotAssessed(f"no sign of a hybrid organisation{told}")
    if not receives_from_cloud(organization, server):
        raise NotAssessed("the hybrid configuration sends cloud mail to other servers")


def receives_from_cloud(organization: Organization, server: Server) -> bool:
    """Tell whether cloud mail comes to a server; true where the wizard's object names none."""
    named: set[str] = set()
    for item in organization.hybrid.items:
        for read in (_receiving, _edges):
            with suppress(MissingEvidence):
                named.update(name.lower() for name in read(item))
    return not named or server.name.lower() in {name.rpartition("\\")[2] for name in named}


def _receiving(item: HybridConfiguration) -> tuple[str, ...]:
    return item.receiving_transport_servers


def _edges(item: HybridConfiguration) -> tuple[str, ...]:
    return item.edge_transport_servers


def _capabilities(text: str) -> frozenset[str]:
    """The capabilities in `domain:Cap1,Cap2` that let cloud mail in."""
    names = frozenset(name.strip().lower() for name in text.partition(":")[2].split(","))
    return names & _CAPABILITIES


def with_cloud(capabilities: Iterable[str]) -> tuple[str, ...]:
    """TlsDomainCapabilities with what cloud mail needs added; each domain may stand there once."""
    found: dict[str, str] = {}
    for text in capabilities:
        found.setdefault(text.partition(":")[0].strip().lower(), text.strip())
    own = found.get(CLOUD_DOMAIN, "")
    if not _capabilities(own):
        others = own.partition(":")[2].strip()
        domain, _, added = CLOUD_CAPABILITY.partition(":")
        found[CLOUD_DOMAIN] = f"{domain}:{others},{added}" if others else CLOUD_CAPABILITY
    return tuple(found.values())


def trusts_cloud(connector: ReceiveConnector) -> Iterator[str]:
    """What a connector lacks to know Exchange Online by its certificate."""
    domains = {
        text.partition(":")[0].strip().lower(): text for text in connector.tls_domain_capabilities
    }
    if not _capabilities(domains.get(CLOUD_DOMAIN, "")):
        listed = ", ".join(connector.tls_domain_capabilities) or "empty"
        yield f"TlsDomainCapabilities is {listed}"
    if not connector.tls_certificate_name:
        yield "TlsCertificateName is unset"
