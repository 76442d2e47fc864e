"""The page is harmless whatever anybody said, and alone in a file that runs nothing."""

from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from xml.etree import ElementTree

import pytest

from selftests.checks.builders import front_door
from selftests.report.page_samples import RUN, STARTED, finding, result, results, tree, words
from smtp_exposure.exchange.address_sets import AddressSet
from smtp_exposure.report import page
from smtp_exposure.report.address_map import AddressMap, Answer, Place, State, draw
from smtp_exposure.report.elements import element, lines
from smtp_exposure.report.headline import headline
from smtp_exposure.report.results import MAX_TEXT, Run, Summary
from smtp_exposure.verdicts import Finding, Verdict, Why

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "]]></style></title></main><svg/onload=alert(1)>",
    "&lt;b&gt; &#60;script&#62;",
    "\x00\x1b[2J\x07\r\nSet-Cookie: x",
    "\u202egnp.exe\u2066 \ud800",
)


class Reader(HTMLParser):
    """Collects which tags and attributes a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its attributes."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def read(html: str) -> Reader:
    """Read a page as a browser does."""
    reader = Reader()
    reader.feed(html)
    return reader


def hostile_map(text: str) -> AddressMap:
    """A map in which every name is hostile."""
    answer = Answer(
        place=Place.INTERNET,
        binding=text,
        connectors=(text,),
        offers=text,
        state=State.OFFERED,
        addresses=AddressSet.parse(["192.0.2.0/24"]),
    )
    return replace(draw(front_door()), server=text, answers=(answer,))


def hostile_page(text: str) -> str:
    """A page in which everything that can be said from outside is one hostile text."""
    said = Finding(subject=text, observed=text, expected=text, detail=text, waiver=text)
    blanks = {"identity": text, "ranges": text}
    run = Run(
        id=text,
        started=STARTED,
        tool_version=text,
        command_line=text,
        servers=[{"name": text, "fqdn": text, "asked": text}],
        domains=[text],
        vantages=[{"name": text, "own_address": text, "seen_address": text}],
        waivers_unused=[{text: text, "check": text}],
        notes=[text],
    )
    entries = (
        result(Verdict.DEVIATES, replace(said, waiver=None, blanks=lambda: blanks), target=text),
        result(Verdict.WAIVED, said, target=text),
        result(Verdict.COMPLIANT, target=text),
        result(Verdict.NOT_ASSESSED, why=Why.NOT_ASKED, reason=text, target=text),
        replace(result(Verdict.DEVIATES, said, target=text), vantage=text),
    )
    maps = [hostile_map(text), AddressMap(server=text, problem=text)]
    return page.render(run, Summary(results=entries), maps)


def written_by_pytest_html(fragment: str) -> str:
    """A file as pytest-html lays it out, with the fragment where its hook puts it."""
    resource = resources.files("pytest_html").joinpath("resources", "index.jinja2")
    start, rest = resource.read_text("utf-8").split("{{ p|safe }}", 1)
    return f"{start}{fragment}{rest}"


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_anybody_said_stays_text(text: str) -> None:
    harmless = read(hostile_page("harmless"))
    html = hostile_page(text)
    seen = read(html)
    assert seen.tags == harmless.tags
    assert seen.attributes == harmless.attributes
    assert tree(html).tag == "main"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_control_character_is_left(text: str) -> None:
    html = page.finish(hostile_page(text))
    assert text not in html
    assert all(mark.isprintable() or mark == "\n" for mark in html)
    html.encode()


def test_a_long_text_is_cut_but_in_a_remedy() -> None:
    root = tree(hostile_page("x" * 10_000))
    remedies = root.findall(".//pre")
    assert any("x" * 10_000 in "".join(pre.itertext()) for pre in remedies)
    for pre in remedies:
        pre.clear()
    assert "x" * (MAX_TEXT + 1) not in ElementTree.tostring(root, encoding="unicode")


def test_a_remedy_is_never_cut_short() -> None:
    blanks = {"identity": "'EX01\\Relay'", "ranges": ",".join(["'10.0.0.0/8'"] * 1_000)}
    entry = result(Verdict.DEVIATES, replace(finding(), blanks=lambda: blanks))
    assert f"-RemoteIPRanges {blanks['ranges']}" in words(
        page.render(RUN, Summary(results=(entry,)), [])
    )
    too_long = page.markup(element("pre", *lines("y" * 30_000)))
    assert words(too_long) == "This text of 30,000 characters is too long for a page."


def test_an_element_with_a_hostile_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no name of an element"):
        page.markup(element("a onclick=x"))
    with pytest.raises(ValueError, match="no name of an element"):
        page.markup(element("a", **{"href onclick": "x"}))


def test_the_finished_file_runs_nothing_and_holds_the_page_alone() -> None:
    fragment = page.render(RUN, Summary(results=results()), [draw(front_door())])
    finished = page.finish(written_by_pytest_html(fragment))
    assert fragment in finished
    assert finished.index("Content-Security-Policy") < finished.index("<title>")
    assert "default-src 'none'" in finished
    assert not read(finished).tags & {"script", "template", "input", "link", "img", "button"}


def test_the_finished_file_has_language_title_and_viewport() -> None:
    summary = Summary(results=results())
    finished = page.finish(written_by_pytest_html(page.render(RUN, summary, [])))
    assert f"<title>SMTP exposure: {headline(RUN, summary)}</title>" in finished
    assert '<html lang="en">' in finished
    assert 'name="viewport"' in finished
    assert page.finish(finished) == finished


@pytest.mark.parametrize(
    ("html", "place"),
    [
        ("<html><head><title>x</title></head><body>text</body></html>", "<html><head>"),
        ("just text", ""),
        ("<HEAD lang=x>text</main>", "<HEAD lang=x>"),
        ('<main class="smtp-exposure">cut off', ""),
    ],
)
def test_a_file_without_the_page_keeps_its_text_under_the_policy(html: str, place: str) -> None:
    finished = page.finish(html)
    assert finished.startswith(f'{place}<meta http-equiv="Content-Security-Policy"')
    start = finished.index("<meta http-equiv")
    end = finished.index(">", start) + 1
    assert finished[:start] + finished[end:] == html
