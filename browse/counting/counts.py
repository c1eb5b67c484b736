"""How many stories a search finds over time, and which share of all stories of the period they are."""

import asyncio
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from datasette.app import Datasette

from browse.live_database import rows
from browse.unchanged_rows import unchanged_rows
from storage.selection import Selection, SelectionError, selection_from, where_clause

UNITS = ("day", "week", "month", "year")
MEASURES = ("share", "number")
MAX_SEARCHES, MAX_OUTLETS = 5, 12
# As many points as a wide chart has room for; as many as small charts can be drawn with in time: a page
# of 1 800 points took 280 ms.
MAX_POINTS, _SMALL_POINTS, _ALL_POINTS = 400, 60, 1200
# Days up to which a unit is chosen: a quarter by day, two years by week, sixteen by month.
_LONGEST = {"day": 95, "week": 735, "month": 5900}
# Fewer stories than this are no ground for a share: 1 of them would be more than 30 in 1 000.
FEW_STORIES = 30


@dataclass(frozen=True, slots=True)
class CountsRequest:
    """What is counted: each of the `searches` among the stories of `among`, whose own search is empty.
    `unit` is "" where the length of the period decides.
    """

    searches: tuple[str, ...]
    among: Selection
    unit: str = ""
    measure: str = "share"
    by_outlet: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A period, from the day `since` to the day `until`, both included and of UTC; the stories found that
    were published in it, and `published`, all stories among which they were sought.
    """

    since: str
    until: str
    stories: int
    published: int

    @property
    def per_thousand(self) -> float | None:
        """None where no story was published at all."""
        return 1000 * self.stories / self.published if self.published else None

    @property
    def is_uncertain(self) -> bool:
        return 0 < self.published < FEW_STORIES


@dataclass(frozen=True, slots=True)
class Series:
    """The counts of one search; `site` is None where all outlets are counted together."""

    search: str
    site: str | None
    points: list[Point]


@dataclass(frozen=True, slots=True)
class TimeCounts:
    """`undated`: the stories that each search finds and that have no day; `before`: the stories among
    which is sought that lie before the first period; `other_outlets`: how many are not shown.
    """

    unit: str
    series: list[Series]
    undated: dict[str, int]
    before: int = 0
    other_outlets: int = 0


def counts_request(parameters: Iterable[tuple[str, str]]) -> CountsRequest:
    """What the parameters of an address ask to be counted. Raises SelectionError."""
    pairs = [(name, value.strip()) for name, value in parameters]
    given = dict(pairs)
    searches = tuple(dict.fromkeys(value[:2000] for name, value in pairs if name == "q" and value))
    if len(searches) > MAX_SEARCHES:
        raise SelectionError(f"more than {MAX_SEARCHES} searches")
    if given.get("by") and given["by"] not in UNITS:
        raise SelectionError(f"`by` is one of {', '.join(UNITS)}")
    among = selection_from((name, value) for name, value in pairs if name != "q")
    if among.since and among.until and among.since > among.until:
        raise SelectionError("`since` is after `until`")
    measure = given.get("show", "share")
    return CountsRequest(
        searches or ("",),
        among,
        given.get("by", ""),
        # All stories are no share of all stories.
        measure if measure in MEASURES and searches else "number",
        given.get("split") == "outlet",
    )


async def count(datasette: Datasette, request: CountsRequest) -> TimeCounts:
    """Raises datasette's QueryInterrupted."""
    sites, other_outlets = await _outlets(datasette, request)
    published, *found = await asyncio.gather(
        _days(datasette, request.among, sites),
        *(_days(datasette, replace(request.among, search=q), sites) for q in _sought(request)),
    )
    undated = await _undated(datasette, request)
    limit = _ALL_POINTS // (max(1, len(sites)) * len(request.searches))
    limit = min(MAX_POINTS, max(_SMALL_POINTS, limit)) if sites else MAX_POINTS
    periods, unit = _periods(request, sorted({day for _, day in published}), limit)
    starts = [since for since, _ in periods]
    totals = _by_period(published, starts)
    series = [
        Series(search, site, _points(periods, _by_period(own, starts), totals, site))
        for site in sites or [None]
        for search, own in zip(request.searches, found or [published], strict=True)
    ]
    before = sum(n for (_, day), n in published.items() if starts and day < starts[0])
    return TimeCounts(unit, series, undated, before, other_outlets)


def _sought(request: CountsRequest) -> list[str]:
    return [search for search in request.searches if search]


Days = Counter[tuple[str | None, str]]
"""Stories by outlet and day."""


async def _outlets(datasette: Datasette, request: CountsRequest) -> tuple[list[str | None], int]:
    """Those with the most stories, and the number of the others; none where they are not told apart."""
    if not request.by_outlet:
        return [], 0
    sql = f"""SELECT site, count(*) AS stories FROM articles
        WHERE {where_clause(request.among)[0]} AND site IS NOT NULL AND published IS NOT NULL
        GROUP BY site ORDER BY stories DESC, site"""  # noqa: S608
    found = await unchanged_rows(datasette, sql, where_clause(request.among)[1])
    sites = [row["site"] for row in found]
    return sites[:MAX_OUTLETS], len(sites[MAX_OUTLETS:])


async def _days(datasette: Datasette, selection: Selection, sites: list[str | None]) -> Days:
    """Stories by day, of each of the `sites` apart if there are any. What is no day is left out."""
    where, values = where_clause(selection)
    keys = {f"outlet_{n}": site for n, site in enumerate(sites)}
    among = f"AND site IN ({', '.join(f':{key}' for key in keys)})" if keys else ""
    columns = "site, substr(published, 1, 10)" if keys else "substr(published, 1, 10)"
    sql = f"""SELECT {"site" if keys else "NULL AS site"}, substr(published, 1, 10) AS day,
        count(*) AS stories
        FROM articles {_index(selection)} WHERE published IS NOT NULL AND {where} {among}
        GROUP BY {columns}"""  # noqa: S608
    found = await unchanged_rows(datasette, sql, values | keys)
    return Counter(
        {(row["site"], row["day"]): row["stories"] for row in found if is_day(row["day"])}
    )


async def _undated(datasette: Datasette, request: CountsRequest) -> dict[str, int]:
    """A period leaves them out, so that they are counted without one."""
    undated: dict[str, int] = {}
    if not await rows(datasette, "SELECT 1 FROM articles WHERE published IS NULL LIMIT 1"):
        return undated
    for search in request.searches:
        selection = replace(request.among, search=search, since="", until="")
        where, values = where_clause(selection)
        sql = f"SELECT count(*) AS stories FROM articles WHERE published IS NULL AND {where}"  # noqa: S608
        if stories := (await rows(datasette, sql, values))[0]["stories"]:
            undated[search] = stories
    return undated


def _index(selection: Selection) -> str:
    """The matches of a frequent word are looked up in an index that has all that is asked for: of 83 000
    in 100 000 stories that takes 84 ms, and one by one in the stories themselves 240 ms.
    """
    return "INDEXED BY articles_by_time" if selection.search and not selection.author else ""


def is_day(day: str) -> bool:
    try:
        return str(date.fromisoformat(day)) == day
    except ValueError:
        return False


def _periods(
    request: CountsRequest, days: list[str], limit: int
) -> tuple[list[tuple[str, str]], str]:
    """The first and last days of all periods, the last ones if they are too many, and their unit."""
    if not days and not (request.among.since and request.among.until):
        return [], request.unit or "day"
    first = date.fromisoformat(request.among.since or days[0])
    last = date.fromisoformat(request.among.until or days[-1])
    if first > last:
        return [], request.unit or "day"
    unit = request.unit or fitting_unit((last - first).days + 1)
    while unit != "year" and _length(first, last, unit) > limit:
        unit = UNITS[UNITS.index(unit) + 1]
    return periods(first, last, unit)[-limit:], unit


def fitting_unit(days: int) -> str:
    return next((unit for unit, longest in _LONGEST.items() if days <= longest), "year")


def _length(first: date, last: date, unit: str) -> int:
    days = (last - first).days + 1
    return days // {"day": 1, "week": 7, "month": 31, "year": 366}[unit]


def periods(first: date, last: date, unit: str) -> list[tuple[str, str]]:
    """Weeks begin on Mondays, as in ISO 8601. The first and the last period may be parts of one."""
    found, start = [], first
    while start <= last:
        end = min(_end(start, unit), last)
        found.append((str(start), str(end)))
        if end == date.max:
            break
        start = end + timedelta(days=1)
    return found


def _end(day: date, unit: str) -> date:
    if unit == "day":
        return day
    if unit == "week":
        return date.fromordinal(min(day.toordinal() + 6 - day.weekday(), date.max.toordinal()))
    if unit == "year" or day.month == 12:
        return day.replace(month=12, day=31)
    return day.replace(month=day.month + 1, day=1) - timedelta(days=1)


def _by_period(days: Days, starts: list[str]) -> Counter[tuple[str | None, int]]:
    totals: Counter[tuple[str | None, int]] = Counter()
    for (site, day), stories in days.items():
        totals[site, bisect_right(starts, day) - 1] += stories
    return totals


def _points(
    periods: list[tuple[str, str]],
    found: Counter[tuple[str | None, int]],
    published: Counter[tuple[str | None, int]],
    site: str | None,
) -> list[Point]:
    return [
        Point(since, until, found[site, n], published[site, n])
        for n, (since, until) in enumerate(periods)
    ]
