"""The pages that datasette does not have; all others are datasette's, with our templates.

A module of its own: datasette looks for the hook in registered modules, and app.py, which registers
them, would have to register itself.
"""

import errno
from collections.abc import Callable
from typing import Any

from datasette.utils.asgi import Response

from browse import access, front_page, live_database, translation, watches_page
from browse.counting import counts_page, outlet_page, plots_page, words_page
from browse.exports import downloads, feeds
from browse.hooks import hookimpl
from browse.search import search_page
from browse.story import compare_page, event_page, page_files, story_page

_NO_PATH = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR)
_NUMBER = r"(?P<number>\d{1,15})"
_COPY = r"(?P<id>[0-9a-f]{16})"
_TEXTS = (rf"^/warraq/articles/{_NUMBER}", rf"^/warraq/copies/{_COPY}")


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return [
        (r"^/$", front_page.render_front),
        (r"^/plots$", plots_page.render_plots),
        (r"^/search$", search_page.render_search),
        (r"^/search\.json$", search_page.search_json),
        (r"^/warraq/search(?P<ending>\.[a-z.]{1,12})?$", search_page.redirect_search),
        (r"^/watches$", watches_page.render_watches),
        (r"^/watches/(?P<name>[^/]{1,800})\.atom$", watches_page.watch_atom),
        (r"^/watches/(?P<name>[^/]{1,800})\.feed\.json$", watches_page.watch_json_feed),
        (r"^/counts$", counts_page.render_counts),
        (r"^/counts\.csv$", counts_page.counts_csv),
        (r"^/counts\.json$", counts_page.counts_json),
        (r"^/outlets$", outlet_page.render_outlets),
        (r"^/outlets/(?P<name>.+)$", outlet_page.render_outlet),
        (r"^/words$", words_page.render_words),
        (r"^/words\.csv$", words_page.words_csv),
        (r"^/words\.json$", words_page.words_json),
        (rf"^/warraq/articles/{_NUMBER}$", story_page.render_story),
        (rf"^/warraq/articles/{_NUMBER}/compare$", compare_page.render_comparison),
        (rf"^/warraq/copies/{_COPY}$", story_page.render_copy),
        *((rf"{text}/page\.warc\.gz$", page_files.page_warc) for text in _TEXTS),
        *((rf"{text}/page\.txt$", page_files.page_text) for text in _TEXTS),
        *((rf"{text}/page\.source\.txt$", page_files.page_source) for text in _TEXTS),
        (rf"^/warraq/articles/{_NUMBER}/event$", event_page.render_event),
        (rf"^/warraq/articles/{_NUMBER}/event\.json$", event_page.event_json),
        (rf"^/warraq/corpus/{_NUMBER}_(?P<id>[0-9a-f]{{16}})\.txt$", story_page.story_document),
        (r"^/search\.atom$", feeds.search_atom),
        (r"^/search\.feed\.json$", feeds.search_json_feed),
        (rf"^/search\.(?P<ending>{downloads.ENDINGS})$", downloads.download),
        (
            rf"^/warraq/articles/{_NUMBER}\.(?P<ending>{downloads.STORY_ENDINGS})$",
            downloads.story_file,
        ),
        (r"^/warraq\.db$", live_database.download),
        (r"^/language$", translation.choose_language),
        (r"^/robots\.txt$", access.robots_txt),
    ]


@hookimpl
def handle_exception(exception: Exception) -> Response | None:
    """404 for a path that no file can have; datasette knows of those that no file has."""
    is_no_path = isinstance(exception, OSError) and exception.errno in _NO_PATH
    return Response.text("Not found.\n", 404) if is_no_path else None
