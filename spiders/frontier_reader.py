"""The due URLs that a crawl takes off the frontier."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from items import Reason
from spiders.crawl_session import CrawlSession
from spiders.fetching.fetch import MAX_WAIT_SECONDS, wait_for_retry_after
from spiders.responses import FetchOutcome
from storage import frontier
from storage.frontier import Queued
from text.timestamps import is_before, utc_now

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


# Small, since later pages of a batch do not see what changes on the frontier meanwhile.
_BATCH = 16


async def due_pages(session: CrawlSession, crawler: "Crawler") -> AsyncIterator[Queued]:
    """What is due, newest first, as fast as pages in flight finish; up to the crawl's limit.

    What a killed crawl left behind is due as well.
    """
    while session.pages_left > 0 and not session.failure and not session.resting:
        batch = _take(session, min(_BATCH, session.pages_left))
        async for queued in _in_flight(session, crawler, batch):
            session.pages_left -= 1
            session.rechecks_left -= queued.is_recheck
            yield queued
        if not batch and not await _wait_for_deferred(session):
            return


async def wait_for_all(session: CrawlSession, crawler: "Crawler") -> None:
    """Waits for the last page: Scrapy notices 5 s late that items without a request are done."""
    await session.in_flight.drained()
    while not crawler.engine.scraper.slot.is_idle():  # type: ignore[union-attr]
        await asyncio.sleep(0.01)


async def _in_flight(
    session: CrawlSession, crawler: "Crawler", batch: list[Queued]
) -> AsyncIterator[Queued]:
    for queued in batch:
        if _is_too_old(session, queued):
            continue
        if (
            not queued.link.html
            and await wait_for_retry_after(crawler, queued.link.fetch_url) > MAX_WAIT_SECONDS
        ):
            session.resting = True
            return
        await session.in_flight.add(queued)
        if session.pages_left <= 0:  # meanwhile an article on several pages took the rest
            session.in_flight.remove(queued.link.url)
            return
        yield queued
        if session.failure:
            return


async def _wait_for_deferred(session: CrawlSession) -> bool:
    """Waits for pages that the site's Retry-After put off; whether there are any due soon."""
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
        since=session.options.back_to,
        rechecks=max(session.rechecks_left, 0),
    )


def _is_too_old(session: CrawlSession, queued: Queued) -> bool:
    published = queued.link.hints.published
    if not is_before(published, session.since):
        return False
    session.record_outcome(
        queued.link.url, FetchOutcome("rejected", Reason.TOO_OLD, f"published {published}")
    )
    return True
