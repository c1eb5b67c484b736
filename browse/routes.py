"""The pages that are ours; all others are datasette's, in our dress."""

from collections.abc import Callable
from typing import Any

from browse import article, doors, front, plots, snapshot
from browse.hooks import hookimpl

_NUMBER = r"(?P<number>\d{1,15})"


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return [
        (r"^/$", front.page),
        (r"^/plots$", plots.page),
        (rf"^/warraq/articles/{_NUMBER}$", article.page),
        (rf"^/warraq/corpus/{_NUMBER}_(?P<id>[0-9a-f]{{16}})\.txt$", article.document),
        (r"^/warraq\.db$", snapshot.download),
        (r"^/robots\.txt$", doors.robots),
    ]
