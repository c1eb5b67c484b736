"""Polls a WordPress REST interface: new and edited posts, and the archive step by step."""

from collections.abc import Sequence

from sqlite_utils import Database

from items import Link, Validators
from spiders.crawl_resources import SourceRead
from spiders.fetching.errors import describe_error
from spiders.fetching.fetch import Fetched, Unreachable
from spiders.sources.context import SourceContext, SourceProblem, sum_reads
from spiders.sources.wordpress_api import PostsPage, parse_response
from spiders.sources.wordpress_cursor import (
    Cursor,
    advance_cursor,
    cursor_query,
    first_cursor,
    read_cursor,
    smaller_page,
    write_cursor,
)
from storage import frontier
from storage.archive.pointer import Pointer
from storage.archive.response_posts import without_forgotten
from storage.archive.rest_responses import RestResponse, response_parts
from storage.tombstones import any_tombstones, forgotten_among
from text.timestamps import utc_now
from text.urls import article_id

_MAX_REQUESTS = 100  # in one crawl; the next one goes on


ArchivedPosts = tuple[RestResponse, Pointer]


class ServerOverloaded(SourceProblem):
    """The server failed at the request."""


async def read_wordpress(context: SourceContext, root: str) -> SourceRead:
    cursor = first_cursor(read_cursor(context.validators(root).cursor), context.site)
    reads: list[SourceRead] = []
    for _ in range(_MAX_REQUESTS):
        url = cursor_query(cursor, root, context.site)
        if url is None or (cursor.phase == "backfill" and reads and context.has_enough):
            break
        try:
            read, cursor = await _request(context, root, url, cursor)
        except (Unreachable, ServerOverloaded) as problem:
            # A small host can fail at 100 posts with their bodies and manage 50, or 25.
            fewer = smaller_page(cursor) if is_overload(problem) else None
            if fewer is None:
                raise
            cursor = fewer
        else:
            reads.append(read)
    return sum_reads(reads or [SourceRead("wordpress", root)])


async def _request(
    context: SourceContext, root: str, url: str, cursor: Cursor
) -> tuple[SourceRead, Cursor]:
    response, page = await fetch_posts(context, url)
    after = advance_cursor(cursor, page, utc_now())
    kept = Validators(root, cursor=write_cursor(after))
    archived = await archive_posts(context, response, page.links)
    # The cursor comes last: after a kill the posts are requested once more.
    read = await context.add_all(SourceRead("wordpress", root, response.status), page.links)
    with context.session.recorder.transaction():
        context.add(read, (), kept)
        if archived:
            context.session.recorder.insert_response(context.site.name, *archived, page.links)
    return read, after


async def fetch_posts(context: SourceContext, url: str) -> tuple[Fetched, PostsPage]:
    """Raises ServerOverloaded, and what a source's reader raises."""
    response = await context.request(url, {})
    if response.status in (429, 503):
        raise SourceProblem(f"answers {response.status}", response.status)
    if response.status >= 500:
        raise ServerOverloaded(f"answers {response.status}", response.status)
    page = await context.run(
        parse_response, response.status, response.headers, response.body, context.site
    )
    return response, page


async def archive_posts(
    context: SourceContext, response: Fetched, links: Sequence[Link]
) -> ArchivedPosts | None:
    """The response and its place in the archive, where it has a body that is not stored yet; without
    the posts that were taken out.
    """
    db = context.session.database
    forgotten = _forgotten(db, links)
    if not response.exchange or all(
        not link.html or frontier.is_old_news(db, link) or article_id(link.url) in forgotten
        for link in links
    ):
        return None
    body = response.body
    if forgotten:
        body = await context.run(without_forgotten, body, context.site.homepage, forgotten)
    parts = await context.run(response_parts, body)
    rest_response = RestResponse(response.exchange, body, utc_now(), parts)
    pointer = await context.session.archive_response(rest_response)
    return (rest_response, pointer) if pointer else None


def _forgotten(db: Database, links: Sequence[Link]) -> frozenset[str]:
    """The ids of the posts that were taken out."""
    if not any_tombstones(db):
        return frozenset()
    return frozenset(forgotten_among(db, [article_id(link.url) for link in links]))


def is_overload(problem: Exception) -> bool:
    """Whether fewer posts at once might have come."""
    cause = problem.__cause__
    if cause is None:
        return True
    return describe_error(cause)[0] in ("timed_out", "too_large", "truncated", "broken")
