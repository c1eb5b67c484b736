"""Crawls of many sites in one process, one after another or side by side, from plain code."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    """How a site's crawl went: `outcome` and `trouble` as `NewsSpider` has them; until when (Unix
    time) the site asked to `rest`.
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
    url: str | None = None,
    on_event: Listener | None = None,
    at_once: int = 4,
    settings: Mapping[str, Any] | None = None,
    refiner: Refines | None = None,
) -> list[CrawlResult]:
    """Crawl into the database of `data`, as `scrapy crawl` does. Ctrl-C and SIGTERM end it in
    order: what is in flight is stored, the other sites' outcome is `stopped`. Raises StorageError.

    With a `refiner` of the caller, its workers outlive the call.
    """
    chosen = product_settings({"WARRAQ_PROGRESS": "off", **(settings or {})})
    workers = refiner or refiner_of(chosen)
    database = open_database(data)
    archive = crawl_resources.open_archive(chosen, database)
    equipped = CrawlResources(database, workers, (on_event,) if on_event else (), archive=archive)
    round_ = _Round(chosen, equipped, {"limit": limit, "url": url}, asyncio.Semaphore(at_once))
    try:
        return run_on_reactor(round_.crawl(sites))
    finally:
        if archive:
            archive.close(database)
        database.close()
        if refiner is None:
            workers.close()


class _Round:
    def __init__(
        self,
        settings: Settings,
        equipped: CrawlResources,
        arguments: Mapping[str, Any],
        room: asyncio.Semaphore,
    ) -> None:
        self.runner = AsyncCrawlerRunner(settings)
        self.arguments = {**arguments, "equipment": equipped}
        self.room = room
        self.stopped = False

    async def crawl(self, sites: Sequence[Site]) -> list[CrawlResult]:
        with on_signals(self.stop):
            return await asyncio.gather(*map(self._one, sites))

    def stop(self) -> None:
        self.stopped = True
        self._stopping = asyncio.ensure_future(self.runner.stop())

    async def _one(self, site: Site) -> CrawlResult:
        async with self.room:
            if self.stopped:
                return CrawlResult(site.name, "stopped")
            return await crawl_site(self.runner, spider_class(site), **self.arguments)


async def stop_crawl(crawler: Crawler) -> None:
    """Its requests in flight finish. One that is just beginning has no engine to stop yet."""
    while crawler.crawling:
        with suppress(RuntimeError):
            if crawler.engine.running:
                return await crawler.stop_async()
        await asyncio.sleep(0.02)
    return None


async def crawl_site(
    runner: AsyncCrawlerRunner, spider_class: type[NewsSpider], **arguments: Any
) -> CrawlResult:
    """One crawl on the running loop; `arguments` are the spider's."""
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
