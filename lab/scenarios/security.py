"""Step 3: what can be wrong with the Internet connector's security settings."""

from lab.permissions import AUTHENTICATED, allow_anonymous
from lab.scenario import scenario
from lab.scenarios.compliant import with_internet_connector
from lab.state import Ace, Organization
from lab.verdicts import NO_TLS_SEEN


@scenario(deviates="INT-03-2 INT-07-1 EXT-03-2 EXT-03-3")
def basic_auth_added_back() -> Organization:
    """Somebody gave Basic authentication back to the Internet connector, for a printer."""
    return with_internet_connector(auth_mechanism=("Tls", "BasicAuth", "BasicAuthRequireTLS"))


@scenario(deviates="INT-03-1")
def exchange_users_allowed() -> Organization:
    """The Internet connector admits Exchange users besides anonymous ones."""
    return with_internet_connector(permission_groups=("AnonymousUsers", "ExchangeUsers"))


@scenario(deviates="INT-03-3 EXT-05-1", not_assessed=NO_TLS_SEEN)
def tls_off() -> Organization:
    """The Internet connector has no TLS, so STARTTLS isn't offered."""
    return with_internet_connector(auth_mechanism=())


@scenario()
def hardened_permissions() -> Organization:
    """Anonymous sessions lost Accept-Any-Sender, so PermissionGroups shows Custom."""
    return with_internet_connector(
        permission_groups=("Custom",),
        extra_aces=allow_anonymous(
            "ms-Exch-SMTP-Submit",
            "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender",
            "ms-Exch-Accept-Headers-Routing",
        ),
    )


@scenario(deviates="INT-03-1")
def custom_permissions_for_users() -> Organization:
    """PermissionGroups shows Custom, and behind it authenticated users may submit mail."""
    anonymous = allow_anonymous("ms-Exch-SMTP-Submit", "ms-Exch-Accept-Headers-Routing")
    users = Ace(user=AUTHENTICATED, right="ms-Exch-SMTP-Submit")
    return with_internet_connector(permission_groups=("Custom",), extra_aces=(*anonymous, users))
