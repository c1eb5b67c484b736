"""Hosts that asked to be left alone for a while (429, 503 with Retry-After) are."""

import time
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.http import Response
from twisted.python.failure import Failure

from spiders.fetching.addresses import host_port
from spiders.fetching.errors import RequestRefused
from text.timestamps import http_date

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


TOO_MANY = 429
UNAVAILABLE = 503
_UNSAID = 300.0  # what a 429 without Retry-After means to us
_LONGEST = 6 * 3600.0


class RetryAfter:
    """Until when (Unix time) which host rests; one for each crawl."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        self._until: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "RetryAfter":
        rests = cls(crawler)
        crawler.signals.connect(rests.response_downloaded, signals.response_downloaded)
        return rests

    def process_request(self, request: Request) -> None:
        if (seconds := self.seconds_left(request.url)) > 0:
            raise _refused(seconds)

    def response_downloaded(self, response: Response, request: Request) -> None:
        """A signal, since a middleware learns of the answer when the next request is sent."""
        said = (response.headers.get(b"Retry-After") or b"").decode("latin-1")
        if seconds := retry_after_seconds(response.status, said, time.time()):
            self.block_until(request.url, time.time() + seconds)
            self._call_back(request, seconds)

    def _call_back(self, request: Request, seconds: float) -> None:
        """What passed here before and still waits for its turn is not sent either."""
        slot = self.crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        while slot and slot.queue:
            _, answer = slot.queue.popleft()
            answer.errback(Failure(_refused(seconds)))  # type: ignore[no-untyped-call]

    def block_until(self, url: str, until: float) -> None:
        host = host_port(url)[0]
        self._until[host] = max(until, self._until.get(host, 0.0))

    def blocked_until(self, url: str) -> float:
        return self._until.get(host_port(url)[0], 0.0)

    def seconds_left(self, url: str) -> float:
        return self.blocked_until(url) - time.time()


def _refused(seconds: float) -> RequestRefused:
    return RequestRefused("resting", f"the site asked to wait; {seconds:.0f} s are left")


def retry_after_seconds(status: int, retry_after: str, now: float) -> float:
    """How long an answer tells us to stay away: 0 for not at all, at most six hours."""
    if status not in (TOO_MANY, UNAVAILABLE):
        return 0.0
    asked = _seconds(retry_after.strip(), now)
    if asked is None:
        return _UNSAID if status == TOO_MANY else 0.0
    return min(max(asked, 1.0), _LONGEST)


def _seconds(retry_after: str, now: float) -> float | None:
    """RFC 9110 10.2.3: a number of seconds, or a date."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    date = http_date(retry_after)
    return date.timestamp() - now if date else None
