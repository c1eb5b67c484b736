"""Scrapy's reactor on an asyncio loop, run for several coroutines in turn in the same process, and
Scrapy's HTTP handler with a close that logs no error under a busy loop.
"""

import asyncio
import atexit
from collections.abc import Callable, Coroutine
from contextlib import contextmanager
from signal import SIGINT, SIGTERM
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any, TypeVar, cast

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError
from scrapy.utils.defer import deferred_to_future
from scrapy.utils.reactor import install_reactor, is_reactor_installed
from twisted.internet.defer import Deferred

from spiders.fetching.errors import HEADERS_MESSAGE
from spiders.fetching.http_client import BoundedClientFactory, has_headers_too_large
from spiders.fetching.request_kinds import kind_of
from spiders.fetching.retry_after import check_open
from spiders.fetching.throttle import wait_for_turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.asyncioreactor import AsyncioSelectorReactor


REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
T = TypeVar("T")


def run_on_reactor(main: Coroutine[Any, Any, T]) -> T:
    """`main`'s result. Unlike `reactor.run()`, which works once in a process, this can be called any
    number of times: the reactor is started once and stays between two runs.
    """
    reactor = installed_reactor()
    loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop
    if not reactor.running:
        reactor.startRunning(installSignalHandlers=False)
        atexit.register(loop.close)
    asyncio.set_event_loop(loop)
    return loop.run_until_complete(main)


def installed_reactor() -> "AsyncioSelectorReactor":
    # A second installation fails, but only after it has made a reactor with its file descriptors.
    if not is_reactor_installed():
        install_reactor(REACTOR)
    from twisted.internet import reactor

    return cast("AsyncioSelectorReactor", reactor)


@contextmanager
def on_signals(stop: Callable[[], object]) -> "Iterator[None]":
    """SIGINT and SIGTERM call `stop` while the block runs; a second one is left to its default."""
    if current_thread() is not main_thread():
        yield
        return
    loop = asyncio.get_running_loop()

    def once() -> None:
        for number in (SIGINT, SIGTERM):
            loop.remove_signal_handler(number)
        stop()

    for number in (SIGINT, SIGTERM):
        loop.add_signal_handler(number, once)
    try:
        yield
    finally:
        for number in (SIGINT, SIGTERM):
            loop.remove_signal_handler(number)


# For a server that does not answer the closing of a connection.
_CLOSE_SECONDS = 1.0


class PatientHandler(HTTP11DownloadHandler):
    """With bounded heads, and a patient end: Scrapy ends its wait for connections to close by calling their Deferred itself: when the loop was
    blocked for a second, both calls are due at once, and the second is an error in the log.
    """

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        self._pool._factory = BoundedClientFactory

    async def download_request(self, request: "Request") -> "Response":
        """The last place before the wire."""
        if kind_of(request) == "subresource":
            check_open(request.url)
        else:
            await wait_for_turn(self._crawler, request.url)
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
