"""The pages that datasette does not have; all others are datasette's, with our templates.

A module of its own: datasette looks for the hook in registered modules, and app.py, which registers
them, would have to register itself.
"""

from collections.abc import Callable
from typing import Any

from browse import access, front_page, live_database, plots_page, story_page
from browse.hooks import hookimpl

_NUMBER = r"(?P<number>\d{1,15})"


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return [
        (r"^/$", front_page.render_front),
        (r"^/plots$", plots_page.render_plots),
        (rf"^/warraq/articles/{_NUMBER}$", story_page.render_story),
        (rf"^/warraq/corpus/{_NUMBER}_(?P<id>[0-9a-f]{{16}})\.txt$", story_page.story_document),
        (r"^/warraq\.db$", live_database.download),
        (r"^/robots\.txt$", access.robots_txt),
    ]
