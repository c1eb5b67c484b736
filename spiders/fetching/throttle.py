"""The pace of a site: its file's delay, AutoThrottle above it, Crawl-delay above both."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.extensions.throttle import AutoThrottle

from items import Site
from spiders.fetching.addresses import host_port
from spiders.fetching.errors import CrawlStopped
from spiders.fetching.host_pace import MAX_CRAWL_DELAY, pace
from spiders.fetching.retry_after import check_open, refuse_queued
from text.terminal import printable

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


logger = logging.getLogger(__name__)

# A signal: the Crawl-delay of a host, 0 without one.
crawl_delay_known = object()

# Seconds; Scrapy's, for a site that answers slowly.
_MAX_THROTTLE = 60.0
# A Crawl-delay may be ten minutes; a stop is noticed within this.
_LOOK_SECONDS = 0.2


def settings_of(site: Site) -> dict[str, Any]:
    """The Scrapy settings that a site's file sets."""
    return {
        "DOWNLOAD_DELAY": site.delay,
        "AUTOTHROTTLE_START_DELAY": site.delay,
        # It would come down to this from a longer delay of the file.
        "AUTOTHROTTLE_MAX_DELAY": max(site.delay, _MAX_THROTTLE),
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(site.concurrency),
        "CONCURRENT_REQUESTS_PER_DOMAIN": site.concurrency,
        # Few more than are sent at once: a stop waits for whatever the downloader holds.
        "CONCURRENT_REQUESTS": site.concurrency + 2,
    }


def slow_down(crawler: "Crawler", origin: str, seconds: float) -> None:
    """From now on, at least `seconds` between two requests to the host."""
    host = urlsplit(origin).hostname or ""
    pace.keep_crawl_delay(host, seconds)
    crawler.signals.send_catch_log(crawl_delay_known, host=host, seconds=seconds)
    if seconds <= 0:
        return
    if seconds > MAX_CRAWL_DELAY:
        logger.warning(
            "%s asks for %.0f s between requests; %.0f are kept",
            printable(origin),
            seconds,
            MAX_CRAWL_DELAY,
        )
    seconds = max(min(seconds, MAX_CRAWL_DELAY), crawler.settings.getfloat("DOWNLOAD_DELAY"))
    if throttle := crawler.get_extension(AutoThrottle):
        throttle.mindelay = max(throttle.mindelay, seconds)
        throttle.maxdelay = max(throttle.maxdelay, seconds)
    downloader = crawler.engine.downloader
    downloader.per_slot_settings[host] = {"delay": seconds, "concurrency": 1}
    if slot := downloader.slots.get(host):
        slot.delay = max(slot.delay, seconds)


async def wait_for_turn(crawler: "Crawler", url: str) -> None:
    """Where a request leaves: never sooner than the host's pace allows. Scrapy's slots keep it within a
    crawl; this holds for crawls side by side and one after another too. Raises RequestRefused where
    the host has asked for no requests meanwhile, CrawlStopped where the crawl was stopped.
    """
    seconds = pace.book(host_port(url)[0], crawler.settings.getfloat("DOWNLOAD_DELAY"))
    while seconds > 0 and crawler.engine.running:
        await asyncio.sleep(min(seconds, _LOOK_SECONDS))
        seconds -= _LOOK_SECONDS
    if seconds > 0:
        raise CrawlStopped
    check_open(url)


def refuse_waiting(crawler: "Crawler") -> None:
    """A stop waits for what the downloader holds: what has not left yet is given back."""
    for slot in list(crawler.engine.downloader.slots.values()):
        refuse_queued(slot, CrawlStopped())
