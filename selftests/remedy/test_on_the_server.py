"""Remedies that need the server itself name it."""

from dataclasses import replace

import pytest

from selftests.checks.builders import front_door
from selftests.checks.exported import INTERNET, certificate, service
from selftests.exchange import der
from selftests.remedy.proposals import proposed

GIVEN = f"""\
# Then give it to SMTP (answer No where it asks to replace the default certificate), and name it.
Enable-ExchangeCertificate -Server 'EX01' -Thumbprint <thumbprint> -Services SMTP
$certificate = Get-ExchangeCertificate -Server 'EX01' -Thumbprint <thumbprint>
Set-ReceiveConnector -Identity '{INTERNET}' -TlsCertificateName `
    "<I>$($certificate.Issuer)<S>$($certificate.Subject)\""""


def switched_off(name: str, server: str = "EX01") -> str:
    """The commands that stop a service for good."""
    return (
        f"# On '{server}' itself:\nStop-Service -Name '{name}'\n"
        f"Set-Service -Name '{name}' -StartupType Disabled"
    )


@pytest.mark.parametrize(
    ("check", "names"),
    [
        ("INT-08-1", ["MSExchangePop3", "MSExchangePOP3BE"]),
        ("INT-08-2", ["MSExchangeImap4", "MSExchangeIMAP4BE"]),
    ],
)
def test_a_service_is_stopped_where_it_runs(check: str, names: list[str]) -> None:
    always = service("MSExchangeTransport", "Running", "Automatic")
    door = front_door(services=[always, *(service(name, "Running", "Manual") for name in names)])
    assert proposed(check, front_door=door) == [switched_off(name) for name in names]
    elsewhere = replace(door, server=replace(door.server, name="EX'03\n"))
    assert proposed(check, front_door=elsewhere)[0] == switched_off(names[0], "EX''03")


@pytest.mark.parametrize(
    ("check", "first"),
    [
        ("INT-05-1", "# On 'EX01': have the certificate in the store, with its private key.\n"),
        (
            "INT-05-3",
            "# Renew it for the names that it is to cover, and have the new one on 'EX01'.\n",
        ),
    ],
)
def test_a_certificate_is_put_in_place_and_named(check: str, first: str) -> None:
    old = certificate(changes={"RawData": der.der(names=["mail.corp.example"], age=400)})
    door = front_door(store=[old], internet={"TlsCertificateName": None})
    assert proposed(check, front_door=door) == [first + GIVEN]
