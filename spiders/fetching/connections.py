"""Scrapy's HTTP handler, with an end that a busy loop does not turn into an error."""

import asyncio

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.utils.defer import deferred_to_future
from twisted.internet.defer import Deferred

# Seconds. A server that does not answer a closing is not waited for.
_CLOSING = 1.0


class Connections(HTTP11DownloadHandler):
    """Scrapy ends the wait for its connections' closing by calling their Deferred itself: after a
    loop that was held for a second both are due at once, and the second call is an error in the log.
    """

    async def close(self) -> None:
        closed: Deferred[object] = self._pool.closeCachedConnections()  # type: ignore[no-untyped-call]
        await asyncio.wait([deferred_to_future(closed)], timeout=_CLOSING)
