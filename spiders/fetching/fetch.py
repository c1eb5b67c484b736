"""Requests outside a crawl, for `warraq add`: the same guards, robots.txt and pace, no database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import BaseSettings

from items import Site
from spiders.discovery.look import Fetch
from spiders.fetching import throttle
from spiders.fetching.ask import ask
from spiders.fetching.reactor import on_signals, run
from spiders.product import product_settings

T = TypeVar("T")
Errand = Callable[[Fetch], Awaitable[T]]


def fetching(
    main: Errand[T], *, homepage: str, allow_private: bool = False, delay: float = 1.0
) -> T:
    """What `main` gives; its requests raise `probe.Unreachable` where there is no answer.

    With `allow_private`, private addresses may be reached on the homepage's host and port.
    """
    site = Site("fetching", homepage=homepage, allow_private=allow_private, delay=delay)
    return run(_fetching(main, site))


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
