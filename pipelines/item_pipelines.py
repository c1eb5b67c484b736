"""The Scrapy pipelines. Thin: what a page goes through is behind `PageSink`, which the crawl session
implements.
"""

import asyncio
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from scrapy.exceptions import DropItem
from scrapy.pipelines import ItemPipelineManager

from items import Page

if TYPE_CHECKING:
    from scrapy.core.scraper import Slot
    from scrapy.crawler import Crawler

RefinedT = TypeVar("RefinedT")


class PageAbandoned(Exception):
    """The page stays in the queue: the database or the workers failed. The message is for a person."""


class Ingested(Protocol):
    """How a page ended, and the reason, a word; empty where it was stored."""

    @property
    def outcome(self) -> str: ...
    @property
    def reason(self) -> str: ...


class PageSink(Protocol[RefinedT]):
    """Takes the pages of one crawl. Both methods raise PageAbandoned."""

    async def refine(self, page: Page) -> RefinedT:
        """Archive the page, then refine it in a worker; never works on the event loop."""

    async def ingest(self, refined: RefinedT) -> Ingested:
        """In its turn, store the article, or record why there is none, in one transaction with the frontier."""


class SessionPipeline(Generic[RefinedT]):
    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "SessionPipeline[RefinedT]":
        return cls(crawler)

    @property
    def session(self) -> PageSink[RefinedT]:
        session: PageSink[RefinedT] = self._crawler.spider.session  # type: ignore[union-attr]
        return session


class RefinePipeline(SessionPipeline[RefinedT]):
    async def process_item(self, item: Page) -> RefinedT:
        try:
            return await self.session.refine(item)
        except PageAbandoned as error:
            raise DropItem(str(error)) from error


class IngestPipeline(SessionPipeline[RefinedT]):
    """Only what was stored goes on to later pipelines."""

    async def process_item(self, item: RefinedT) -> RefinedT:
        try:
            result = await self.session.ingest(item)
        except PageAbandoned as error:
            raise DropItem(str(error)) from error
        if result.outcome not in ("new", "revised"):
            raise DropItem(f"{result.outcome} {result.reason}")
        return item


class PatientPipelineManager(ItemPipelineManager):
    """At its end Scrapy waits for the items in the pipelines, but only a response tells it that they are
    done: after pages that came without one (a REST interface has their texts) it would wait for ever.
    """

    async def process_item_async(self, item: Any) -> Any:
        try:
            return await super().process_item_async(item)
        finally:
            if self._scraper_slot.closing:
                asyncio.get_running_loop().call_soon(self._end_if_idle)

    def _end_if_idle(self) -> None:
        slot = self._scraper_slot
        if slot.closing and not slot.closing.called and slot.is_idle():
            slot.closing.callback(self._spider)

    @property
    def _scraper_slot(self) -> "Slot":
        assert self.crawler is not None
        assert self.crawler.engine is not None
        slot = self.crawler.engine.scraper.slot
        assert slot is not None
        return slot
