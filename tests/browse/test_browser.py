"""The reader in a real browser, over a crawl of the demo's sites."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from browser import BrowserTab, browser, missing, open_tab
from demo_world import World
from reader import EVIL, Reader, hostile, reading, story
from storage_samples import LATER

from demo.coverage import REPORTS, store_coverage
from demo.server import serve
from storage.article_rows import get
from storage.articles import store
from storage.watches import deliveries
from storage.watches.channels import Channel, add_channels
from storage.watches.rows import NewChannel

if TYPE_CHECKING:
    from playwright.sync_api import Browser


pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(missing() is not None, reason=missing() or ""),
]

_SPELLINGS = [
    *("أسراب", "اسراب", "إسراب", "آسراب", "أَسْرَاب", "أســراب", "ٱسراب", "الأسراب", "وأسراب"),
    *("\u200fأسراب\u200e", "للأسراب"),
]
# No story of the demo has one of its words, by which the difference would be cut.
_ADDED = "وذيّلوه بحاشية مستحدثة."
# Every page that the reader has, one a line: `{story}` is a story with removed lines and revisions,
# `{hostile}` one whose every field attacks the page.
PAGES = [
    "/",
    "/search?q=أسراب",
    "/search",
    "/search?page=2",
    "/search?q=خبث",
    "/search?q=أسراب&site=waha&since=2020-01-01&sort=newest",
    # No result, and what could have been meant; a query that cannot be understood.
    "/search?q=القاطررات",
    "/search?q=غغغغغغغغغ&language=ar&without=gone",
    "/search?q=-نفط",
    "/counts",
    "/counts?q=قال&q=مدينة",
    "/counts?q=قال&split=outlet",
    "/counts?q=غغغغغغغغغ",
    "/counts?q=قال&since=2030-01-01",
    "/words",
    "/words?site=sahl",
    "/words?site=sahl&other_site=waha",
    "/outlets",
    "/outlets/waha",
    "/outlets/{outlet}",
    "/outlets/nobody",
    "/watches",
    "/plots",
    "/warraq",
    "/warraq/articles",
    "/warraq/articles?site=waha&language__contains=a",
    "/warraq/articles?_search=خبث",
    "/warraq/articles/{story}",
    "/warraq/articles/{story}?cut=1&q=قال",
    "/warraq/articles/{original}",
    "/warraq/articles/{original}/compare",
    "/warraq/articles/{story}/compare",
    "/warraq/articles/{story}/event",
    "/warraq/articles/{event}",
    "/warraq/articles/{event}/event",
    "/warraq/articles/{event}/event?with={other}",
    "/warraq/articles/{hostile}",
    "/warraq/copies/{copy}",
    "/warraq/corpus",
    "/warraq/copies",
    "/warraq/revisions",
    "/warraq/removed_lines",
    "/warraq/crawls",
    "/warraq/sites",
    "/warraq/sites/waha",
    "/warraq/frontier",
    "/warraq/absences",
    "/warraq/days",
    "/warraq/latest?site=waha",
    "/nothing",
]
_NOT_FOUND = ("/nothing", "/outlets/nobody")
# As browsers wish for them: with a country's months and digits.
LOCALES = {"ar": "ar-SY", "en": "en-GB"}
# The x positions of a text's last two characters: a letter and a full stop.
_LAST_POSITIONS = """
(paragraph) => {
  const text = paragraph.firstChild, end = text.length;
  return [end - 2, end - 1].map((offset) => {
    const range = document.createRange();
    range.setStart(text, offset); range.setEnd(text, offset + 1);
    return range.getBoundingClientRect().x;
  });
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's sites, crawled; a story that was rewritten since, and a hostile story; an event with
    watches that find it, of which one tells in vain; an outlet with a word of its own.
    """
    with serve() as rooms:
        world = World(rooms, tmp_path_factory.mktemp("data"))
        world.crawl()
    with world.database() as db:
        original = get(db, 0)
        assert original is not None
        paragraphs = (*original.paragraphs[:-1], _ADDED)
        store(db, replace(original, paragraphs=paragraphs), now=LATER)
        store(db, hostile(), now=LATER)
        for number in range(12):
            own = story(number)
            paragraphs = ("انخفضت أسعار القمح في السهل.", *own.paragraphs[1:])
            store(db, replace(own, site="sahl", paragraphs=paragraphs), now=LATER)
        [key] = add_channels(world.folder, [Channel("command", ("tell",))])
        store_coverage(db, LATER, [NewChannel(key, "command")])
        deliveries.begin_delivery(db, key, 5)
        deliveries.fail(db, deliveries.unfinished(db)[0], EVIL, LATER)
    return world.folder


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[Reader]:
    with reading(folder) as reader:
        yield reader


@pytest.fixture(scope="module")
def chrome(folder: Path) -> Iterator["Browser"]:
    # After the crawl, which needs this thread's event loop: the browser occupies it.
    with browser() as chrome:
        yield chrome


@pytest.fixture(scope="module")
def addresses(reader: Reader) -> dict[str, str | int]:
    """The numbers of stories that pages are asked for, a copy's id, a hostile outlet."""

    def number(**filters: str) -> int:
        rows = reader.json("/warraq/articles.json", **filters, _shape="array")
        return int(rows[0]["number"])

    copies = reader.json("/warraq/copies.json", _shape="array")
    return {
        "story": 0,
        "hostile": number(url="javascript:alert(1)"),
        "event": number(title=REPORTS[0].title),
        "other": number(title=REPORTS[-1].title),
        "original": copies[0]["original"],
        "copy": copies[0]["id"],
        "outlet": quote(str(hostile().site), safe=""),
    }


@pytest.fixture(scope="module", params=LOCALES)
def language_tab(
    request: pytest.FixtureRequest, chrome: "Browser", reader: Reader
) -> Iterator[BrowserTab]:
    """A tab that all pages are opened in, in the language."""
    with open_tab(chrome, reader.url, locale=LOCALES[request.param]) as tab:
        yield tab


@pytest.fixture
def tab(chrome: "Browser", reader: Reader) -> Iterator[BrowserTab]:
    with open_tab(chrome, reader.url) as tab:
        yield tab
        assert tab.faults == []


def test_ten_spellings_find_the_same_stories(tab: BrowserTab) -> None:
    results = []
    for spelling in _SPELLINGS:
        page = tab.go("/")
        page.get_by_role("searchbox").fill(spelling)
        page.get_by_role("button", name="Search").click()
        page.wait_for_url("**/search?**")
        results.append(
            page.locator(".story h2 a").evaluate_all("all => all.map((a) => a.pathname)")
        )
    assert results[0]
    assert all(result == results[0] for result in results)


def test_a_story_reads_from_right_to_left(tab: BrowserTab) -> None:
    page = tab.go("/warraq/articles/0")
    paragraphs = [
        paragraph
        for paragraph in page.locator(".body p:not(.cut)").all()
        if paragraph.inner_text()[-1] == "."
    ]
    for paragraph in paragraphs:
        letter, stop = paragraph.evaluate(_LAST_POSITIONS)
        assert stop < letter
        assert paragraph.evaluate("(p) => getComputedStyle(p).direction") == "rtl"
    assert len(paragraphs) > 2
    family = page.evaluate("document.fonts.check('20px \"Warraq Naskh\"', 'ورّاق')")
    assert family


def test_a_revision_shows_the_difference(tab: BrowserTab) -> None:
    page = tab.go("/warraq/articles/0")
    assert page.locator(".diff ins").last.inner_text().strip() in (_ADDED, _ADDED[:-1])
    assert page.locator(".diff del").first.is_visible()


def test_removed_lines_can_be_shown_in_place(tab: BrowserTab, reader: Reader) -> None:
    sql = "/warraq/removed_lines.json"
    number = reader.json(sql, _shape="array", reason__not="agency")[0]["article"]
    page = tab.go(f"/warraq/articles/{number}")
    cut = page.locator(".body .cut").first
    assert not cut.is_visible()
    page.get_by_label("removed").check()
    assert cut.is_visible()
    assert cut.locator(".reason").text_content()


def test_facets_filter_a_list(tab: BrowserTab) -> None:
    page = tab.go("/warraq/frontier")
    facet = page.locator('.facet[data-column="state"] li').first
    count = int(facet.locator(".figure").inner_text())
    facet.locator("a").click()
    page.wait_for_url("**state=**")
    assert page.locator(".cells tbody tr").count() == min(count, 30)
    assert page.locator('.facet[data-column="state"] strong').count() == 1


def test_the_plots_draw(tab: BrowserTab) -> None:
    page = tab.go("/plots")
    assert page.locator(".plot").count() == 7
    for plot in page.locator(".plot").all():
        shape = plot.locator("svg.chart rect").first
        box = shape.bounding_box()
        assert box
        assert min(box["width"], box["height"]) > 0
        assert shape.evaluate("(r) => getComputedStyle(r).fill") != "rgb(0, 0, 0)"


def test_times_are_in_the_readers_zone(tab: BrowserTab) -> None:
    time = tab.go("/warraq/articles/0").locator("article time").first
    assert time.get_attribute("title", timeout=1000).endswith("UTC")
    assert "UTC" not in time.inner_text()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_and_is_accessible(
    language_tab: BrowserTab, addresses: dict[str, str | int], path: str
) -> None:
    """In both languages, on a phone and a desk, light and dark: one load, and the window changes. axe
    sees each of these twice over the two languages: it takes most of the time.
    """
    is_arabic = language_tab.page.evaluate("navigator.language") == LOCALES["ar"]
    language_tab.faults.clear()
    page = language_tab.go(path.format(**addresses))
    for phone in (False, True):
        # What is folded away at the desk is open on the phone.
        page.evaluate(
            "open => document.querySelectorAll('main details').forEach((d) => d.open = open)", phone
        )
        for dark in (False, True):
            language_tab.look(phone, dark)
            assert language_tab.overflow() <= 0, (phone, dark)
            if (phone == dark) == is_arabic:
                assert language_tab.serious_violations() == [], (phone, dark)
    is_there = path not in _NOT_FOUND
    assert [fault for fault in language_tab.faults if is_there or "404" not in fault] == []


def test_a_hostile_story_does_nothing(tab: BrowserTab, addresses: dict[str, str | int]) -> None:
    paths = ["/warraq/articles/{hostile}", "/search?q=خبث", "/warraq/articles?_search=خبث"]
    for path in paths:
        page = tab.go(path.format(**addresses))
        assert page.title() != "taken"
        assert page.locator("img, iframe, main script").count() == 0
    page = tab.go(paths[0].format(**addresses))
    assert page.locator(".body p:not(.cut)").nth(1).inner_text().startswith("كلمة كلمة")
    # The bidi override in the title does not reach beyond it.
    assert page.locator("footer").inner_text().startswith("Kept by Warraq")
