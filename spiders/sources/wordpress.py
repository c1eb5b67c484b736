"""Reading a WordPress REST interface: new and edited posts, and the archive bit by bit."""

from collections.abc import Sequence

from items import Link, Validators
from spiders.crawl_resources import SourceRead
from spiders.fetching.errors import describe_error
from spiders.fetching.fetch import Fetched, Unreachable
from spiders.sources.context import SourceContext, SourceProblem, sum_reads
from spiders.sources.wordpress_api import parse_response
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
from storage.archive.rest_responses import RestResponse
from text.timestamps import utc_now

_QUESTIONS = 100  # in one crawl; the next one goes on


class ServerOverloaded(SourceProblem):
    """The server failed at the question."""


async def read_wordpress(context: SourceContext, root: str) -> SourceRead:
    cursor = first_cursor(read_cursor(context.validators(root).cursor), context.site)
    reads: list[SourceRead] = []
    for _ in range(_QUESTIONS):
        url = cursor_query(cursor, root, context.site)
        if url is None or (cursor.phase == "backfill" and reads and context.has_enough):
            break
        try:
            read, cursor = await _ask(context, root, url, cursor)
        except (Unreachable, ServerOverloaded) as problem:
            # A small host can fail at 100 posts with their bodies and manage 50, or 25.
            fewer = smaller_page(cursor) if _was_too_much(problem) else None
            if fewer is None:
                raise
            cursor = fewer
        else:
            reads.append(read)
    return sum_reads(reads or [SourceRead("wordpress", root)])


async def _ask(
    context: SourceContext, root: str, url: str, cursor: Cursor
) -> tuple[SourceRead, Cursor]:
    answer = await context.request(url, {})
    if answer.status in (429, 503):
        raise SourceProblem(f"answers {answer.status}", answer.status)
    if answer.status >= 500:
        raise ServerOverloaded(f"answers {answer.status}", answer.status)
    found = parse_response(answer.status, answer.headers, answer.body, context.site)
    after = advance_cursor(cursor, found, utc_now())
    kept = Validators(root, cursor=write_cursor(after))
    archived = await _archived(context, answer, found.links)
    with context.session.recorder.transaction():
        read = context.add(SourceRead("wordpress", root, answer.status), found.links, kept)
        if archived:
            context.session.recorder.insert_response(context.site.name, *archived, found.links)
    return read, after


async def _archived(
    context: SourceContext, answer: Fetched, links: Sequence[Link]
) -> tuple[RestResponse, Pointer] | None:
    """The answer in the archive, where it brings a body that was not known."""
    db = context.session.database
    if not answer.exchange or all(
        not link.html or frontier.is_old_news(db, link) for link in links
    ):
        return None
    whole = RestResponse(answer.exchange, answer.body, utc_now())
    at = await context.session.archive_response(whole)
    return (whole, at) if at else None


def _was_too_much(problem: Exception) -> bool:
    cause = problem.__cause__
    if cause is None:
        return True
    return describe_error(cause)[0] in ("timed_out", "too_large", "truncated", "broken")
