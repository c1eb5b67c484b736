"""Polls of a service: what a crawl's outcome means for the next one."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from items import Site
from service.next_poll import PollBounds
from service.polls import Poll, Polls
from spiders.runner import CrawlResult
from storage import poll_plan
from storage.database import open_database

SITE = Site("news", "https://news.example/", every=1)


@pytest.mark.parametrize("asked", [False, True])
def test_a_crawl_that_stops_unasked_waits_as_after_a_failure(tmp_path: Path, asked: bool) -> None:
    database = open_database(tmp_path)

    async def next_time() -> timedelta:
        async def crawl(site: Site) -> CrawlResult:
            if asked:
                polls.pause("stopping")
            return CrawlResult(site.name, "stopped")

        first: asyncio.Future[Poll] = asyncio.get_running_loop().create_future()
        scheduler = AsyncIOScheduler(timezone=UTC)
        polls = Polls(scheduler, database, crawl, first.set_result)
        scheduler.start()
        polls.use_sites({SITE.name: SITE}, PollBounds(), 1)
        poll = await first
        await polls.drained()
        scheduler.shutdown()
        return datetime.fromisoformat(poll_plan.plans(database)[SITE.name]) - poll.started

    wait = asyncio.run(next_time())
    assert wait < timedelta(minutes=1) if asked else wait >= timedelta(minutes=5)
