"""Reads a site's sources: each kind in its own module, what it lists into the frontier."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from scrapy.exceptions import CloseSpider

from items import Link, Reason, http_reason, sources_of
from pipelines.workers.pool import NoWorkers
from pipelines.workers.worker_tasks import WorkerLost
from spiders.crawl_resources import SourceRead
from spiders.crawl_session import CrawlSession
from spiders.fetching.errors import WrongFormat
from spiders.fetching.fetch import Unreachable, Walled, fetch_source
from spiders.sources.archive_pages import read_archive
from spiders.sources.context import RenderSource, SourceContext, SourceProblem
from spiders.sources.json_feed import read_feed
from spiders.sources.section_pages import read_section
from spiders.sources.sitemap import read_sitemap
from spiders.sources.wordpress import read_wordpress
from storage.database import StorageError
from text.terminal import printable
from text.timestamps import utc_now

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


logger = logging.getLogger(__name__)

# Anything else that an untrusted document raises is our own error, logged with a traceback.
EXPECTED = (Unreachable, WrongFormat, SourceProblem, WorkerLost)
# These end the crawl; whatever else is raised is trouble of one source.
FATAL = (StorageError, NoWorkers, CloseSpider)
# Kinds that list all they have each time; a REST interface and a sitemap's index tell what is new.
_LISTS = ("feed", "section")

SourceRef = tuple[str, str]  # a source's kind and address
SourceReader = Callable[[SourceContext, str], Awaitable[SourceRead]]
_READERS: dict[str, SourceReader] = {
    "feed": read_feed,
    "sitemap": read_sitemap,
    "section": read_section,
    "archive": read_archive,
    "wordpress": read_wordpress,
}


@dataclass(frozen=True, slots=True)
class DiscoveredSources:
    """What autodiscovery gives: the sources, the context to read them in, and `forget`, to be called
    when none of them can be read.
    """

    context: SourceContext
    sources: list[SourceRef]
    forget: Callable[[], None]


Discover = Callable[[SourceContext], Awaitable[DiscoveredSources]]


async def read_sources(
    session: CrawlSession,
    crawler: "Crawler",
    discover: Discover,
    render: RenderSource | None = None,
) -> None:
    """The sources that the site's file names, or those of `discover`; one that fails stops no other."""
    if session.options.url:
        _add_single(session, session.options.url)
        return
    context = SourceContext(session, session.site, partial(fetch_source, crawler), render)
    sources = sources_of(session.site)
    problems = [await _read(context, kind, url) for kind, url in sources]
    if all(kind == "wordpress" for kind, _ in sources) and all(problems):
        # Nothing is named, or a REST interface alone, which is closed.
        problems = await _read_discovered(context, discover)
    if all(problems):
        session.source_failure = f"no source could be read: {session.wall or problems[-1]}"


async def _read_discovered(context: SourceContext, discover: Discover) -> list[str]:
    try:
        discovered = await discover(context)
    except FATAL:
        raise
    except Exception as problem:
        return [report_problem(context, "homepage", context.site.homepage, problem)]
    problems = [await _read(discovered.context, kind, url) for kind, url in discovered.sources]
    if all(problems):
        discovered.forget()
    return problems


def _add_single(session: CrawlSession, url: str) -> None:
    link = Link(url, url, "hand")
    session.recorder.add(session.site.name, [link], now=utc_now())
    session.counts["queued"] += 1


async def _read(context: SourceContext, kind: str, url: str) -> str:
    """Why the source could not be read; empty where it was."""
    try:
        read = await _READERS[kind](context, url)
    except FATAL:
        raise
    except Exception as problem:
        return report_problem(context, kind, url, problem)
    if kind in _LISTS and read.status == 200:
        context.session.counts["read"] += 1
        context.session.counts["links"] += read.links
    _report(context, read)
    return ""


def report_problem(context: SourceContext, kind: str, url: str, problem: Exception) -> str:
    """Log and count it; the sentence for a person."""
    expected = isinstance(problem, EXPECTED)
    if not expected:
        logger.debug("%s: %s %s", context.site.name, kind, printable(url), exc_info=problem)
    status = getattr(problem, "status", None if isinstance(problem, Unreachable) else 200)
    # 5xx and 429 pass by themselves; any other status is the source's answer.
    if isinstance(problem, Walled):
        context.session.wall = f"{problem.reason}: {problem}"
    if isinstance(problem, Walled) or (status and status < 500 and status != 429):
        context.session.counts["refused"] += 1
    message = str(problem) if expected else f"not read: {type(problem).__name__}: {problem}"
    reason = _reason_of(problem, status)
    read = SourceRead(kind, url, status, problem=printable(message), reason=reason)
    _report(context, read)
    return read.problem


def _reason_of(problem: Exception, status: int | None) -> str:
    if isinstance(problem, Unreachable | WorkerLost):
        return problem.reason
    if not isinstance(problem, EXPECTED):
        return Reason.ERROR
    return Reason.WRONG_FORMAT if status in (None, 200) else http_reason(status)


def _report(context: SourceContext, read: SourceRead) -> None:
    context.session.counts["sources"] += 1
    if read.problem:
        context.session.counts["sources_failed"] += 1
        source = f"{read.kind} {printable(read.url)}"
        context.session.trouble = f"{source}: {printable(read.problem)}"
        logger.warning("%s: %s", context.site.name, context.session.trouble)
    context.session.notify(read)
