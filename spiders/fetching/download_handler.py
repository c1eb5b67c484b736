"""Scrapy's HTTP handler: it waits for a request's turn, adds what the site's file gives it, connects
through the site's proxy, and closes without an error under a busy loop.
"""

import asyncio
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError
from scrapy.utils.defer import deferred_to_future
from twisted.internet.defer import Deferred

from spiders.fetching.errors import HEADERS_MESSAGE
from spiders.fetching.http_client import BoundedClientFactory, has_headers_too_large
from spiders.fetching.reactor import installed_reactor
from spiders.fetching.request_headers import RequestHeaders
from spiders.fetching.request_kinds import kind_of
from spiders.fetching.retry_after import check_open
from spiders.fetching.site_access import SiteAccess
from spiders.fetching.throttle import wait_for_turn
from spiders.fetching.tunnel import ProxiedPool
from text.proxy_address import ProxyAddress

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


# For a server that does not answer the closing of a connection.
_CLOSE_SECONDS = 1.0


class PatientHandler(HTTP11DownloadHandler):
    """With bounded heads, and a patient end: Scrapy ends its wait for connections to close by calling
    their Deferred itself: when the loop was blocked for a second, both calls are due at once, and the
    second is an error in the log.
    """

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        persistent = self._pool.maxPersistentPerHost
        self._pool = ProxiedPool(installed_reactor(), self._contextFactory, self._proxy)
        self._pool.maxPersistentPerHost = persistent
        self._pool._factory = BoundedClientFactory

    def _proxy(self) -> ProxyAddress | None:
        access: SiteAccess | None = getattr(self._crawler.spider, "access", None)
        return access.proxy if access else None

    async def download_request(self, request: "Request") -> "Response":
        """The last place before the wire."""
        if kind_of(request) == "subresource":
            check_open(request.url)
        else:
            await wait_for_turn(self._crawler, request.url)
        if headers := self._crawler.get_downloader_middleware(RequestHeaders):
            headers.add(request)
        try:
            return await super().download_request(request)
        except DownloadFailedError as error:
            if has_headers_too_large(error):
                # Not sent a second time, as what failed is.
                raise DownloadCancelledError(HEADERS_MESSAGE) from error
            raise

    async def close(self) -> None:
        closed: Deferred[object] = self._pool.closeCachedConnections()  # type: ignore[no-untyped-call]
        await asyncio.wait([deferred_to_future(closed)], timeout=_CLOSE_SECONDS)
