"""The watches: what each searches for, how often it found something, the last of it, and its feeds."""

import json
import re
import shlex
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from browse.counting.svg_charts import spark
from browse.exports.feed_formats import ATOM, JSON_FEED, Feed, atom, json_feed
from browse.exports.feeds import row_feed
from browse.hooks import hookimpl
from browse.http_messages import absolute_addresses, conditional
from browse.live_database import ResultRow, rows
from browse.template_filters import inert
from browse.translation import gettext as _
from storage.search_query import finds_nothing
from storage.selection import Selection, SelectionError, parameters, selection_from
from storage.watches.deliveries import CHANNELS_SQL
from storage.watches.rows import FOUND_SQL, WATCHES_SQL, watch_name

_DAYS, _LATEST, _IN_FEED = 30, 5, 100
_BY_DAY = """
SELECT watch, day.value AS day, (
    SELECT count(*) FROM _watch_matches AS found WHERE found.watch = _watches.watch
    AND found_at >= day.value AND found_at < day.value || 'Z' AND NOT silent) AS matches
FROM _watches CROSS JOIN json_each(:days) AS day
"""
# Letters of any language: a name is made of the first words that have some.
_WORD = re.compile(r"[^\W_]+")
_NAME_WORDS, _NAME_CHARS = 3, 40
_FLAGS = {
    "site": "--site",
    "language": "--language",
    "section": "--section",
    "agency": "--agency",
    "author": "--author",
    "since": "--since",
    "until": "--until",
}


async def render_watches(request: Request, datasette: Datasette) -> Response:
    context: dict[str, Any] = {"watches": await summaries(datasette, datetime.now(UTC))}
    return Response.html(await datasette.render_template("watches.html", context, request=request))


async def summaries(datasette: Datasette, now: datetime) -> list[ResultRow]:
    """Each watch with its last matches, its figures by day, and how its ways of telling are doing."""
    days = [f"{now - timedelta(days=n):%Y-%m-%d}" for n in reversed(range(_DAYS))]
    counts = await rows(datasette, _BY_DAY, {"days": json.dumps(days)})
    by_day = {(row["watch"], row["day"]): row["matches"] for row in counts}
    found = await rows(datasette, FOUND_SQL, {"watch": None, "most": _LATEST})
    channels = await rows(datasette, CHANNELS_SQL)
    return [
        row
        | {
            "criteria": parse_qsl(row["parameters"]),
            "spark": spark([by_day.get((row["watch"], day), 0) for day in days], 168, 30),
            "recent": sum(by_day.get((row["watch"], day), 0) for day in days),
            "channels": [own for own in channels if own["watch"] == row["name"]],
            "found": [own for own in found if own["watch"] == row["watch"]],
        }
        for row in await rows(datasette, WATCHES_SQL)
    ]


async def watch_atom(request: Request, datasette: Datasette) -> Response:
    """What a watch has found, the newest first by when it was found."""
    return conditional(request, atom(await _feed(request, datasette)), ATOM)


async def watch_json_feed(request: Request, datasette: Datasette) -> Response:
    """The same as JSON Feed 1.1."""
    return conditional(request, json_feed(await _feed(request, datasette)), JSON_FEED)


async def _feed(request: Request, datasette: Datasette) -> Feed:
    watch, found = await _found(request, datasette)
    # A reader of feeds sorts by when a story changed: here it is new when it was found.
    stories = [row | {"modified": row["found_at"]} for row in found]
    pages = absolute_addresses(datasette, request)("/watches")
    return replace(row_feed(datasette, request, stories, watch["name"]), home=pages)


async def _found(request: Request, datasette: Datasette) -> tuple[ResultRow, list[ResultRow]]:
    name = unquote(request.url_vars["name"])
    known = [row for row in await rows(datasette, WATCHES_SQL) if row["name"] == name]
    if not known:
        raise NotFound(_("There is no such watch"))
    values = {"watch": known[0]["watch"], "most": _IN_FEED}
    return known[0], await rows(datasette, FOUND_SQL, values)


@hookimpl
def extra_template_vars(request: Request | None) -> dict[str, Any]:
    """`watch_command()` is the command that keeps the search of this page's address as a watch."""
    query = request.query_string if request else ""
    return {"watch_command": lambda: watch_command(parse_qsl(query))}


def watch_command(pairs: list[tuple[str, str]]) -> str:
    """For a shell; empty where the parameters select nothing in particular, or cannot be read."""
    try:
        selection = selection_from(pairs)
    except SelectionError:
        return ""
    chosen = parameters(selection)
    if not chosen or (selection.search and finds_nothing(selection.search)):
        return ""
    # With an `=`, or after `--`: a value may begin with a dash.
    options = [f"{_FLAGS[name]}={value}" for name, value in chosen if name in _FLAGS]
    query = [selection.search] if selection.search else []
    if selection.search.startswith("-"):
        words = [*options, "--", suggested_name(selection), *query]
    else:
        words = [suggested_name(selection), *query, *options]
    return shlex.join(_one_line(word) for word in ("warraq", "watch", "add", *words))


def _one_line(word: str) -> str:
    """A pasted line break would run what is before it."""
    return " ".join(str(inert(word)).split())


def suggested_name(selection: Selection) -> str:
    texts = (selection.search, *selection.sites, *selection.sections, selection.author)
    words = _WORD.findall(" ".join(texts).lower()[:500])[:_NAME_WORDS]
    name = "-".join(words)[:_NAME_CHARS].strip("-") or "watch"
    try:
        return watch_name(name)
    except ValueError:  # letters with signs of their own
        return "watch"
