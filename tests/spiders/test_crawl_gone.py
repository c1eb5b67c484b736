"""Re-checks over real HTTP: conditional, bounded, and what they miss."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from storage_samples import rows
from web_server import Answer, Page, ReceivedRequest, Web, article, rss

from items import Site
from pipelines.workers.pool import LocalRefiner
from spiders.crawl_status import rechecks_a_crawl
from spiders.runner import CrawlResult
from storage.database import open_database
from text.timestamps import add_seconds, utc_now

Crawl = Callable[..., CrawlResult]
HOME = Answer(status=302, headers={"Location": "/"})
NOT_THERE = (
    "<!doctype html><html><head><title>الصفحة غير موجودة - 404</title></head><body>"
    "<h1>الصفحة غير موجودة</h1><p>عذراً، الصفحة التي تبحث عنها غير موجودة.</p></body></html>"
)


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalRefiner]:
    refiner = LocalRefiner(1)
    yield refiner
    refiner.close()


def page(number: int, words: str = "") -> str:
    return article(number, words, published=add_seconds(utc_now(), -600))


def undated(feed: Answer) -> Answer:
    """Its dates are of weeks ago, and go before those of the pages."""
    body = re.sub(r"<pubDate>[^<]*</pubDate>", "", str(feed.body))
    return replace(feed, body=body)


@pytest.fixture
def recent(web: Web, site: Site, crawl: Crawl) -> Web:
    """A site with four articles, crawled once."""
    web.pages |= {"/feed": rss(web.url, [1, 2, 3, 4]), "/": "<html><body>الرئيسية</body></html>"}
    web.pages |= {f"/news/{number}": page(number) for number in (1, 2, 3, 4)}
    crawl(site)
    web.forget()
    return web


def hours_later(data: Path, hours: float) -> None:
    """All that was written was written so much earlier."""
    columns = ("looked_at", "missed_at", "recheck_at", "finished_at", "discovered_at")
    with open_database(data) as db:
        for column in columns:
            db.execute(
                f"UPDATE frontier SET {column} = strftime('%Y-%m-%dT%H:%M:%SZ', {column}, ?)",
                [f"-{hours * 3600:.0f} seconds"],
            )
        for column in ("first_seen", "published"):
            db.execute(
                f"UPDATE articles SET {column} = strftime('%Y-%m-%dT%H:%M:%SZ', {column}, ?)",
                [f"-{hours * 3600:.0f} seconds"],
            )


def stored(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with open_database(data) as db:
        return rows(db, sql)


def gone(data: Path) -> list[tuple[Any, ...]]:
    return stored(data, "SELECT url FROM articles WHERE gone_at IS NOT NULL")


@pytest.mark.parametrize(
    "answer", [Answer("", 404), Answer("", 410), HOME], ids=["404", "410", "home"]
)
def test_two_looks_mark_an_article_gone(
    recent: Web, site: Site, crawl: Crawl, tmp_path: Path, answer: Page
) -> None:
    there = recent.pages["/news/2"]
    recent.pages["/news/2"] = answer
    hours_later(tmp_path, 1.1)
    assert crawl(site).counts["missing"] == 1
    assert gone(tmp_path) == []
    hours_later(tmp_path, 6.1)
    assert crawl(site).counts["gone"] == 1
    assert gone(tmp_path) == [(f"{recent.url}/news/2",)]
    assert stored(tmp_path, "SELECT count(*) FROM articles") == [(4,)]
    recent.pages["/news/2"] = there
    hours_later(tmp_path, 24)
    crawl(site)
    assert gone(tmp_path) == []
    assert stored(tmp_path, "SELECT back_at IS NOT NULL FROM absences") == [(1,)]


def test_a_page_that_says_it_is_not_there_is_missing_whatever_its_status(
    web: Web, site: Site, crawl: Crawl, workers: LocalRefiner, tmp_path: Path
) -> None:
    text = "واجتمع المجلس البلدي صباح اليوم لبحث مشروع المكتبة الجديدة في المدينة القديمة. " * 12
    web.pages |= {
        "/feed": undated(rss(web.url, [1, 2])),
        "/news/1": page(1, text),
        "/news/2": page(2, text[90:]),
    }
    crawl(site, refiner=workers)
    web.pages["/news/2"] = NOT_THERE
    hours_later(tmp_path, 1.1)
    assert crawl(site, refiner=workers).counts["missing"] == 1
    hours_later(tmp_path, 6.1)
    assert crawl(site, refiner=workers).counts["gone"] == 1
    assert stored(tmp_path, "SELECT reason FROM absences") == [("error_page",)]
    assert stored(tmp_path, "SELECT count(*) FROM revisions") == [(0,)]


def test_a_site_that_misses_all_has_none_gone(
    recent: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    for number in (1, 2, 3, 4):
        recent.pages[f"/news/{number}"] = Answer("", 404)
    hours_later(tmp_path, 1.1)
    crawl(site)
    hours_later(tmp_path, 6.1)
    result = crawl(site)
    assert gone(tmp_path) == []
    assert "4 of 4 stored articles" in result.trouble
    assert stored(tmp_path, "SELECT trouble FROM crawls ORDER BY crawl DESC LIMIT 1") == [
        (result.trouble,)
    ]


@pytest.mark.parametrize("answer", [Answer("", 500), Answer("", 403), Answer(raw=b"")])
def test_a_look_that_fails_tells_nothing(
    recent: Web, site: Site, crawl: Crawl, tmp_path: Path, answer: Answer
) -> None:
    recent.pages["/news/2"] = answer
    for hours in (1.1, 6.1, 7):
        hours_later(tmp_path, hours)
        crawl(site)
    assert gone(tmp_path) == []
    assert stored(tmp_path, "SELECT state, count(*) FROM frontier") == [("done", 4)]


def with_tag(body: str, headers: Mapping[str, str], wanted: str) -> Page:
    def answer(asked: ReceivedRequest) -> Answer:
        if asked.headers.get(wanted) in headers.values():
            return Answer("", 304, headers)
        return Answer(body, headers=headers)

    return answer


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({"ETag": '"a1"'}, "if-none-match"),
        ({"Last-Modified": "Sun, 01 Nov 2020 06:00:00 GMT"}, "if-modified-since"),
    ],
)
def test_a_recheck_asks_whether_the_page_has_changed(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, headers: dict[str, str], wanted: str
) -> None:
    web.pages |= {"/feed": rss(web.url, [1]), "/news/1": with_tag(page(1), headers, wanted)}
    crawl(site)
    hours_later(tmp_path, 1.1)
    result = crawl(site)
    assert result.counts["unchanged: http_304"] == 1
    asked = [request for request in web.asked if request.path == "/news/1"]
    assert [wanted in request.headers for request in asked] == [False, True]
    web.pages["/news/1"] = Answer(page(1, "تحديث: انتهى الاجتماع."), headers={"ETag": '"a2"'})
    hours_later(tmp_path, 5)
    assert crawl(site).counts["revised"] == 1
    assert stored(tmp_path, "SELECT count(*) FROM revisions") == [(1,)]
    assert stored(tmp_path, "SELECT etag FROM frontier") == [('"a2"',)]


def test_rechecks_come_after_new_articles_and_are_bounded(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    web.pages["/feed"] = rss(web.url, list(range(1, 7)))
    web.pages |= {f"/news/{number}": page(number) for number in range(1, 8)}
    crawl(site)
    hours_later(tmp_path, 1.1)
    web.forget()
    web.pages["/feed"] = rss(web.url, list(range(1, 8)))
    slow = replace(site, delay=0.02)
    assert rechecks_a_crawl(1.0) == 120
    assert rechecks_a_crawl(3600.0) == 1
    crawl(slow)
    looked = web.paths("/news/")
    assert looked[0] == "/news/7"
    assert sorted(looked) == [f"/news/{number}" for number in range(1, 8)]  # each once
    web.forget()
    crawl(slow)
    assert web.paths("/news/") == []
