"""Sitemaps and their indexes over HTTP, in one crawl after another."""

import itertools
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from sitemaps import XML, index, urlset
from web_server import Answer, ReceivedRequest, Web

from items import Site
from pipelines.workers.pool import LocalRefiner
from spiders.crawl_resources import PRELOAD
from spiders.runner import CrawlResult
from spiders.sources import sitemap
from storage.article_rows import iterate
from storage.database import open_database
from text.timestamps import utc_now

Crawl = Callable[..., CrawlResult]


def stored(data: Path) -> int:
    return len(list(iterate(open_database(data))))


def test_only_the_sitemaps_that_changed_are_read_again(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path
) -> None:
    site = replace(bare, sitemaps=(f"{web.url}/sitemap.xml",))
    months = {"/9.xml": "2026-09-30T00:00:00Z", "/10.xml": "2026-10-31T00:00:00Z"}
    web.pages |= {"/sitemap.xml": index(web, months), "/9.xml": urlset(web, range(3))}
    web.pages["/10.xml"] = urlset(web, range(3, 6))
    crawl(site)
    assert [asked.path for asked in web.asked[1:4]] == ["/sitemap.xml", "/10.xml", "/9.xml"]
    web.forget()
    crawl(site)
    assert web.paths() == ["/robots.txt", "/sitemap.xml"]
    months["/10.xml"] = "2026-11-01T00:00:00Z"
    web.pages |= {"/sitemap.xml": index(web, months), "/10.xml": urlset(web, range(3, 7))}
    web.forget()
    crawl(site)
    assert web.paths() == ["/robots.txt", "/sitemap.xml", "/10.xml", "/news/6"]
    assert stored(tmp_path) == 7


def test_a_sitemap_that_changes_again_within_its_lastmod_is_read_again(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path
) -> None:
    """A lastmod may name only the day; an edit in the very second of the request counts too."""
    site = replace(bare, sitemaps=(f"{web.url}/sitemap.xml",))
    for count, today in enumerate((utc_now(), utc_now()[:10]), 1):
        web.pages["/sitemap.xml"] = index(web, {"/now.xml": today})
        web.pages["/now.xml"] = urlset(web, range(2 * count))
        crawl(site)
        web.pages["/now.xml"] = urlset(web, range(2 * count + 1))
        crawl(site)
        assert stored(tmp_path) == 2 * count + 1


def test_a_sitemap_at_rest_is_asked_for_until_its_lastmod_is_over(
    web: Web, bare: Site, crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = replace(bare, sitemaps=(f"{web.url}/sitemap.xml",))
    urls = urlset(web, range(2))

    def posts(asked: ReceivedRequest) -> Answer:
        known = asked.headers.get("if-none-match") == '"a"'
        return Answer(status=304) if known else replace(urls, headers=XML | {"ETag": '"a"'})

    web.pages |= {"/sitemap.xml": index(web, {"/now.xml": utc_now()}), "/now.xml": posts}
    for _ in range(3):
        crawl(site)
    assert web.count("/now.xml") == 3
    monkeypatch.setattr("spiders.sources.sitemap._STABLE_AFTER", 0.0)
    for _ in range(3):
        crawl(site)
    assert web.count("/now.xml") == 4


def test_without_lastmod_the_ends_of_each_series_are_looked_at(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path
) -> None:
    site = replace(bare, sitemaps=(f"{web.url}/sitemap.xml",))
    web.pages["/sitemap.xml"] = index(web, {f"/posts-{number}.xml": "" for number in range(1, 5)})
    for number in range(1, 5):
        web.pages[f"/posts-{number}.xml"] = urlset(web, range(number * 2, number * 2 + 2))
    crawl(site)
    assert stored(tmp_path) == 8
    web.forget()
    crawl(site)
    assert sorted(web.paths("/posts")) == ["/posts-1.xml", "/posts-4.xml"]


def test_a_broken_sitemap_in_an_index_stops_no_other(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = replace(bare, sitemaps=(f"{web.url}/sitemap.xml",))
    web.pages["/sitemap.xml"] = index(web, {"/a.xml": "", "/b.xml": "", "/sitemap.xml": ""})
    web.pages |= {"/a.xml": urlset(web, range(2)), "/b.xml": Answer("<html>", 500)}
    result = crawl(site)
    assert (result.outcome, stored(tmp_path)) == ("finished", 2)
    assert result.counts["sources_failed"] == 1
    assert "/b.xml: answers 500" in result.trouble


@pytest.mark.slow
def test_a_long_sitemap_of_arabic_addresses_is_read_whole(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path
) -> None:
    """Percent-encoded, they are larger than any page may be."""
    slug = quote("خبر-طويل-العنوان-عن-المدينة-وأهلها-وما-جرى-فيها-هذا-الأسبوع-" * 4)
    entries = "".join(f"<url><loc>{web.url}/news/{slug}-{n}</loc></url>" for n in range(9000))
    assert len(entries) > 8 << 20
    web.pages["/sitemap.xml"] = Answer(f"<urlset>{entries}</urlset>", headers=XML)
    # The others' workers have a second for a page.
    patient = LocalRefiner(1, 60.0, function="fake_refine.refine", preload=PRELOAD)
    result = crawl(replace(bare, sitemaps=(f"{web.url}/sitemap.xml",), pages=1), refiner=patient)
    patient.close()
    assert result.counts["queued"] == 9000


def test_of_an_index_of_indexes_no_more_is_kept_than_this_crawl_can_read(
    web: Web, bare: Site, crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each names a hundred more; a crawl keeps as many names as it may still read."""
    monkeypatch.setattr(sitemap, "_MAX_DOCUMENTS", 7)
    names = (f"/sitemap-{n}.xml" for n in itertools.count())

    def another(_: ReceivedRequest) -> Answer:
        entries = "".join(f"<sitemap><loc>{next(names)}</loc></sitemap>" for _ in range(100))
        return Answer(f"<sitemapindex>{entries}</sitemapindex>", headers=XML)

    web.pages |= {f"/sitemap-{n}.xml": another for n in range(2_000)}
    web.pages["/sitemap.xml"] = another
    kept: list[int] = []
    monkeypatch.setattr(sitemap, "deque", lambda items: Watched(items, kept))
    crawl(replace(bare, sitemaps=(f"{web.url}/sitemap.xml",)))
    assert len(web.paths("/sitemap")) == 7
    assert max(kept) <= 7


class Watched(deque[tuple[str, str | None]]):
    def __init__(self, items: Iterable[tuple[str, str | None]], lengths: list[int]) -> None:
        super().__init__(items)
        self.lengths = lengths

    def popleft(self) -> tuple[str, str | None]:
        self.lengths.append(len(self))
        return super().popleft()


def test_addresses_beyond_a_crawl_s_are_read_by_the_next(
    web: Web, bare: Site, crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "MAX_SITEMAP_ENTRIES_A_CRAWL", 15)
    times = {f"/m-{letter}.xml": "2026-09-30T00:00:00Z" for letter in "abc"}
    web.pages["/sitemap.xml"] = index(web, times)
    for letter in "abc":
        urls = "".join(f"<url><loc>/news/{letter}{n}</loc></url>" for n in range(10))
        web.pages[f"/m-{letter}.xml"] = Answer(f"<urlset>{urls}</urlset>", headers=XML)
    site = replace(bare, sitemaps=(f"{web.url}/sitemap.xml",))
    crawl(site)
    first = set(web.paths("/m-"))
    web.forget()
    crawl(site)
    assert len(first) == 2
    assert first | set(web.paths("/m-")) == {"/m-a.xml", "/m-b.xml", "/m-c.xml"}
