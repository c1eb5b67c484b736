"""One crawl of one site: its lease, its row in `crawls`, and what becomes of its pages."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

from items import Article, Page, Rejected, Rights, Site
from pipelines.ingest.page import IngestPolicy, MissingPage, RefinedPage
from pipelines.ingest.rechecked import IngestResult
from pipelines.item_pipelines import PageAbandoned, PageSink
from pipelines.workers.pool import NoWorkers
from spiders.crawl_options import CrawlOptions, earlier
from spiders.crawl_resources import CrawlEvent, CrawlResources
from spiders.crawl_status import CHIEF_COUNTS, CrawlStatus, summarise_counts
from spiders.fetching.retry_after import RetryAfter
from spiders.later_pages import add_later_pages
from spiders.recorder import Recorder, save_pace, utc_of_unix
from spiders.responses import FetchOutcome
from storage import crawls, leases, source_pages
from storage.archive.page_records import PageRecord
from storage.archive.pointer import Pointer
from storage.archive.rest_responses import RestResponse
from storage.database import StorageError
from storage.frontier import Queued
from storage.prepared_articles import prepare
from text.terminal import printable
from text.timestamps import is_before, utc_now

# None: the crawl is being stopped.
FetchLater = Callable[[str, Queued], Awaitable[Page | FetchOutcome | None]]
# What a site declares of a page that is not requested: an interface gave its text.
RightsOf = Callable[[str], Awaitable[Rights]]


logger = logging.getLogger(__name__)


class SiteBusy(Exception):
    """Another process, or another crawl in this one, holds the site's lease."""


class CrawlSession(CrawlStatus, PageSink[RefinedPage]):
    """Begin it, crawl, close it. `begin` raises SiteBusy."""

    def __init__(
        self,
        site: Site,
        options: CrawlOptions,
        resources: CrawlResources,
        *,
        room: int,
        fetch_later: FetchLater,
        rights_of: RightsOf,
    ) -> None:
        super().__init__(site, options, room)
        self.database = resources.database
        self.recorder = Recorder(resources.database)
        self.refiner = resources.refiner
        self._archive = resources.archive if site.archive else None
        self._listeners = resources.listeners
        self._quiet = resources.quiet
        self._fetch_later = fetch_later
        self._rights_of = rights_of
        self._writer = resources.writer
        self._owner = f"process {os.getpid()} on {socket.gethostname()} ({uuid4().hex[:8]})"
        self._began = time.monotonic()
        self.crawl = 0
        self._renewing: asyncio.Task[None] | None = None

    @property
    def _policy(self) -> IngestPolicy:
        return IngestPolicy(self.since, self.site.recheck, self.site.text)

    @property
    def since(self) -> str | None:
        return self.options.since

    def begin(self) -> None:
        name, now = self.site.name, utc_now()
        if not leases.acquire(self.database, name, self._owner, leases.SECONDS, now):
            holder = leases.holder(self.database, name)
            raise SiteBusy(f"{name} is being crawled by {holder or 'another process'}")
        self.crawl = crawls.begin(self.database, self.site, now)
        # What a backfill has queued is wanted by the polls beside it too, whatever the site's file says.
        back_to = source_pages.unfinished_since(self.database, name)
        self.options = replace(self.options, since=earlier(self.options.since, back_to))
        self._renewing = asyncio.ensure_future(self._renew())

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(leases.SECONDS / 5)
            name, now = self.site.name, utc_now()
            if not leases.renew(self.database, name, self._owner, leases.SECONDS, now):
                self.fail("another process took the site over")
                return

    async def refine(self, page: Page) -> RefinedPage:
        """The page is in the archive whatever becomes of it, and of its worker; of an article on several
        pages, all are fetched. Raises PageAbandoned.
        """
        if page.fragment:
            page = replace(page, rights=await self._rights_of(page.url))
        outcome, made = await self.refine_alone(page)
        record = await self.archive_page(page, made)
        page = replace(page, source=None)
        refined = RefinedPage(page, outcome, record, self._found_by(page.key))
        if self._goes_on(outcome):
            refined = await add_later_pages(refined, self)
            assert isinstance(refined.outcome, Article)
            # Its pages together may be long, and no worker has seen all of them.
            joined = await asyncio.to_thread(prepare, refined.outcome)
            refined = replace(refined, outcome=joined)
        return refined

    def _goes_on(self, outcome: Article | Rejected) -> bool:
        """Whether there are more pages, of an article that is wanted."""
        if isinstance(outcome, Rejected) or outcome.first_page or not outcome.next_page:
            return False
        return not is_before(outcome.published, self.since)

    async def archive_page(self, page: Page, made: PageRecord | None) -> Pointer | None:
        """`made`: the record as its worker returned it. Raises PageAbandoned."""
        try:
            return await self._archive.add(self.database, page, made) if self._archive else None
        except StorageError as error:
            self.abandon(page.key, str(error))
            raise PageAbandoned(str(error)) from error

    async def refine_alone(self, page: Page) -> tuple[Article | Rejected, PageRecord | None]:
        """Also its record, where a worker has made it. Raises PageAbandoned."""
        # A fragment is a part of a response that is archived; a source does not go to the workers.
        is_whole = not page.fragment and page.source is None
        try:
            if self._archive and is_whole:
                return await self.refiner.refine_and_record(page, self.site)
            return await self.refiner.refine(replace(page, source=None), self.site), None
        except NoWorkers as error:
            self.abandon(page.key, str(error))
            raise PageAbandoned(str(error)) from error

    async def fetch_later(self, url: str, key: str) -> Page | FetchOutcome:
        """A further page of the article `key`, which counts as any other. An article that was begun is
        fetched to its end, beyond the crawl's limit too. Raises PageAbandoned.
        """
        queued = self.in_flight.pages[key]
        fetched = None if self.failure else await self._fetch_later(url, queued)
        if fetched is None:
            self.in_flight.remove(key)
            raise PageAbandoned("the crawl ends")
        self.pages_left -= 1
        self.counts["fetched"] += isinstance(fetched, Page)
        return fetched

    async def ingest(self, refined: RefinedPage) -> IngestResult:
        """Store or reject the page, and count it. Raises PageAbandoned."""
        try:
            result = await self._writer.ingest(refined, self._policy)
        except StorageError as error:
            self.abandon(refined.page.key, str(error))
            raise PageAbandoned(str(error)) from error
        self.page_done(result)
        if refined.missing:
            self._count_missing(refined.missing)
        return result

    def _count_missing(self, missing: MissingPage) -> None:
        self.counts[f"incomplete: {missing.reason}"] += 1
        logger.info(
            "%s: incomplete without %s: %s",
            self.site.name,
            *map(printable, (missing.url, missing.detail or missing.reason)),
        )

    async def archive_response(self, response: RestResponse) -> Pointer | None:
        """The record of a response that holds many pages, if there is an archive. Raises
        StorageError.
        """
        return await self._archive.add_response(response) if self._archive else None

    def _found_by(self, key: str) -> str:
        queued = self.in_flight.pages.get(key)
        return queued.link.found_by if queued else ""

    def page_done(self, result: IngestResult) -> None:
        """The page is no longer in flight, whatever became of it."""
        self.count_page(result)
        self.notify(result)

    def record_outcome(self, key: str, outcome: FetchOutcome, blocked_until: float = 0.0) -> None:
        """A page that was not fetched. `blocked_until`: Unix time from which its host may be asked
        again.
        """
        if outcome.state == "later":
            self.deferred_until = max(self.deferred_until, blocked_until)
        try:
            result = self.recorder.record_outcome(
                key,
                outcome,
                now=utc_now(),
                retry_at=utc_of_unix(blocked_until),
                recheck=self.site.recheck,
            )
        except StorageError as error:
            self.abandon(key, str(error))
        except Exception as error:
            # In flight for ever, the page would keep the crawl from its end.
            logger.debug("%s: internal error", self.site.name, exc_info=error)
            self.abandon(key, f"internal error: {type(error).__name__}: {error}")
        else:
            self.page_done(result)

    def found_stored(self, key: str, target: str, article_id: str) -> None:
        """The address leads to `target`, an article that is stored already."""
        site = self.site.name
        self.page_done(
            self.recorder.found_stored(key, article_id, site=site, target=target, now=utc_now())
        )

    def abandon(self, key: str, reason: str) -> None:
        """The database or the workers failed: the page stays in the queue, and the crawl ends."""
        self.in_flight.remove(key)
        self.fail(reason)

    def notify(self, event: CrawlEvent) -> None:
        for listener in self._listeners:
            listener(self.site.name, event)

    def fail(self, reason: str) -> None:
        """Take no more pages: this crawl has failed."""
        if not self.failure:
            logger.error("%s: %s", self.site.name, printable(reason))
        self.failure = self.failure or reason

    def close(self, reason: str, retry_after: RetryAfter) -> str:
        """Record how the crawl went and release the lease; the outcome."""
        if self._renewing:
            self._renewing.cancel()
        outcome = self.conclude(reason, retry_after)
        try:
            save_pace(self.recorder, self.site)
            self._mark_gone()
            trouble = self.failure or self.source_failure or self.trouble
            self.recorder.finish(self.site, self.crawl, outcome, self.counts, trouble)
            leases.release(self.database, self.site.name, self._owner)
        except StorageError as error:
            self.fail(str(error))
            outcome = "failed"
        seconds = time.monotonic() - self._began
        self._log_end(outcome, seconds)
        return outcome

    def _mark_gone(self) -> None:
        verdict = self.recorder.mark_gone(self.site.name, self.crawl)
        if verdict.gone:
            self.counts["gone"] += verdict.gone
        if words := verdict.in_words():
            self.trouble = words
            logger.warning("%s: %s", self.site.name, words)

    def _log_end(self, outcome: str, seconds: float) -> None:
        idle = outcome == "finished" and not any(self.counts[name] for name in CHIEF_COUNTS)
        logger.log(
            logging.DEBUG if self._quiet and idle else logging.INFO,
            "%s: %s in %.1f s: %s",
            self.site.name,
            outcome,
            seconds,
            summarise_counts(self.counts),
            extra={"site": self.site.name, "outcome": outcome, "counts": dict(self.counts)},
        )
