"""One request for something that is no article (a feed, a sitemap, …) under all the crawl's rules."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from scrapy.http import Response

from spiders.discovery.look import Fetched, Unreachable
from spiders.fetching.errors import in_words
from spiders.fetching.request_kinds import request_for
from spiders.fetching.retry_after import Rests
from spiders.fetching.wire_headers import exchange_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


# A shorter rest is waited for; for a longer one the crawl ends and the next poll goes on.
PATIENCE = 60.0


async def ask(crawler: "Crawler", url: str, headers: Mapping[str, str] | None = None) -> Fetched:
    """The answer of any status. Raises Unreachable, in words."""
    answer = await _once(crawler, url, headers or {})
    if answer.status in (429, 503) and 0 < await rested(crawler, url) <= PATIENCE:
        return await _once(crawler, url, headers or {})
    return answer


async def rested(crawler: "Crawler", url: str) -> float:
    """Wait for the end of the host's rest if that is soon; the seconds that it asked for."""
    rests = crawler.get_downloader_middleware(Rests)
    left = rests.left(url) if rests else 0.0
    if 0 < left <= PATIENCE:
        await asyncio.sleep(left)
    return max(left, 0.0)


async def _once(crawler: "Crawler", url: str, headers: Mapping[str, str]) -> Fetched:
    await rested(crawler, url)
    try:
        request = request_for("source", url, headers=dict(headers))
        return fetched(await crawler.engine.download_async(request))
    except Exception as error:
        raise Unreachable(in_words(error)[1]) from error


def fetched(response: Response) -> Fetched:
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    return Fetched(response.url, response.status, headers, response.body, exchange_of(response))
