"""Progress of crawls: a bar for each on a terminal, else a log line every 30 s."""

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
from rich.progress import Progress as Bar
from scrapy import signals
from scrapy.exceptions import NotConfigured

from spiders.backfill_progress import describe_backfill
from spiders.crawl_session import CrawlSession
from spiders.crawl_status import summarise_counts

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


logger = logging.getLogger(__name__)

_BAR_SECONDS = 0.2
_LOG_SECONDS = 30.0


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
        began = time.monotonic()
        with bar_progress() if self.bar else line_progress() as show:
            while True:
                await asyncio.sleep(_BAR_SECONDS if self.bar else _LOG_SECONDS)
                if session := getattr(self.crawler.spider, "session", None):
                    show(session, time.monotonic() - began)

    async def closed(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])


# Of a crawl, the seconds that it has taken so far.
Show = Callable[[CrawlSession, float], None]


@contextmanager
def line_progress() -> Iterator[Show]:
    def show(session: CrawlSession, seconds: float) -> None:
        counts = describe_backfill(session, seconds) or summarise_counts(session.counts)
        logger.info("%s: %s", session.site.name, counts)

    yield show


class _Bars:
    """Those of all the process's crawls: a terminal has room for one live display."""

    def __init__(self) -> None:
        self.users = 0
        self._stack = ExitStack()
        self.live: Bar | None = None

    def enter(self) -> Bar:
        self.users += 1
        if self.live is None:
            columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn()
            live = Bar(*columns, MofNCompleteColumn(), console=Console(stderr=True), transient=True)
            self.live = self._stack.enter_context(live)
            self._stack.enter_context(_log_above())
        return self.live

    def leave(self) -> None:
        self.users -= 1
        if not self.users:
            self._stack.close()
            self.live = None


_bars = _Bars()


@contextmanager
def bar_progress() -> Iterator[Show]:
    live = _bars.enter()
    task = live.add_task("asking what is new", total=None)

    def show(session: CrawlSession, seconds: float) -> None:
        finished = session.finished_pages
        queued = session.counts["queued"]
        if session.backfill:
            queued = session.backfill.finished + session.backfill.queued
        total = min(session.options.limit, max(queued, finished))
        detail = describe_backfill(session, seconds)
        description = f"{session.site.name}: {detail}" if detail else session.site.name
        live.update(task, description=description, completed=finished, total=total or None)

    try:
        yield show
    finally:
        live.remove_task(task)
        _bars.leave()


@contextmanager
def _log_above() -> Iterator[None]:
    """Log lines go above the bar, through the stream that rich has put in place of stderr."""
    handlers = [h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler]
    previous = [(handler, handler.setStream(sys.stderr)) for handler in handlers]
    try:
        yield
    finally:
        for handler, stream in previous:
            if stream:
                handler.setStream(stream)
