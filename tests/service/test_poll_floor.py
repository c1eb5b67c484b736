"""The floor under the plans, over hours of a clock that stands still between two jobs."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any, cast

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlite_utils import Database

from items import Site
from service.clock import ServiceClock
from service.next_poll import PollBounds, PollPlanner
from service.poll_floor import PollFloor
from service.polls import Polls
from spiders.runner import CrawlResult
from storage import crawls, poll_plan
from storage.database import open_database
from text.timestamps import add_seconds, format_utc

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BOUNDS = PollBounds(5 * MINUTE, 6 * HOUR)
SITE = Site("news", "https://news.example/")
START = datetime(2026, 11, 1, 12, tzinfo=UTC)


@dataclass
class World:
    """A clock that a person can set, and a scheduler that turns it on to the next job."""

    real: timedelta = timedelta()
    set_by: timedelta = timedelta()
    jobs: dict[str, "World.Job"] = field(default_factory=dict)

    @dataclass
    class Job:
        args: list[Any]
        run_date: datetime
        func: Callable[..., Awaitable[None]]

    @property
    def clock(self) -> ServiceClock:
        return ServiceClock(
            lambda: START + self.real + self.set_by, lambda: self.real.total_seconds()
        )

    def add_job(
        self, func: Any, trigger: str, *, id: str, args: Any, run_date: Any, **_: Any
    ) -> None:
        self.jobs[id] = World.Job(args, run_date, func)

    def get_job(self, name: str) -> "World.Job | None":
        return self.jobs.get(name)

    async def run(self, polls: Polls, span: timedelta, most: int = 5000) -> None:
        """With the service's look at the clock every five seconds while nothing is due."""
        end, steps = self.real + span, count()
        while self.real < end and next(steps) < most:
            name = min(self.jobs, key=lambda name: self.jobs[name].run_date)
            away = self.jobs[name].run_date - self.clock.now()
            if away > timedelta():
                self.real += min(away, end - self.real)
                polls.check_clock()
                continue
            job = self.jobs.pop(name)
            await job.func(*job.args)
            await polls.drained()


class Sites:
    """What is asked of the sites: when, by a clock that nobody sets."""

    def __init__(self, world: World, database: Database, outcome: str, lasts: timedelta) -> None:
        self.world, self.database, self.outcome, self.lasts = world, database, outcome, lasts
        self.asked: list[timedelta] = []

    async def crawl(self, site: Site) -> CrawlResult:
        now = format_utc(self.world.clock.now())
        crawl = crawls.begin(self.database, site, now)
        self.asked.append(self.world.real)
        self.world.real += self.lasts
        crawls.finish(self.database, crawl, self.outcome, {}, format_utc(self.world.clock.now()))
        return CrawlResult(site.name, self.outcome)


class HastyPlanner(PollPlanner):
    """A planner with a fault: always now, or long ago."""

    def __init__(self, database: Database, world: World, ago: timedelta) -> None:
        super().__init__(database)
        self.world, self.ago = world, ago

    def first(self, sites: Any, now: datetime) -> dict[str, datetime]:
        return {site.name: now - self.ago for site in sites}

    def after(self, *_: Any) -> datetime:
        return self.world.clock.now() - self.ago


def make(world: World, sites: Sites, *, hasty: timedelta | None = None) -> Polls:
    scheduler = cast("AsyncIOScheduler", world)
    polls = Polls(scheduler, sites.database, sites.crawl, lambda _: None, world.clock)
    if hasty is not None:
        polls.planner = HastyPlanner(sites.database, world, hasty)
    return polls


EVERY = replace(SITE, every=30.0)
CRON = replace(SITE, cron="* * * * *")


@pytest.mark.parametrize("ago", [timedelta(), HOUR, 400 * DAY])
@pytest.mark.parametrize(
    ("site", "outcome", "floor", "most"),
    [
        (SITE, "finished", 0.95 * 5 * MINUTE, 305),
        (EVERY, "finished", 0.95 * 30 * MINUTE, 51),
        (EVERY, "resting", 0.95 * 30 * MINUTE, 51),
        (CRON, "finished", 0.95 * MINUTE, 64),
        (SITE, "stopped", 0.95 * 5 * MINUTE, 305),
        (SITE, "failed", 5 * MINUTE, 10),
        (EVERY, "failed", 0.95 * 30 * MINUTE, 10),
        (replace(SITE, every=1440.0), "failed", DAY * 0.95, 2),
    ],
)
def test_a_planner_that_is_always_late_asks_no_sooner_than_the_floor(
    tmp_path: Path, site: Site, outcome: str, floor: timedelta, most: int, ago: timedelta
) -> None:
    world = World()
    with open_database(tmp_path) as database:
        sites = Sites(world, database, outcome, timedelta(seconds=2))
        polls = make(world, sites, hasty=ago)
        polls.use_sites({site.name: site}, BOUNDS, 1)
        asyncio.run(world.run(polls, HOUR if site is CRON else DAY))
    gaps = [after - before for before, after in pairwise(sites.asked)]
    assert 1 <= len(sites.asked) <= most
    assert min(gaps, default=floor) >= min(floor, DAY)


@pytest.mark.parametrize("outcome", ["finished", "failed", "stopped", None])
def test_a_service_that_is_restarted_for_ever_asks_no_sooner(
    tmp_path: Path, outcome: str | None
) -> None:
    """A crash ends each after ten seconds; None: in the middle of a crawl."""
    world = World()
    with open_database(tmp_path) as database:
        sites = Sites(world, database, outcome or "", timedelta(seconds=2))
        for _ in range(360):
            polls = make(world, sites, hasty=DAY)
            polls.use_sites({"news": EVERY}, BOUNDS, 1)
            asyncio.run(world.run(polls, timedelta(seconds=10)))
            if outcome is None:
                database.execute("UPDATE crawls SET outcome = NULL, finished = NULL")
    wait = {"finished": 28.5, "failed": 28.5}.get(outcome or "", 4.75) * MINUTE
    assert len(sites.asked) >= 2
    assert min(after - before for before, after in pairwise(sites.asked)) >= wait


@pytest.mark.parametrize("jump", [-400 * DAY, -DAY, -HOUR, HOUR, DAY, 400 * DAY])
@pytest.mark.parametrize("site", [SITE, EVERY, CRON, replace(SITE, cron="*/20 6-23 * * *")])
def test_however_the_clock_is_set_polls_go_on(
    tmp_path: Path, site: Site, jump: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    longest = {SITE: BOUNDS.most, EVERY: 30 * MINUTE, CRON: MINUTE}.get(site, 7.5 * HOUR)
    span = HOUR if site is CRON else 13 * HOUR
    shortest = {SITE: 4.75, EVERY: 28.5}.get(site, 0.95) * MINUTE
    with open_database(tmp_path) as database:
        sites = Sites(world, database, "finished", timedelta(seconds=2))
        polls = make(world, sites)
        polls.use_sites({"news": site}, BOUNDS, 1)
        asyncio.run(world.run(polls, span))
        world.set_by += jump
        # Within a few seconds the service looks at its clock.
        world.real += timedelta(seconds=5)
        polls.check_clock()
        asyncio.run(world.run(polls, span))
        [planned] = poll_plan.plans(database).values()
        assert planned <= format_utc(world.clock.now() + longest)
    gaps = [after - before for before, after in pairwise(sites.asked)]
    assert max(gaps) <= longest + timedelta(seconds=15)
    assert min(gaps) >= shortest
    assert caplog.text.count("the clock was set") == 1


def test_a_clock_that_is_nudged_is_not_set(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    with open_database(tmp_path) as database:
        polls = make(world, Sites(world, database, "finished", timedelta()))
        for _ in range(1000):
            world.real += timedelta(seconds=5)
            world.set_by += timedelta(milliseconds=50)
            assert not polls.check_clock()
    assert caplog.text == ""


@pytest.mark.parametrize("ahead", [1, 86_400, 400 * 86_400])
def test_a_crawl_of_the_future_is_waited_for_no_longer_than_the_interval(
    tmp_path: Path, ahead: int
) -> None:
    with open_database(tmp_path) as database:
        now = format_utc(START)
        crawl = crawls.begin(database, EVERY, add_seconds(now, ahead))
        crawls.finish(database, crawl, "failed", {}, add_seconds(now, ahead))
        floor = PollFloor(database, World().clock)
        assert floor.wait_left(EVERY) == 28.5 * MINUTE


def test_a_crawl_that_did_not_begin_counts_for_nothing(tmp_path: Path) -> None:
    with open_database(tmp_path) as database:
        floor = PollFloor(database, World().clock)
        floor.begun("news")
        assert floor.wait_left(EVERY) > timedelta()
        floor.ended("news", "busy")
        assert floor.wait_left(EVERY) == timedelta()
