"""Counts over time: `/counts`, and its figures as `/counts.csv` and `/counts.json`."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Request, Response

from browse.calendars import day_and_month, full_day, month_and_year
from browse.counting.counts import (
    FEW_STORIES,
    MAX_OUTLETS,
    MAX_SEARCHES,
    UNITS,
    CountsRequest,
    Point,
    Series,
    TimeCounts,
    count,
    counts_request,
)
from browse.counting.line_charts import NARROW, SMALL, WIDE, LineChart, Value, highest, line_chart
from browse.http_messages import request_parameters
from browse.live_database import ResultRow
from browse.numerals import in_digits
from browse.template_filters import number
from browse.translation import gettext as _
from browse.translation import interface_locale, ngettext
from browse.unchanged_rows import unchanged_rows
from storage.formats.csv_cells import HarmlessWriter
from storage.selection import Selection, SelectionError, parameters

_BOM = "\ufeff"
_SMALL_LINKED = 70
_LABEL_CHARS, _LABEL_WIDTH = 18, 130
_COLUMNS = ("search", "outlet", "since", "until", "stories", "published", "per_thousand")
# Answered from an index alone.
_OUTLETS = """
SELECT site AS name, coalesce(sites.title, site) AS title, counted.language, stories FROM (
    SELECT site, language, count(*) AS stories FROM articles GROUP BY site, language
) AS counted JOIN sites ON sites.name = site
"""
MAX_CHOICES = 200


async def render_counts(request: Request, datasette: Datasette) -> Response:
    """The page. What cannot be counted is said on it, with the form as it was."""
    pairs = request_parameters(request)
    context: dict[str, Any] = {"units": UNITS, "max_searches": MAX_SEARCHES, "error": ""}
    context |= {"few": FEW_STORIES, "max_outlets": MAX_OUTLETS, "given": pairs}
    context |= await choices(datasette)
    status = 200
    try:
        asked = counts_request(pairs)
        counts = await count(datasette, asked)
    except (SelectionError, QueryInterrupted) as error:
        status, asked = _status(error), CountsRequest(("",), Selection())
        counts = TimeCounts("day", [], {})
        context["error"] = _sentence(error)
    address = urlencode(_address(asked, counts))
    context |= {"asked": asked, "counts": counts, "address": address}
    context |= {"charts": _charts(asked, counts), "table": _table(asked, counts)}
    body = await datasette.render_template("counts.html", context, request=request)
    return Response.html(body, status=status)


async def counts_json(request: Request, datasette: Datasette) -> Response:
    try:
        asked = counts_request(request_parameters(request))
        counts = await count(datasette, asked)
    except (SelectionError, QueryInterrupted) as error:
        return Response.json({"ok": False, "error": _sentence(error)}, status=_status(error))
    series = [
        {
            "search": series.search,
            "outlet": series.site,
            "points": [_figures(p) for p in series.points],
        }
        for series in counts.series
    ]
    among = dict(_listed(asked.among))
    data: dict[str, Any] = {"by": counts.unit, "timezone": "UTC", "among": among}
    data |= {"undated": counts.undated, "before": counts.before}
    return Response.json(data | {"other_outlets": counts.other_outlets, "series": series})


async def counts_csv(request: Request, datasette: Datasette) -> Response:
    """With a byte order mark, by which Excel knows that it is UTF-8."""
    try:
        counts = await count(datasette, counts_request(request_parameters(request)))
    except (SelectionError, QueryInterrupted) as error:
        return Response.text(_sentence(error) + "\n", status=_status(error))
    file = io.StringIO()
    writer = HarmlessWriter(file)
    writer.writerow(_COLUMNS)
    for series in counts.series:
        for point in series.points:
            writer.writerow([series.search, series.site or "", *_figures(point).values()])
    return Response(
        _BOM + file.getvalue(),
        headers={"Content-Disposition": 'attachment; filename="counts.csv"'},
        content_type="text/csv; charset=utf-8",
    )


def _sentence(error: Exception) -> str:
    if isinstance(error, SelectionError):
        return str(error)
    return _("Counting this takes too long: fewer searches or a shorter period would do.")


def _status(error: Exception) -> int:
    return 400 if isinstance(error, SelectionError) else 503


async def choices(datasette: Datasette) -> dict[str, Any]:
    """The outlets by name and the languages by code that there are to choose from."""
    found = await unchanged_rows(datasette, _OUTLETS)
    outlets = {row["name"]: {"name": row["name"], "title": row["title"]} for row in found}
    languages: dict[str, int] = {}
    for row in found:
        if row["language"]:
            languages[row["language"]] = languages.get(row["language"], 0) + row["stories"]
    return {
        "outlets": sorted(outlets.values(), key=lambda row: row["title"].casefold()),
        "languages": sorted(languages, key=lambda code: (-languages[code], code)),
        "max_choices": MAX_CHOICES,
    }


def _figures(point: Point) -> dict[str, Any]:
    share = point.per_thousand
    return {
        "since": point.since,
        "until": point.until,
        "stories": point.stories,
        "published": point.published,
        "per_thousand": None if share is None else round(share, 3),
    }


def _listed(selection: Selection) -> Iterable[tuple[str, Any]]:
    grouped: dict[str, list[str]] = {}
    for name, value in parameters(selection):
        grouped.setdefault(name, []).append(value)
    return grouped.items()


def _address(asked: CountsRequest, counts: TimeCounts) -> list[tuple[str, str]]:
    """Parameters that count the same, whatever is the default one day; the unit is the one shown."""
    searches = [("q", search) for search in asked.searches if search]
    split = [("split", "outlet")] if asked.by_outlet else []
    shown = [("by", counts.unit), ("show", asked.measure)]
    return [*searches, *parameters(asked.among), *shown, *split]


def search_address(search: str, among: Selection, site: str | None, point: Point) -> str:
    """Where the stories of a point are."""
    pairs = [(name, value) for name, value in parameters(among) if name not in ("since", "until")]
    if site is not None:
        pairs = [*((n, v) for n, v in pairs if n != "site"), ("site", site)]
    query = [("q", search)] if search else []
    return f"/search?{urlencode([*query, *pairs, ('since', point.since), ('until', point.until)])}"


def period_name(since: str, until: str, unit: str) -> str:
    """In the words of the reader's calendar."""
    first, locale = date.fromisoformat(since), interface_locale()
    if unit == "year":
        return in_digits(since[:4], locale)
    if unit == "month":
        return month_and_year(first, locale)
    if unit == "day" or since == until:
        return full_day(first, locale)
    return f"{day_and_month(first, locale)} – {full_day(date.fromisoformat(until), locale)}"


def axis_name(since: str, unit: str) -> str:
    if unit in ("month", "year"):
        return period_name(since, since, unit)
    return day_and_month(date.fromisoformat(since), interface_locale())


def share_text(share: float | None) -> str:
    """Stories in a thousand, or a dash where there is none to be a share of."""
    return "–" if share is None else number(round(share, 1 if share < 100 else None))


def _charts(asked: CountsRequest, counts: TimeCounts) -> list[dict[str, Any]]:
    """A chart of all searches, wide and narrow; or a small one of an outlet each, with one scale."""
    if not any(series.points for series in counts.series):
        return []
    groups: dict[str | None, list[Series]] = {}
    for series in counts.series:
        groups.setdefault(series.site, []).append(series)
    lines = {
        site: [_values(asked, counts, series) for series in own] for site, own in groups.items()
    }
    names = [axis_name(point.since, counts.unit) for point in counts.series[0].points]
    if not asked.by_outlet:
        [values] = lines.values()
        label_width = _LABEL_WIDTH if len(values) > 1 else 0
        wide = line_chart(values, names, width=WIDE, label_width=label_width)
        narrow = line_chart(values, names, width=NARROW, height=240)
        return [{"site": None, "wide": wide, "narrow": narrow}]
    top = max(map(highest, lines.values()))
    return [
        {"site": site, "wide": _small(values, names, top), "narrow": None}
        for site, values in lines.items()
    ]


def _small(values: Sequence[Any], names: list[str], top: float) -> LineChart:
    chart = line_chart(values, names, width=SMALL, height=150, top=top)
    # Links that lie this close can be pointed at no more.
    return chart if len(names) <= _SMALL_LINKED else replace(chart, targets=[])


def _values(asked: CountsRequest, counts: TimeCounts, series: Series) -> tuple[str, list[Value]]:
    label = series.search or _("all stories")
    short = label if len(label) <= _LABEL_CHARS else label[: _LABEL_CHARS - 1] + "…"
    values = []
    for point in series.points:
        height = float(point.stories) if asked.measure == "number" else point.per_thousand
        href = (
            search_address(series.search, asked.among, series.site, point) if point.stories else ""
        )
        title = f"{period_name(point.since, point.until, counts.unit)} · {label}: {_said(point)}"
        is_hollow = asked.measure == "share" and point.is_uncertain
        values.append(Value(height if point.published else None, title, href, is_hollow))
    return short, values


def stories_in_words(stories: float) -> str:
    count = int(stories)
    return ngettext("%(num)s story", "%(num)s stories", count) % {"num": number(count)}


def _said(point: Point) -> str:
    """A point's figures in words."""
    stories = stories_in_words(point.stories)
    share = _("%(share)s of 1,000") % {"share": share_text(point.per_thousand)}
    return f"{stories}, {share}"


def _table(asked: CountsRequest, counts: TimeCounts) -> list[dict[str, Any]]:
    """A row for each period, the newest first, with the figures of each search; one table an outlet."""
    groups: dict[str | None, list[Series]] = {}
    for series in counts.series:
        groups.setdefault(series.site, []).append(series)
    return [
        {
            "site": site,
            "searches": [series.search for series in own],
            "rows": _rows(asked, counts, own),
        }
        for site, own in groups.items()
    ]


def _rows(asked: CountsRequest, counts: TimeCounts, own: list[Series]) -> list[ResultRow]:
    rows = []
    for points in zip(*(series.points for series in own), strict=True):
        cells = [
            {
                "stories": point.stories,
                "share": share_text(point.per_thousand),
                "href": search_address(series.search, asked.among, series.site, point),
            }
            for series, point in zip(own, points, strict=True)
        ]
        name = period_name(points[0].since, points[0].until, counts.unit)
        few = points[0].is_uncertain
        rows.append({"name": name, "published": points[0].published, "few": few, "cells": cells})
    return rows[::-1]
