"""The addresses that a crawl fetches, one after another, off the frontier."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from spiders.crawl_session import CrawlSession
from spiders.fetching.fetch import PATIENCE, after_retry_after
from spiders.responses import FetchOutcome
from storage import frontier
from storage.frontier import Queued
from text.timestamps import is_before, utc_now

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


# Small: when its last page is fetched, what was taken is as old as the batch.
_BATCH = 16


async def due_pages(visit: CrawlSession, crawler: "Crawler") -> AsyncIterator[Queued]:
    """What is due, newest first, as fast as pages come to their end; up to the order's limit.

    What an earlier crawl left behind when it was killed is due as well.
    """
    left = visit.options.limit
    while left and not visit.failure and not visit.resting:
        batch = _take(visit, min(_BATCH, left))
        async for queued in _boarding(visit, crawler, batch):
            left -= 1
            yield queued
        if not batch and not await _come_back(visit):
            return


async def wait_for_all(visit: CrawlSession, crawler: "Crawler") -> None:
    """Wait for the last page: Scrapy notices the end of what came without a request 5 s late."""
    await visit.in_flight.drained()
    while not crawler.engine.scraper.slot.is_idle():  # type: ignore[union-attr]
        await asyncio.sleep(0.01)


async def _boarding(
    visit: CrawlSession, crawler: "Crawler", batch: list[Queued]
) -> AsyncIterator[Queued]:
    for queued in batch:
        if _too_old(visit, queued):
            continue
        if (
            not queued.link.html
            and await after_retry_after(crawler, queued.link.fetch_url) > PATIENCE
        ):
            visit.resting = True
            return
        await visit.in_flight.add(queued)
        yield queued
        if visit.failure:
            return


async def _come_back(visit: CrawlSession) -> bool:
    """Whether pages that the site asked to leave for a moment are due by now."""
    await visit.in_flight.drained()
    seconds, visit.deferred_until = visit.deferred_until - time.time(), 0.0
    if not 0 < seconds <= PATIENCE:
        return False
    await asyncio.sleep(seconds)
    return True


def _take(visit: CrawlSession, count: int) -> list[Queued]:
    return frontier.take(
        visit.database, visit.site.name, count, now=utc_now(), exclude=visit.in_flight.pages.keys()
    )


def _too_old(visit: CrawlSession, queued: Queued) -> bool:
    published = queued.link.hints.published
    if not is_before(published, visit.since):
        return False
    visit.record_outcome(
        queued.link.url, FetchOutcome("rejected", "too_old", f"published {published}")
    )
    return True
