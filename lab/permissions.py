"""Which access control entries a connector has: its permission groups, spelt out, and its own."""

from lab.state import Ace, ReceiveConnector

ANONYMOUS = r"NT AUTHORITY\ANONYMOUS LOGON"
AUTHENTICATED = r"NT AUTHORITY\Authenticated Users"
ACCEPT_ANY_RECIPIENT = "ms-Exch-SMTP-Accept-Any-Recipient"
SUBMIT = "ms-Exch-SMTP-Submit"

_ANONYMOUS_RIGHTS = (
    "SMTP-Submit SMTP-Accept-Any-Sender SMTP-Accept-Authoritative-Domain-Sender "
    "Accept-Headers-Routing"
)
_USER_RIGHTS = "SMTP-Submit SMTP-Accept-Any-Recipient Bypass-Anti-Spam Accept-Headers-Routing"
_OUTER_SERVER_RIGHTS = (
    "SMTP-Submit SMTP-Accept-Any-Recipient SMTP-Accept-Any-Sender SMTP-Accept-Authentication-Flag "
    "SMTP-Accept-Authoritative-Domain-Sender SMTP-Accept-Exch50 Bypass-Anti-Spam "
    "Bypass-Message-Size-Limit Accept-Headers-Routing"
)
_OWN_SERVER_RIGHTS = (
    f"{_OUTER_SERVER_RIGHTS} Accept-Headers-Forest Accept-Headers-Organization SMTP-Accept-Xattr "
    "SMTP-Accept-XProxyFrom SMTP-Accept-XSessionParams SMTP-Accept-XShadow SMTP-Accept-XSysProbe"
)

# Microsoft, "Receive connectors": principals and rights of each permission group.
_GROUPS: dict[str, tuple[tuple[str, str], ...]] = {
    "AnonymousUsers": ((ANONYMOUS, _ANONYMOUS_RIGHTS),),
    "ExchangeUsers": ((AUTHENTICATED, _USER_RIGHTS),),
    "ExchangeServers": (
        (r"{netbios}\Exchange Servers", _OWN_SERVER_RIGHTS),
        (r"MS Exchange\Edge Transport Servers", _OWN_SERVER_RIGHTS),
        (r"MS Exchange\Hub Transport Servers", _OWN_SERVER_RIGHTS),
        (r"MS Exchange\Externally Secured Servers", _OUTER_SERVER_RIGHTS),
    ),
    "ExchangeLegacyServers": ((r"{netbios}\ExchangeLegacyInterop", _OUTER_SERVER_RIGHTS),),
    "Partners": ((r"MS Exchange\Partner Servers", "SMTP-Submit Accept-Headers-Routing"),),
    "Custom": (),
}


def allow_anonymous(*rights: str) -> tuple[Ace, ...]:
    """Return entries that allow anonymous sessions these rights."""
    return tuple(Ace(user=ANONYMOUS, right=right) for right in rights)


def access_list(connector: ReceiveConnector, netbios: str) -> tuple[Ace, ...]:
    """Return all entries of a connector, the inherited one of its administrators among them."""
    from_groups = (
        Ace(user=principal.format(netbios=netbios), right=f"ms-Exch-{right}")
        for group in connector.permission_groups
        for principal, rights in _GROUPS[group]
        for right in rights.split()
    )
    administrators = Ace(user=rf"{netbios}\Organization Management", right=None, inherited=True)
    return (*from_groups, *connector.extra_aces, administrators)


def anonymous_may(connector: ReceiveConnector, right: str) -> bool:
    """Return whether a session that didn't sign in has a right on a connector.

    Peers of an externally secured connector count as Externally Secured Servers from the start.
    """
    principals = {ANONYMOUS}
    if "ExternalAuthoritative" in connector.auth_mechanism:
        principals.add(r"MS Exchange\Externally Secured Servers")
    entries = [
        ace
        for ace in access_list(connector, "")
        if ace.user in principals and (ace.right or "").lower() == right.lower()
    ]
    return bool(entries) and not any(ace.deny for ace in entries)
