"""`/outlets`, all outlets with their figures, and `/outlets/NAME`, what is known of one."""

import asyncio
from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

from babel.dates import get_day_names
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from browse.counting.counts import fitting_unit, periods
from browse.counting.counts_page import axis_name, period_name, stories_in_words
from browse.counting.svg_charts import Chart, columns, heat, spark
from browse.live_database import ResultRow, query_rows, rows
from browse.translation import gettext as _
from browse.translation import language
from browse.unchanged_rows import unchanged_query_rows, unchanged_rows

_SPARK_DAYS = 14
# The newest stories, of which sections, authors and agencies are counted, and cut lines.
NEWEST, NEWEST_CUT = 5000, 1000
_TOP = 12
_HOURS = [f"{hour:02}" for hour in range(24)]

_STORIES = """
SELECT site, count(*) AS stories, min(published) AS first, max(published) AS last
FROM articles GROUP BY site
"""
_NEW = """
SELECT site, substr(first_seen, 1, 10) AS day, count(*) AS stories,
    sum(first_seen >= :since) AS new
FROM articles WHERE site IN (SELECT name FROM sites) AND first_seen >= :day GROUP BY site, day
UNION ALL SELECT NULL, substr(first_seen, 1, 10) AS day, count(*), sum(first_seen >= :since)
FROM articles WHERE site IS NULL AND first_seen >= :day GROUP BY day
"""
_SITES = "SELECT name, title, last_crawl, suspect_reason FROM sites"

_SITE = "SELECT * FROM sites WHERE name = :site"
# In one query, since each waits for a connection of its own.
_FIGURES = """
SELECT (SELECT count(*) FROM articles WHERE site = :site) AS stories,
    (SELECT count(*) FROM articles WHERE site = :site AND published IS NULL) AS undated,
    (SELECT count(*) FROM articles WHERE site = :site AND first_seen >= :since) AS new,
    (SELECT count(*) FROM articles WHERE site = :site AND gone_at IS NOT NULL) AS gone,
    (SELECT min(published) FROM articles WHERE site = :site) AS first,
    (SELECT max(published) FROM articles WHERE site = :site) AS last,
    (SELECT count(*) FROM copies WHERE site = :site) AS copies
"""
_BY_HOUR = """
SELECT substr(published, 1, 13) AS hour, count(*) AS stories
FROM articles WHERE site = :site AND published IS NOT NULL GROUP BY hour
"""
_LANGUAGES = """
SELECT language, count(*) AS stories FROM articles WHERE site = :site
GROUP BY language ORDER BY stories DESC, language
"""
_NEWEST = f"""
SELECT kind, value, count(*) AS stories FROM (
    WITH newest AS MATERIALIZED (
        SELECT section, author, agency, reserved FROM articles WHERE site = :site
        ORDER BY published DESC LIMIT {NEWEST}
    )
    SELECT 'section' AS kind, section AS value FROM newest
    UNION ALL SELECT 'author', author FROM newest
    UNION ALL SELECT 'agency', agency FROM newest
    UNION ALL SELECT 'reserved', reserved FROM newest
) WHERE value IS NOT NULL AND value <> '' GROUP BY kind, value ORDER BY stories DESC, value
"""  # noqa: S608
_CUT = f"""
SELECT reason, count(*) AS lines, count(DISTINCT article) AS stories, min(text) AS example FROM (
    SELECT number FROM articles WHERE site = :site ORDER BY published DESC LIMIT {NEWEST_CUT}
) JOIN removed_lines ON article = number GROUP BY reason ORDER BY lines DESC, reason
"""  # noqa: S608
_LEARNED = """
SELECT text, state, articles, share FROM boilerplate WHERE site = :site
ORDER BY articles DESC, text LIMIT 12
"""
_CRAWLS = """
SELECT started, outcome, new, revised, copies, rejected, failed, trouble FROM crawls
WHERE site = :site ORDER BY started DESC, crawl DESC LIMIT 8
"""
_PACE = """
SELECT key, value FROM _site_state WHERE site = :site AND key IN ('crawl_delay', 'retry_after')
"""


async def render_outlets(request: Request, datasette: Datasette) -> Response:
    now = datetime.now(UTC)
    days = [f"{now - timedelta(days=n):%Y-%m-%d}" for n in reversed(range(_SPARK_DAYS))]
    since = f"{now - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    stories, new, sites, copying, suspects = await asyncio.gather(
        unchanged_rows(datasette, _STORIES),
        rows(datasette, _NEW, {"since": since, "day": days[0]}),
        rows(datasette, _SITES),
        unchanged_query_rows(datasette, "copying"),
        query_rows(datasette, "suspects"),
    )
    outlets = {row["name"]: row | {"site": row["name"], "stories": 0} for row in sites}
    for row in stories:
        outlets[row["site"]] = outlets.get(row["site"], {"title": None}) | row
    by_site: defaultdict[str | None, dict[str, ResultRow]] = defaultdict(dict)
    for row in new:
        by_site[row["site"]][row["day"]] = row
    given, taken = _copies(copying)
    whys = {row["site"]: row["why"] for row in suspects}
    for name, row in outlets.items():
        by_day = by_site[name]
        row |= {"new": sum(day["new"] for day in by_day.values())}
        row |= {"given": given[name], "taken": taken[name], "why": whys.get(name)}
        row |= {
            "spark": spark([by_day[day]["stories"] if day in by_day else 0 for day in days])
            if by_day
            else ""
        }
    shown = [
        row for row in outlets.values() if row["stories"] or row["taken"] or row.get("last_crawl")
    ]
    context: dict[str, Any] = {
        "outlets": sorted(shown, key=lambda row: (-row["stories"], row["site"] or "")),
        "others": len(outlets) - len(shown),
    }
    return Response.html(await datasette.render_template("outlets.html", context, request=request))


def _copies(copying: list[ResultRow]) -> tuple[Counter[str | None], Counter[str | None]]:
    """Copies that others have of an outlet's stories, and those it has of others'."""
    given: Counter[str | None] = Counter()
    taken: Counter[str | None] = Counter()
    for row in copying:
        if row["site"] != row["original"]:
            given[row["original"]] += row["copies"]
            taken[row["site"]] += row["copies"]
    return given, taken


async def render_outlet(request: Request, datasette: Datasette) -> Response:
    """404 for an outlet of which nothing is known."""
    name = unquote(request.url_vars["name"])
    found = await rows(datasette, _SITE, {"site": name})
    if not found:
        return await _unknown(request, datasette)
    now = datetime.now(UTC)
    values = {"site": name, "since": f"{now - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"}
    queries = (_FIGURES, _BY_HOUR, _LANGUAGES, _NEWEST, _CUT, _LEARNED, _CRAWLS, _PACE)
    results, copying, suspects = await asyncio.gather(
        asyncio.gather(*(rows(datasette, sql, values) for sql in queries)),
        unchanged_query_rows(datasette, "copying"),
        query_rows(datasette, "suspects"),
    )
    figures, by_hour, languages, newest, cut, learned, crawls, pace = results
    counted: dict[str, list[ResultRow]] = {kind: [] for kind in ("section", "author", "agency")}
    for row in newest:
        counted.setdefault(row["kind"], []).append(row)
    context: dict[str, Any] = {
        "site": found[0],
        "name": name,
        "figures": figures[0],
        "languages": languages,
        **{kind: values[:_TOP] for kind, values in counted.items()},
        "reserved": counted.get("reserved", [])[:_TOP],
        **{"cut": cut, "learned": learned, "crawls": crawls},
        **{"newest": NEWEST, "newest_cut": NEWEST_CUT},
        "pace": {row["key"]: row["value"] for row in pace},
        "given": _partners(copying, "original", "site", name),
        "taken": _partners(copying, "site", "original", name),
        "why": next((row["why"] for row in suspects if row["site"] == name), None),
        "rhythm": _rhythm(by_hour),
        "over_time": _over_time(by_hour),
        "quoted": quote(name, safe=""),
    }
    return Response.html(await datasette.render_template("outlet.html", context, request=request))


async def _unknown(request: Request, datasette: Datasette) -> Response:
    """Datasette's own error would lead an address with escapes to one in its own encoding."""
    error = _("There is no outlet of this name.")
    # A number: the page's heading goes by it.
    context: dict[str, Any] = {"error": error, "title": _("Not found"), "status": 404}
    body = await datasette.render_template("error.html", context, request=request)
    return Response.html(body, status=404)


def _partners(copying: list[ResultRow], own: str, other: str, name: str) -> list[ResultRow]:
    """Who has copies of the outlet's stories, or of whose stories it has copies, the most first."""
    found = [
        {"site": row[other], "copies": row["copies"]}
        for row in copying
        if row[own] == name and row[other] != name
    ]
    return sorted(found, key=lambda row: (-row["copies"], row["site"] or ""))[:_TOP]


def _weekdays() -> list[str]:
    """Monday to Sunday, in the reader's language."""
    names = get_day_names("abbreviated", "stand-alone", locale=language())
    return [names[n] for n in range(7)]


def _rhythm(by_hour: list[ResultRow]) -> Chart:
    """Stories by weekday and hour of UTC; those with a day alone have no hour."""
    names = _weekdays()
    cells: Counter[tuple[str, str]] = Counter()
    for row in by_hour:
        if (day := _day(row["hour"])) and row["hour"][11:13] in _HOURS:
            cells[names[day.weekday()], row["hour"][11:13]] += row["stories"]
    return heat(cells, names, _HOURS, stories_in_words)


def _over_time(by_hour: list[ResultRow]) -> tuple[str, Chart]:
    """Stories by day, week, month or year, and which of them."""
    days: Counter[date] = Counter()
    for row in by_hour:
        if day := _day(row["hour"]):
            days[day] += row["stories"]
    if not days:
        return "day", columns({}, [], [], stories_in_words)
    first, last = min(days), max(days)
    unit = fitting_unit((last - first).days + 1)
    spans = periods(first, last, unit)[-400:]
    totals: Counter[str] = Counter()
    names = [period_name(since, until, unit) for since, until in spans]
    starts = [since for since, _until in spans]
    for day, stories in days.items():
        if (n := bisect_right(starts, str(day)) - 1) >= 0:
            totals[names[n]] += stories
    series = _("stories")
    cells = {(name, series): float(stories) for name, stories in totals.items()}
    labels = [axis_name(since, unit) for since, _until in spans]
    return unit, columns(cells, names, [series], stories_in_words, labels=labels)


def _day(hour: str) -> date | None:
    try:
        return date.fromisoformat(hour[:10])
    except ValueError:
        return None
