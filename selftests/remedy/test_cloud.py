"""How Exchange Online becomes known to the connector that is to answer it."""

from typing import Any

import pytest

from selftests.checks.builders import front_door
from selftests.checks.exported import (
    ALL_IPV4,
    ALL_IPV6,
    GONE,
    INTERNAL,
    INTERNET,
    INTERNET_CONNECTOR,
    connector,
)
from selftests.checks.state import NAME, hybrid
from selftests.remedy.proposals import proposed
from smtp_exposure.exchange.front_door import FrontDoor

CAPABILITY = "mail.protection.outlook.com:AcceptCloudServicesMail"
PARTNER = "fabrikam.com:AcceptCloudServicesMail"
EVERYWHERE = (ALL_IPV6, ALL_IPV4)
FIRST = """\
# First the Internet connector (INT-01-2, INT-02-1): it is to answer Exchange Online in place of
# Default Frontend, and takes over what that one knows:
"""


def told(capabilities: str, certificate: str = "", identity: str = INTERNET) -> str:
    """The command that lets a connector know the cloud."""
    option = f" `\n    -TlsCertificateName {certificate}" if certificate else ""
    command = f"Set-ReceiveConnector -Identity '{identity}' -TlsDomainCapabilities {capabilities}"
    return command + option


def cloud_door(changes: dict[str, Any], default: dict[str, Any] | None = None) -> FrontDoor:
    """A server of a hybrid organisation; changes are its Internet connector's."""
    own = {"TlsCertificateName": NAME} | changes
    return front_door(internet=own, default=default, others=hybrid())


@pytest.mark.parametrize(
    ("observed", "capabilities"),
    [
        ((), f"'{CAPABILITY}'"),
        ((PARTNER,), f"'{PARTNER}','{CAPABILITY}'"),
        (
            ("Mail.Protection.Outlook.com:AcceptOorgHeader", PARTNER),
            f"'mail.protection.outlook.com:AcceptOorgHeader,AcceptCloudServicesMail','{PARTNER}'",
        ),
        (("mail.protection.outlook.com:",), f"'{CAPABILITY}'"),
        (("it's.example:X", "IT'S.example:Y"), f"'it''s.example:X','{CAPABILITY}'"),
    ],
    ids=["none", "another domain", "other capabilities", "no capabilities", "a domain twice"],
)
def test_what_is_there_stays(observed: tuple[str, ...], capabilities: str) -> None:
    door = cloud_door({"TlsDomainCapabilities": observed})
    assert proposed("INT-07-4", front_door=door) == [told(capabilities)]


@pytest.mark.parametrize(
    ("default", "wizards", "certificate"),
    [
        ({"TlsCertificateName": "<I>CN=A<S>CN=b"}, NAME, f"'{NAME}'"),
        ({"TlsCertificateName": None}, NAME, f"'{NAME}'"),
        ({}, None, "<certificate name>"),
        ({}, GONE, "<certificate name>"),
    ],
    ids=["wizard's beside Default Frontend's", "wizard's", "nobody's", "not read"],
)
def test_the_certificate_is_the_hybrid_wizards(
    default: dict[str, Any], wizards: Any, certificate: str
) -> None:
    named = {} if wizards is GONE else {"TlsCertificateName": wizards}
    own = {"TlsDomainCapabilities": (PARTNER,), "TlsCertificateName": None}
    door = front_door(internet=own, default=default, others=hybrid(**named))
    wanted = [told(f"'{PARTNER}','{CAPABILITY}'", certificate)]
    assert proposed("INT-07-4", front_door=door) == wanted


def test_the_internet_connector_comes_first_where_default_frontend_answers_the_cloud() -> None:
    default = {"RemoteIPRanges": EVERYWHERE, "TlsDomainCapabilities": (PARTNER,)}
    door = front_door(
        default=default | {"TlsCertificateName": NAME},
        without=[INTERNET_CONNECTOR],
        others=hybrid(),
    )
    wanted = [FIRST + told(f"'{PARTNER}','{CAPABILITY}'", f"'{NAME}'")]
    assert proposed("INT-07-4", front_door=door) == wanted


def test_an_internet_connector_that_is_there_takes_over_what_default_frontend_knows() -> None:
    hole = {"RemoteIPRanges": (*INTERNAL, "40.92.0.0/15"), "TlsDomainCapabilities": (PARTNER,)}
    door = cloud_door({"TlsDomainCapabilities": (CAPABILITY,)}, default=hole)
    wanted = [FIRST + told(f"'{CAPABILITY}','{PARTNER}'")]
    assert proposed("INT-07-4", front_door=door) == wanted


def test_a_connector_of_the_clouds_own_is_the_one_to_change() -> None:
    own = connector("From the cloud", {"RemoteIPRanges": ("40.92.0.0/15",)})
    trusting = {"TlsDomainCapabilities": (CAPABILITY,), "TlsCertificateName": NAME}
    door = front_door(
        internet=trusting, further=[own], others=hybrid(TlsCertificateName="<I>CN=it's<S>CN=b")
    )
    wanted = told(f"'{CAPABILITY}'", "'<I>CN=it''s<S>CN=b'", "EX01\\From the cloud")
    assert proposed("INT-07-4", front_door=door) == [wanted]


def test_a_cloud_that_nobody_answers_gets_the_internet_connector() -> None:
    door = cloud_door({"Enabled": False})
    assert proposed("INT-07-4", front_door=door) == [
        f"Set-ReceiveConnector -Identity '{INTERNET}' -Enabled $true"
    ]
