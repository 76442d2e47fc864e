"""Step 7 in a hybrid organisation: who answers Exchange Online, and what it knows of it."""

from dataclasses import replace
from typing import Any

import pytest

from selftests.checks.builders import (
    compliant,
    deviates,
    edge_door,
    error,
    front_door,
    inconclusive,
    not_applicable,
    of_server,
)
from selftests.checks.exported import (
    ALL_IPV4,
    ALL_IPV6,
    DEFAULT_FRONTEND,
    GONE,
    INTERNET,
    INTERNET_CONNECTOR,
    connector,
)
from selftests.checks.registry import Seen
from selftests.checks.state import NAME, hybrid
from smtp_exposure.errors import CannotLook
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.inventory import Section, SendConnector
from smtp_exposure.expectations import Expectations

CHECK = "INT-07-4"
CAPABILITY = "mail.protection.outlook.com:AcceptCloudServicesMail"
TRUSTING = {"TlsDomainCapabilities": (CAPABILITY,), "TlsCertificateName": NAME}
NO_CAPABILITIES: Seen = (INTERNET, "TlsDomainCapabilities is empty")
CLOUD = "EX01\\From the cloud"


def cloud_door(changes: dict[str, Any] | None = None, **other: Any) -> FrontDoor:
    """A server of a hybrid organisation; changes are its Internet connector's."""
    given = {"internet": TRUSTING | (changes or {}), "others": hybrid()} | other
    return front_door(**given)


def of_organization(door: FrontDoor, **sections: Any) -> FrontDoor:
    """The same server, in an organisation of which these sections were read otherwise."""
    return replace(door, organization=replace(door.organization, **sections))


def from_cloud(**changes: Any) -> Any:
    """A connector for some addresses of Exchange Online."""
    return connector("From the cloud", {"RemoteIPRanges": ("40.92.0.0/15",)} | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"TlsDomainCapabilities": (CAPABILITY.upper(),)},
        {"TlsDomainCapabilities": ("mail.protection.outlook.com:AcceptOorgProtocol",)},
        {"TlsDomainCapabilities": ("a.example:AcceptOorgHeader", CAPABILITY)},
        {"TlsDomainCapabilities": ("Mail.Protection.Outlook.com:acceptcloudservicesmail",)},
        {"TlsDomainCapabilities": (f"{CAPABILITY}, AcceptOorgProtocol",)},
    ],
)
def test_a_connector_that_knows_the_cloud_complies(changes: dict[str, Any]) -> None:
    compliant(CHECK, cloud_door(changes))


@pytest.mark.parametrize(
    ("changes", "observed"),
    [
        ({"TlsDomainCapabilities": ()}, ["TlsDomainCapabilities is empty"]),
        (
            {"TlsDomainCapabilities": ("partner.example:AcceptCloudServicesMail",)},
            ["TlsDomainCapabilities is partner.example:AcceptCloudServicesMail"],
        ),
        (
            {"TlsDomainCapabilities": ("mail.protection.outlook.com:AcceptOorgHeader",)},
            ["TlsDomainCapabilities is mail.protection.outlook.com:AcceptOorgHeader"],
        ),
        ({"TlsCertificateName": None}, ["TlsCertificateName is unset"]),
        (
            {"TlsDomainCapabilities": (), "TlsCertificateName": ""},
            ["TlsDomainCapabilities is empty", "TlsCertificateName is unset"],
        ),
    ],
)
def test_names_what_the_new_connector_lacks(changes: dict[str, Any], observed: list[str]) -> None:
    deviates(CHECK, cloud_door(changes), *((INTERNET, words) for words in observed))


@pytest.mark.parametrize("sign", hybrid(), ids=["wizard", "send connector"])
def test_each_sign_alone_is_enough(sign: Any) -> None:
    deviates(CHECK, cloud_door({"TlsDomainCapabilities": ()}, others=[sign]), NO_CAPABILITIES)
    compliant(CHECK, cloud_door(others=[sign]))


def test_a_connector_that_the_wizard_changed_is_a_sign_too() -> None:
    door = front_door(default=TRUSTING, internet={"TlsCertificateName": NAME})
    deviates(CHECK, door, NO_CAPABILITIES)


def test_without_a_sign_it_does_not_apply() -> None:
    harmless = SendConnector({"Name": "To the Internet", "CloudServicesMailEnabled": False})
    not_applicable(CHECK, front_door(others=[harmless]))


def test_signs_that_nobody_looked_for_are_not_taken_for_none() -> None:
    """Neither what the wizard leaves nor what it changes was exported."""
    unread = "missing: Get-SendConnector (and Get-HybridConfiguration"
    inconclusive(CHECK, front_door(), (None, unread))


@pytest.mark.parametrize("section", ["hybrid", "send_connectors"])
def test_a_section_that_is_known_to_be_empty_is_enough(section: str) -> None:
    door = front_door()
    cmdlet = getattr(door.organization, section).cmdlet
    not_applicable(CHECK, of_organization(door, **{section: Section(cmdlet)}))


@pytest.mark.parametrize("section", ["hybrid", "send_connectors"])
def test_a_section_that_could_not_be_read_is_an_error(section: str) -> None:
    """Whatever the other section says: this one might say more."""
    door = front_door(others=[SendConnector({"CloudServicesMailEnabled": False})])
    cmdlet = getattr(door.organization, section).cmdlet
    failed: Section[Any] = Section(cmdlet, problem=CannotLook(f"{cmdlet}: timed out"))
    error(CHECK, of_organization(door, **{section: failed}), (None, "timed out"))


def test_a_sign_that_was_not_read_is_not_taken_for_none() -> None:
    """Whether the organisation is hybrid is then not known: never `does not apply`."""
    door = front_door(others=[SendConnector({"Name": "Outbound"})])
    inconclusive(CHECK, door, (None, "property CloudServicesMailEnabled"))


def test_a_server_that_faces_no_internet_is_not_judged() -> None:
    not_applicable(CHECK, cloud_door(expected=of_server(internet_facing=False)))


@pytest.mark.parametrize(
    ("named", "applies"),
    [
        ({"ReceivingTransportServers": ("EX01",)}, True),
        ({"ReceivingTransportServers": ("ex01",)}, True),
        ({"ReceivingTransportServers": ("EX02",)}, False),
        ({"ReceivingTransportServers": ("EX02", "EX01")}, True),
        ({"EdgeTransportServers": ("EDGE01",)}, False),
        ({"ReceivingTransportServers": ("EX02",), "EdgeTransportServers": ("ex01",)}, True),
        ({"ReceivingTransportServers": ()}, True),
    ],
)
def test_cloud_mail_of_other_servers_is_their_affair(named: dict[str, Any], applies: bool) -> None:
    door = cloud_door({"TlsDomainCapabilities": ()}, others=hybrid(**named))
    if applies:
        deviates(CHECK, door, NO_CAPABILITIES)
    else:
        not_applicable(CHECK, door)


def test_whichever_connector_answers_the_cloud_is_judged() -> None:
    lacking = from_cloud(TlsDomainCapabilities=(), TlsCertificateName=NAME)
    door = cloud_door(further=[lacking])
    deviates(CHECK, door, (CLOUD, "TlsDomainCapabilities is empty"))


def test_everything_that_a_further_connector_lacks_is_named() -> None:
    lacking = [(CLOUD, "TlsDomainCapabilities is empty"), (CLOUD, "TlsCertificateName is unset")]
    deviates(CHECK, cloud_door(further=[from_cloud()]), *lacking)


def test_a_connector_of_its_own_for_all_of_the_cloud_is_enough() -> None:
    own = from_cloud(**TRUSTING, RemoteIPRanges=("40.92.0.0/15", "40.107.0.0/16"))
    ranges = Expectations(exchange_online=AddressSet.parse(["40.92.0.0/15", "40.107.0.0/16"]))
    door = cloud_door({"TlsDomainCapabilities": ()}, further=[own], expected=ranges)
    compliant(CHECK, door)
    deviates(CHECK, cloud_door({"TlsDomainCapabilities": ()}, further=[own]), NO_CAPABILITIES)


@pytest.mark.parametrize(
    "further",
    [
        [from_cloud(Bindings=("0.0.0.0:26",), TlsDomainCapabilities=())],
        [from_cloud(Enabled=False)],
        [from_cloud(RemoteIPRanges=("198.51.100.0/24",))],
        [from_cloud(RemoteIPRanges=("10.0.0.0/8",))],
    ],
    ids=["another port", "disabled", "other strangers", "inside"],
)
def test_connectors_that_do_not_answer_the_cloud_need_nothing(further: list[Any]) -> None:
    compliant(CHECK, cloud_door(further=further))


def test_the_default_frontend_need_not_know_the_cloud_once_scoped() -> None:
    compliant(CHECK, cloud_door(default={"TlsDomainCapabilities": ()}))
    open_to_all = {"RemoteIPRanges": (ALL_IPV4,), "TlsCertificateName": None}
    door = cloud_door(without=[INTERNET_CONNECTOR], internet=None, default=open_to_all)
    seen = [(DEFAULT_FRONTEND, words) for words in ("Capabilities is empty", "Name is unset")]
    deviates(CHECK, door, *seen)


@pytest.mark.parametrize(
    "changes",
    [{"without": [INTERNET_CONNECTOR], "internet": None}, {"internet": {"Enabled": False}}],
    ids=["no connector", "disabled"],
)
def test_a_cloud_that_nobody_answers_deviates(changes: dict[str, Any]) -> None:
    door = cloud_door(**changes)
    deviates(CHECK, door, ("40.92.0.0-40.93.255.255", "no connector answers Exchange Online"))


def test_the_profiles_ranges_are_the_clouds() -> None:
    ranges = Expectations(exchange_online=AddressSet.parse(["198.51.100.0/24"]))
    partner = from_cloud(RemoteIPRanges=("198.51.100.0/24",), **TRUSTING)
    door = cloud_door({"TlsDomainCapabilities": ()}, further=[partner], expected=ranges)
    compliant(CHECK, door)


def test_each_family_of_the_cloud_counts() -> None:
    second = connector("IPv6", {"RemoteIPRanges": (ALL_IPV6,)} | {"TlsCertificateName": NAME})
    door = cloud_door({"RemoteIPRanges": (ALL_IPV4,)}, further=[second])
    deviates(CHECK, door, ("EX01\\IPv6", "TlsDomainCapabilities is empty"))


@pytest.mark.parametrize("lacking", ["TlsDomainCapabilities", "TlsCertificateName"])
def test_a_property_that_was_not_read_hides_no_other_deviation(lacking: str) -> None:
    unread = (INTERNET, f"property {lacking} of {INTERNET}")
    inconclusive(CHECK, cloud_door({lacking: GONE}), unread)
    door = cloud_door({lacking: GONE}, further=[from_cloud(TlsCertificateName=NAME)])
    deviates(CHECK, door, (CLOUD, "TlsDomainCapabilities is empty"), unread)


def test_an_edge_server_that_the_wizard_names_is_judged() -> None:
    door = edge_door(TlsDomainCapabilities=(CAPABILITY,), TlsCertificateName=None)
    deviates(CHECK, door, (door.connectors[0].identity, "TlsCertificateName is unset"))
