"""The addresses that a crawl fetches, one after another, off the frontier."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from spiders.crawl_session import CrawlSession
from spiders.fetching.fetch import MAX_WAIT_SECONDS, wait_for_retry_after
from spiders.responses import FetchOutcome
from storage import frontier
from storage.frontier import Queued
from text.timestamps import utc_now

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


# Small: when its last page is fetched, what was taken is as old as the batch.
_BATCH = 16


async def due_pages(session: CrawlSession, crawler: "Crawler") -> AsyncIterator[Queued]:
    """What is due, newest first, as fast as pages come to their end; up to the order's limit.

    What an earlier crawl left behind when it was killed is due as well.
    """
    left = session.options.limit
    while left and not session.failure and not session.resting:
        batch = _take(session, min(_BATCH, left))
        async for queued in _boarding(session, crawler, batch):
            left -= 1
            yield queued
        if not batch and not await _come_back(session):
            return


async def wait_for_all(session: CrawlSession, crawler: "Crawler") -> None:
    """Wait for the last page: Scrapy notices the end of what came without a request 5 s late."""
    await session.in_flight.drained()
    while not crawler.engine.scraper.slot.is_idle():  # type: ignore[union-attr]
        await asyncio.sleep(0.01)


async def _boarding(
    session: CrawlSession, crawler: "Crawler", batch: list[Queued]
) -> AsyncIterator[Queued]:
    for queued in batch:
        if _too_old(session, queued):
            continue
        if (
            not queued.link.html
            and await wait_for_retry_after(crawler, queued.link.fetch_url) > MAX_WAIT_SECONDS
        ):
            session.resting = True
            return
        await session.in_flight.add(queued)
        yield queued
        if session.failure:
            return


async def _come_back(session: CrawlSession) -> bool:
    """Whether pages that the site asked to leave for a moment are due by now."""
    await session.in_flight.drained()
    seconds, session.deferred_until = session.deferred_until - time.time(), 0.0
    if not 0 < seconds <= MAX_WAIT_SECONDS:
        return False
    await asyncio.sleep(seconds)
    return True


def _take(session: CrawlSession, count: int) -> list[Queued]:
    return frontier.take(
        session.database,
        session.site.name,
        count,
        now=utc_now(),
        exclude=session.in_flight.pages.keys(),
    )


def _too_old(session: CrawlSession, queued: Queued) -> bool:
    published = queued.link.hints.published
    if not (session.since and published and published < session.since):
        return False
    session.record_outcome(
        queued.link.url, FetchOutcome("rejected", "too_old", f"published {published}")
    )
    return True
