"""One crawl of one site: its lease, its row in `crawls`, its pages in flight and its counts."""

import asyncio
import logging
import os
import socket
import time
from collections import Counter
from uuid import uuid4

from items import Page, Site
from pipelines.ingest.page import IngestResult, RefinedPage
from spiders.crawl_options import CrawlOptions
from spiders.crawl_resources import CrawlEvent, CrawlResources
from spiders.fetching.retry_after import RetryAfter
from spiders.recorder import Recorder, save_retry_after, utc_of_unix
from spiders.responses import FetchOutcome
from storage import crawls, leases
from storage.archive.pointer import Pointer
from storage.archive.rest_responses import RestResponse
from storage.database import StorageError
from storage.frontier import Queued
from text.terminal import printable
from text.timestamps import utc_now


class InFlight:
    """Never more pages than there is room for, so that memory stays flat however long the queue."""

    def __init__(self, room: int) -> None:
        self.pages: dict[str, Queued] = {}
        self._room = asyncio.Semaphore(room)
        self._empty = asyncio.Event()

    async def add(self, queued: Queued) -> None:
        """Waits for room."""
        await self._room.acquire()
        self.pages[queued.link.url] = queued
        self._empty.clear()

    def remove(self, key: str) -> Queued | None:
        queued = self.pages.pop(key, None)
        if queued is not None:
            self._room.release()
        if not self.pages:
            self._empty.set()
        return queued

    async def drained(self) -> None:
        if self.pages:
            await self._empty.wait()


LEASE_SECONDS = 300.0

logger = logging.getLogger(__name__)


class SiteBusy(Exception):
    """Another process, or another crawl in this one, is on the site."""


class CrawlSession:
    """Begin it, crawl, close it. Raises SiteBusy from `begin`."""

    def __init__(
        self, site: Site, order: CrawlOptions, equipment: CrawlResources, *, room: int
    ) -> None:
        self.site = site
        self.options = order
        self.database = equipment.database
        self.recorder = Recorder(equipment.database)
        self.refiner = equipment.refiner
        self.in_flight = InFlight(room)
        self.counts: Counter[str] = Counter()
        self.failure = ""  # why no more pages are taken
        self.source_failure = ""  # why no source could be read
        self.trouble = ""  # the last thing that went wrong with a source
        self.resting = False
        self.deferred_until = 0.0  # Unix time from which pages that were put off for a rest are due
        self._archive = equipment.archive if site.archive else None
        self._listeners = equipment.listeners
        self._quiet = equipment.quiet
        self._owner = f"process {os.getpid()} on {socket.gethostname()} ({uuid4().hex[:8]})"
        self._began = time.monotonic()
        self._crawl = 0
        self._renewing: asyncio.Task[None] | None = None

    @property
    def is_cut_off(self) -> bool:
        """Whether nothing at all of the site answers as it should. Its pages would not either, and
        a network that is gone for a night would use up all the attempts of what is queued.
        """
        return bool(self.source_failure) and not (self.counts["refused"] or self.counts["queued"])

    @property
    def since(self) -> str | None:
        return self.options.since

    def begin(self) -> None:
        name, now = self.site.name, utc_now()
        if not leases.acquire(self.database, name, self._owner, LEASE_SECONDS, now):
            holder = leases.holder(self.database, name)
            raise SiteBusy(f"{name} is being crawled by {holder or 'another process'}")
        self._crawl = crawls.begin(self.database, self.site, now)
        self._renewing = asyncio.ensure_future(self._renew())

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 5)
            name, now = self.site.name, utc_now()
            if not leases.renew(self.database, name, self._owner, LEASE_SECONDS, now):
                self.fail("another process took the site over")
                return

    async def archive_page(self, page: Page) -> Pointer | None:
        """Where the page's record is, if there is an archive. Raises StorageError."""
        return await self._archive.add(self.database, page) if self._archive else None

    async def archive_response(self, answer: RestResponse) -> Pointer | None:
        """The same of an answer that holds many pages."""
        return await self._archive.add_response(answer) if self._archive else None

    def found_by(self, key: str) -> str:
        queued = self.in_flight.pages.get(key)
        return queued.link.found_by if queued else ""

    def page_done(self, kept: IngestResult) -> None:
        """A page has come to its end, whichever."""
        self.in_flight.remove(kept.key)
        self.counts[_COUNTED.get(kept.outcome, kept.outcome)] += 1
        if kept.reason:
            self.counts[f"{kept.outcome}: {kept.reason}"] += 1
        self.notify(kept)

    def record_outcome(self, key: str, fate: FetchOutcome, rested: float = 0.0) -> None:
        """A page that was not fetched is settled as its `fate` says; `rested` is until when
        (Unix time) its host rests.
        """
        if fate.state == "later":
            self.deferred_until = max(self.deferred_until, rested)
        try:
            kept = self.recorder.record_outcome(
                key, fate, now=utc_now(), rested=utc_of_unix(rested)
            )
        except StorageError as error:
            self.abandon(key, str(error))
        else:
            self.page_done(kept)

    def ingest(self, refined: RefinedPage) -> IngestResult:
        """A page that was refined is stored, or turned away. Raises StorageError."""
        return self.recorder.ingest(
            refined,
            found_by=self.found_by(refined.page.key),
            since=self.since,
            recheck=self.site.recheck,
            text=self.site.text,
            now=utc_now(),
        )

    def found_stored(self, key: str, article_id: str) -> None:
        """The address led to an article that is there already."""
        self.page_done(self.recorder.found_stored(key, article_id, now=utc_now()))

    def abandon(self, key: str, why: str) -> None:
        """The database failed: the page stays queued there, and the crawl comes to its end."""
        self.in_flight.remove(key)
        self.fail(why)

    def notify(self, event: CrawlEvent) -> None:
        for listener in self._listeners:
            listener(self.site.name, event)

    def fail(self, why: str) -> None:
        """Take no more pages: this crawl has failed."""
        if not self.failure:
            logger.error("%s: %s", self.site.name, printable(why))
        self.failure = self.failure or why

    def close(self, reason: str, rests: RetryAfter) -> str:
        """Write down how it went (the outcome, returned) and give the lease back."""
        if self._renewing:
            self._renewing.cancel()
        outcome = self._outcome(reason, rests)
        try:
            save_retry_after(self.recorder, self.site, rests)
            trouble = self.failure or self.source_failure or self.trouble
            self.recorder.finish(self.site, self._crawl, outcome, self.counts, trouble)
            leases.release(self.database, self.site.name, self._owner)
        except StorageError as error:
            self.fail(str(error))
            outcome = "failed"
        seconds = time.monotonic() - self._began
        self._log_end(outcome, seconds)
        return outcome

    def _log_end(self, outcome: str, seconds: float) -> None:
        idle = outcome == "finished" and not any(self.counts[name] for name in _ALWAYS)
        logger.log(
            logging.DEBUG if self._quiet and idle else logging.INFO,
            "%s: %s in %.1f s: %s",
            self.site.name,
            outcome,
            seconds,
            summarise_counts(self.counts),
            extra={"site": self.site.name, "outcome": outcome, "counts": dict(self.counts)},
        )

    def _outcome(self, reason: str, rests: RetryAfter) -> str:
        if self.failure:
            return "failed"
        if reason != "finished":
            return "stopped"
        if self.resting or rests.seconds_left(self.site.homepage) > 0:
            return "resting"
        return "failed" if self.source_failure else "finished"


_COUNTED = {"copy": "copies"}
_ALWAYS = ("queued", "fetched", "new")


def summarise_counts(counts: Counter[str]) -> str:
    """The counts on one line: the chief ones always, the others where there are any."""
    chief = [f"{counts[name]} {name}" for name in _ALWAYS]
    others = [f"{count} {name}" for name, count in sorted(counts.items()) if name not in _ALWAYS]
    return ", ".join(chief + others)
