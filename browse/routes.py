"""The pages that datasette does not have; all others are datasette's, with our templates.

A module of its own: datasette looks for the hook in registered modules, and app.py, which registers
them, would have to register itself.
"""

import errno
from collections.abc import Callable
from typing import Any

from datasette.utils.asgi import Response

from browse import (
    access,
    event_page,
    front_page,
    live_database,
    plots_page,
    story_page,
    translation,
)
from browse.hooks import hookimpl

_NO_PATH = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR)
_NUMBER = r"(?P<number>\d{1,15})"


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return [
        (r"^/$", front_page.render_front),
        (r"^/plots$", plots_page.render_plots),
        (rf"^/warraq/articles/{_NUMBER}$", story_page.render_story),
        (rf"^/warraq/articles/{_NUMBER}/event$", event_page.render_event),
        (rf"^/warraq/articles/{_NUMBER}/event\.json$", event_page.event_json),
        (rf"^/warraq/corpus/{_NUMBER}_(?P<id>[0-9a-f]{{16}})\.txt$", story_page.story_document),
        (r"^/warraq\.db$", live_database.download),
        (r"^/language$", translation.choose_language),
        (r"^/robots\.txt$", access.robots_txt),
    ]


@hookimpl
def handle_exception(exception: Exception) -> Response | None:
    """404 for a path that no file can have; datasette knows of those that no file has."""
    is_no_path = isinstance(exception, OSError) and exception.errno in _NO_PATH
    return Response.text("Not found.\n", 404) if is_no_path else None
