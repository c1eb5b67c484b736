"""A crawl's progress: a bar on a terminal, else a log line every 30 s."""

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

_BAR_SECONDS = 0.2
_LOG_SECONDS = 30.0
_FINAL_COUNTS = ("new", "revised", "unchanged", "copies", "rejected", "failed", "waiting")


class Progress:
    """A Scrapy extension; the setting WARRAQ_PROGRESS is `bar`, `log` or `off`."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        self.bar = crawler.settings["WARRAQ_PROGRESS"] == "bar"
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "Progress":
        if crawler.settings["WARRAQ_PROGRESS"] not in ("bar", "log"):
            raise NotConfigured
        extension = cls(crawler)
        crawler.signals.connect(extension.opened, signals.spider_opened)
        crawler.signals.connect(extension.closed, signals.spider_closed)
        return extension

    def opened(self) -> None:
        self._task = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        with bar_progress() if self.bar else line_progress() as show:
            while True:
                await asyncio.sleep(_BAR_SECONDS if self.bar else _LOG_SECONDS)
                if session := getattr(self.crawler.spider, "session", None):
                    show(session)

    async def closed(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])


def finished_pages(session: CrawlSession) -> int:
    return sum(session.counts[name] for name in _FINAL_COUNTS)


@contextmanager
def line_progress() -> Iterator[Callable[[CrawlSession], None]]:
    yield lambda session: logger.info("%s: %s", session.site.name, summarise_counts(session.counts))


@contextmanager
def bar_progress() -> Iterator[Callable[[CrawlSession], None]]:
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Bar(*columns, console=Console(stderr=True), transient=True) as live, _log_above():
        task = live.add_task("asking what is new", total=None)

        def show(session: CrawlSession) -> None:
            finished = finished_pages(session)
            total = min(session.options.limit, max(session.counts["queued"], finished))
            name = session.site.name
            live.update(task, description=name, completed=finished, total=total or None)

        yield show


@contextmanager
def _log_above() -> Iterator[None]:
    """Log lines go above the bar, through the stream that rich has put in place of stderr."""
    handler = get_scrapy_root_handler()
    if not isinstance(handler, logging.StreamHandler):
        yield
        return
    previous = handler.setStream(sys.stderr)
    try:
        yield
    finally:
        if previous:
            handler.setStream(previous)
