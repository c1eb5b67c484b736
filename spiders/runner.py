"""Crawls of many sites in one process, in turn or concurrently, from plain code."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings

from items import Site
from pipelines.workers.refiner import Refines, refiner_of
from spiders import crawl_resources
from spiders.crawl_resources import CrawlResources, Listener
from spiders.fetching.reactor import on_signals, run_on_reactor
from spiders.news import NewsSpider, spider_class
from spiders.project_settings import product_settings
from storage.database import open_database


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """`outcome` and `trouble` are those of `NewsSpider`; `retry_after` is until when (Unix time) the
    site asks for no requests, 0 where it does not.
    """

    site: str
    outcome: str
    trouble: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    retry_after: float = 0.0


def crawl_sites(
    sites: Sequence[Site],
    data: Path,
    *,
    limit: int | None = None,
    since: str | None = None,
    url: str | None = None,
    on_event: Listener | None = None,
    at_once: int = 4,
    settings: Mapping[str, Any] | None = None,
    refiner: Refines | None = None,
) -> list[CrawlResult]:
    """Crawls into the database of `data`, as `scrapy crawl` does. Ctrl-C and SIGTERM end it cleanly:
    what is in flight is stored, the other sites' outcome is `stopped`. Raises StorageError.

    The workers of a `refiner` that the caller passes outlive the call.
    """
    chosen = product_settings({"WARRAQ_PROGRESS": "off", **(settings or {})})
    workers = refiner or refiner_of(chosen, preload=crawl_resources.PRELOAD)
    database = open_database(data)
    archive = crawl_resources.open_archive(chosen, database)
    resources = CrawlResources(database, workers, (on_event,) if on_event else (), archive=archive)
    arguments = {"limit": limit, "since": since, "url": url}
    crawls = _Crawls(chosen, resources, arguments, asyncio.Semaphore(at_once))
    try:
        return run_on_reactor(crawls.run(sites))
    finally:
        if archive:
            archive.close(database)
        database.close()
        if refiner is None:
            workers.close()


class CrawlRunner(AsyncCrawlerRunner):
    """The settings of a crawler are a copy of the runner's already; Scrapy's runner writes each of them
    again.
    """

    def create_crawler(self, crawler_or_spidercls: type[Spider] | str | Crawler) -> Crawler:
        if isinstance(crawler_or_spidercls, Crawler):
            return crawler_or_spidercls
        return super().create_crawler(crawler_or_spidercls)


class _Crawls:
    def __init__(
        self,
        settings: Settings,
        resources: CrawlResources,
        arguments: Mapping[str, Any],
        slots: asyncio.Semaphore,
    ) -> None:
        self.runner = CrawlRunner(settings)
        self.arguments = {**arguments, "resources": resources}
        self.slots = slots
        self.stopped = False

    async def run(self, sites: Sequence[Site]) -> list[CrawlResult]:
        with on_signals(self.stop):
            return await asyncio.gather(*map(self._crawl, sites))

    def stop(self) -> None:
        self.stopped = True
        self._stopping = asyncio.ensure_future(self.runner.stop())

    async def _crawl(self, site: Site) -> CrawlResult:
        async with self.slots:
            if self.stopped:
                return CrawlResult(site.name, "stopped")
            return await crawl_site(self.runner, spider_class(site), **self.arguments)


async def stop_crawl(crawler: Crawler) -> None:
    """Lets its requests in flight finish. A crawler that is just beginning has no engine to stop yet."""
    while crawler.crawling:
        with suppress(RuntimeError):
            if crawler.engine.running:
                return await crawler.stop_async()
        await asyncio.sleep(0.02)
    return None


async def crawl_site(
    runner: CrawlRunner, spider_class: type[NewsSpider], **arguments: Any
) -> CrawlResult:
    """One crawl on the running loop. `arguments` are the spider's."""
    crawler = runner.create_crawler(spider_class)
    await runner.crawl(crawler, **arguments)
    spider = crawler.spider
    assert isinstance(spider, NewsSpider)
    session = getattr(spider, "session", None)
    return CrawlResult(
        spider.site.name,
        spider.outcome,
        spider.trouble,
        dict(session.counts) if session else {},
        spider.retry_after.blocked_until(spider.site.homepage) if session else 0.0,
    )
