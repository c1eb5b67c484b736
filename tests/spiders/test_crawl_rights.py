"""What a site declares of the use of its articles, read in a crawl and kept with them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from storage_samples import rows
from web_server import Answer, Web, article, rss

from items import Site
from pipelines.workers.pool import LocalRefiner
from spiders.runner import CrawlResult
from storage.database import open_database
from storage.formats.export import export
from storage.selection import Selection

Crawl = Callable[..., CrawlResult]
TEXT = "واجتمع المجلس البلدي صباح اليوم لبحث مشروع المكتبة الجديدة في المدينة القديمة. " * 9
FILE = "/.well-known/tdmrep.json"


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalRefiner]:
    refiner = LocalRefiner(1)
    yield refiner
    refiner.close()


@pytest.fixture
def news(web: Web) -> Web:
    """Three articles; the file reserves the second, a header the third."""
    rules = [{"location": "/news/2", "tdm-reservation": 1}]
    web.pages |= {
        "/feed": rss(web.url, [1, 2, 3]),
        "/robots.txt": Answer(
            "User-agent: GPTBot\nDisallow: /news/1", headers={"Content-Type": "text/plain"}
        ),
        FILE: Answer(json.dumps(rules), headers={"Content-Type": "application/json"}),
        "/news/1": article(1, TEXT),
        "/news/2": article(2, TEXT[100:] + "ثم انصرف الحضور."),
        "/news/3": Answer(article(3, TEXT[250:]), headers={"TDM-Reservation": "1"}),
    }
    return web


def reserved(data: Path) -> dict[str, Any]:
    with open_database(data) as db:
        found = rows(db, "SELECT url, reserved FROM articles")
    return {url.rpartition("/")[2]: words for url, words in found}


def test_each_article_has_what_is_declared_for_it(
    news: Web, site: Site, crawl: Crawl, workers: LocalRefiner, tmp_path: Path
) -> None:
    crawl(site, refiner=workers)
    assert reserved(tmp_path) == {"1": "robots.txt", "2": "tdm-reservation", "3": "tdm-reservation"}
    assert news.count(FILE) == 1
    assert len(news.asked) == 6  # robots.txt, the feed, the file, three articles
    with open_database(tmp_path) as db:
        [(text,)] = rows(db, "SELECT rights FROM articles WHERE url LIKE '%/2'")
        known = json.loads(text)
        assert {"header", "meta", "robots.txt", "tdmrep.json"} <= set(known["read"])
        [statement] = known["statements"]
        assert (statement["source"], statement["value"]) == ("tdmrep.json", "1")
        assert statement["at"].endswith("Z")
        assert rows(db, "SELECT count(*) FROM _archived_pages WHERE rights IS NOT NULL") == [(3,)]


def test_a_poll_without_articles_does_not_ask_for_the_file(
    news: Web, site: Site, crawl: Crawl
) -> None:
    news.pages["/feed"] = rss(news.url, [])
    crawl(site)
    assert news.count(FILE) == 0


@pytest.mark.parametrize(
    "answer",
    [
        Answer("", 500),
        Answer("<html>", 200),
        Answer(raw=b""),
    ],
)
def test_a_file_that_cannot_be_read_harms_nothing(
    news: Web, site: Site, crawl: Crawl, workers: LocalRefiner, tmp_path: Path, answer: Answer
) -> None:
    news.pages[FILE] = answer
    crawl(site, refiner=workers)
    assert reserved(tmp_path) == {"1": "robots.txt", "2": None, "3": "tdm-reservation"}
    with open_database(tmp_path) as db:
        [(text,)] = rows(db, "SELECT rights FROM articles WHERE url LIKE '%/2'")
    assert "tdmrep.json" not in json.loads(text)["read"]


def test_a_site_that_is_honoured_is_not_fetched_where_its_file_reserves_it(
    news: Web, site: Site, crawl: Crawl, workers: LocalRefiner, tmp_path: Path
) -> None:
    crawl(replace(site, honour_tdm=True), refiner=workers)
    assert reserved(tmp_path) == {"1": "robots.txt"}
    assert news.count("/news/2") == 0
    with open_database(tmp_path) as db:
        states = rows(db, "SELECT state, reason FROM frontier ORDER BY url")
        assert rows(db, "SELECT count(*) FROM _archived_pages") == [(1,)]
    assert states == [("done", ""), ("denied", "tdm_reserved"), ("rejected", "tdm_reserved")]


def test_exports_say_what_is_reserved_and_can_leave_it_out(
    news: Web, site: Site, crawl: Crawl, workers: LocalRefiner, tmp_path: Path
) -> None:
    del news.pages["/robots.txt"]
    crawl(site, refiner=workers)
    with open_database(tmp_path) as db:
        db.execute("UPDATE articles SET gone_at = '2026-11-01T06:00:00Z' WHERE url LIKE '%/3'")
        file = tmp_path / "a.jsonl"
        assert export(db, file, "jsonl") == 3
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        assert sum("gone_at" in line for line in lines) == 1
        assert [line.get("reserved") for line in sorted(lines, key=lambda line: line["url"])] == [
            None, "tdm-reservation", "tdm-reservation",
        ]  # fmt: skip
        assert (
            export(db, tmp_path / "b.csv", "csv", selection=Selection(without_reserved=True)) == 1
        )
        assert export(db, tmp_path / "c", "txt", selection=Selection(without_gone=True)) == 2
        header = (tmp_path / "b.csv").read_text("utf-8-sig").splitlines()[0].split(",")
        assert {"gone_at", "reserved", "rights"} <= set(header)
