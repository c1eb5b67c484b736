"""The reader in a real browser, over a crawl of the demo's sites."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import BrowserTab, browser, missing, open_tab
from demo_world import World
from reader import Reader, hostile, reading
from storage_samples import LATER

from demo.server import serve
from storage.article_rows import get
from storage.articles import store

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
_PAGES = [
    *("/", "/plots", "/warraq", "/warraq/articles", "/warraq/corpus", "/warraq/copies"),
    *("/warraq/revisions", "/warraq/removed_lines", "/warraq/crawls", "/warraq/sites"),
    *(
        "/warraq/frontier",
        "/warraq/search?q=أسراب",
        "/warraq/days",
        "/warraq/articles?_search=أسراب",
    ),
    *("/counts", "/counts?q=قال&q=مدينة", "/counts?q=قال&split=outlet", "/words?site=waha"),
    *("/outlets", "/outlets/waha", "/words"),
    *("/warraq/articles/0", "/warraq/articles/1?cut=1", "/nothing", "/warraq/search"),
]
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
    """The demo's sites, crawled; a story that was rewritten since, and a hostile story."""
    with serve() as rooms:
        world = World(rooms, tmp_path_factory.mktemp("data"))
        world.crawl()
    with world.database() as db:
        story = get(db, 0)
        assert story is not None
        paragraphs = (*story.paragraphs[:-1], "وأضاف البيان فقرة لم تكن فيه من قبل.")
        store(db, replace(story, paragraphs=paragraphs), now=LATER)
        store(db, hostile(), now=LATER)
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


@pytest.fixture
def tab(chrome: "Browser", reader: Reader) -> Iterator[BrowserTab]:
    with open_tab(chrome, reader.url) as tab:
        yield tab
        assert tab.faults == []


def hostile_pages(reader: Reader) -> list[str]:
    [row] = reader.json("/warraq/articles.json", url="javascript:alert(1)", _shape="array")
    return [
        f"/warraq/articles/{row['number']}",
        "/warraq/search?q=خبث",
        "/warraq/articles?_search=خبث",
    ]


def test_ten_spellings_find_the_same_stories(tab: BrowserTab) -> None:
    results = []
    for spelling in _SPELLINGS:
        page = tab.go("/")
        page.get_by_role("searchbox").fill(spelling)
        page.get_by_role("button", name="Search").click()
        page.wait_for_url("**/warraq/search**")
        results.append(page.locator(".story h2 a").evaluate_all("all => all.map((a) => a.href)"))
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
    assert "فقرة لم تكن" in page.locator(".diff ins").last.inner_text()
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
    page = tab.go("/warraq/articles")
    facet = page.locator('.facet[data-column="site"] li').first
    count = int(facet.locator(".figure").inner_text())
    facet.locator("a").click()
    page.wait_for_url("**site=**")
    assert page.locator(".story").count() == count
    assert page.locator('.facet[data-column="site"] strong').count() == 1


def test_the_plots_draw(tab: BrowserTab) -> None:
    page = tab.go("/plots")
    assert page.locator(".plot").count() == 6
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


@pytest.mark.parametrize("phone", [True, False])
@pytest.mark.parametrize("dark", [True, False])
def test_every_page_fits_and_is_accessible(
    chrome: "Browser", reader: Reader, phone: bool, dark: bool
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    with open_tab(chrome, reader.url, phone=phone, dark=dark) as tab:
        for path in [*_PAGES, *hostile_pages(reader)]:
            page = tab.go(path)
            assert tab.overflow() <= 0, path
            violations: list[Any] = axe.run(page).response["violations"]
            serious = [
                (path, violation["id"], violation["nodes"][0]["html"][:200])
                for violation in violations
                if violation["impact"] in ("serious", "critical")
            ]
            assert serious == []
        assert [fault for fault in tab.faults if "404" not in fault] == []


def test_a_hostile_story_does_nothing(tab: BrowserTab, reader: Reader) -> None:
    for path in hostile_pages(reader):
        page = tab.go(path)
        assert page.title() != "taken"
        assert page.locator("img, iframe, main script").count() == 0
    page = tab.go(hostile_pages(reader)[0])
    assert page.locator(".body p:not(.cut)").nth(1).inner_text().startswith("كلمة كلمة")
    # The bidi override in the title does not reach beyond it.
    assert page.locator("footer").inner_text().startswith("Kept by Warraq")
