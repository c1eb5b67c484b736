"""Hosts that answer 429, or 503 with Retry-After, get no requests until that time; nor do those that answer
with a check for robots.
"""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.core.downloader import Slot
from scrapy.http import Response
from twisted.python.failure import Failure

from items import Reason, Site
from spiders.fetching.addresses import host_port
from spiders.fetching.errors import RequestRefused
from spiders.fetching.host_pace import pace
from text.timestamps import http_date

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


TOO_MANY = 429
UNAVAILABLE = 503
_DEFAULT_SECONDS = 300.0  # for a 429 without Retry-After
MAX_SECONDS = 6 * 3600.0
# Walls one after another: a single address may be one's alone, or one for subscribers.
_WALLS_IN_A_ROW, _LOGINS_IN_A_ROW = 3, 10
_WALL_SECONDS = 900.0
# Why a host gets no requests.
_ASKED = "the site asked to wait"
_WALLS_MET: Mapping[Reason | None, str] = {
    Reason.BLOCK_PAGE: "the site answered with a check for robots and is left alone",
    Reason.LOGIN_WALL: "the site wanted a login and is left alone",
}
_FROM_EARLIER = "the site is left alone since an earlier crawl"


class RetryAfter:
    """A downloader middleware; until when each host is closed is in `host_pace`, over all crawls."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        self._walls = 0  # the last answers
        self.is_walled = False

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "RetryAfter":
        middleware = cls(crawler)
        crawler.signals.connect(middleware.response_downloaded, signals.response_downloaded)
        return middleware

    def count_wall(self, url: str, reason: Reason | None) -> None:
        """Of each answer: why it is a wall, None where it is none. After some in a row the host is asked
        for nothing more in this crawl, nor soon.
        """
        self._walls = self._walls + 1 if reason else 0
        is_login = reason == Reason.LOGIN_WALL and not self._has_login()
        if self._walls >= (_LOGINS_IN_A_ROW if is_login else _WALLS_IN_A_ROW):
            self.is_walled = True
            why = _WALLS_MET.get(reason, _ASKED)
            self.close(url, _WALL_SECONDS, why)
            for slot in list(self.crawler.engine.downloader.slots.values()):
                refuse_queued(slot, _refused(_WALL_SECONDS, why))

    def _has_login(self) -> bool:
        site: Site | None = getattr(self.crawler.spider, "site", None)
        return bool(site and (site.cookies or site.headers))

    def process_request(self, request: Request) -> None:
        check_open(request.url)

    def response_downloaded(self, response: Response, request: Request) -> None:
        """A signal: the middleware's own process_response runs after the next request was sent."""
        header = (response.headers.get(b"Retry-After") or b"").decode("latin-1")
        if seconds := retry_after_seconds(response.status, header, time.time()):
            self.close(request.url, seconds, _ASKED)
            self._refuse_queued(request, seconds)

    def _refuse_queued(self, request: Request, seconds: float) -> None:
        """Requests that passed here before and wait in the slot's queue are not sent either."""
        slot = self.crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        if slot:
            refuse_queued(slot, _refused(seconds, _ASKED))

    def close(self, url: str, seconds: float, why: str) -> None:
        pace.close(host_port(url)[0], seconds, why)

    def blocked_until(self, url: str) -> float:
        """Unix time; 0.0: it may be asked."""
        left = self.seconds_left(url)
        return time.time() + left if left > 0 else 0.0

    def seconds_left(self, url: str) -> float:
        return pace.closed_for(host_port(url)[0])


def refuse_queued(slot: Slot, error: RequestRefused) -> None:
    while slot.queue:
        _, deferred = slot.queue.popleft()
        if not deferred.called:
            deferred.errback(Failure(error))  # type: ignore[no-untyped-call]


def check_open(url: str) -> None:
    """Raises RequestRefused where the host gets no requests for now."""
    host = host_port(url)[0]
    if (seconds := pace.closed_for(host)) > 0:
        raise _refused(seconds, pace.why_closed(host) or _FROM_EARLIER)


def _refused(seconds: float, why: str) -> RequestRefused:
    return RequestRefused(Reason.RESTING, f"{why}; {seconds:.0f} s are left")


def retry_after_seconds(status: int, retry_after: str, now: float) -> float:
    """Seconds to stay away, at most six hours; 0: the response does not ask for it."""
    if status not in (TOO_MANY, UNAVAILABLE):
        return 0.0
    seconds = _seconds(retry_after.strip(), now)
    if seconds is None:
        return _DEFAULT_SECONDS if status == TOO_MANY else 0.0
    return min(max(seconds, 1.0), MAX_SECONDS)


def _seconds(retry_after: str, now: float) -> float | None:
    """RFC 9110 10.2.3: a number of seconds, or a date."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    date = http_date(retry_after)
    return date.timestamp() - now if date else None
