"""The polls of all sites: when each is next, in the scheduler; a bounded number at once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlite_utils import Database

from items import Site
from service.clock import ClockWatch, ServiceClock
from service.next_poll import (
    PollBounds,
    PollPlanner,
    failure_pause,
    first_poll,
    retry_when_busy,
)
from service.poll_floor import PollFloor
from spiders.runner import CrawlResult
from storage import leases, poll_plan
from storage.database import DatabaseGone, StorageError, transaction
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
    """`ended` is called after each. While there is a `pause_reason`, none begins. Whatever is planned,
    none begins before its floor.
    """

    def __init__(
        self,
        scheduler: AsyncIOScheduler,
        database: Database,
        crawl: Callable[[Site], Awaitable[CrawlResult]],
        ended: Callable[[Poll], None],
        clock: ServiceClock | None = None,
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
        self._clock = clock or ServiceClock()
        self._watch = ClockWatch(self._clock)
        self.floor = PollFloor(database, self._clock)

    def use_sites(self, sites: Mapping[str, Site], bounds: PollBounds, at_once: int) -> None:
        """From now on poll these sites. Crawls that run are left to finish."""
        previous, self.sites = self.sites, dict(sites)
        self.planner.bounds = self.floor.bounds = bounds
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

    def check_clock(self) -> bool:
        """Plans anew where the clock was set; whether it was. What was due is due still, and what was
        not is as far away as before, or as its interval allows.
        """
        jump, now = self._watch.jump(), self._clock.now()
        if not jump:
            return False
        direction = "forward" if jump > timedelta() else "back"
        logger.warning(
            "the clock was set %s by %s: all polls are planned anew", direction, _whole(abs(jump))
        )
        planned = {}
        for name, site in self.sites.items():
            if job := self._scheduler.get_job(name):
                [_, due] = job.args
                planned[name] = first_poll(
                    site, due + min(jump, timedelta()), self.planner.bounds, now
                )
        self._begin_in_turn(planned, now)
        self._save(planned)
        return True

    def _spread(self, sites: list[Site]) -> None:
        now = self._clock.now()
        self._begin_in_turn(self.planner.first(sites, now), now)

    def _begin_in_turn(self, planned: Mapping[str, datetime], now: datetime) -> None:
        """Polls that are due together begin one after another, the longest overdue first."""
        overdue = 0
        for name, when in sorted(planned.items(), key=lambda plan: plan[1]):
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
        if isinstance(error, DatabaseGone):
            logger.debug("%s: %s", name, error)  # the service says so and ends
        elif isinstance(error, StorageError):
            logger.error("%s: %s", name, error)
        elif error:
            logger.error("%s: internal error: %r", name, error, exc_info=error)
        if error and name in self.sites:
            self._schedule(name, self._clock.now() + failure_pause(1, self.planner.bounds.least))

    async def _poll(self, name: str, due: datetime) -> None:
        async with self._room:
            self.check_clock()
            if self.pause_reason or name not in self.sites:
                return self._schedule(name, due) if name in self.sites else None
            started, site = self._clock.now(), self.sites[name]
            if left := self.floor.wait_left(site):
                return self._plan(name, started + left)
            if holder := leases.holder(self._database, name):
                logger.info("%s: left alone, it is being crawled by %s", name, printable(holder))
                return self._plan(name, retry_when_busy(started))
            result, seconds = await self._crawl_site(site)
        self.check_clock()
        now, site = self._clock.now(), self.sites.get(name, site)
        # By the clock that nobody sets: this one may have been.
        started = now - seconds
        self._ended(Poll(name, due, started, now, result))
        if result.outcome == "stopped" and not self.pause_reason:
            # Nobody stopped it, so that it would end at once the next time too.
            return self._plan(name, now + failure_pause(1, self.planner.bounds.least))
        return self._plan(name, self.planner.after(site, started, now, result))

    async def _crawl_site(self, site: Site) -> tuple[CrawlResult, timedelta]:
        """And how long it took."""
        start, outcome = self._clock.elapsed(), "failed"  # unless it says another
        self.crawling.add(site.name)
        self.floor.begun(site.name)
        try:
            result = await self._crawl(site)
            outcome = result.outcome
        finally:
            self.crawling.discard(site.name)
            self.floor.ended(site.name, outcome)
        return result, timedelta(seconds=self._clock.elapsed() - start)

    def _plan(self, name: str, when: datetime) -> None:
        """In the database too, so that a restarted service goes on as planned."""
        if name not in self.sites:
            return
        self._schedule(name, when)
        self._save({name: when})

    def _save(self, planned: Mapping[str, datetime]) -> None:
        try:
            with transaction(self._database):
                for name, when in planned.items():
                    poll_plan.plan(self._database, name, format_utc(when))
        except StorageError as error:
            names = ", ".join(planned)
            logger.error("%s: the time of the next poll is not saved: %s", names, error)


def _whole(time: timedelta) -> timedelta:
    return timedelta(seconds=round(time.total_seconds()))
