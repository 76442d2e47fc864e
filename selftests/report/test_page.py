"""The page: every verdict and finding is on it, in order, and it stays usable when it is long."""

import re
from dataclasses import replace

import pytest

from selftests.checks.builders import front_door
from selftests.report.page_samples import RUN, check, finding, result, results, tree, words
from smtp_exposure.report import page
from smtp_exposure.report.address_map import AddressMap, draw
from smtp_exposure.report.headline import headline
from smtp_exposure.report.page_style import STYLE
from smtp_exposure.report.results import Summary
from smtp_exposure.verdicts import Finding, Level, Severity, Verdict


def test_a_page_of_the_lab_says_so_above_the_verdict() -> None:
    root = tree(page.render(replace(RUN, lab="as-printed"), Summary(results=results()), []))
    shown = [node for node in root if node.tag != "style"]
    banner = "".join(shown[0].itertext())
    assert (shown[0].get("role"), shown[1].tag) == ("note", "header")
    assert "No real server was judged" in banner
    assert "as-printed" in banner
    assert "stand-in" not in page.render(RUN, Summary(results=results()), []).split("</style>")[1]


def test_every_verdict_has_its_section_and_count() -> None:
    html = page.render(RUN, Summary(results=results()), [])
    root = tree(html)
    identifiers = {node.get("id") for node in root.iter()}
    for verdict in Verdict:
        assert verdict.value in identifiers
    assert len(identifiers - {None}) == sum(1 for node in root.iter() if node.get("id"))
    linked = {link.get("href", "").removeprefix("#") for link in root.iter("a")}
    assert linked <= identifiers
    assert headline(RUN, Summary(results=results())) in words(html)


def test_sections_stand_worst_first() -> None:
    html = page.render(RUN, Summary(results=results()), [draw(front_door())])
    order = ("servers", *(verdict.value for verdict in Verdict), "preconditions", "again")
    places = [html.index(f'id="{name}"') for name in order]
    assert places == sorted(places)
    assert places[0] < html.index('id="notes"') < html.index('id="compliant"')


@pytest.mark.parametrize("word", ["deviating", "error", "unclear", "seen", "noted"])
def test_a_finding_is_told_whole(word: str) -> None:
    text = words(page.render(RUN, Summary(results=results()), []))
    for part in ("subject", "observed", "expected", "detail"):
        assert f"{part} {word}" in text


def test_an_entry_tells_its_check_and_remedy() -> None:
    text = words(page.render(RUN, Summary(results=results()), []))
    row = check()
    for part in (row.id, row.severity.value, f"step {row.step}", row.title, "EX01"):
        assert part in text
    assert " ".join(row.rationale.split()) in text
    assert "Set-ReceiveConnector -Identity 'subject deviating'" in text


def test_a_remedy_for_many_findings_stands_once() -> None:
    blanks = {"identity": "'EX01\\One'", "ranges": "'10.0.0.0/8'"}
    found = [replace(finding(str(number)), blanks=lambda: blanks) for number in range(150)]
    text = words(page.render(RUN, Summary(results=(result(Verdict.DEVIATES, *found),)), []))
    assert text.count("Set-ReceiveConnector") == 1
    assert "observed 99" in text
    assert "50 more findings are in results.json" in text


def test_what_is_said_of_several_subjects_stands_once_and_names_each() -> None:
    same = Finding(subject="", observed="sign-in is offered", expected="none")
    found = [replace(same, subject=f"{number}.0.0.0/8") for number in (11, 12, 13)]
    root = tree(page.render(RUN, Summary(results=(result(Verdict.DEVIATES, *found),)), []))
    (row,) = root.findall(".//table[@class='findings stacked']/tbody/tr")
    assert [item.text for item in row.findall("th/div")] == [one.subject for one in found]
    assert "".join(row.itertext()).count("sign-in is offered") == 1


def test_a_note_has_a_remedy_in_advice_alone() -> None:
    noted = finding(level=Level.NOTE)
    entries = [
        result(Verdict.COMPLIANT, noted, identifier=name) for name in ("INT-01-2", "INT-01-5")
    ]
    texts = [words(page.render(RUN, Summary(results=(entry,)), [])) for entry in entries]
    assert ["Remedy" in text for text in texts] == [False, True]


@pytest.mark.parametrize("status", [0, 1, 10, 11])
def test_the_colour_follows_the_exit_status(status: int) -> None:
    entries = {
        0: (result(Verdict.COMPLIANT),),
        1: (result(Verdict.DEVIATES, finding()),),
        10: (result(Verdict.ERROR, finding(level=Level.ERROR)),),
        11: (),
    }[status]
    root = tree(page.render(RUN, Summary(results=entries), []))
    (header,) = root.findall("header")
    assert header.get("class") == f"verdict status-{status}"


def test_a_tolerated_deviation_is_not_called_compliant() -> None:
    entry = result(Verdict.DEVIATES, finding(), identifier="INT-01-3")
    summary = Summary(results=(entry,), fail_on=Severity.HIGH)
    text = words(page.render(RUN, summary, []))
    assert summary.exit_status == 0
    assert "exit status 0: no deviation is as severe as high" in text


def test_what_the_run_was_is_told() -> None:
    text = words(page.render(RUN, Summary(results=results()), []))
    for part in (RUN.id, "24 November 2026, 03:41:56 UTC", "1.2.3", RUN.command_line, "EX01"):
        assert part in text
    assert "ex01.corp.example" in text
    assert "corp.example" in text
    assert RUN.notes[0] in text


def test_only_servers_that_deviate_are_open() -> None:
    good, bad = (replace(draw(front_door()), server=name) for name in ("EX01", "EX02"))
    entries = (result(Verdict.COMPLIANT), result(Verdict.DEVIATES, finding(), target="EX02"))
    root = tree(page.render(RUN, Summary(results=entries), [good, bad]))
    servers = root.findall(".//details[@class='server']")
    assert ["".join(item.itertext())[:4] for item in servers] == ["EX02", "EX01"]
    assert [item.get("open") for item in servers] == ["", None]


def test_on_paper_an_entry_stays_with_its_title() -> None:
    printed = STYLE.partition("@media print")[2]
    kept = " ".join(re.findall(r"([^{}]*)\{ break-inside: avoid; \}", printed))
    assert ".entry" in kept.replace(",", " ").split()


def test_a_cell_that_a_narrow_screen_stacks_says_what_it_is() -> None:
    maps = [replace(draw(front_door()), server=name) for name in ("EX01", "EX02")]
    root = tree(page.render(RUN, Summary(results=results()), maps))
    stacked = [item for item in root.iter("table") if "stacked" in item.get("class", "")]
    labels = {cell.get("data-label") for item in stacked for cell in item.findall("tbody/tr/td")}
    assert {item.get("class", "").partition(" ")[0] for item in stacked} >= {"answers", "findings"}
    for label in ("answered by", "offers", "state", "observed", "reason", "target", "deviates"):
        assert label in labels


def test_equal_maps_of_many_servers_are_drawn_once() -> None:
    maps = [replace(draw(front_door()), server=f"EX{number:03}") for number in range(500)]
    html = page.render(RUN, Summary(results=()), maps)
    assert html.count("<figure") == 1
    assert "The map is the same as that of EX000" in words(html)
    assert len(html) < 1_000_000


def test_a_server_without_map_says_why() -> None:
    lost = AddressMap(server="EX01", problem="missing: Get-ReceiveConnector")
    text = words(page.render(RUN, Summary(results=()), [lost]))
    assert "There is no map of this server. missing: Get-ReceiveConnector" in text


def test_many_rows_of_answers_are_bounded() -> None:
    known = draw(front_door())
    many = replace(known, answers=known.answers[:1] * 500)
    html = page.render(RUN, Summary(results=()), [many])
    assert html.count('<tr class="place-') == 200
    assert "300 more rows are left out here" in words(html)
