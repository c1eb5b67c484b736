"""Asking a site what is new: each kind of source into the frontier, each in its own module."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from scrapy.exceptions import CloseSpider

from items import Link, Site
from spiders.autodiscovery import WrongFormat
from spiders.crawl_resources import SourceRead
from spiders.crawl_session import CrawlSession
from spiders.fetching.fetch import Unreachable, ask
from spiders.sources.context import SourceContext, SourceProblem
from spiders.sources.discovered import SourceRef, discover, forget
from spiders.sources.feed import read_feed
from spiders.sources.section import read_section
from spiders.sources.sitemap import read_sitemap
from spiders.sources.wordpress import read_wordpress
from storage.database import StorageError
from text.terminal import printable
from text.timestamps import utc_now

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


logger = logging.getLogger(__name__)

_PROBLEMS = (Unreachable, WrongFormat, SourceProblem)
# These end the crawl; whatever else is raised over a stranger's bytes is trouble of that source.
_OURS = (StorageError, CloseSpider)
# What lists all that it has each time; a REST interface and a sitemap's index tell what is new.
_LISTS = ("feed", "section")

SourceReader = Callable[[SourceContext, str], Awaitable[SourceRead]]
_READERS: dict[str, SourceReader] = {
    "feed": read_feed,
    "sitemap": read_sitemap,
    "section": read_section,
    "wordpress": read_wordpress,
}


async def read_sources(visit: CrawlSession, crawler: "Crawler") -> None:
    """What the site's file names, or what was found out; one that fails stops no other."""
    if visit.options.url:
        _add_one(visit, visit.options.url)
        return
    desk = SourceContext(visit, visit.site, partial(ask, crawler))
    jobs = configured(visit.site)
    problems = [await _read(desk, kind, url) for kind, url in jobs]
    if all(kind == "wordpress" for kind, _ in jobs) and all(problems):
        # Nothing is named, or a REST interface alone, which is closed.
        problems = await _read_found(desk)
    if all(problems):
        visit.source_failure = f"no source could be read: {problems[-1]}"


async def _read_found(desk: SourceContext) -> list[str]:
    try:
        there, jobs = await discover(desk)
    except _OURS:
        raise
    except Exception as problem:
        return [_fail(desk, "homepage", desk.site.homepage, problem)]
    problems = [await _read(there, kind, url) for kind, url in jobs]
    if all(problems):
        forget(desk)
    return problems


def configured(site: Site) -> list[SourceRef]:
    return [
        *([("wordpress", site.wordpress)] if site.wordpress else []),
        *(("feed", url) for url in site.feeds),
        *(("sitemap", url) for url in site.sitemaps),
        *(("section", url) for url in site.sections),
    ]


def _add_one(visit: CrawlSession, url: str) -> None:
    link = Link(url, url, "hand")
    visit.recorder.add(visit.site.name, [link], now=utc_now())
    visit.counts["queued"] += 1


async def _read(desk: SourceContext, kind: str, url: str) -> str:
    """Why nothing could be read; nothing, most of the time."""
    try:
        read = await _READERS[kind](desk, url)
    except _OURS:
        raise
    except Exception as problem:
        return _fail(desk, kind, url, problem)
    if kind in _LISTS and read.status == 200:
        desk.session.counts["read"] += 1
        desk.session.counts["links"] += read.links
    _tell(desk, read)
    return ""


def _fail(desk: SourceContext, kind: str, url: str, problem: Exception) -> str:
    expected = isinstance(problem, _PROBLEMS)
    if not expected:
        logger.debug("%s: %s %s", desk.site.name, kind, printable(url), exc_info=problem)
    status = getattr(problem, "status", None if isinstance(problem, Unreachable) else 200)
    # A server in trouble, or one that asks to wait, will be as it was.
    if status and status < 500 and status != 429:
        desk.session.counts["refused"] += 1
    words = str(problem) if expected else f"not read: {type(problem).__name__}: {problem}"
    read = SourceRead(kind, url, status, problem=printable(words))
    _tell(desk, read)
    return read.problem


def _tell(desk: SourceContext, read: SourceRead) -> None:
    desk.session.counts["sources"] += 1
    if read.problem:
        desk.session.counts["sources_failed"] += 1
        place = f"{read.kind} {printable(read.url)}"
        desk.session.trouble = f"{place}: {printable(read.problem)}"
        logger.warning("%s: %s", desk.site.name, desk.session.trouble)
    desk.session.notify(read)
