"""Sites that show more than they announce: their lists become sources, and what is complete stays as
it is.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest
from web_server import Web, article

import items
from spiders.autodiscovery.probe import ProbeResult, probe
from spiders.fetching.fetch import Fetched
from spiders.runner import CrawlResult
from storage.article_rows import iterate
from storage.database import open_database

T = TypeVar("T")
HOST = "https://ex.org"
# The shapes of addresses of common systems.
SHAPES = (
    *("/?p={}", "/node/{}", "/2026/11/{}-long-story-of-a-day", "/news/{}.html"),
    *(
        "/?q=node/{}",
        "/spip.php?article{}",
        "/index.php?option=com_content&view=article&id={}:story",
    ),
)
PAGERS = ("/?paged={}", "/page/{}/", "/?page={}")


class Site:
    """Counts what is requested of it."""

    def __init__(self, pages: Mapping[str, str]) -> None:
        self.pages = pages
        self.requested: list[str] = []

    async def fetch(self, url: str) -> Fetched:
        self.requested.append(url)
        page = self.pages.get(url.removeprefix(HOST))
        return Fetched(url, 404) if page is None else Fetched(url, 200, {}, page.encode())


class Here:
    async def run(self, function: Callable[..., T], *arguments: Any, patience: float = 1) -> T:
        return function(*arguments)


def run_probe(pages: Mapping[str, str]) -> ProbeResult:
    site = Site(pages)
    result = asyncio.run(probe(f"{HOST}/", site.fetch, Here()))
    assert len(site.requested) == len(set(site.requested)) <= 60
    return result


def listing(numbers: range, shape: str, *, pager: str = "", menu: str = "", head: str = "") -> str:
    cards = "".join(
        f'<h2><a href="{shape.format(n)}">وزير الزراعة يفتتح معرض الزهور {n}</a></h2>'
        for n in numbers
    )
    following = f'<a class="next" href="{pager}">التالي</a>' if pager else ""
    return (
        f"<html><head><title>ن</title>{head}</head><body><nav>{menu}</nav>"
        f"<main>{cards}</main><div>{following}</div></body></html>"
    )


def feed(numbers: range, shape: str) -> str:
    items = "".join(
        f"<item><link>{HOST}{shape.format(n)}</link></item>".replace("&", "&amp;") for n in numbers
    )
    return f"<rss><channel>{items}</channel></rss>"


def sitemap(numbers: range, shape: str) -> str:
    return (
        "<urlset>"
        + "".join(f"<url><loc>{HOST}{shape.format(n)}</loc></url>" for n in numbers)
        + "</urlset>"
    )


ALTERNATE = '<link rel="alternate" type="application/rss+xml" href="/feed/">'


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("pager", PAGERS)
def test_a_feed_of_ten_and_a_front_page_that_goes_on(shape: str, pager: str) -> None:
    first = listing(range(30, 40), shape, pager=pager.format(2), head=ALTERNATE)
    second = listing(range(28, 30), shape)
    pages = {"/": first, pager.format(2): second, "/feed/": feed(range(30, 40), shape)}
    result = run_probe(pages)
    assert (result.feeds, result.sections) == ((f"{HOST}/feed/",), (f"{HOST}/",))
    assert (
        "feeds and sitemaps have 10 articles, the site shows more: sections added" in result.found
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_a_feed_that_has_all_stays_alone(shape: str) -> None:
    menu = '<a href="/category/sport/">رياضة</a><a href="/about-us-and-our-work">من نحن</a>'
    pages = {
        "/": listing(range(30, 40), shape, menu=menu, head=ALTERNATE),
        "/category/sport/": listing(range(35, 40), shape),
        "/feed/": feed(range(30, 40), shape),
    }
    result = run_probe(pages)
    assert result.sections == ()
    assert result.found[-1] == "feeds and sitemaps have 10 articles; its pages show no others"


@pytest.mark.parametrize(
    "address",
    ["/category/sport/", "/?cat=3", "/taxonomy/term/3", "/تصنيف/رياضة", "/sport", "/ar/sport"],
)
@pytest.mark.parametrize("shape", SHAPES)
def test_sections_that_show_what_the_front_page_does_not(address: str, shape: str) -> None:
    menu = f'<a href="{address}">رياضة</a><a href="/tag/x/">وسم</a><a href="/a.pdf">عدد اليوم</a>'
    target = f"{HOST}{address}" if address.isascii() else None
    page = listing(range(10, 20), shape)
    pages = {
        "/": listing(range(30, 40), shape, menu=menu, head=ALTERNATE),
        "/feed/": feed(range(30, 40), shape),
        address: page,
        "/%D8%AA%D8%B5%D9%86%D9%8A%D9%81/%D8%B1%D9%8A%D8%A7%D8%B6%D8%A9": page,
    }
    result = run_probe(pages)
    [section] = result.sections
    assert section == (target or section)
    assert "the site shows more" in " ".join(result.found)


def test_a_news_sitemap_of_two_days_is_not_all() -> None:
    shape = SHAPES[1]
    pages = {
        "/": listing(range(30, 40), shape, pager="/?page=1"),
        "/?page=1": listing(range(20, 30), shape),
        "/news-sitemap.xml": sitemap(range(32, 40), shape),
    }
    assert run_probe(pages).sections == (f"{HOST}/",)


def test_a_sitemap_that_has_all_stays_alone() -> None:
    shape = SHAPES[1]
    pages = {
        "/": listing(range(30, 40), shape, pager="/?page=1"),
        "/?page=1": listing(range(20, 30), shape),
        "/sitemap.xml": sitemap(range(1, 40), shape),
    }
    assert run_probe(pages).sections == ()


def test_of_an_index_the_files_that_were_not_read_count_as_read() -> None:
    shape = SHAPES[1]
    index = "<sitemapindex>" + "".join(
        f"<sitemap><loc>{HOST}/post-sitemap{n}.xml</loc></sitemap>" for n in (1, 2, 3)
    )
    menu = '<a href="/category/old/">تاريخ</a>'
    pages = {
        "/": listing(range(130, 140), shape, menu=menu),
        "/category/old/": listing(range(10, 20), shape),
        "/sitemap_index.xml": index + "</sitemapindex>",
        **{f"/post-sitemap{n}.xml": sitemap(range(100, 140), shape) for n in (1, 2, 3)},
    }
    assert run_probe(pages).sections == ()
    stale = {f"/post-sitemap{n}.xml": sitemap(range(1, 90), shape) for n in (1, 2, 3)}
    assert run_probe(pages | stale).sections == (f"{HOST}/",)


def test_sections_of_a_site_that_announces_nothing() -> None:
    menu = "".join(f'<a href="/{name}">قسم</a>' for name in ("world", "arts", "login"))
    pages = {
        "/": listing(range(30, 34), SHAPES[3], menu=menu),
        "/world": listing(range(10, 20), SHAPES[3]),
        "/arts": listing(range(30, 34), SHAPES[3]),
    }
    assert run_probe(pages).sections == (f"{HOST}/", f"{HOST}/world")


def test_many_sections_are_bounded() -> None:
    menu = "".join(f'<a href="/category/{n}/">قسم</a>' for n in range(500))
    pages = {"/": listing(range(3), SHAPES[1], menu=menu, head=ALTERNATE)}
    for n in range(500):
        pages[f"/category/{n}/"] = listing(range(1000 + 10 * n, 1010 + 10 * n), SHAPES[1])
    assert len(run_probe(pages).sections) <= 13


def test_a_front_page_without_a_list_is_said() -> None:
    pages = {
        "/": f"<html><head>{ALTERNATE}</head><body>مرحبا</body></html>",
        "/feed/": feed(range(3), SHAPES[1]),
    }
    assert "nothing tells whether these are all" in run_probe(pages).found[-1]


def test_an_archive_of_months_that_shows_more() -> None:
    menu = "".join(f'<a href="/2026/{n:02}/">شهر {n}</a>' for n in (11, 10, 9))
    shape = "/2026/11/{}-long-story-of-a-day"
    pages = {
        "/": listing(range(30, 40), shape, menu=menu, head=ALTERNATE),
        "/feed/": feed(range(30, 40), shape),
        "/2026/09/": listing(range(10, 20), "/2026/09/{}-long-story-of-a-day"),
    }
    result = run_probe(pages)
    assert result.archives == (f"{HOST}/{{year}}/{{month}}/",)
    assert result.sections == ()
    known = pages | {
        "/feed/": feed(range(30, 40), shape),
        "/2026/09/": listing(range(35, 40), shape),
    }
    assert run_probe(known).archives == ()


@pytest.mark.slow
def test_a_site_without_a_sitemap_is_crawled_whole(
    web: Web, bare: items.Site, crawl: Callable[..., CrawlResult], tmp_path: Path
) -> None:
    """A feed of ten of 39, a front page with a pager, numbers of articles from one on."""
    web.pages |= {f"/node/{n}": article(n) for n in range(1, 40)}
    for page in range(4):
        numbers = range(max(39 - 10 * (page + 1), 0) + 1, 39 - 10 * page + 1)
        pager = f"/node?page={page + 1}" if page < 3 else ""
        path = f"/node?page={page}" if page else "/"
        web.pages[path] = listing(numbers, "/node/{}", pager=pager, head=ALTERNATE)
    web.pages["/feed/"] = feed(range(30, 40), "/node/{}").replace(HOST, web.url)
    assert crawl(bare).outcome == "finished"
    assert len(list(iterate(open_database(tmp_path)))) == 39
    requested = Counter(web.paths("/node/"))
    assert requested.total() <= 40, "one more, which told the site's family"
    web.forget()
    crawl(bare)
    assert sorted(web.paths()) == ["/", "/feed/", "/robots.txt"]
