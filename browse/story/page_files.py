"""A story's archived page to take along: its WARC records, its text, its source. Never as live HTML."""

import asyncio
from collections.abc import Callable
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from browse.live_database import ResultRow
from browse.story.page_text import source_text, visible_text
from browse.story.story_outlets import article_row_of, copy_row_of
from browse.story.story_record import MAX_FETCHES, LocatedPage, archive_of, locate_fetches, read
from browse.translation import gettext as _
from items import Page
from storage.archive.read_pages import ArchiveError, page_of

_SEALED = {"Content-Security-Policy": "sandbox; default-src 'none'"}


async def page_warc(request: Request, datasette: Datasette) -> Response:
    """The records of a fetch as they are in the archive, with a warcinfo record in front."""
    row, found = await _fetches(request, datasette)
    folder = archive_of(datasette)

    def records(fetch: LocatedPage) -> bytes:
        return b"".join(read(folder, fetch).members)

    name = f"warraq-{row['id']}.warc.gz"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **_SEALED}
    body = await _first_readable(found, records)
    return Response(body, headers=headers, content_type="application/warc")


async def page_text(request: Request, datasette: Datasette) -> Response:
    """All of the page's text, without markup."""
    return await _as_text(request, datasette, visible_text, "page.txt")


async def page_source(request: Request, datasette: Datasette) -> Response:
    """The page's source as text."""
    return await _as_text(request, datasette, source_text, "source.txt")


async def _as_text(
    request: Request, datasette: Datasette, text_of: Callable[[Page], str], name: str
) -> Response:
    row, found = await _fetches(request, datasette)
    folder = archive_of(datasette)

    def text(fetch: LocatedPage) -> str:
        if fetch.page is None:
            raise ArchiveError("its file is not in the archive any more")
        page = page_of(folder, fetch.page)
        return "\n".join(text_of(part) for part in (page, *page.later))

    headers = {"Content-Disposition": f'inline; filename="warraq-{row["id"]}.{name}"', **_SEALED}
    return Response.text(await _first_readable(found, text), headers=headers)


async def _fetches(request: Request, datasette: Datasette) -> tuple[ResultRow, list[LocatedPage]]:
    """The row of the article or the copy, and its fetches; with `?fetch=K` that one alone."""
    names = request.url_vars
    if "number" in names:
        row = await article_row_of(datasette, int(names["number"]))
    else:
        row = await copy_row_of(datasette, names["id"])
    wanted = request.args.get("fetch")
    found = await locate_fetches(datasette, row["id"], MAX_FETCHES if wanted is None else 10_000)
    if wanted is not None:
        found = [fetch for fetch in found if str(fetch.row["page"]) == wanted]
    if not found:
        raise NotFound(_("No page of this story is in the archive"))
    return row, found


async def _first_readable(found: list[LocatedPage], make: Callable[[LocatedPage], Any]) -> Any:
    """Of the newest fetch that can be read; a page may take a second, and others do not wait for it."""
    for fetch in found:
        try:
            return await asyncio.to_thread(make, fetch)
        except ArchiveError:
            continue
    raise NotFound(_("The page's file is not in the archive any more"))
