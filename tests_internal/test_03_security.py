"""Step 3: the Internet connector lets strangers in, and nobody sign in."""

from collections.abc import Iterator
from functools import partial

from smtp_exposure.checklist import check, examine
from smtp_exposure.exchange.connectors import ReceiveConnector
from smtp_exposure.exchange.flags import AuthMechanism, PermissionGroup, names
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.remedy import blanks
from smtp_exposure.remedy.choice import NO_SIGN_IN
from smtp_exposure.verdicts import Finding, Severity

ANONYMOUS_ONLY = frozenset({PermissionGroup.ANONYMOUS_USERS})
JUDGED_BY_PERMISSIONS = ANONYMOUS_ONLY | {PermissionGroup.CUSTOM}


@check(
    "INT-03-1",
    step=3,
    severity=Severity.CRITICAL,
    fix="Set-ReceiveConnector -Identity <identity> -PermissionGroups AnonymousUsers",
)
def test_only_anonymous_users_may_submit(front_door: FrontDoor) -> Iterator[Finding]:
    """The PermissionGroups of its Internet connector are exactly AnonymousUsers.

    Each further group is somebody who may sign in from the Internet, and a password to be guessed.
    """
    front_door.require_front_end()

    def rule(connector: ReceiveConnector) -> Iterator[Finding]:
        groups = connector.permission_groups
        if groups == ANONYMOUS_ONLY:
            return
        if groups <= JUDGED_BY_PERMISSIONS:
            yield from _others_who_may_submit(front_door, connector)
            return
        yield Finding(
            subject=connector.identity,
            observed=f"PermissionGroups is {names(groups)}",
            expected=PermissionGroup.ANONYMOUS_USERS.value,
        )

    yield from examine(front_door.internet_connectors, rule, name=lambda item: item.identity)


def _others_who_may_submit(front_door: FrontDoor, connector: ReceiveConnector) -> Iterator[Finding]:
    """`Custom` and `None` say nothing: the access control entries do (facts sheet, 2.4)."""
    for user in front_door.access(connector).submitters():
        yield Finding(
            subject=connector.identity,
            observed=f"PermissionGroups is {names(connector.permission_groups)}, and {user} may "
            "submit",
            expected="nobody but NT AUTHORITY\\ANONYMOUS LOGON has ms-Exch-SMTP-Submit",
        )


@check(
    "INT-03-2",
    step=3,
    severity=Severity.CRITICAL,
    fix=NO_SIGN_IN,
)
def test_the_internet_connector_offers_no_authentication(
    front_door: FrontDoor,
) -> Iterator[Finding]:
    """Its Internet connector offers no authentication.

    Whoever may try to sign in can guess passwords, and can lock accounts out on purpose.
    """

    def rule(connector: ReceiveConnector) -> Iterator[Finding]:
        if front_door.offers(connector):
            yield Finding(
                subject=connector.identity,
                observed=f"AuthMechanism is {names(connector.auth_mechanism)}",
                expected=AuthMechanism.TLS.value,
                blanks=partial(blanks.to_offer_nothing, front_door, connector),
            )

    yield from examine(front_door.internet_connectors, rule, name=lambda item: item.identity)


@check("INT-03-3", step=3, severity=Severity.HIGH)
def test_the_internet_connector_offers_tls(front_door: FrontDoor) -> Iterator[Finding]:
    """The AuthMechanism of its Internet connector has Tls, and RequireTLS is off.

    Without Tls there is no STARTTLS, and mail crosses the Internet in clear text. With RequireTLS,
    senders that have no TLS can't deliver; only a filtering service's own ranges may demand it.
    """
    by_vendor_only = front_door.expected.internet is not None

    def lacks_tls(connector: ReceiveConnector) -> Iterator[Finding]:
        if AuthMechanism.TLS not in connector.auth_mechanism:
            yield Finding(
                subject=connector.identity,
                observed=f"AuthMechanism is {names(connector.auth_mechanism)}",
                expected="Tls, so that STARTTLS is offered",
                fix=NO_SIGN_IN,
                blanks=partial(blanks.to_offer_nothing, front_door, connector),
            )

    def requires_tls(connector: ReceiveConnector) -> Iterator[Finding]:
        if connector.require_tls and not by_vendor_only:
            yield Finding(
                subject=connector.identity,
                observed="RequireTLS is True",
                expected="False: any server on the Internet may deliver",
                fix="Set-ReceiveConnector -Identity <identity> -RequireTLS $false",
            )

    for rule in (lacks_tls, requires_tls):
        yield from examine(front_door.internet_connectors, rule, name=lambda item: item.identity)
