"""Signs of a hybrid organisation, and what its connectors need."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from selftests.exchange import builders
from smtp_exposure.exchange.hybrid import hybrid_signs, receives_from_cloud, trusts_cloud
from smtp_exposure.exchange.inventory import (
    HybridConfiguration,
    Organization,
    Section,
    SendConnector,
)
from smtp_exposure.exchange.objects import Value

CAPABILITY = "mail.protection.outlook.com:AcceptCloudServicesMail"
NAME = "<I>CN=CA<S>CN=mail.corp.example"
TRUSTING: dict[str, Any] = {"TlsDomainCapabilities": (CAPABILITY,), "TlsCertificateName": NAME}


def organization(
    *,
    wizard: Iterable[dict[str, Value]] = (),
    senders: Iterable[dict[str, Value]] = (),
    **changes: Any,
) -> Organization:
    """An organisation of one server with what the wizard left; changes are its connector's."""
    whole = builders.organization(builders.server(builders.connector(**changes)))
    objects = tuple(
        HybridConfiguration({"Identity": "Hybrid Configuration"} | one) for one in wizard
    )
    sending = tuple(SendConnector({"Identity": "To the cloud"} | one) for one in senders)
    return replace(
        whole,
        hybrid=Section(HybridConfiguration.cmdlet, objects),
        send_connectors=Section(SendConnector.cmdlet, sending),
    )


@pytest.mark.parametrize(
    ("whole", "signs"),
    [
        (organization(), []),
        (organization(wizard=[{}]), ["Hybrid Configuration"]),
        (organization(senders=[{"CloudServicesMailEnabled": True}]), ["To the cloud"]),
        (organization(senders=[{"CloudServicesMailEnabled": False}]), []),
        (organization(TlsDomainCapabilities=(CAPABILITY,)), ["EX01\\Internet"]),
        (organization(TlsDomainCapabilities=("a.example:AcceptOorgProtocol",)), ["EX01\\Internet"]),
        (organization(TlsDomainCapabilities=("a.example:AcceptOorgHeader",)), []),
        (organization(TlsDomainCapabilities=()), []),
    ],
)
def test_shows_what_says_that_an_organisation_is_hybrid(
    whole: Organization, signs: list[str]
) -> None:
    assert hybrid_signs(whole) == signs


@pytest.mark.parametrize(
    ("wizard", "receives"),
    [
        ([], True),
        ([{}], True),
        ([{"ReceivingTransportServers": ()}], True),
        ([{"ReceivingTransportServers": ("EX01",)}], True),
        ([{"ReceivingTransportServers": ("EX02", "ex01")}], True),
        ([{"ReceivingTransportServers": ("corp.example/Servers\\EX01",)}], True),
        ([{"EdgeTransportServers": ("EX01",)}], True),
        ([{"ReceivingTransportServers": ("EX02",), "EdgeTransportServers": ("EX01",)}], True),
        ([{"ReceivingTransportServers": ("EX02",)}], False),
        ([{"EdgeTransportServers": ("EDGE01",)}], False),
        ([{"ReceivingTransportServers": ("EX01X",)}], False),
    ],
)
def test_cloud_mail_comes_to_the_servers_that_the_wizard_names(
    wizard: list[dict[str, Value]], receives: bool
) -> None:
    whole = organization(wizard=wizard)
    assert receives_from_cloud(whole, whole.servers[0]) is receives


@pytest.mark.parametrize(
    "capabilities",
    [
        (CAPABILITY,),
        (CAPABILITY.upper(),),
        ("mail.protection.outlook.com:AcceptOorgProtocol",),
        ("mail.protection.outlook.com:AcceptOorgHeader, AcceptCloudServicesMail",),
        ("partner.example:AcceptOorgProtocol", CAPABILITY),
        (" mail.protection.outlook.com : AcceptCloudServicesMail ",),
    ],
)
def test_a_connector_trusts_the_cloud(capabilities: tuple[str, ...]) -> None:
    changed = builders.connector(**TRUSTING | {"TlsDomainCapabilities": capabilities})
    assert list(trusts_cloud(changed)) == []


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({"TlsDomainCapabilities": ()}, ["TlsDomainCapabilities is empty"]),
        ({"TlsDomainCapabilities": None}, ["TlsDomainCapabilities is empty"]),
        (
            {"TlsDomainCapabilities": ("partner.example:AcceptCloudServicesMail",)},
            ["TlsDomainCapabilities is partner.example:AcceptCloudServicesMail"],
        ),
        (
            {"TlsDomainCapabilities": ("mail.protection.outlook.com:AcceptOorgHeader",)},
            ["TlsDomainCapabilities is mail.protection.outlook.com:AcceptOorgHeader"],
        ),
        (
            {"TlsDomainCapabilities": ("protection.outlook.com:AcceptCloudServicesMail",)},
            ["TlsDomainCapabilities is protection.outlook.com:AcceptCloudServicesMail"],
        ),
        ({"TlsCertificateName": None}, ["TlsCertificateName is unset"]),
        (
            {"TlsDomainCapabilities": (), "TlsCertificateName": ""},
            ["TlsDomainCapabilities is empty", "TlsCertificateName is unset"],
        ),
    ],
)
def test_says_what_a_connector_lacks(change: dict[str, Value], lacking: list[str]) -> None:
    assert list(trusts_cloud(builders.connector(**TRUSTING | change))) == lacking
