"""The pace of a site: its file's delay, AutoThrottle above it, Crawl-delay above both."""

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.extensions.throttle import AutoThrottle

from items import Site
from text.terminal import printable

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


logger = logging.getLogger(__name__)

# Seconds. A Crawl-delay of hours is a way to say no; at this pace a crawl still ends.
_MAX_DELAY = 600.0


def settings_of(site: Site) -> dict[str, Any]:
    """The Scrapy settings that a site's file sets."""
    return {
        "DOWNLOAD_DELAY": site.delay,
        "AUTOTHROTTLE_START_DELAY": site.delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(site.concurrency),
        "CONCURRENT_REQUESTS_PER_DOMAIN": site.concurrency,
        # Few more than are sent at once: a stop waits for whatever the downloader holds.
        "CONCURRENT_REQUESTS": site.concurrency + 2,
    }


def slow_down(crawler: "Crawler", origin: str, seconds: float) -> None:
    """From now on, at least `seconds` between two requests to the host."""
    if seconds <= 0:
        return
    if seconds > _MAX_DELAY:
        logger.warning(
            "%s asks for %.0f s between requests; %.0f are kept",
            printable(origin),
            seconds,
            _MAX_DELAY,
        )
    seconds = min(seconds, _MAX_DELAY)
    if throttle := crawler.get_extension(AutoThrottle):
        throttle.mindelay = max(throttle.mindelay, seconds)
        throttle.maxdelay = max(throttle.maxdelay, seconds)
    host = urlsplit(origin).hostname or ""
    downloader = crawler.engine.downloader
    downloader.per_slot_settings[host] = {"delay": seconds, "concurrency": 1}
    if slot := downloader.slots.get(host):
        slot.delay = max(slot.delay, seconds)
