"""What an accepted domain holds."""

import pytest

from smtp_exposure.errors import MissingEvidence
from smtp_exposure.exchange.accepted_domains import accepts, is_wildcard
from smtp_exposure.exchange.inventory import AcceptedDomain
from smtp_exposure.exchange.objects import Value


def accepted(name: str, match: bool | None = False) -> AcceptedDomain:
    """An accepted domain; match None: the export lacks MatchSubDomains."""
    own: dict[str, Value] = {"Name": name, "DomainName": name, "DomainType": "Authoritative"}
    return AcceptedDomain(own if match is None else own | {"MatchSubDomains": match})


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("*", False),
        (" * ", None),
        ("*.", False),
        ("*.com", False),
        ("*.COM.", None),
        ("*.example", True),
        ("com", True),
        ("Com.", True),
    ],
)
def test_everything_below_the_root_or_a_top_level_domain_is_a_wildcard(
    name: str, match: bool | None
) -> None:
    assert is_wildcard(accepted(name, match))


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("corp.example", False),
        ("corp.example", True),
        ("*.corp.example", False),
        ("*.corp.example", True),
        ("corp", False),
        ("corp", None),
    ],
)
def test_the_organisations_own_domains_are_none(name: str, match: bool | None) -> None:
    assert not is_wildcard(accepted(name, match))


@pytest.mark.parametrize(
    ("own", "match", "wanted"),
    [
        ("corp.example", False, "corp.example"),
        ("Corp.Example.", False, "corp.example"),
        ("corp.example", False, "CORP.EXAMPLE."),
        ("corp.example", True, "sales.corp.example"),
        ("corp.example", True, "eu.sales.corp.example"),
        ("*.corp.example", False, "sales.corp.example"),
        ("*.corp.example", None, "sales.corp.example"),
        ("*.corp.example", None, "corp.example"),
        ("*", None, "anything.example"),
        ("xn--gre-6ka8i.example", None, "XN--gre-6ka8i.example"),
    ],
)
def test_accepts_its_own_and_what_it_matches(own: str, match: bool | None, wanted: str) -> None:
    assert accepts(accepted(own, match), wanted)


@pytest.mark.parametrize(
    ("own", "match", "wanted"),
    [
        ("corp.example", False, "sales.corp.example"),
        ("corp.example", None, "sales.corp.example"),
        ("corp.example", True, "notcorp.example"),
        ("*.corp.example", False, "notcorp.example"),
        ("sales.corp.example", True, "corp.example"),
        ("corp.example", True, "corp.example.net"),
        ("old.example", True, "corp.example"),
    ],
)
def test_accepts_nothing_else(own: str, match: bool | None, wanted: str) -> None:
    assert not accepts(accepted(own, match), wanted)


@pytest.mark.parametrize("question", [is_wildcard, lambda item: accepts(item, "corp.example")])
def test_a_domain_without_its_name_proves_nothing(question: object) -> None:
    assert callable(question)
    with pytest.raises(MissingEvidence, match=r"Get-AcceptedDomain \(property DomainName of Corp"):
        question(AcceptedDomain({"Name": "Corp"}))
