"""What to do about what strangers see: sentences that name the place, and checks that there are."""

import re

import pytest

from selftests.checks.outside import ADDRESS, outside, probe
from selftests.checks.registry import CHECKS
from selftests.checks.servers import HOST
from selftests.remedy.proposals import proposed
from selftests.report.page_samples import RUN, finding, result, words
from smtp_exposure.report import page
from smtp_exposure.report.results import Summary
from smtp_exposure.smtp.ports import PortState
from smtp_exposure.verdicts import Verdict

OUTSIDE = [name for name in sorted(CHECKS) if name.startswith("EXT") and name != "EXT-07-2"]
"""Those that may deviate."""

IN_THE_SHELL = "run it in the Exchange Management Shell"


@pytest.mark.parametrize("check", OUTSIDE)
def test_each_check_from_outside_says_what_to_do(check: str) -> None:
    text = CHECKS[check][1].fix
    assert text[0].isupper()
    assert text.endswith(".")
    assert max(map(len, text.splitlines())) <= 96
    assert set(re.findall(r"<[^>]*>", text)) <= {"<identity>"}


@pytest.mark.parametrize("check", OUTSIDE)
def test_the_checks_that_it_names_are_there_and_are_others(check: str) -> None:
    named = set(re.findall(r"(?:INT|EXT)-\d\d-\d", CHECKS[check][1].fix))
    assert named <= set(CHECKS) - {check, "EXT-07-2"}


@pytest.mark.parametrize(
    ("number", "check", "service"),
    [
        (110, "EXT-08-1", " The service: INT-08-1."),
        (995, "EXT-08-2", " The service: INT-08-1."),
        (143, "EXT-08-3", " The service: INT-08-2."),
        (993, "EXT-08-4", " The service: INT-08-2."),
        (717, "EXT-08-5", ""),
        (465, "EXT-08-6", ""),
        (587, "EXT-08-7", ""),
        (2525, "EXT-08-8", ""),
    ],
)
def test_an_open_port_is_the_firewalls(number: int, check: str, service: str) -> None:
    seen = outside(probe(ports={number: PortState.OPEN}))
    assert proposed(check, approach=seen) == [
        "On the firewall in front: nobody on the Internet may reach "
        f"'{HOST} [{ADDRESS}]:{number}'.{service}"
    ]


@pytest.mark.parametrize(
    ("identifier", "told"), [("INT-01-2", True), ("EXT-08-7", False)], ids=["inside", "outside"]
)
def test_only_commands_are_for_the_shell(identifier: str, told: bool) -> None:
    entry = result(Verdict.DEVIATES, finding(), identifier=identifier)
    text = words(page.render(RUN, Summary(results=(entry,)), []))
    assert "Remedy" in text
    assert (IN_THE_SHELL in text) is told
