"""The polls of all sites: when each is next, in the scheduler; a bounded number at once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlite_utils import Database

from items import Site
from service.next_poll import PollBounds, PollPlanner, failure_pause, retry_when_busy
from spiders.runner import CrawlResult
from storage import leases, poll_plan
from storage.database import StorageError
from text.terminal import printable
from text.timestamps import format_utc

logger = logging.getLogger(__name__)

_GAP = timedelta(seconds=0.1)


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll that has ended; without a `result`, by a bug."""

    site: str
    due: datetime
    started: datetime
    ended: datetime
    result: CrawlResult | None


class Polls:
    """`ended` is called after each. While there is a `pause_reason`, none begins."""

    def __init__(
        self,
        scheduler: AsyncIOScheduler,
        database: Database,
        crawl: Callable[[Site], Awaitable[CrawlResult]],
        ended: Callable[[Poll], None],
    ) -> None:
        self.sites: dict[str, Site] = {}
        self.pause_reason = ""
        self.running: dict[str, asyncio.Task[None]] = {}
        self.crawling: set[str] = set()
        self._scheduler = scheduler
        self._database = database
        self._crawl = crawl
        self._ended = ended
        self._room = asyncio.Semaphore(1)
        self.planner = PollPlanner(database)

    def use_sites(self, sites: Mapping[str, Site], bounds: PollBounds, at_once: int) -> None:
        """From now on poll these sites. Crawls that run are left to finish."""
        previous, self.sites, self.planner.bounds = self.sites, dict(sites), bounds
        self._room = asyncio.Semaphore(at_once)
        for name in previous.keys() - sites.keys():
            if self._scheduler.get_job(name):
                self._scheduler.remove_job(name)
        for name in poll_plan.plans(self._database).keys() - sites.keys():
            poll_plan.plan(self._database, name, None)
        changed = [site for name, site in sites.items() if previous.get(name) != site]
        self._spread([site for site in changed if site.name not in self.running])

    def pause(self, reason: str) -> None:
        """Begin no more polls; those that run are left to finish."""
        self.pause_reason = reason
        self._scheduler.pause()

    def resume(self) -> None:
        self.pause_reason = ""
        self._scheduler.resume()

    async def drained(self) -> None:
        if self.running:
            await asyncio.wait(self.running.values())

    def _spread(self, sites: list[Site]) -> None:
        """Polls that are due together begin one after another, the longest overdue first."""
        now, overdue = datetime.now(UTC), 0
        first = self.planner.first(sites, now)
        for name, when in sorted(first.items(), key=lambda plan: plan[1]):
            self._schedule(name, now + overdue * _GAP if when <= now else when)
            overdue += when <= now

    def _schedule(self, name: str, when: datetime) -> None:
        """A time that has passed is due once, however late it is."""
        self._scheduler.add_job(
            self._begin,
            "date",
            run_date=when,
            args=[name, when],
            id=name,
            replace_existing=True,
            misfire_grace_time=None,
        )

    async def _begin(self, name: str, due: datetime) -> None:
        """In a task of its own: the scheduler cancels the tasks it runs when it is shut down."""
        task = asyncio.create_task(self._poll(name, due))
        self.running[name] = task
        task.add_done_callback(partial(self._done, name))

    def _done(self, name: str, task: asyncio.Task[None]) -> None:
        if self.running.get(name) is task:
            del self.running[name]
        error = None if task.cancelled() else task.exception()
        if isinstance(error, StorageError):
            logger.error("%s: %s", name, error)
        elif error:
            logger.error("%s: internal error: %r", name, error, exc_info=error)
        if error and name in self.sites:
            self._schedule(name, datetime.now(UTC) + failure_pause(1, self.planner.bounds.least))

    async def _poll(self, name: str, due: datetime) -> None:
        async with self._room:
            if self.pause_reason or name not in self.sites:
                return self._schedule(name, due) if name in self.sites else None
            started, site = datetime.now(UTC), self.sites[name]
            if holder := leases.holder(self._database, name):
                logger.info("%s: left alone, it is being crawled by %s", name, printable(holder))
                return self._plan(name, retry_when_busy(started))
            self.crawling.add(name)
            try:
                result = await self._crawl(site)
            finally:
                self.crawling.discard(name)
        self._ended(Poll(name, due, started, datetime.now(UTC), result))
        now, site = datetime.now(UTC), self.sites.get(name, site)
        if result.outcome == "stopped" and not self.pause_reason:
            # Nobody stopped it, so that it would end at once the next time too.
            return self._plan(name, now + failure_pause(1, self.planner.bounds.least))
        return self._plan(name, self.planner.after(site, started, now, result))

    def _plan(self, name: str, when: datetime) -> None:
        """In the database too, so that a restarted service goes on as planned."""
        if name not in self.sites:
            return
        self._schedule(name, when)
        try:
            poll_plan.plan(self._database, name, format_utc(when))
        except StorageError as error:
            logger.error("%s: the time of its next poll is not saved: %s", name, error)
