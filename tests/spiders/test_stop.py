"""A crawl that is stopped ends as stopped, whatever it was doing: no error, no failure, no attempt."""

import json
import logging
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from web_server import Answer, ReceivedRequest, Web, publish

from items import Page, Site
from pipelines.workers.pool import LocalRefiner
from spiders.fetching.host_pace import pace
from spiders.runner import CrawlResult, crawl_sites
from storage.database import open_database


def stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture
def check(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, refiner: LocalRefiner
) -> Callable[..., CrawlResult]:
    """Crawls, and looks at what a stop must not leave behind."""

    def crawl(site: Site, workers: Any = refiner) -> CrawlResult:
        [result] = crawl_sites([site], tmp_path, refiner=workers)
        with open_database(tmp_path) as db:
            [row] = db.query("SELECT outcome, trouble, other_counts, failed, refused FROM crawls")
            [[failures]] = db.execute("SELECT failures_in_a_row FROM sites").fetchall()
            attempts = db.execute("SELECT sum(attempts) FROM frontier").fetchone()[0]
        troubles = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
        assert [line for line in troubles if "WARRAQ_CONTACT" not in line] == []
        assert (result.outcome, row["outcome"], row["trouble"]) == ("stopped", "stopped", None)
        assert (failures, attempts or 0, row["failed"], row["refused"]) == (0, 0, 0, 0)
        assert "sources_failed" not in (row["other_counts"] or "")
        return result

    return crawl


@pytest.mark.parametrize("nth", range(1, 9))
@pytest.mark.parametrize("discovers", [False, True])
def test_at_every_request_of_a_first_crawl(
    web: Web, site: Site, check: Callable[..., CrawlResult], nth: int, discovers: bool
) -> None:
    publish(web, range(6))
    front = f'<html><head><link rel="alternate" type="application/rss+xml" href="{web.url}/feed">'
    web.pages["/"] = Answer(front + "</head><body>ن</body></html>")
    pages = dict(web.pages)
    delay = 0.05 if nth % 2 else 0.0

    def answer(asked: ReceivedRequest) -> Answer:
        if len(web.asked) == nth:
            stop()
        page = pages.get(asked.path, Answer("", 404))
        assert not callable(page)
        return page if isinstance(page, Answer) else Answer(page)

    web.answer = answer  # type: ignore[method-assign]
    check(replace(site, delay=delay, feeds=() if discovers else site.feeds))


class StoppingRefiner:
    """Told to stop while its workers start, or while a page is with them."""

    def __init__(self, refiner: LocalRefiner, *, before: bool) -> None:
        self.refiner, self.before = refiner, before
        self.stopped = False
        self.workers = 2

    async def refine_and_record(self, page: Page, site: Site) -> Any:
        return await self._stopping(self.refiner.refine_and_record, page, site)

    async def refine(self, page: Page, site: Site) -> Any:
        return await self._stopping(self.refiner.refine, page, site)

    async def _stopping(self, refine: Callable[..., Any], page: Page, site: Site) -> Any:
        stops, self.stopped = not self.stopped, True
        if stops and self.before:
            stop()
        refined = await refine(page, site)
        if stops and not self.before:
            stop()
        return refined

    async def run(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        return await self.refiner.run(function, *arguments, **options)

    def close(self) -> None: ...

    def report(self) -> dict[str, Any]:
        return {}


@pytest.mark.parametrize("before", [True, False])
def test_while_pages_are_refined(
    web: Web, site: Site, check: Callable[..., CrawlResult], refiner: LocalRefiner, before: bool
) -> None:
    publish(web, range(40))
    result = check(replace(site, concurrency=1), StoppingRefiner(refiner, before=before))
    assert 0 < result.counts["new"] < 40


@pytest.mark.parametrize("before", [True, False])
def test_while_posts_that_need_no_request_are_refined(
    web: Web, site: Site, check: Callable[..., CrawlResult], refiner: LocalRefiner, before: bool
) -> None:
    answer, date = web.answer, "2026-10-01T08:00:00"
    times = dict.fromkeys(("date", "date_gmt", "modified", "modified_gmt"), date)
    posts = [
        {
            **times,
            "id": number,
            "link": f"{web.url}/news/{number}",
            "title": {"rendered": f"خبر {number}"},
            "content": {"rendered": f"<p>نص الخبر رقم {number}.</p>", "protected": False},
        }
        for number in range(40)
    ]

    def interface(asked: ReceivedRequest) -> Answer:
        if asked.path.startswith("/wp-json/"):
            return Answer(json.dumps(posts), 200, {"Content-Type": "application/json"})
        return answer(asked)

    web.answer = interface  # type: ignore[method-assign]
    posts_only = replace(site, feeds=(), wordpress=f"{web.url}/wp-json/")
    result = check(posts_only, StoppingRefiner(refiner, before=before))
    assert result.counts["queued"] == 40
    assert 0 < result.counts["new"] < 40


def test_before_the_first_request(
    web: Web,
    site: Site,
    check: Callable[..., CrawlResult],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from spiders.crawl_session import CrawlSession

    begin = CrawlSession.begin

    def stopping(self: CrawlSession) -> None:
        begin(self)
        stop()

    monkeypatch.setattr(CrawlSession, "begin", stopping)
    publish(web, range(3))
    check(site)


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("kind", ["/robots.txt", "/feed", "/news"])
def test_while_requests_wait_for_a_delay_that_outlasts_the_test(
    web: Web, site: Site, check: Callable[..., CrawlResult], kind: str, concurrency: int
) -> None:
    """With one request at a time, the second waits where requests leave, the others in Scrapy's queue."""
    publish(web, range(9))
    answer, stops = web.answer, Timer(0.5, stop)

    def slow_from_then_on(asked: ReceivedRequest) -> Answer:
        if asked.path.startswith(kind) and not stops.ident:
            pace.keep_crawl_delay("127.0.0.1", 500)
            stops.start()
        return answer(asked)

    web.pages["/robots.txt"] = Answer(
        "User-agent: *\nCrawl-delay: 500\n" if kind == "/robots.txt" else "User-agent: *\n"
    )
    web.answer = slow_from_then_on  # type: ignore[method-assign]
    check(replace(site, concurrency=concurrency))
    assert len(web.asked) < 9


def test_while_the_first_source_waits_for_the_delay_of_its_file(
    web: Web, site: Site, check: Callable[..., CrawlResult]
) -> None:
    publish(web, range(1))

    def stopping(_: ReceivedRequest) -> Answer:
        Timer(0.3, stop).start()
        return Answer("", 404)

    web.pages["/robots.txt"] = stopping
    check(replace(site, delay=400.0))
    assert web.paths() == ["/robots.txt"]
