"""The corpus and its crawls in pictures; the figures of each are a canned query."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from browse.queries import Answer, answers
from browse.svg_charts import Chart, columns, heat, horizontal_bars

_MOST_SERIES, _MOST_ROWS = 8, 20
_OTHERS = "others"
_SMALL = 380
_ERRORS = ("new", "copies", "rejected", "failed")


@dataclass(frozen=True, slots=True)
class Plot:
    """`query` names the canned query with the figures; several charts are one for each title."""

    query: str
    charts: list[tuple[str, Chart]]


async def render_plots(request: Request, datasette: Datasette) -> Response:
    found = await asyncio.gather(*(answers(datasette, query) for query in _DRAWN))
    made = [Plot(query, _drawn(query, rows)) for query, rows in zip(_DRAWN, found, strict=True)]
    about = {query: await _about(datasette, query) for query in _DRAWN}
    context: dict[str, Any] = {"plots": made, "about": about}
    return Response.html(await datasette.render_template("plots.html", context, request=request))


def _drawn(query: str, found: list[Answer]) -> list[tuple[str, Chart]]:
    drawn = _DRAWN[query](found)
    return [("", drawn)] if isinstance(drawn, Chart) else drawn


async def _about(datasette: Datasette, query: str) -> Answer:
    return dict(await datasette.get_canned_query("warraq", query, None))


def days(found: list[Answer]) -> Chart:
    series = _largest(found, "site", "stories", _MOST_SERIES)
    cells = _cells(found, "day", "site", "stories", series)
    return columns(cells, _every_day(row["day"] for row in found), _named(cells, series), "stories")


def hours(found: list[Answer]) -> Chart:
    sites = _largest(found, "site", "stories", _MOST_ROWS)
    cells = {(_name(row["site"]), f"{row['hour']:02}"): row["stories"] for row in found}
    return heat(cells, sites, [f"{hour:02}" for hour in range(24)], "stories")


def shares(found: list[Answer]) -> Chart:
    ran = [row | {"all": row["stories"] + row["copies"]} for row in found]
    sites = _largest(ran, "site", "all", _MOST_ROWS)
    cells = {(row["site"], kind): row[kind] for row in found for kind in ("stories", "copies")}
    return horizontal_bars(cells, sites, ["stories", "copies"], "")


def copying(found: list[Answer]) -> Chart:
    originals = _largest(found, "original", "copies", 12)
    cells = {(_name(row["site"]), _name(row["original"])): row["copies"] for row in found}
    return heat(cells, _largest(found, "site", "copies", _MOST_ROWS), originals, "copies")


def yields(found: list[Answer]) -> list[tuple[str, Chart]]:
    names = _every_day(row["day"] for row in found)
    charts = []
    for site in sorted({row["site"] for row in found})[:_MOST_ROWS]:
        own = [row for row in found if row["site"] == site]
        cells = {(row["day"], what): row[what] for row in own for what in _ERRORS}
        charts.append((site, columns(cells, names, _ERRORS, "", _SMALL)))
    return charts


def cut(found: list[Answer]) -> Chart:
    reasons = _largest(found, "reason", "lines", _MOST_SERIES)
    cells = _cells(found, "site", "reason", "lines_a_story", reasons)
    sites = _largest(found, "site", "lines_a_story", _MOST_ROWS)
    return horizontal_bars(cells, sites, _named(cells, reasons), "lines a story")


def _largest(found: Iterable[Answer], column: str, value: str, most: int) -> list[str]:
    totals: Counter[str] = Counter()
    for row in found:
        totals[_name(row[column])] += row[value]
    return [name for name, _ in sorted(totals.items(), key=lambda one: (-one[1], one[0]))[:most]]


def _cells(
    found: Iterable[Answer], column: str, series: str, value: str, known: list[str]
) -> dict[tuple[str, str], float]:
    """Series that are not among the largest are put together."""
    cells: dict[tuple[str, str], float] = {}
    for row in found:
        name = _name(row[series])
        key = _name(row[column]), name if name in known else _OTHERS
        cells[key] = round(cells.get(key, 0) + row[value], 2)
    return cells


def _named(cells: dict[tuple[str, str], float], series: list[str]) -> list[str]:
    return [*series, *[_OTHERS][: any(name == _OTHERS for _, name in cells)]]


def _name(value: str | None) -> str:
    return value or "no site"


def _every_day(days: Iterable[str]) -> list[str]:
    """From the first day to the last, those without anything as well."""
    known = sorted(days)
    if not known:
        return []
    first, last = date.fromisoformat(known[0]), date.fromisoformat(known[-1])
    return [str(first + timedelta(days=n)) for n in range((last - first).days + 1)]


_DRAWN: dict[str, Callable[[list[Answer]], Chart | list[tuple[str, Chart]]]] = {
    "days": days,
    "hours": hours,
    "shares": shares,
    "copying": copying,
    "yields": yields,
    "cut": cut,
}
