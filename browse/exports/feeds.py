"""Feeds of stories: `/search.atom` and `/search.feed.json`, the newest first, and any other list of
stories of datasette's by the ending `.atom`.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from browse.exports.article_html import article_html
from browse.exports.feed_formats import ATOM, EPOCH, JSON_FEED, Feed, FeedEntry, atom, json_feed
from browse.hooks import hookimpl
from browse.http_messages import absolute_addresses, conditional, request_parameters
from browse.live_database import ResultRow, rows
from browse.search.found_words import CLOSE, OPEN
from browse.template_filters import valid_language, web_address
from storage.article_rows import author_names
from storage.rights import rights_of
from storage.selection import (
    Selection,
    SelectionError,
    conditions,
    parameters,
    selection_from,
)

_ENTRIES, _MAX_ENTRIES = 50, 500
# A page ends early where its texts are longer, and the next one goes on there.
_MAX_CHARS = 4_000_000
# Of one story; the rest is on its page.
_MAX_STORY_CHARS = 400_000
_POSITION = re.compile(r"([0-9TZ:.+-]{0,40}),(\d{1,15})")
_COLUMNS = (
    *("number", "id", "title", "author", "agency", "source", "site", "section", "published"),
    *("modified", "language", "tags", "url", "text", "kinds", "rights", "first_seen", "last_seen"),
)
# The lengths of what is found alone: a text must not go through the sorting.
_FOUND = """
SELECT number, published, (SELECT length(text) FROM articles WHERE number = found.number) AS size
FROM (
    SELECT number, published FROM articles WHERE {where}
    ORDER BY published DESC, number DESC LIMIT :most
) AS found ORDER BY published DESC, number DESC
"""
_ARTICLES = f"""
SELECT {", ".join(f"articles.{name}" for name in _COLUMNS)},
    sites.title AS outlet, sites.homepage,
    (SELECT max(valid_to) FROM revisions WHERE article = number) AS revised
FROM json_each(:numbers) JOIN articles ON number = json_each.value
LEFT JOIN sites ON sites.name = articles.site
ORDER BY json_each.key
"""  # noqa: S608
_RIGHTS = ("license", "copyright", "usage-info")


async def search_atom(request: Request, datasette: Datasette) -> Response:
    return await _answer(request, datasette, ATOM, atom)


async def search_json_feed(request: Request, datasette: Datasette) -> Response:
    return await _answer(request, datasette, JSON_FEED, json_feed)


async def _answer(
    request: Request, datasette: Datasette, media_type: str, write: Callable[[Feed], str]
) -> Response:
    try:
        selection = selection_from(request_parameters(request))
        count, position = _page(request)
    except SelectionError as error:
        return Response.text(f"{error}\n", status=400)
    found = await _found(datasette, selection, count + 1, position)
    shown = _within_bounds(found[:count])
    articles = await rows(
        datasette, _ARTICLES, {"numbers": json.dumps([row["number"] for row in shown])}
    )
    following = _position_of(shown[-1]) if len(found) > len(shown) else None

    def build() -> str:
        return write(_search_feed(datasette, request, selection, articles, following))

    # Five hundred long stories take a second to write.
    body = await asyncio.to_thread(build)
    return conditional(request, body, media_type, _last_change(articles))


def _page(request: Request) -> tuple[int, tuple[str, int] | None]:
    """How many entries, and the time and number that they come after. Raises SelectionError."""
    n, before = request.args.get("n") or str(_ENTRIES), request.args.get("before")
    if not n.isdecimal() or not 0 < int(n[:9]) <= _MAX_ENTRIES:
        raise SelectionError(f"`n` is a number from 1 to {_MAX_ENTRIES}")
    if not before:
        return int(n), None
    match = _POSITION.fullmatch(before)
    if match is None:
        raise SelectionError("`before` is as the feed's link to the next page has it")
    return int(n), (match[1], int(match[2]))


async def _found(
    datasette: Datasette, selection: Selection, most: int, position: tuple[str, int] | None
) -> list[ResultRow]:
    """Numbers, times and lengths, the newest first; those without a time are the last."""
    sql, values = conditions(selection)
    if position:
        time, values["before_number"] = position
        if time:
            values["before_time"] = time
            sql.append(
                "(published < :before_time OR published IS NULL "
                "OR published = :before_time AND number < :before_number)"
            )
        else:
            sql.append("published IS NULL AND number < :before_number")
    # By the `+` the index of times is read from its end, and what is in none of the sets is passed over:
    # looking up each of 83 000 articles that have a word took 800 ms on a busy machine.
    where = " AND ".join(f"+{part}" if part.startswith("number ") else part for part in sql)
    where = where or "true"
    return await rows(datasette, _FOUND.format(where=where), {**values, "most": most})


def _within_bounds(found: Sequence[ResultRow]) -> list[ResultRow]:
    """As many as are no longer than a page may be together; at least one."""
    shown: list[ResultRow] = []
    size = 0
    for row in found:
        size += min(row["size"], _MAX_STORY_CHARS)
        if shown and size > _MAX_CHARS:
            break
        shown.append(row)
    return shown


def _position_of(row: ResultRow) -> str:
    return f"{row['published'] or ''},{row['number']}"


def _search_feed(
    datasette: Datasette,
    request: Request,
    selection: Selection,
    articles: Sequence[ResultRow],
    following: str | None,
) -> Feed:
    query = parameters(selection)
    paging = [("n", n)] if (n := request.args.get("n")) else []
    own = f"{request.path}?{urlencode([*query, *paging])}".rstrip("?")
    older = f"{request.path}?{urlencode([*query, *paging, ('before', following)])}"

    absolute = absolute_addresses(datasette, request)
    return Feed(
        title=feed_title(selection),
        url=absolute(request.full_path if request.args.get("before") else own),
        home=absolute(f"/search?{urlencode(query)}".rstrip("?")),
        updated=_last_change(articles),
        entries=tuple(entry_of(row, absolute) for row in articles),
        following=absolute(older) if following else None,
    )


def feed_title(selection: Selection) -> str:
    """`Warraq: words · site`: what it selects, in the parameters' own words."""
    return f"Warraq: {' · '.join(value for _, value in parameters(selection)) or 'stories'}"


def entry_of(row: Mapping[str, Any], absolute: Callable[[str], str]) -> FeedEntry:
    """A row of `articles` with its outlet, or of any list with at least `id` and `title`. `absolute`
    makes an address of a path.
    """
    number = row.get("number")
    text = row.get("text") or ""
    snippet = (row.get("found") or "").replace(OPEN, "").replace(CLOSE, "")
    shown = row | {"text": text[:_MAX_STORY_CHARS]} if len(text) > _MAX_STORY_CHARS else row  # type: ignore[operator]
    return FeedEntry(
        id=f"urn:warraq:{row['id']}",
        title=row["title"] or "",
        updated=_updated(row),
        published=rfc3339(row["published"]) if row.get("published") else None,
        page=absolute("/warraq" if number is None else f"/warraq/articles/{number}"),
        url=web_address(row.get("url")),
        language=valid_language(row.get("language")),
        authors=author_names(row.get("author")) or tuple(filter(None, [row.get("agency")])),
        outlet=row.get("outlet") or row.get("source") or row.get("site"),
        homepage=web_address(row.get("homepage")),
        section=row.get("section"),
        tags=tuple(json.loads(row.get("tags") or "[]")),
        html=article_html(shown) if text else None,
        summary=snippet,
        rights=_rights(row.get("rights")),
    )


def _rights(packed: str | None) -> str | None:
    statements = [s for s in rights_of(packed).statements if s.until is None]
    return "; ".join(s.value for s in statements if s.term in _RIGHTS)[:1000] or None


def _updated(row: Mapping[str, Any]) -> str:
    """When its text last changed: here, or by its page's own word, which may be a time that is yet to
    come. `modified` alone, of a row that does not say when it was seen.
    """
    seen = row.get("last_seen")
    times = [rfc3339(row.get(name)) for name in ("revised", "modified", "published", "first_seen")]
    known = [time for time in times if seen is None or time <= rfc3339(seen)]
    return max(known, default=EPOCH)


def _last_change(articles: Sequence[Mapping[str, Any]]) -> str:
    """By our own clock: no story can claim to be of next year."""
    times = [row.get("revised") or row.get("first_seen") for row in articles]
    return max(map(rfc3339, times), default=EPOCH)


def rfc3339(time: str | None) -> str:
    """In UTC; a time without a zone is taken as UTC."""
    try:
        moment = datetime.fromisoformat(time or EPOCH)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return EPOCH
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


@hookimpl
def register_output_renderer() -> dict[str, Any]:
    return {"extension": "atom", "render": table_feed, "can_render": is_feed}


def is_feed(columns: list[str]) -> bool:
    return {"title", "id"} <= set(columns)


def table_feed(datasette: Datasette, request: Request, columns: list[str], rows: Any) -> Response:
    """As datasette calls it, by the names of its parameters. Never 304: of a query's answer datasette sets
    the status itself, to 200.
    """
    if not is_feed(columns):
        return Response.text("A feed needs the columns id and title.\n", status=400)
    words = request.args.get("_search") or request.args.get("q") or "stories"
    stories = [dict(zip(columns, tuple(row), strict=True)) for row in rows]
    whole = row_feed(datasette, request, stories, words)
    return Response(atom(whole), content_type=ATOM)


def row_feed(
    datasette: Datasette, request: Request, stories: Sequence[Mapping[str, Any]], title: str
) -> Feed:
    """The feed of any rows that have `id` and `title`."""
    absolute = absolute_addresses(datasette, request)
    home = re.sub(r"\.(atom|feed\.json)", "", request.full_path, count=1)
    entries = _bounded_entries(stories, absolute)
    return Feed(
        title=f"Warraq: {title}",
        url=absolute(request.full_path),
        home=absolute(home),
        updated=max((entry.updated for entry in entries), default=EPOCH),
        entries=tuple(entries),
    )


def _bounded_entries(
    articles: Sequence[Mapping[str, Any]], absolute: Callable[[str], str]
) -> list[FeedEntry]:
    """A list of datasette's has no next page: where its texts grow too long, titles go on without."""
    size, entries = 0, []
    for row in articles:
        size += min(len(row.get("text") or ""), _MAX_STORY_CHARS)
        entry = entry_of(row, absolute)
        entries.append(entry if size <= _MAX_CHARS else replace(entry, html=None))
    return entries
