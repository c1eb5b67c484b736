"""Requests for what is no article (a feed, a sitemap, …), inside a crawl or outside, under the same
guard, robots.txt and pace.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Response
from scrapy.settings import BaseSettings

from items import Exchange, Reason, Site
from pipelines.workers.pool import Runs
from spiders.fetching import throttle
from spiders.fetching.browser import (
    RendererMissing,
    RenderingFailed,
    release_browser,
)
from spiders.fetching.errors import describe_error
from spiders.fetching.reactor import on_signals, run_on_reactor
from spiders.fetching.rendering import Renderer, encoded
from spiders.fetching.request_kinds import is_html, is_json_response, request_for
from spiders.fetching.retry_after import RetryAfter
from spiders.fetching.site_access import AccessError, access_of
from spiders.fetching.walls import Wall, wall_in
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


class Walled(Unreachable):
    """A response, but of something that stands in place of the source; `status` is its."""

    def __init__(self, wall: Wall, status: int) -> None:
        super().__init__(wall.detail, wall.reason)
        self.status = status


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


async def rendered_source(renderer: Renderer, source: Fetched) -> Fetched:
    """A list as the browser shows it; what is no web page stays as it is. Raises Unreachable."""
    content_type = source.headers.get("content-type", "")
    is_page = "html" in content_type.lower() or (not content_type and is_html(source.body))
    if source.status != 200 or not is_page:
        return source
    try:
        rendered = await renderer.render(source.url, source.body, content_type)
    except (RenderingFailed, RendererMissing) as error:
        raise Unreachable(f"the browser gave no page: {error}", Reason.NOT_RENDERED) from error
    headers = {**source.headers, "content-type": "text/html; charset=utf-8"}
    return replace(source, headers=headers, body=encoded(rendered.html))


async def _fetch_once(crawler: "Crawler", url: str, headers: Mapping[str, str]) -> Fetched:
    await wait_for_retry_after(crawler, url)
    try:
        request = request_for("source", url, headers=dict(headers))
        response = await crawler.engine.download_async(request)
    except Exception as error:
        reason, message = describe_error(error)
        raise Unreachable(message, reason) from error
    # An interface says itself what is wrong.
    wall = None if is_json_response(response) else wall_in(url, response)
    if middleware := crawler.get_downloader_middleware(RetryAfter):
        middleware.count_wall(response.url, wall.reason if wall else None)
    if wall:
        raise Walled(wall, response.status)
    return fetched_of(response)


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
    render: bool = False,
) -> T:
    """Runs `task` with a fetch function, outside any crawl, and returns its result.

    A long robots.txt is read by `workers`, if there are any. With `allow_private`, private addresses may be reached on the homepage's host and port. With `render`, web pages are as a browser shows them, or RendererMissing is raised.
    """
    site = Site(
        "fetching", homepage=homepage, allow_private=allow_private, delay=delay, render=render
    )
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

    async def _run(self) -> Any:
        return await self._fetch_task(partial(fetch_source, self.crawler))

    async def _run_rendering(self) -> Any:
        renderer = Renderer.from_crawler(self.crawler, self.site)

        async def fetch(url: str) -> Fetched:
            return await rendered_source(renderer, await fetch_source(self.crawler, url))

        try:
            return await self._fetch_task(fetch)
        finally:
            await release_browser()

    async def start(self) -> AsyncIterator[Request]:
        run = self._run_rendering if self.site.render else self._run
        try:
            self.access = access_of(self.site, self.settings["WARRAQ_PROXY"])
            self._result.set_result(await run())
        except AccessError as error:
            self._result.set_exception(Unreachable(str(error)))
        except Exception as error:
            self._result.set_exception(error)
        # Nothing to yield, but Scrapy needs a generator.
        requests: tuple[Request, ...] = ()
        for request in requests:
            yield request
