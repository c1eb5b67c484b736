"""Outlets by their names, for every template: a site's key is for its file."""

from collections.abc import Awaitable, Callable
from typing import Any

from datasette.app import Datasette

from browse.hooks import hookimpl
from browse.live_database import rows
from browse.translation import gettext as _

_NAMES = "SELECT name, title FROM sites WHERE title IS NOT NULL"


async def outlet_names(datasette: Datasette) -> dict[str, str]:
    """By site, of those whose outlet is known by a name of its own."""
    return {row["name"]: row["title"] for row in await rows(datasette, _NAMES)}


@hookimpl
def extra_template_vars(datasette: Datasette) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def names() -> dict[str, Any]:
        """`outlet(site)` is the name of a site's outlet; a story of none was imported."""
        titles = await outlet_names(datasette)

        def outlet(site: str | None) -> str:
            return titles.get(site or "") or site or _("imported")

        return {"outlet": outlet}

    return names
