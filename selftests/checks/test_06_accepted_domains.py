"""Step 6: accepted domains, neither more than one's own nor less."""

from typing import Any

import pytest

from selftests.checks.builders import expect, inventory
from selftests.checks.exported import GONE, domain
from smtp_exposure.exchange.objects import EnumValue
from smtp_exposure.verdicts import Verdict

OWN = domain("corp.example")


@pytest.mark.parametrize("name", ["*", "*.com", "*.example.", " * "])
def test_names_the_domain_that_holds_everything(name: str) -> None:
    every = domain("Everything", {"DomainName": name, "DomainType": EnumValue("InternalRelay", 2)})
    seen = ("Everything", f"{name} is accepted as InternalRelay")
    expect("INT-06-3", Verdict.DEVIATES, seen, inventory=inventory(OWN, every))


def test_a_top_level_domain_that_matches_subdomains_holds_everything_below() -> None:
    every = domain("com", {"MatchSubDomains": True})
    seen = ("com", "com is accepted")
    expect("INT-06-3", Verdict.DEVIATES, seen, inventory=inventory(OWN, every))


@pytest.mark.parametrize(
    "named",
    [
        OWN,
        domain("*.corp.example"),
        domain("corp.example", {"MatchSubDomains": True}),
        domain("local"),
    ],
    ids=["domain", "wildcard below it", "subdomains", "one label"],
)
def test_an_own_domain_complies(named: Any) -> None:
    expect("INT-06-3", Verdict.COMPLIANT, inventory=inventory(named))


@pytest.mark.parametrize(
    ("check", "evidence"), [("INT-06-3", {}), ("INT-06-4", {"domain": "corp.example"})]
)
def test_domains_that_nobody_read_prove_nothing(check: str, evidence: dict[str, Any]) -> None:
    seen = (None, "missing: Get-AcceptedDomain")
    expect(check, Verdict.INCONCLUSIVE, seen, inventory=inventory(), **evidence)


def test_a_domain_without_name_hides_no_wildcard() -> None:
    unread = domain("Unread", {"DomainName": GONE})
    named = ("Unread", "property DomainName of Unread")
    expect("INT-06-3", Verdict.INCONCLUSIVE, named, inventory=inventory(OWN, unread))
    seen = [("*", "* is accepted"), named]
    expect("INT-06-3", Verdict.DEVIATES, *seen, inventory=inventory(unread, domain("*")))


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        (OWN, "corp.example"),
        (OWN, "CORP.example"),
        (domain("Corp.Example."), "corp.example"),
        (domain("corp.example", {"MatchSubDomains": True}), "sales.corp.example"),
        (domain("*.corp.example"), "sales.corp.example"),
        (domain("Main", {"DomainName": "corp.example"}), "corp.example"),
        (domain("corp.example", {"DomainType": EnumValue("ExternalRelay", 1)}), "corp.example"),
    ],
)
def test_an_accepted_domain_complies(named: Any, asked: str) -> None:
    expect("INT-06-4", Verdict.COMPLIANT, domain=asked, inventory=inventory(named))


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        (OWN, "sales.corp.example"),
        (OWN, "example"),
        (OWN, "notcorp.example"),
        (domain("corp.example", {"MatchSubDomains": True}), "notcorp.example"),
        (domain("old.example"), "corp.example"),
    ],
)
def test_names_the_domain_that_is_not_accepted(named: Any, asked: str) -> None:
    seen = (asked, "no accepted domain holds it")
    expect("INT-06-4", Verdict.DEVIATES, seen, domain=asked, inventory=inventory(named))


def test_an_accepted_domain_that_can_not_be_read_hides_no_other() -> None:
    unread = domain("Unread", {"DomainName": GONE})
    read = inventory(unread, OWN)
    expect("INT-06-4", Verdict.COMPLIANT, domain="corp.example", inventory=read)
