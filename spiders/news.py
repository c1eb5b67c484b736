"""The one spider, which serves every site, and the class made of it for a site: it reads the sources,
then fetches what is due on the frontier.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from items import Page, Rights, Site
from pipelines.ingest.page import RefinedPage
from pipelines.workers.cluster import ClusterMissing
from pipelines.workers.pool import NoWorkers
from spiders import failed_pages, recorder
from spiders.autodiscovery.discovered import discover
from spiders.crawl_options import OptionError, parse_options, refuse_forgotten
from spiders.crawl_resources import CrawlResources, open_resources, spare_collector
from spiders.crawl_session import CrawlSession, SiteBusy
from spiders.fetching import throttle
from spiders.fetching.browser import RendererMissing, release_browser
from spiders.fetching.conditional import headers_for
from spiders.fetching.fetch import rendered_source
from spiders.fetching.rendering import Renderer
from spiders.fetching.request_kinds import request_for
from spiders.fetching.retry_after import RetryAfter
from spiders.fetching.site_access import AccessError, access_of
from spiders.fetching.site_rights import SiteRights
from spiders.frontier_reader import due_pages, wait_for_all
from spiders.later_pages import fetch_page, is_stopping
from spiders.log_format import warn_without_contact
from spiders.responses import (
    LENGTH,
    FetchOutcome,
    is_presence_look,
    outcome_of_response,
    page_from,
    page_of_fragment,
    rendered_page,
    should_refetch,
)
from spiders.sources.backfill import read_backfill
from spiders.sources.context import RenderSource
from spiders.sources.read import read_sources
from storage import crawls
from storage.database import StorageError
from storage.frontier import Queued
from text.terminal import printable
from text.timestamps import utc_now

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings


logger = logging.getLogger(__name__)

_NOT_BEGUN: dict[type[Exception], str] = {
    OptionError: "bad_order",
    AccessError: "no_access",
    StorageError: "no_database",
    ClusterMissing: "no_cluster",
    RendererMissing: "no_browser",
    SiteBusy: "busy",
}


class NewsSpider(Spider):
    """One crawl of one site. Arguments: `limit`, `since`, `url` (see `crawl_options`), and `resources`
    where a process runs many crawls. `outcome` is `finished`, `failed`, `stopped`, `resting`, or why
    the crawl did not begin; `trouble` says it for a person.
    """

    site: Site
    session: CrawlSession
    outcome = ""
    trouble = ""
    renderer: Renderer | None = None

    def __init__(
        self,
        limit: str | int | None = None,
        since: str | None = None,
        url: str | None = None,
        resources: CrawlResources | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self._arguments = {"limit": limit, "since": since, "url": url}
        self._shared = resources
        self._own: CrawlResources | None = None

    @classmethod
    def update_settings(cls, settings: "BaseSettings") -> None:
        super().update_settings(settings)
        settings.setdict(throttle.settings_of(cls.site), priority="spider")

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> "NewsSpider":
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.item_failed, signals.item_error)
        crawler.signals.connect(spider.response_failed, signals.spider_error)
        crawler.signals.connect(spider.crawl_delay_known, throttle.crawl_delay_known)
        crawler.signals.connect(spider.close_renderer, signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Request | Page]:
        self._begin()
        try:
            async for _ in self._read_sources():
                async for queued in due_pages(self.session, self.crawler):
                    yield self._page(queued)
                await wait_for_all(self.session, self.crawler)
        except (StorageError, NoWorkers) as error:
            self.session.fail(str(error))
        except Exception as error:
            # Raised further, it would end the crawl as if an operator had stopped it.
            logger.debug("%s: internal error", self.name, exc_info=error)
            self.session.fail(f"internal error: {type(error).__name__}: {error}")
        finally:
            # It ends early where the crawl is stopped.
            throttle.refuse_waiting(self.crawler)

    async def _read_sources(self) -> AsyncIterator[None]:
        """Yields when what is due is to be fetched."""
        if self.session.options.back_to:
            async for _ in read_backfill(
                self.session, self.crawler, discover, self._render_source()
            ):
                yield
            return
        await read_sources(self.session, self.crawler, discover, self._render_source())
        if not self.session.is_cut_off:
            yield

    def _begin(self) -> None:
        try:
            spare_collector()
            self.access = access_of(self.site, self.settings["WARRAQ_PROXY"])
            options = parse_options(self.site, **self._arguments)  # type: ignore[arg-type]
            if self.site.render:
                self.renderer = Renderer.from_crawler(self.crawler, self.site)
            resources = self._shared or open_resources(self.settings)
            self._own = None if self._shared else resources
            self.known_robots, self.workers = resources.robots, resources.refiner
            session = CrawlSession(
                self.site,
                options,
                resources,
                room=self.settings.getint("WARRAQ_PAGES_IN_FLIGHT"),
                fetch_later=self._fetch_later,
                rights_of=self._rights_of,
            )
            refuse_forgotten(session.database, options)
            session.begin()
        except tuple(_NOT_BEGUN) as error:
            self.outcome = next(why for kind, why in _NOT_BEGUN.items() if isinstance(error, kind))
            self.trouble = str(error)
            level = logging.WARNING if isinstance(error, SiteBusy) else logging.ERROR
            logger.log(level, "%s: not crawled: %s", self.name, printable(str(error)))
            self._record_not_begun()
            raise CloseSpider(self.outcome) from error
        self.session = session
        if not (self.settings["WARRAQ_CONTACT"] or self.site.allow_private):
            warn_without_contact()
        recorder.load_pace(session.database, self.site, session.crawl)

    def _record_not_begun(self) -> None:
        resources = self._shared or self._own
        if resources and self.outcome in crawls.NOT_BEGUN:
            with suppress(StorageError):
                crawls.record_not_begun(
                    resources.database, self.site, self.outcome, self.trouble, utc_now()
                )

    def _page(self, queued: Queued, **meta: int) -> Request | Page:
        if queued.link.html:
            return page_of_fragment(queued)
        request = request_for(
            "article",
            queued.link.fetch_url,
            callback=self.parse_rendered if self.renderer else self.parse,
            errback=self.failed,
            cb_kwargs={"queued": queued},
            # Some servers know no HEAD: what it did not find is asked for in full.
            method="HEAD" if is_presence_look(queued) and not queued.is_missed else "GET",
            headers=headers_for(queued.validators) if not meta else {},
        )
        # As Scrapy marks those of `start`: they leave in the order in which they came.
        request.meta.update(meta or {"is_start_request": True})
        return request

    def parse(self, response: Response, queued: Queued) -> Iterator[Request | Page]:
        self.session.counts["fetched"] += 1
        agent = self.settings["ROBOTSTXT_USER_AGENT"]
        outcome = outcome_of_response(response, queued, self.site, agent)
        failed_pages.count_wall(self.retry_after, response.url, outcome)
        if should_refetch(response, outcome):
            yield self._page(queued, **{LENGTH: len(response.body)})
        elif outcome:
            self._record_unfetched(queued, outcome, response.url)
        else:
            yield page_from(response, queued, self.site)

    async def parse_rendered(
        self, response: Response, queued: Queued
    ) -> AsyncIterator[Request | Page]:
        for result in self.parse(response, queued):
            page = await self._rendered(result) if isinstance(result, Page) else result
            if isinstance(page, FetchOutcome):
                self._record_unfetched(queued, page, response.url)
            elif page is None:
                self.session.in_flight.remove(queued.link.url)
            else:
                yield page

    async def _rendered(self, page: Page) -> Page | FetchOutcome | None:
        """None: the crawl is being stopped, or has failed."""
        if self.renderer is None:
            return page
        if is_stopping(self.crawler) or self.session.failure:
            return None
        try:
            return await rendered_page(self.renderer, page)
        except RendererMissing as error:
            self.session.fail(str(error))
            return None

    def _render_source(self) -> RenderSource | None:
        return partial(rendered_source, self.renderer) if self.renderer else None

    async def close_renderer(self) -> None:
        if self.renderer:
            await release_browser()

    async def _fetch_later(self, url: str, queued: Queued) -> Page | FetchOutcome | None:
        """None: the crawl is being stopped."""
        if is_stopping(self.crawler):
            return None
        fetched = await fetch_page(self.crawler, self.site, url, queued)
        return await self._rendered(fetched) if isinstance(fetched, Page) else fetched

    async def _rights_of(self, url: str) -> Rights:
        middleware = self.crawler.get_downloader_middleware(SiteRights)
        if middleware is None or is_stopping(self.crawler):
            return Rights()
        return await middleware.rights_of(url)

    def failed(self, failure: Failure) -> None:
        failed_pages.record_failure(self.session, self.retry_after, failure)

    def _record_unfetched(self, queued: Queued, outcome: FetchOutcome, url: str) -> None:
        failed_pages.record_unfetched(self.session, self.retry_after, queued, outcome, url)

    def crawl_delay_known(self, host: str, seconds: float) -> None:
        recorder.save_crawl_delay(self.session.recorder, self.site, host, seconds)

    def item_failed(self, item: Page | RefinedPage) -> None:
        failed_pages.record_item_error(self.session, item)

    def response_failed(self, response: Response | None) -> None:
        failed_pages.record_callback_error(self.session, response)

    @property
    def retry_after(self) -> RetryAfter:
        middleware = self.crawler.get_downloader_middleware(RetryAfter)
        assert middleware is not None
        return middleware

    def closed(self, reason: str) -> None:
        if not hasattr(self, "session"):
            self.outcome = self.outcome or "stopped"  # before it had begun
        elif not self.outcome:
            self.outcome = self.session.close(reason, self.retry_after)
            self.trouble = (
                self.session.failure or self.session.source_failure or self.session.trouble
            )
        if self._own:
            self._own.close()


def spider_class(site: Site, module: str = __name__) -> type[NewsSpider]:
    """The spider of one site; Scrapy lists a class under the module that it names as its own."""
    return type(
        f"{site.name}_spider",
        (NewsSpider,),
        {"name": site.name, "site": site, "__module__": module},
    )
