"""Outlets by their names, for every template: a site's key is for its file."""

from collections.abc import Awaitable, Callable
from typing import Any

from datasette.app import Datasette

from browse.hooks import hookimpl
from browse.live_database import rows
from browse.translation import gettext as _

_NAMES = "SELECT name, title FROM sites WHERE title IS NOT NULL"


@hookimpl
def extra_template_vars(datasette: Datasette) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def names() -> dict[str, Any]:
        """`outlet(site)` is the name of a site's outlet; a story of none was imported."""
        titles = {row["name"]: row["title"] for row in await rows(datasette, _NAMES)}

        def outlet(site: str | None) -> str:
            return titles.get(site) or site or _("imported")

        return {"outlet": outlet}

    return names
