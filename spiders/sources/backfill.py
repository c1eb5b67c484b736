"""Reads all that a site's sources have of the time since a date, page by page, each once: what is to be
read is in the database, so that a crawl that ends at any instant goes on where it was.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from items import Reason, sources_of
from pipelines.workers.worker_tasks import WorkerLost
from spiders.crawl_resources import SourceRead
from spiders.crawl_session import CrawlSession
from spiders.crawl_status import BackfillCounts
from spiders.fetching.fetch import Unreachable, fetch_source
from spiders.later_pages import is_stopping
from spiders.sources.backfill_pages import SourcePageRead, first_pages, read_source_page
from spiders.sources.backfill_start import BackfillStart, backfill_start
from spiders.sources.context import RenderSource, SourceContext, SourceProblem, link_batches
from spiders.sources.read import FATAL, Discover, SourceRef, report_problem
from storage import frontier, source_pages
from storage.source_pages import SourcePage
from text.terminal import printable
from text.timestamps import utc_now

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


logger = logging.getLogger(__name__)

# Addresses after which articles are fetched: those of a REST interface wait with their texts.
_MAX_QUEUED = 300
# Of one page in one crawl; the next one tries it anew.
_MAX_ATTEMPTS = 2
# Pages that fail one after the other: the site is down, or the network.
_MAX_FAILURES = 5
# Why a request failed that is worth another one.
_PASSING = frozenset(
    {Reason.DNS, Reason.CONNECTION_REFUSED, Reason.TIMED_OUT, Reason.TLS, Reason.TRUNCATED}
    | {Reason.BROKEN, Reason.ROBOTS_UNREACHABLE, ""}
)


@dataclass(slots=True)
class BackfillReader:
    """`failures` in a row; `problem` is the last one."""

    context: SourceContext
    crawler: "Crawler"
    start: BackfillStart
    failures: int = 0
    problem: str = ""

    @property
    def session(self) -> CrawlSession:
        return self.context.session

    def begin(self, sources: list[SourceRef]) -> None:
        pages = [page for ref in sources for page in first_pages(*ref, self.start)]
        self.session.recorder.begin_backfill(
            self.context.site.name, self.start.moment, pages, now=utc_now()
        )
        self.count()

    def count(self) -> None:
        db, name, now = self.session.database, self.context.site.name, utc_now()
        state = source_pages.state(db, name)
        assert state
        queued = frontier.count_due(db, name, now=now, since=self.start.moment)
        self.session.backfill = BackfillCounts(
            state.read, state.due, queued, self.session.finished_pages
        )

    async def read_slice(self) -> None:
        """Pages of sources, until there is enough to fetch."""
        session, site = self.session, self.context.site.name
        while self.queued < min(_MAX_QUEUED, session.pages_left) and not self._is_over:
            page = source_pages.due(session.database, site)
            if page is None:
                return
            await self._read(page)
            self.count()

    @property
    def queued(self) -> int:
        return self.session.backfill.queued if self.session.backfill else 0

    @property
    def _is_over(self) -> bool:
        session = self.session
        ended = session.failure or session.source_failure or session.resting
        return bool(ended) or is_stopping(self.crawler)

    async def _read(self, page: SourcePage) -> None:
        try:
            read = await read_source_page(self.context, page, self.start)
            await self._save(page, read)
        except FATAL:
            raise
        except Exception as problem:
            self._fail(page, problem)
        else:
            self.failures = 0
            self.session.counts["source pages"] += 1
            if read.note:
                note = printable(f"{page.kind} {page.url}: {read.note}")
                logger.warning("%s: %s", self.context.site.name, note)

    async def _save(self, page: SourcePage, read: SourcePageRead) -> None:
        """With the last of its links, that the page was read and where it leads."""
        recorder, site = self.session.recorder, self.context.site.name
        batches = link_batches(link for link in read.links if not self.start.excludes(link))
        batch, source = next(batches), SourceRead(page.kind, page.url, 200)
        for following in batches:
            self.context.add(source, batch)
            await asyncio.sleep(0)
            batch = following
        with recorder.transaction():
            added = self.context.add(source, batch)
            recorder.finish_source_page(site, page, read.following, read.note)
            if read.archived:
                recorder.insert_response(site, *read.archived, list(read.links))
        self.session.notify(added)

    def _fail(self, page: SourcePage, problem: Exception) -> None:
        if is_stopping(self.crawler):
            return
        if isinstance(problem, Unreachable) and problem.reason == Reason.RESTING:
            self.session.resting = True
            return
        most = _MAX_ATTEMPTS if _is_passing(problem) else None
        self.session.recorder.fail_source_page(
            self.context.site.name, page, str(problem), most=most
        )
        if most is None or page.attempts + 1 >= most:
            self.problem = report_problem(self.context, page.kind, page.url, problem)
        self.failures = self.failures + 1 if most else 0
        if self.failures >= _MAX_FAILURES:
            self.session.source_failure = f"its sources do not answer: {problem}"


def _is_passing(problem: Exception) -> bool:
    if isinstance(problem, Unreachable):
        return problem.reason in _PASSING
    if isinstance(problem, SourceProblem):
        return problem.status >= 500 or problem.status == 429
    return isinstance(problem, WorkerLost)


async def read_backfill(
    session: CrawlSession,
    crawler: "Crawler",
    discover: Discover,
    render: RenderSource | None = None,
) -> AsyncIterator[None]:
    """Yields whenever there are addresses to be fetched before more is read, and at the end."""
    back_to = session.options.back_to
    assert back_to
    # What is too old is told apart here: where a list ends for its age, it must be seen.
    context = SourceContext(
        session, replace(session.site, since=None), partial(fetch_source, crawler), render
    )
    reader = BackfillReader(context, crawler, backfill_start(back_to, session.site))
    sources = sources_of(session.site)
    reader.begin(sources or await _discovered(reader, discover))
    await reader.read_slice()
    if sources and all(kind == "wordpress" for kind, _ in sources) and _is_fruitless(reader):
        # A REST interface alone, which is closed.
        reader.begin(await _discovered(reader, discover))
    while True:
        await reader.read_slice()
        if session.source_failure or session.failure:
            return
        yield
        reader.count()
        if _has_ended(reader):
            return


async def _discovered(reader: BackfillReader, discover: Discover) -> list[SourceRef]:
    """No sources where the homepage cannot be read."""
    context = reader.context
    try:
        discovered = await discover(context)
    except FATAL:
        raise
    except Exception as problem:
        reader.problem = report_problem(context, "homepage", context.site.homepage, problem)
        context.session.source_failure = f"no source could be read: {reader.problem}"
        return []
    reader.context = discovered.context
    return list(discovered.sources)


def _is_fruitless(reader: BackfillReader) -> bool:
    state = source_pages.state(reader.session.database, reader.context.site.name)
    return bool(state and not state.due and not state.read)


def _has_ended(reader: BackfillReader) -> bool:
    """Whether the crawl has no more to do; where nothing is left at all, the backfill is finished."""
    session, name = reader.session, reader.context.site.name
    ended = session.failure or session.resting or session.pages_left <= 0
    if ended or is_stopping(reader.crawler):
        return True
    state = source_pages.state(session.database, name)
    assert state
    if state.due or reader.queued:
        return False
    if not state.read:
        session.source_failure = f"no source could be read: {reader.problem}"
    if not state.failed:
        session.recorder.finish_backfill(name, now=utc_now())
    return True
