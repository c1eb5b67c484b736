"""Polls a site's sitemaps: the index first, then what it names, the latest first."""

import asyncio
from collections import deque
from dataclasses import replace
from itertools import islice

from pipelines.workers.worker_tasks import WorkerLost
from spiders.crawl_resources import SourceRead
from spiders.fetching.conditional import NOT_MODIFIED, validators_of
from spiders.fetching.errors import WrongFormat
from spiders.fetching.fetch import Unreachable
from spiders.sources.context import SourceContext, SourceProblem, sum_reads
from spiders.sources.sitemap_file import ParsedSitemap, parse_packed
from text.limits import MAX_SITEMAP_ENTRIES_A_CRAWL
from text.timestamps import add_seconds, utc_now

# Times a page's seconds: 50 000 addresses take five to fifteen, and the machine may have other work.
PATIENCE = 5
_MAX_DOCUMENTS = 50  # in one crawl; the rest is due in the next

_DAY_SECONDS = 24 * 3600.0
# A sitemap may change a second time within the second, or the day, that its lastmod names, and a cache
# may lag behind its index: until then it gets a conditional request, whatever the index says.
_STABLE_AFTER = 2 * _DAY_SECONDS

# Sitemaps whose cursors are looked up at once: some 10 ms on the loop.
_AT_ONCE = 500

SitemapRef = tuple[str, str | None]  # a sitemap's URL and its lastmod


async def read_sitemap(context: SourceContext, url: str) -> SourceRead:
    """Up to _MAX_DOCUMENTS files and MAX_SITEMAP_ENTRIES_A_CRAWL addresses: what lies beyond is due in
    the next crawl, and nothing of it is kept until then.
    """
    pending: deque[SitemapRef] = deque([(url, None)])
    seen = {url}
    reads: list[SourceRead] = []
    entries = 0
    while pending and entries < MAX_SITEMAP_ENTRIES_A_CRAWL and not (reads and context.has_enough):
        address, lastmod = pending.popleft()
        try:
            read, sitemap = await _read(context, address, lastmod)
        except (Unreachable, WrongFormat, SourceProblem, WorkerLost) as problem:
            if address == url:
                raise
            problem_read = SourceRead("sitemap", address, problem=f"{address}: {problem}")
            read, sitemap = problem_read, ParsedSitemap()
        reads.append(read)
        entries += sitemap.entries
        room = _MAX_DOCUMENTS - len(reads) - len(pending)
        due = (ref for ref in await _due(context, sitemap) if ref[0] not in seen)
        pending.extend(islice(due, room))
        seen.update(address for address, _ in pending)
    return sum_reads(reads)


async def _read(
    context: SourceContext, url: str, lastmod: str | None
) -> tuple[SourceRead, ParsedSitemap]:
    """No validators are kept of an index: it is small, and what it names is compared each time."""
    response = await context.get_if_changed(url)
    if response is None:
        return _unchanged(context, url, lastmod), ParsedSitemap()
    sitemap, links = await context.run(
        parse_packed, response.body, response.url, context.site, patience=PATIENCE
    )
    kept = [] if sitemap.sitemaps else [validators_of(url, response, _cursor(lastmod))]
    read = SourceRead("sitemap", url, response.status)
    return await context.add_all(read, links, *kept), sitemap


def _unchanged(context: SourceContext, url: str, lastmod: str | None) -> SourceRead:
    read, known = SourceRead("sitemap", url, NOT_MODIFIED), context.validators(url)
    cursor = _cursor(lastmod)
    if lastmod and cursor != known.cursor:
        return context.add(read, [], replace(known, cursor=cursor))
    return read


def _cursor(lastmod: str | None) -> str | None:
    """What an index's next lastmod is compared with; None while this one is too recent to tell."""
    now = utc_now()
    if lastmod is None:
        return now
    return lastmod if add_seconds(lastmod, _STABLE_AFTER) <= now else None


async def _due(context: SourceContext, sitemap: ParsedSitemap) -> list[SitemapRef]:
    """Those named that may have something new, the latest first."""
    yesterday = add_seconds(utc_now(), -_DAY_SECONDS)
    due: list[SitemapRef] = []
    for number, (url, lastmod) in enumerate(sitemap.sitemaps, 1):
        cursor = context.validators(url).cursor or ""
        if cursor != lastmod if lastmod else url in sitemap.ends or cursor < yesterday:
            due.append((url, lastmod))
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
    # Without a lastmod the later sitemap usually has the later articles.
    due.reverse()
    due.sort(key=lambda ref: ref[1] or "", reverse=True)
    return due
