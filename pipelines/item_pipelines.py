"""The Scrapy pipelines: a Page is refined in a worker process, what comes out goes to the database.
Thin; refining is in `workers`, storing in `keeping`.
"""

from typing import TYPE_CHECKING, Protocol

from scrapy.exceptions import DropItem

from items import Page, Site
from pipelines.ingest.page import IngestResult, RefinedPage
from pipelines.workers.pool import NoWorkers
from pipelines.workers.refiner import Refines
from storage.archive.pointer import Pointer
from storage.database import StorageError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class PageSink(Protocol):
    """What the stages need of the crawl that a spider is on."""

    @property
    def site(self) -> Site: ...
    @property
    def refiner(self) -> Refines: ...
    async def archive_page(self, page: Page) -> Pointer | None: ...
    def ingest(self, refined: RefinedPage) -> IngestResult: ...
    def page_done(self, kept: IngestResult) -> None: ...
    def abandon(self, key: str, why: str) -> None: ...


class SessionPipeline:
    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "SessionPipeline":
        return cls(crawler)

    @property
    def session(self) -> PageSink:
        visit: PageSink = self._crawler.spider.session  # type: ignore[union-attr]
        return visit


class RefinePipeline(SessionPipeline):
    """Page → Refined, archived before anything is made of it; waits for a worker, never works on
    the loop.
    """

    async def process_item(self, item: Page) -> RefinedPage:
        visit = self.session
        try:
            record = await visit.archive_page(item)
            return RefinedPage(item, await visit.refiner.refine(item, visit.site), record)
        except (StorageError, NoWorkers) as error:
            visit.abandon(item.key, str(error))
            raise DropItem(str(error)) from error


class IngestPipeline(SessionPipeline):
    """Refined → rows, in one transaction with the frontier's."""

    def process_item(self, item: RefinedPage) -> RefinedPage:
        visit = self.session
        try:
            kept = visit.ingest(item)
        except StorageError as error:
            visit.abandon(item.page.key, str(error))
            raise DropItem(str(error)) from error
        visit.page_done(kept)
        if kept.outcome not in ("new", "revised"):
            raise DropItem(f"{kept.outcome} {kept.reason}")
        return item
