"""The front page: the latest stories, how each site is doing, and the suspect sites."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from browse.counting.svg_charts import spark
from browse.live_database import ResultRow, query_rows, rows
from browse.unchanged_rows import unchanged_rows

_DAYS = 14
_LATEST = """
SELECT number, site, section, title, published, first_seen, language, substr(text, 1, 400) AS text
FROM articles ORDER BY published DESC LIMIT 13
"""
# Each answered from an index alone: no article is read.
_STORIES = "SELECT site, count(*) AS stories FROM articles GROUP BY site"
_BY_DAY = """
SELECT site, substr(first_seen, 1, 10) AS day, count(*) AS stories, sum(first_seen >= :since) AS new
FROM articles WHERE site IN (SELECT name FROM sites) AND first_seen >= :day GROUP BY site, day
UNION ALL SELECT NULL, substr(first_seen, 1, 10) AS day, count(*), sum(first_seen >= :since)
FROM articles WHERE site IS NULL AND first_seen >= :day GROUP BY day
"""
_SITES = """
SELECT name, title, last_crawl FROM sites WHERE imported_at IS NULL OR last_crawl IS NOT NULL
"""
_TOTALS = """
SELECT (SELECT count(*) FROM copies) AS copies, (SELECT count(*) FROM revisions) AS revisions, (SELECT count(*) FROM sites) AS sites
"""


async def render_front(request: Request, datasette: Datasette) -> Response:
    now = datetime.now(UTC)
    since = f"{now - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    days = [f"{now - timedelta(days=n):%Y-%m-%d}" for n in reversed(range(_DAYS))]
    latest, stories, by_day, sites, totals, suspects = await asyncio.gather(
        rows(datasette, _LATEST),
        unchanged_rows(datasette, _STORIES),
        rows(datasette, _BY_DAY, {"since": since, "day": days[0]}),
        rows(datasette, _SITES),
        rows(datasette, _TOTALS),
        query_rows(datasette, "suspects"),
    )
    counts = {row["site"]: row["stories"] for row in stories}
    context: dict[str, Any] = {
        "latest": latest,
        "sites": _sites(sites, counts, by_day, suspects, days),
        "suspects": suspects,
        "totals": totals[0]
        | {"stories": sum(counts.values()), "new": sum(row["new"] for row in by_day)},
    }
    return Response.html(await datasette.render_template("front.html", context, request=request))


def _sites(
    sites: list[ResultRow],
    counts: dict[str | None, int],
    by_day: list[ResultRow],
    suspects: list[ResultRow],
    days: list[str],
) -> list[ResultRow]:
    """Every site with its stories, the new ones and a sparkline of the last days, the busiest first.
    Without the outlets known from archives alone, which may be thousands.
    """
    configured = {row["name"]: row for row in sites}
    summaries = []
    for name in {*configured, *(None for site in counts if site is None)}:
        own = [row for row in by_day if row["site"] == name]
        stories = {row["day"]: row["stories"] for row in own}
        figures = {
            "stories": counts.get(name, 0),
            "new": sum(row["new"] for row in own),
            "spark": spark([stories.get(day, 0) for day in days]),
            "suspect": next((row["why"] for row in suspects if row["site"] == name), None),
        }
        summaries.append({"name": name, **configured.get(name, {}), **figures})
    return sorted(summaries, key=lambda site: (-site["new"], -site["stories"], site["name"] or ""))
