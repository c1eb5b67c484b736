"""Requests for what is no article (a feed, a sitemap, …), inside a crawl or outside, under the same
guard, robots.txt and pace.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Response
from scrapy.settings import BaseSettings

from items import Exchange, Site
from pipelines.workers.pool import Runs
from spiders.fetching import throttle
from spiders.fetching.errors import describe_error
from spiders.fetching.reactor import on_signals, run_on_reactor
from spiders.fetching.request_kinds import request_for
from spiders.fetching.retry_after import RetryAfter
from spiders.fetching.wire_headers import exchange_of
from spiders.project_settings import product_settings

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


@dataclass(frozen=True, slots=True)
class Fetched:
    """An HTTP response of any status: `url` is the final one, header names are lower-case, `exchange` is
    for the archive.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    exchange: Exchange | None = field(default=None, compare=False, repr=False)


class Unreachable(Exception):
    """No HTTP response at all; the message says why (refused address, timeout, TLS, …)."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


# Returns a Fetched for every HTTP status, and raises Unreachable where there is no response.
Fetch = Callable[[str], Awaitable[Fetched]]


# A shorter Retry-After is waited for; for a longer one the crawl ends and the next poll goes on.
MAX_WAIT_SECONDS = 60.0


async def fetch_source(
    crawler: "Crawler", url: str, headers: Mapping[str, str] | None = None
) -> Fetched:
    """The response of any status. Raises Unreachable."""
    response = await _fetch_once(crawler, url, headers or {})
    if (
        response.status in (429, 503)
        and 0 < await wait_for_retry_after(crawler, url) <= MAX_WAIT_SECONDS
    ):
        return await _fetch_once(crawler, url, headers or {})
    return response


async def wait_for_retry_after(crawler: "Crawler", url: str) -> float:
    """The seconds that were left of the host's Retry-After; up to MAX_WAIT_SECONDS are waited for."""
    middleware = crawler.get_downloader_middleware(RetryAfter)
    left = middleware.seconds_left(url) if middleware else 0.0
    if 0 < left <= MAX_WAIT_SECONDS:
        await asyncio.sleep(left)
    return max(left, 0.0)


async def _fetch_once(crawler: "Crawler", url: str, headers: Mapping[str, str]) -> Fetched:
    await wait_for_retry_after(crawler, url)
    try:
        request = request_for("source", url, headers=dict(headers))
        return fetched_of(await crawler.engine.download_async(request))
    except Exception as error:
        reason, message = describe_error(error)
        raise Unreachable(message, reason) from error


def fetched_of(response: Response) -> Fetched:
    """The response with its header names in lower case, and the values of each joined."""
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    return Fetched(response.url, response.status, headers, response.body, exchange_of(response))


T = TypeVar("T")
FetchTask = Callable[[Fetch], Awaitable[T]]


def run_with_fetch(
    task: FetchTask[T],
    *,
    homepage: str,
    allow_private: bool = False,
    delay: float = 1.0,
    workers: Runs | None = None,
) -> T:
    """Runs `task` with a fetch function, outside any crawl, and returns its result.

    A long robots.txt is read by `workers`, if there are any. With `allow_private`, private addresses may be reached on the homepage's host and port.
    """
    site = Site("fetching", homepage=homepage, allow_private=allow_private, delay=delay)
    return run_on_reactor(_run_spider(task, site, workers))


async def _run_spider(task: FetchTask[T], site: Site, workers: Runs | None) -> T:
    runner = AsyncCrawlerRunner(product_settings({"ITEM_PIPELINES": {}, "WARRAQ_PROGRESS": "off"}))
    result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    spider = type("FetchSpider", (_FetchSpider,), {"site": site})
    with on_signals(lambda: asyncio.ensure_future(runner.stop())):
        await runner.crawl(spider, task=task, result=result, workers=workers)
    if not result.done():
        raise KeyboardInterrupt
    return result.result()


class _FetchSpider(Spider):
    """Not listed by `scrapy list`: this module is not one of SPIDER_MODULES."""

    name = "fetching"
    site: Site

    def __init__(
        self, task: FetchTask[Any], result: "asyncio.Future[Any]", workers: Runs | None
    ) -> None:
        super().__init__()
        self.workers = workers
        self._fetch_task = task
        self._result = result

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.setdict(throttle.settings_of(cls.site), priority="spider")

    async def start(self) -> AsyncIterator[Request]:
        try:
            self._result.set_result(await self._fetch_task(partial(fetch_source, self.crawler)))
        except Exception as error:
            self._result.set_exception(error)
        # Nothing to yield, but Scrapy needs a generator.
        requests: tuple[Request, ...] = ()
        for request in requests:
            yield request
