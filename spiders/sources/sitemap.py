"""Reading a sitemap, and the sitemaps that an index names, the latest first."""

import asyncio
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from spiders.autodiscovery import NotThisKind
from spiders.discovery.look import Unreachable
from spiders.discovery.sitemaps import parse_sitemap
from spiders.events import SourceRead
from spiders.fetching.conditional import NOT_MODIFIED, validators_of
from spiders.sources.context import Desk, SourceProblem, total
from text.timestamps import later, utc_now

_DOCUMENTS = 50  # in one crawl; what is left over is due in the next
_DAY = 24 * 3600.0
# A sitemap may change again within the second, or the day, that its lastmod names, and a cache may
# lag behind its index: until then it is asked for, on condition, whatever the index says.
_SETTLED = 2 * _DAY

Stamped = tuple[str, str | None]  # a sitemap's address and its lastmod


async def read_sitemap(desk: Desk, url: str) -> SourceRead:
    waiting: deque[Stamped] = deque([(url, None)])
    seen = {url}
    reads: list[SourceRead] = []
    while waiting and len(reads) < _DOCUMENTS and not (reads and desk.has_enough):
        address, lastmod = waiting.popleft()
        try:
            read, named = await _read(desk, address, lastmod)
        except (Unreachable, NotThisKind, SourceProblem) as problem:
            if address == url:
                raise
            read, named = SourceRead("sitemap", address, problem=f"{address}: {problem}"), []
        reads.append(read)
        waiting.extend(at for at in _due(desk, named) if at[0] not in seen)
        seen.update(address for address, _ in named)
    return total(reads)


async def _read(desk: Desk, url: str, lastmod: str | None) -> tuple[SourceRead, list[Stamped]]:
    """An index is not remembered: it is small, and what it names has to be compared each time."""
    answer = await desk.changed(url)
    if answer is None:
        return _as_it_was(desk, url, lastmod), []
    # 50 000 addresses take five seconds, for which no other crawl is to wait.
    found = await asyncio.to_thread(parse_sitemap, answer.body, answer.url, desk.site)
    kept = [] if found.sitemaps else [validators_of(url, answer, _cursor(lastmod))]
    read = SourceRead("sitemap", url, answer.status)
    return desk.add(read, found.links, *kept), found.sitemaps


def _as_it_was(desk: Desk, url: str, lastmod: str | None) -> SourceRead:
    read, known = SourceRead("sitemap", url, NOT_MODIFIED), desk.known(url)
    cursor = _cursor(lastmod)
    if lastmod and cursor != known.cursor:
        return desk.add(read, [], replace(known, cursor=cursor))
    return read


def _cursor(lastmod: str | None) -> str | None:
    """What an index's next lastmod is held against; None while this one tells nothing yet."""
    now = utc_now()
    if lastmod is None:
        return now
    return lastmod if later(lastmod, _SETTLED) <= now else None


def _due(desk: Desk, named: Sequence[Stamped]) -> list[Stamped]:
    """Those that may hold something new, the latest first."""
    ends = _ends([url for url, _ in named])
    yesterday = later(utc_now(), -_DAY)
    due: list[Stamped] = []
    for url, lastmod in named:
        cursor = desk.known(url).cursor or ""
        if cursor != lastmod if lastmod else url in ends or cursor < yesterday:
            due.append((url, lastmod))
    # Without a lastmod the later one holds the later articles, as far as any rule goes.
    due.reverse()
    due.sort(key=lambda at: at[1] or "", reverse=True)
    return due


def _ends(urls: Sequence[str]) -> set[str]:
    """The first and the last of each numbered series: a new article is in one of the two."""
    ends: set[str] = set()
    for _, series in groupby(urls, key=lambda url: re.sub(r"\d+", "", url)):
        members = list(series)
        ends |= {members[0], members[-1]}
    return ends
