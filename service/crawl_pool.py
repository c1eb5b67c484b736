"""What the service's crawls share: the settings of one reading, Scrapy's runner, the workers."""

import asyncio
from typing import Any

from scrapy.settings import Settings
from sqlite_utils import Database

from items import Site
from pipelines.workers.refiner import Refines, refiner_of
from spiders import crawl_resources
from spiders.crawl_resources import CrawlResources
from spiders.news import NewsSpider, spider_class
from spiders.runner import CrawlResult, CrawlRunner, crawl_site, stop_crawl

_WORKER_SETTINGS = (
    *("WARRAQ_WORKERS", "WARRAQ_PAGE_SECONDS", "WARRAQ_CLUSTER"),
    *("WARRAQ_WORKER_MEMORY_MB", "WARRAQ_REFINE"),
)


class CrawlPool:
    """For crawls of all sites. A reload of the settings that changes them makes another pool."""

    def __init__(self, settings: Settings, database: Database, refiner: Refines | None = None):
        self.settings = settings
        self.refiner = refiner or refiner_of(settings, preload=crawl_resources.PRELOAD)
        self._database = database
        self.archive = crawl_resources.open_archive(settings, database)
        self._resources = CrawlResources(database, self.refiner, quiet=True, archive=self.archive)
        self._runner = CrawlRunner(settings)
        self._classes: dict[str, type[NewsSpider]] = {}
        self._crawling = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def with_settings(self, settings: Settings) -> "CrawlPool":
        """Itself where nothing has changed; else a new pool, with the same workers where their
        settings are the same.
        """
        if settings.copy_to_dict() == self.settings.copy_to_dict():
            return self
        same = all(settings[name] == self.settings[name] for name in _WORKER_SETTINGS)
        return CrawlPool(settings, self._database, self.refiner if same else None)

    async def crawl(self, site: Site) -> CrawlResult:
        self._crawling += 1
        self._idle.clear()
        try:
            return await crawl_site(self._runner, self._class(site), resources=self._resources)
        finally:
            self._crawling -= 1
            if not self._crawling:
                self._idle.set()

    def _class(self, site: Site) -> type[NewsSpider]:
        """The same for each poll, until the site's file changes."""
        spider = self._classes.get(site.name)
        if spider is None or spider.site is not site:
            spider = self._classes[site.name] = spider_class(site)
        return spider

    async def stop(self) -> None:
        """Every crawl lets its requests in flight finish, and takes no more."""
        await asyncio.gather(*map(stop_crawl, self._runner.crawlers))

    def close_archive(self) -> None:
        """When no more pages come: its open file gets its final name."""
        if self.archive:
            self.archive.close(self._database)

    async def idle(self) -> None:
        """Waits for the last crawl that uses the pool."""
        await self._idle.wait()


class CrawlPools:
    """The current pool, and earlier ones whose crawls have not ended yet."""

    def __init__(self, first: CrawlPool) -> None:
        self._pools = [first]
        self._retiring: set[asyncio.Task[None]] = set()

    async def crawl(self, site: Site) -> CrawlResult:
        return await self._pools[-1].crawl(site)

    def use_settings(self, settings: Settings) -> None:
        """For the crawls that begin from now on; those that run keep the settings they have."""
        previous = self._pools[-1]
        pool = previous.with_settings(settings)
        if pool is not previous:
            self._pools.append(pool)
            self._retiring.add(retiring := asyncio.create_task(self._retire(previous)))
            retiring.add_done_callback(self._retiring.discard)

    async def _retire(self, pool: CrawlPool) -> None:
        await pool.idle()
        self._pools.remove(pool)
        pool.close_archive()
        if all(other.refiner is not pool.refiner for other in self._pools):
            await asyncio.to_thread(pool.refiner.close)

    def report(self) -> dict[str, Any]:
        """The state of the workers for `warraq status`; empty for local ones."""
        return self._pools[-1].refiner.report()

    def lost_workers(self) -> int:
        """Local ones, of the current settings."""
        return int(getattr(self._pools[-1].refiner, "lost_workers", 0))

    async def stop(self) -> None:
        await asyncio.gather(*(pool.stop() for pool in self._pools))

    def rotate_archives(self) -> None:
        """An archive file holds one day."""
        for pool in self._pools:
            if pool.archive:
                pool.archive.rotate()

    def close(self) -> None:
        for pool in self._pools:
            pool.close_archive()
            pool.refiner.close()
