"""How fast a site is asked: its file's delay, AutoThrottle above it, Crawl-delay above both."""

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.extensions.throttle import AutoThrottle

from items import Site
from text.terminal import printable

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


logger = logging.getLogger(__name__)

# A Crawl-delay of hours is a way to say no; at this pace a crawl still ends.
_LONGEST = 600.0


def settings_of(site: Site) -> dict[str, Any]:
    """The Scrapy settings that a site's file decides."""
    return {
        "DOWNLOAD_DELAY": site.delay,
        "AUTOTHROTTLE_START_DELAY": site.delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(site.concurrency),
        "CONCURRENT_REQUESTS_PER_DOMAIN": site.concurrency,
        # Few more than are sent at once: what the downloader holds, a stop has to wait for.
        "CONCURRENT_REQUESTS": site.concurrency + 2,
    }


def slow_down(crawler: "Crawler", origin: str, seconds: float) -> None:
    """At least so many seconds between two requests to the host, from now on."""
    if seconds <= 0:
        return
    if seconds > _LONGEST:
        logger.warning(
            "%s asks for %.0f s between requests; %.0f are kept",
            printable(origin),
            seconds,
            _LONGEST,
        )
    seconds = min(seconds, _LONGEST)
    if throttle := crawler.get_extension(AutoThrottle):
        throttle.mindelay = max(throttle.mindelay, seconds)
        throttle.maxdelay = max(throttle.maxdelay, seconds)
    host = urlsplit(origin).hostname or ""
    downloader = crawler.engine.downloader
    downloader.per_slot_settings[host] = {"delay": seconds, "concurrency": 1}
    if slot := downloader.slots.get(host):
        slot.delay = max(slot.delay, seconds)
