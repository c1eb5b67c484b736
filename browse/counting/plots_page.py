"""The plots of the corpus and its crawls; a canned query gives the figures of each."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from browse.counting.counts_page import axis_name, period_name, stories_in_words
from browse.counting.svg_charts import Chart, columns, heat, horizontal_bars
from browse.data_words import language_name
from browse.live_database import DATABASE, ResultRow
from browse.outlets import outlet_names
from browse.template_filters import number
from browse.translation import gettext as _
from browse.translation import ngettext
from browse.unchanged_rows import unchanged_query_rows

_MAX_SERIES, _MAX_ROWS = 8, 20
_OTHERS = "others"
# Columns of the queries that hold outlets, which go by their names.
_OUTLETS = ("site", "original")
_SMALL_WIDTH = 380


@dataclass(frozen=True, slots=True)
class Plot:
    """`query` names the canned query; `charts` are pairs of title and chart."""

    query: str
    charts: list[tuple[str, Chart]]


async def render_plots(request: Request, datasette: Datasette) -> Response:
    results, titles = await asyncio.gather(
        asyncio.gather(*(unchanged_query_rows(datasette, query) for query in _PLOTS)),
        outlet_names(datasette),
    )
    names = _distinct(titles)
    results = [[_with_names(row, names) for row in result] for result in results]
    plots = [Plot(query, _draw(query, rows)) for query, rows in zip(_PLOTS, results, strict=True)]
    queries = {query: await _metadata(datasette, query) for query in _PLOTS}
    context: dict[str, Any] = {"plots": plots, "queries": queries}
    return Response.html(await datasette.render_template("plots.html", context, request=request))


def _distinct(titles: dict[str, str]) -> dict[str, str]:
    """Outlets of one name, such as editions in two languages, are told apart by their keys."""
    uses = Counter(titles.values())
    return {
        name: title if uses[title] == 1 else f"{title} ({name})" for name, title in titles.items()
    }


def _with_names(row: ResultRow, names: dict[str, str]) -> ResultRow:
    outlets = {column: row[column] for column in _OUTLETS if row.get(column)}
    return row | {column: names.get(name, name) for column, name in outlets.items()}


def _draw(query: str, rows: list[ResultRow]) -> list[tuple[str, Chart]]:
    charts = _PLOTS[query](rows)
    return [("", charts)] if isinstance(charts, Chart) else charts


async def _metadata(datasette: Datasette, query: str) -> ResultRow:
    """Title and description in the reader's language, where the catalogue has them."""
    query_data = dict(await datasette.get_canned_query(DATABASE, query, None))
    return {key: _(query_data[key]) for key in ("title", "description")}


def days(rows: list[ResultRow]) -> Chart:
    series = _largest(rows, "site", "stories", _MAX_SERIES)
    cells = _cells(rows, "day", "site", "stories", series)
    dates = _every_day(row["day"] for row in rows)
    labels = [axis_name(day, "day") for day in dates]
    names = [period_name(day, day, "day") for day in dates]
    return columns(
        _renamed(cells, dates, names),
        *(names, _with_others(cells, series), stories_in_words),
        labels=labels,
    )


def hours(rows: list[ResultRow]) -> Chart:
    sites = _largest(rows, "site", "stories", _MAX_ROWS)
    cells = {(_name(row["site"]), f"{row['hour']:02}"): row["stories"] for row in rows}
    return heat(cells, sites, [f"{hour:02}" for hour in range(24)], stories_in_words)


def shares(rows: list[ResultRow]) -> Chart:
    totals = [row | {"all": row["stories"] + row["copies"]} for row in rows]
    sites = _largest(totals, "site", "all", _MAX_ROWS)
    kinds = {"stories": _("stories"), "copies": _("copies")}
    cells = {(_name(row["site"]), kinds[kind]): row[kind] for row in rows for kind in kinds}
    return horizontal_bars(cells, sites, list(kinds.values()), number)


def languages(rows: list[ResultRow]) -> Chart:
    named = [row | {"language": language_name(row["language"]) or _("not known")} for row in rows]
    largest = _largest(named, "language", "stories", _MAX_SERIES)
    cells = _cells(named, "site", "language", "stories", largest)
    sites = _largest(named, "site", "stories", _MAX_ROWS)
    return horizontal_bars(cells, sites, _with_others(cells, largest), stories_in_words)


def copying(rows: list[ResultRow]) -> Chart:
    originals = _largest(rows, "original", "copies", 12)
    cells = {(_name(row["site"]), _name(row["original"])): row["copies"] for row in rows}
    return heat(cells, _largest(rows, "site", "copies", _MAX_ROWS), originals, _copies_in_words)


def yields(rows: list[ResultRow]) -> list[tuple[str, Chart]]:
    dates = _every_day(row["day"] for row in rows)
    labels = [axis_name(day, "day") for day in dates]
    names = [period_name(day, day, "day") for day in dates]
    outcomes = {
        "new": _("new"),
        "copies": _("copies"),
        "rejected": _("rejected"),
        "failed": _("failed"),
    }
    charts = []
    for site in sorted({row["site"] for row in rows})[:_MAX_ROWS]:
        own = [row for row in rows if row["site"] == site]
        cells = {(row["day"], outcomes[key]): row[key] for row in own for key in outcomes}
        chart = columns(
            _renamed(cells, dates, names),
            *(names, list(outcomes.values()), number, _SMALL_WIDTH, labels),
        )
        charts.append((site, chart))
    return charts


def cut(rows: list[ResultRow]) -> Chart:
    reasons = _largest(rows, "reason", "lines", _MAX_SERIES)
    cells = _cells(rows, "site", "reason", "lines_a_story", reasons)
    sites = _largest(rows, "site", "lines_a_story", _MAX_ROWS)
    return horizontal_bars(cells, sites, _with_others(cells, reasons), _lines_in_words)


def _copies_in_words(copies: float) -> str:
    return ngettext("%(num)s copy", "%(num)s copies", int(copies)) % {"num": number(copies)}


def _lines_in_words(lines: float) -> str:
    return f"{number(lines)} {_('lines a story')}"


def _renamed(
    cells: dict[tuple[str, str], float], rows: list[str], names: list[str]
) -> dict[tuple[str, str], float]:
    name_of = dict(zip(rows, names, strict=True))
    return {(name_of[row], series): value for (row, series), value in cells.items()}


def _largest(rows: Iterable[ResultRow], column: str, value: str, count: int) -> list[str]:
    totals: Counter[str] = Counter()
    for row in rows:
        totals[_name(row[column])] += row[value]
    return [
        name
        for name, _total in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:count]
    ]


def _cells(
    rows: Iterable[ResultRow], column: str, series: str, value: str, largest: list[str]
) -> dict[tuple[str, str], float]:
    """Values by (row, series); series that are not among the largest are added up."""
    cells: dict[tuple[str, str], float] = {}
    for row in rows:
        name = _name(row[series])
        key = _name(row[column]), name if name in largest else _(_OTHERS)
        cells[key] = round(cells.get(key, 0) + row[value], 2)
    return cells


def _with_others(cells: dict[tuple[str, str], float], series: list[str]) -> list[str]:
    return [*series, *[_(_OTHERS)][: any(name == _(_OTHERS) for _row, name in cells)]]


def _name(value: str | None) -> str:
    return value or _("imported")


def _every_day(days: Iterable[str]) -> list[str]:
    """From the first day to the last, including days without rows."""
    dates = sorted(days)
    if not dates:
        return []
    first, last = date.fromisoformat(dates[0]), date.fromisoformat(dates[-1])
    return [str(first + timedelta(days=n)) for n in range((last - first).days + 1)]


_PLOTS: dict[str, Callable[[list[ResultRow]], Chart | list[tuple[str, Chart]]]] = {
    "days": days,
    "hours": hours,
    "shares": shares,
    "languages": languages,
    "copying": copying,
    "yields": yields,
    "cut": cut,
}
