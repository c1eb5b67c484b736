"""What crawls are run with: the settings of one reading, Scrapy's runner, the worker processes."""

import asyncio
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings
from sqlite_utils import Database

from items import Site
from pipelines.workers.refiner import Refines, refiner_of
from spiders import crawl_resources
from spiders.crawl_resources import CrawlResources
from spiders.news import NewsSpider, spider_class
from spiders.runner import CrawlResult, crawl_site, stop_crawl

_OF_WORKERS = (
    *("WARRAQ_WORKERS", "WARRAQ_PAGE_SECONDS", "WARRAQ_CLUSTER"),
    *("WARRAQ_WORKER_MEMORY_MB", "WARRAQ_REFINE"),
)


class CrawlPool:
    """Crawls of all sites share it. Another reading of the settings makes another one."""

    def __init__(self, settings: Settings, database: Database, refiner: Refines | None = None):
        self.settings = settings
        self.refiner = refiner or refiner_of(settings)
        self._database = database
        self.archive = crawl_resources.open_archive(settings, database)
        self._equipment = CrawlResources(database, self.refiner, quiet=True, archive=self.archive)
        self._runner = AsyncCrawlerRunner(settings)
        self._classes: dict[str, type[NewsSpider]] = {}
        self._at_work = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def with_settings(self, settings: Settings) -> "CrawlPool":
        """The crew for `settings`: this one where nothing has changed; its workers where they may
        stay.
        """
        if settings.copy_to_dict() == self.settings.copy_to_dict():
            return self
        same = all(settings[name] == self.settings[name] for name in _OF_WORKERS)
        return CrawlPool(settings, self._database, self.refiner if same else None)

    async def crawl(self, site: Site) -> CrawlResult:
        self._at_work += 1
        self._idle.clear()
        try:
            return await crawl_site(self._runner, self._class(site), resources=self._equipment)
        finally:
            self._at_work -= 1
            if not self._at_work:
                self._idle.set()

    def _class(self, site: Site) -> type[NewsSpider]:
        """A class is not made anew for each poll."""
        known = self._classes.get(site.name)
        if known is None or known.site is not site:
            known = self._classes[site.name] = spider_class(site)
        return known

    async def stop(self) -> None:
        """Every crawl lets its requests in flight finish, and takes no more."""
        await asyncio.gather(*map(stop_crawl, self._runner.crawlers))

    def close_archive(self) -> None:
        """When no more pages come: its file gets its name."""
        if self.archive:
            self.archive.close(self._database)

    async def idle(self) -> None:
        """When the last crawl that uses it has ended."""
        await self._idle.wait()


class CrawlPools:
    """The crew of now, and those before it whose crawls have not ended yet."""

    def __init__(self, first: CrawlPool) -> None:
        self._crews = [first]
        self._retiring: set[asyncio.Task[None]] = set()

    async def crawl(self, site: Site) -> CrawlResult:
        return await self._crews[-1].crawl(site)

    def use_settings(self, settings: Settings) -> None:
        """Crawls that run end as they began; the next ones follow `settings`."""
        before = self._crews[-1]
        crew = before.with_settings(settings)
        if crew is not before:
            self._crews.append(crew)
            self._retiring.add(retiring := asyncio.create_task(self._retire(before)))
            retiring.add_done_callback(self._retiring.discard)

    async def _retire(self, crew: CrawlPool) -> None:
        await crew.idle()
        self._crews.remove(crew)
        crew.close_archive()
        if all(other.refiner is not crew.refiner for other in self._crews):
            await asyncio.to_thread(crew.refiner.close)

    def report(self) -> dict[str, Any]:
        """How refining goes, where there is something to tell."""
        return self._crews[-1].refiner.report()

    async def stop(self) -> None:
        await asyncio.gather(*(crew.stop() for crew in self._crews))

    def rotate_archives(self) -> None:
        """The archive's files are of one day each."""
        for crew in self._crews:
            if crew.archive:
                crew.archive.rotate()

    def close(self) -> None:
        """End the workers."""
        for crew in self._crews:
            crew.close_archive()
            crew.refiner.close()
