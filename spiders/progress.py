"""How far a crawl is: a bar where a person looks on, else a log line now and then."""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
from rich.progress import Progress as Bar
from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.log import get_scrapy_root_handler

from spiders.crawl_session import CrawlSession, summarise_counts

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


logger = logging.getLogger(__name__)

_FRAME = 0.2
_LOG_SECONDS = 30.0
_ENDS = ("new", "revised", "unchanged", "copies", "rejected", "failed", "waiting")


class Progress:
    """A Scrapy extension; the setting WARRAQ_PROGRESS is `bar`, `log` or `off`."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        self.bar = crawler.settings["WARRAQ_PROGRESS"] == "bar"
        self._watching: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "Progress":
        if crawler.settings["WARRAQ_PROGRESS"] not in ("bar", "log"):
            raise NotConfigured
        extension = cls(crawler)
        crawler.signals.connect(extension.opened, signals.spider_opened)
        crawler.signals.connect(extension.closed, signals.spider_closed)
        return extension

    def opened(self) -> None:
        self._watching = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        with bar_progress() if self.bar else line_progress() as show:
            while True:
                await asyncio.sleep(_FRAME if self.bar else _LOG_SECONDS)
                if session := getattr(self.crawler.spider, "session", None):
                    show(session)

    async def closed(self) -> None:
        if self._watching:
            self._watching.cancel()
            await asyncio.wait([self._watching])


def is_finished(session: CrawlSession) -> int:
    return sum(session.counts[end] for end in _ENDS)


@contextmanager
def line_progress() -> Iterator[Callable[[CrawlSession], None]]:
    yield lambda session: logger.info("%s: %s", session.site.name, summarise_counts(session.counts))


@contextmanager
def bar_progress() -> Iterator[Callable[[CrawlSession], None]]:
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Bar(*columns, console=Console(stderr=True), transient=True) as live, _log_above():
        task = live.add_task("asking what is new", total=None)

        def show(session: CrawlSession) -> None:
            ended = is_finished(session)
            known = min(session.options.limit, max(session.counts["queued"], ended))
            name = session.site.name
            live.update(task, description=name, completed=ended, total=known or None)

        yield show


@contextmanager
def _log_above() -> Iterator[None]:
    """Log lines go through the stream that rich has put in stderr's place, above the bar."""
    handler = get_scrapy_root_handler()
    if not isinstance(handler, logging.StreamHandler):
        yield
        return
    before = handler.setStream(sys.stderr)
    try:
        yield
    finally:
        if before:
            handler.setStream(before)
