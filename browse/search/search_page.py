"""`/search`: one page for all stories, with lists to tick; and the same as data, `/search.json`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from browse.data_words import language_name
from browse.http_messages import request_parameters
from browse.live_database import ResultRow
from browse.outlets import outlet_names
from browse.search.search_results import FACETS, RANKED, StoryPage, is_ranked, story_page
from browse.search.search_suggestions import Suggestion, corrected, suggestions
from browse.translation import gettext as _
from browse.unchanged_rows import unchanged_rows
from storage.selection import Selection, SelectionError, parameters, selection_from

_SIZE, _MAX_SIZE = 30, 100
# Values of a list that are shown at once; the others are folded.
_SHOWN = 8
_MAX_LISTED = 300
BEST, NEWEST = "best", "newest"
_CREDITS = (
    "SELECT {0} AS name FROM articles WHERE {0} IS NOT NULL GROUP BY {0} "
    "ORDER BY count(*) DESC, {0} LIMIT 200"
)
# Of an earlier version's addresses.
_OLD_NAMES = {"_search": "q"}


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What an address asks for. `problem`: what of it could not be understood."""

    selection: Selection
    sort: str
    page: int
    size: int
    problem: str = ""

    def pairs(self, **changes: Any) -> list[tuple[str, str]]:
        """The parameters of the address, the page and the usual order left out."""
        changed = replace(self, **changes)
        pairs = parameters(changed.selection)
        pairs += [("sort", changed.sort)] if changed.sort != usual_sort(changed.selection) else []
        pairs += [("size", str(changed.size))] if changed.size != _SIZE else []
        return [*pairs, ("page", str(changed.page))] if changed.page > 1 else pairs

    def address(self, **changes: Any) -> str:
        query = urlencode(self.pairs(**changes))
        return f"/search?{query}" if query else "/search"


def usual_sort(selection: Selection) -> str:
    return BEST if is_ranked(selection) else NEWEST


def read_request(pairs: Sequence[tuple[str, str]]) -> SearchRequest:
    values = dict(pairs)
    problem = ""
    try:
        selection = selection_from(pairs)
    except SelectionError as error:
        problem = str(error)
        selection = _what_can_be_read(pairs)
    sort = values.get("sort", "")
    if sort not in (BEST, NEWEST) or not is_ranked(selection):
        sort = usual_sort(selection)
    size = _number(values.get("size"), _SIZE, _MAX_SIZE)
    return SearchRequest(selection, sort, _number(values.get("page"), 1, 10**6), size, problem)


def _what_can_be_read(pairs: Sequence[tuple[str, str]]) -> Selection:
    """Without the days, or of too many values with the first ones alone."""
    rest = [(name, value) for name, value in pairs if name not in ("since", "until")]
    try:
        return selection_from(rest)
    except SelectionError:
        return selection_from(rest[:_MAX_SIZE])


def _number(text: str | None, default: int, most: int) -> int:
    number = int(text[:9]) if text and text.isascii() and text.isdecimal() else default
    return min(number, most) or default


async def render_search(request: Request, datasette: Datasette) -> Response:
    asked = read_request(request_parameters(request))
    found, meant = await _find(datasette, asked)
    shown_for = None
    if not found.total and meant:
        best = corrected(asked.selection.search, meant)
        instead = replace(asked, selection=replace(asked.selection, search=best), page=1)
        replaced = await _page(datasette, instead)
        shown_for, found = (best, replaced) if replaced.total else (None, found)
    names = await outlet_names(datasette)
    context: dict[str, Any] = {
        "asked": asked,
        "found": found,
        "suggestions": _links(asked, meant),
        "shown_for": shown_for,
        "search": shown_for or asked.selection.search,
        "chips": list(_chips(asked, names)),
        "lists": _lists(found),
        "pages": _pages(asked, found),
        "pairs": parameters(asked.selection),
        "credits": await _credits(datasette),
        "ranked": RANKED,
        "is_ranked": is_ranked(asked.selection),
        "without_filters": asked.address(selection=Selection(asked.selection.search), page=1),
    }
    body = await datasette.render_template("search.html", context, request=request)
    return Response.html(body, status=400 if asked.problem else 200)


async def search_json(request: Request, datasette: Datasette) -> Response:
    """The same page as data; see docs/api.md."""
    asked = read_request(request_parameters(request))
    if asked.problem:
        return Response.json({"ok": False, "error": asked.problem}, status=400)
    found, meant = await _find(datasette, asked)
    more = asked.page * asked.size < found.shown
    here = request.url.partition("?")[0]
    names = await outlet_names(datasette)
    base = here.rpartition("/search")[0]
    return Response.json(
        {
            "ok": True,
            "total": found.total,
            "page": asked.page,
            "size": asked.size,
            "sort": asked.sort,
            "query": _as_lists(parameters(asked.selection)),
            "next": f"{here}?{urlencode(asked.pairs(page=asked.page + 1))}" if more else None,
            "stories": [_as_data(row, names, base) for row in found.stories],
            "counts": {
                name: [{"value": value, "stories": count} for value, count, _ticked in values]
                for name, values in found.facets.items()
            },
            "suggestions": [suggestion.query for suggestion in meant],
        },
    )


async def redirect_search(request: Request) -> Response:
    """An address of an earlier version, with any ending, goes on with its parameters."""
    pairs = [(_OLD_NAMES.get(name, name), value) for name, value in request_parameters(request)]
    kept = [(name, value) for name, value in pairs if not name.startswith("_") and value]
    query = f"?{urlencode(kept)}" if kept else ""
    return Response.redirect(f"/search{request.url_vars['ending'] or ''}{query}", status=301)


async def _find(datasette: Datasette, asked: SearchRequest) -> tuple[StoryPage, list[Suggestion]]:
    found = await _page(datasette, asked)
    search = asked.selection.search
    return found, await suggestions(datasette, search) if search and asked.page == 1 else []


async def _page(datasette: Datasette, asked: SearchRequest) -> StoryPage:
    return await story_page(
        datasette,
        asked.selection,
        best=asked.sort == BEST,
        offset=(asked.page - 1) * asked.size,
        size=asked.size,
    )


async def _credits(datasette: Datasette) -> dict[str, list[str]]:
    return {
        kind: [row["name"] for row in await unchanged_rows(datasette, _CREDITS.format(kind))]
        for kind in ("agency", "author")
    }


def _links(asked: SearchRequest, meant: Iterable[Suggestion]) -> list[tuple[Suggestion, str]]:
    return [
        (
            suggestion,
            asked.address(selection=replace(asked.selection, search=suggestion.query), page=1),
        )
        for suggestion in meant
    ]


def _lists(found: StoryPage) -> list[dict[str, Any]]:
    """The lists to tick: what is ticked and the most frequent values, then the others."""
    titles = {"site": _("Outlets"), "section": _("Sections"), "language": _("Languages")}
    lists = []
    for name, values in found.facets.items():
        first = max(_SHOWN, sum(ticked for *_value, ticked in values))
        shown, more = values[:first], values[first:_MAX_LISTED]
        lists.append({"name": name, "title": titles[name], "shown": shown, "more": more})
    return [entry for entry in lists if entry["shown"]]


def _chips(asked: SearchRequest, names: dict[str, str]) -> Iterable[tuple[str, str, str]]:
    """The filters that are on: name, value, and the address without this one."""
    chosen, labels = asked.selection, _labels()

    def without(field: str, value: Any) -> str:
        changes: dict[str, Any] = {field: value}
        return asked.address(selection=replace(chosen, **changes), page=1)

    for name, field in FACETS.items():
        for value in getattr(chosen, field):
            others = tuple(other for other in getattr(chosen, field) if other != value)
            shown = names.get(value, value) if name == "site" else value
            shown = language_name(value) if name == "language" else shown
            yield name, shown, without(field, others)
    for field in ("agency", "author", "since", "until"):
        if value := getattr(chosen, field):
            yield field, f"{labels[field]} {value}", without(field, "")
    for field in ("without_gone", "without_reserved"):
        if getattr(chosen, field):
            yield field, labels[field], without(field, False)


def _labels() -> dict[str, str]:
    return {
        "agency": _("Agency:"),
        "author": _("Author:"),
        "since": _("From"),
        "until": _("Until"),
        "without_gone": _("Without those gone from their site"),
        "without_reserved": _("Without those whose use is reserved"),
    }


def _pages(asked: SearchRequest, found: StoryPage) -> dict[str, Any]:
    """Addresses of the pages: the first, the last, and those around this one; None is a gap."""
    last = max(1, -(-found.shown // asked.size))
    near = {1, last, *range(max(1, asked.page - 2), min(last, asked.page + 2) + 1)}
    numbers: list[int | None] = []
    for number in sorted(near):
        if numbers and numbers[-1] is not None and number - numbers[-1] > 1:
            numbers.append(None)
        numbers.append(number)
    return {
        "last": last,
        "numbers": [(number, asked.address(page=number) if number else "") for number in numbers],
        "previous": asked.address(page=min(asked.page - 1, last)) if asked.page > 1 else None,
        "next": asked.address(page=asked.page + 1) if asked.page < last else None,
    }


def _as_lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return lists


def _as_data(row: ResultRow, names: dict[str, str], base: str) -> dict[str, Any]:
    kept = {name: row[name] for name in _FIELDS}
    return {
        **kept,
        "outlet": names.get(row["site"], row["site"]),
        "context": row["context"],
        "page": f"{base}/warraq/articles/{row['number']}",
        "copies": [
            {name: copy[name] for name in ("id", "site", "title")} for copy in row["copies"]
        ],
    }


_FIELDS = (
    *("number", "id", "title", "site", "section", "language", "published", "modified"),
    *("first_seen", "url", "source", "agency", "author", "words", "access", "gone_at", "reserved"),
)
