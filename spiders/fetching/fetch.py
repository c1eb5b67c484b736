"""One request for something that is no article (a feed, a sitemap, …), inside a crawl or outside, under
the same guards, robots.txt and pace.
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
    """An HTTP answer of any status: `url` is the final one, header names are lower-case.
    `exchange` is for the archive.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    exchange: Exchange | None = field(default=None, compare=False, repr=False)


class Unreachable(Exception):
    """No HTTP answer at all; the message says why in words (refused address, timeout, TLS, …)."""


# A fetch gives a Fetched for every HTTP status, and raises Unreachable where there is no answer.
Fetch = Callable[[str], Awaitable[Fetched]]


# A shorter rest is waited for; for a longer one the crawl ends and the next poll goes on.
PATIENCE = 60.0


async def ask(crawler: "Crawler", url: str, headers: Mapping[str, str] | None = None) -> Fetched:
    """The answer of any status. Raises Unreachable, in words."""
    answer = await _once(crawler, url, headers or {})
    if answer.status in (429, 503) and 0 < await after_retry_after(crawler, url) <= PATIENCE:
        return await _once(crawler, url, headers or {})
    return answer


async def after_retry_after(crawler: "Crawler", url: str) -> float:
    """Wait for the end of the host's rest if that is soon; the seconds that it asked for."""
    rests = crawler.get_downloader_middleware(RetryAfter)
    left = rests.seconds_left(url) if rests else 0.0
    if 0 < left <= PATIENCE:
        await asyncio.sleep(left)
    return max(left, 0.0)


async def _once(crawler: "Crawler", url: str, headers: Mapping[str, str]) -> Fetched:
    await after_retry_after(crawler, url)
    try:
        request = request_for("source", url, headers=dict(headers))
        return fetched(await crawler.engine.download_async(request))
    except Exception as error:
        raise Unreachable(describe_error(error)[1]) from error


def fetched(response: Response) -> Fetched:
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    return Fetched(response.url, response.status, headers, response.body, exchange_of(response))


T = TypeVar("T")
Errand = Callable[[Fetch], Awaitable[T]]


def fetching(
    main: Errand[T], *, homepage: str, allow_private: bool = False, delay: float = 1.0
) -> T:
    """What `main` gives; its requests raise `probe.Unreachable` where there is no answer.

    With `allow_private`, private addresses may be reached on the homepage's host and port.
    """
    site = Site("fetching", homepage=homepage, allow_private=allow_private, delay=delay)
    return run_on_reactor(_fetching(main, site))


async def _fetching(main: Errand[T], site: Site) -> T:
    runner = AsyncCrawlerRunner(product_settings({"ITEM_PIPELINES": {}, "WARRAQ_PROGRESS": "off"}))
    result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    spider = type("Errands", (_Errands,), {"site": site})
    with on_signals(lambda: asyncio.ensure_future(runner.stop())):
        await runner.crawl(spider, main=main, result=result)
    if not result.done():
        raise KeyboardInterrupt
    return result.result()


class _Errands(Spider):
    """Not listed by `scrapy list`: this module is not one of SPIDER_MODULES."""

    name = "fetching"
    site: Site

    def __init__(self, main: Errand[Any], result: "asyncio.Future[Any]") -> None:
        super().__init__()
        self._main = main
        self._result = result

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.setdict(throttle.settings_of(cls.site), priority="spider")

    async def start(self) -> AsyncIterator[Request]:
        try:
            self._result.set_result(await self._main(partial(ask, self.crawler)))
        except Exception as error:
            self._result.set_exception(error)
        none: tuple[Request, ...] = ()  # a generator is what Scrapy calls
        for request in none:
            yield request
