"""A page of a source as a backfill reads it: the articles it lists, and the pages it leads to. Unlike a
poll it asks for everything, changed or not, and is bounded by the backfill's time alone.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from items import Link, Site
from spiders.fetching.fetch import Unreachable
from spiders.responses import charset_in
from spiders.sources.archive_pages import earlier_month, month_address
from spiders.sources.backfill_start import BackfillStart
from spiders.sources.context import SourceContext, SourceProblem
from spiders.sources.feed_pages import parse_feed_page
from spiders.sources.section import parse_section
from spiders.sources.sitemap import PATIENCE
from spiders.sources.sitemap_file import MAX_ADDRESSES, MAX_NAMES, parse_packed
from spiders.sources.wordpress import (
    ArchivedPosts,
    ServerOverloaded,
    archive_posts,
    fetch_posts,
    is_overload,
)
from spiders.sources.wordpress_cursor import (
    Cursor,
    advance_cursor,
    cursor_query,
    read_cursor,
    smaller_page,
    write_cursor,
)
from storage.source_pages import SourcePage
from text.timestamps import is_before, utc_now

# Pages of one list: a pager without an end, as calendars have them.
_MAX_WALK = 20_000
# Pages in a row without an article, or with earlier ones alone: lists are not in strict order.
_MAX_EMPTY = 20
_MAX_OLD = 3
# Pages in a row that this walk had before: past its end, a list may give its last page, or its first.
_MAX_KNOWN = 3
_KEPT_DIGESTS = 5
# No site's archive goes back further, whatever its address says.
_FIRST_MONTH = "1990-01"
_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class SourcePageRead:
    """`links` are all that are wanted of the page, of any age; `note`: a limit that was reached."""

    links: Iterable[Link] = ()
    following: tuple[SourcePage, ...] = ()
    note: str = ""
    archived: ArchivedPosts | None = None


def first_pages(kind: str, address: str, start: BackfillStart) -> list[SourcePage]:
    """Where the reading of a source begins: of a date archive, each of its months, the latest first."""
    if kind != "archive":
        return [SourcePage(kind, address)]
    months = [utc_now()[:7]]
    while months[-1] > max(start.day[:7], _FIRST_MONTH):
        months.append(earlier_month(months[-1]))
    return [SourcePage(kind, month_address(address, month)) for month in months]


async def read_source_page(
    context: SourceContext, page: SourcePage, start: BackfillStart
) -> SourcePageRead:
    """Raises what the readers of `read_sources` raise."""
    try:
        return await _READERS[page.kind](context, page, start)
    except SourceProblem as problem:
        # Past a list's last page; and a month without articles has no page.
        is_past = page.kind in ("feed", "section") and page.position
        if problem.status in _GONE and (is_past or page.kind == "archive"):
            return SourcePageRead()
        raise


async def _read_sitemap(
    context: SourceContext, page: SourcePage, start: BackfillStart
) -> SourcePageRead:
    response = await context.get(page.url)
    sitemap, links = await context.run(
        parse_packed, response.body, response.url, context.site, patience=PATIENCE
    )
    # A sitemap that was last changed before then has nothing of later.
    named = [url for url, lastmod in sitemap.sitemaps if not is_before(lastmod, start.moment)]
    note = ""
    if sitemap.sitemaps and sitemap.entries > MAX_NAMES:
        note = f"names more sitemaps than the {MAX_NAMES:,} that are read"
    elif sitemap.entries >= MAX_ADDRESSES:
        note = f"may list more than the {MAX_ADDRESSES:,} addresses that are read of a file"
    following = tuple(SourcePage("sitemap", url) for url in named if url != page.url)
    return SourcePageRead(links, following, note)


async def _read_feed(
    context: SourceContext, page: SourcePage, start: BackfillStart
) -> SourcePageRead:
    response = await context.get(page.url)
    links, following = await context.run(parse_feed_page, response.body, response.url, context.site)
    return _walk_on(page, links, following, start)


async def _read_section(
    context: SourceContext, page: SourcePage, start: BackfillStart
) -> SourcePageRead:
    response = await context.get(page.url)
    charset = charset_in(response.headers.get("content-type", ""))
    section = await context.run(parse_section, response.body, charset, response.url, context.site)
    return _walk_on(page, section.links, section.next_page, start)


@dataclass(frozen=True, slots=True)
class PagerPosition:
    """`walked` counts the pages of a list so far; `known`, `empty` and `old` those in a row that it had
    before, that had no article, and that had earlier ones alone. `digests` are of the first and the
    last ones. Field names are stored.
    """

    walked: int = 0
    known: int = 0
    empty: int = 0
    old: int = 0
    digests: tuple[str, ...] = ()


def _position(text: str | None) -> PagerPosition:
    saved: dict[str, Any] = json.loads(text or "{}")
    return PagerPosition(**saved | {"digests": tuple(saved.get("digests", ()))})


def _walk_on(
    page: SourcePage, links: Sequence[Link], following: str | None, start: BackfillStart
) -> SourcePageRead:
    """Along a list, to where it ends or has nothing of the time any more."""
    position = _after(_position(page.position), links, start)
    note = _limit(position) if following else ""
    # A feed that knows no pages gives the same one whatever is asked.
    most_known = 1 if page.kind == "feed" else _MAX_KNOWN
    if not following or note or position.old >= _MAX_OLD or position.known >= most_known:
        return SourcePageRead(links, note=note)
    text = json.dumps(asdict(position), separators=(",", ":"))
    return SourcePageRead(links, (SourcePage(page.kind, following, text),))


def _after(position: PagerPosition, links: Sequence[Link], start: BackfillStart) -> PagerPosition:
    digest = _digest([link.url for link in links])
    is_known = bool(links) and digest in position.digests
    is_old = bool(links) and all(map(start.excludes, links))
    digests = position.digests if is_known or not links else (*position.digests, digest)
    return PagerPosition(
        walked=position.walked + 1,
        known=position.known + 1 if is_known else 0,
        empty=0 if links else position.empty + 1,
        old=position.old + 1 if is_old else 0,
        digests=(*digests[:1], *digests[1:][-_KEPT_DIGESTS:]),
    )


def _limit(position: PagerPosition) -> str:
    if position.walked >= _MAX_WALK:
        return f"its list goes on beyond the {_MAX_WALK:,} pages that are read of one"
    if position.empty >= _MAX_EMPTY:
        return f"its list goes on after {_MAX_EMPTY} pages without an article"
    return ""


def _digest(urls: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(urls)).encode()).hexdigest()[:12]


async def _read_posts(
    context: SourceContext, page: SourcePage, start: BackfillStart
) -> SourcePageRead:
    root, cursor = _rest_position(page)
    # The interface's limit is exclusive, and a post may be dated at midnight.
    before = date.fromisoformat(start.day) - timedelta(days=1)
    site = replace(context.site, since=before.isoformat())
    url = cursor_query(cursor, root, site)
    if url is None:
        return SourcePageRead()
    try:
        response, posts = await fetch_posts(context, url)
    except (Unreachable, ServerOverloaded) as problem:
        fewer = smaller_page(cursor) if is_overload(problem) else None
        if fewer is None:
            raise
        return SourcePageRead(following=_next_posts(root, fewer, site))
    after = advance_cursor(cursor, posts, utc_now())
    archived = await archive_posts(context, response, posts.links)
    return SourcePageRead(posts.links, _next_posts(root, after, site), archived=archived)


def _rest_position(page: SourcePage) -> tuple[str, Cursor]:
    """The root of the interface, and its cursor; the first page is named by the root."""
    if page.position is None:
        return page.url, Cursor()
    saved = json.loads(page.position)
    return str(saved["root"]), read_cursor(saved["cursor"])


def _next_posts(root: str, cursor: Cursor, site: Site) -> tuple[SourcePage, ...]:
    url = cursor_query(cursor, root, site)
    position = json.dumps({"root": root, "cursor": write_cursor(cursor)}, separators=(",", ":"))
    return (SourcePage("wordpress", url, position),) if url else ()


SourcePageReader = Callable[[SourceContext, SourcePage, BackfillStart], Awaitable[SourcePageRead]]
_READERS: dict[str, SourcePageReader] = {
    "wordpress": _read_posts,
    "feed": _read_feed,
    "sitemap": _read_sitemap,
    "section": _read_section,
    "archive": _read_section,
}
