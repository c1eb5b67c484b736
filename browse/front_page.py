"""The front page: the latest stories, how each site is doing, and the suspect sites."""

from datetime import UTC, datetime, timedelta
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from browse.live_database import ResultRow, query_rows, rows
from browse.svg_charts import spark

_DAYS = 14
_LATEST = """
SELECT number, site, section, title, published, first_seen, language, substr(text, 1, 400) AS text
FROM articles ORDER BY published DESC LIMIT 13
"""
# Answered from the index of (site, first_seen) alone: no article is read.
_BY_DAY = """
SELECT site, substr(first_seen, 1, 10) AS day, count(*) AS stories, sum(first_seen >= :since) AS new
FROM articles GROUP BY site, day
"""
_SITES = """
SELECT name, title, last_crawl FROM sites WHERE imported_at IS NULL OR last_crawl IS NOT NULL
"""
_TOTALS = """
SELECT (SELECT count(*) FROM articles) AS stories, (SELECT count(*) FROM copies) AS copies,
    (SELECT count(*) FROM revisions) AS revisions, (SELECT count(*) FROM sites) AS sites
"""


async def render_front(request: Request, datasette: Datasette) -> Response:
    now = datetime.now(UTC)
    since = f"{now - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    by_day = await rows(datasette, _BY_DAY, {"since": since})
    suspects = await query_rows(datasette, "suspects")
    context: dict[str, Any] = {
        "latest": await rows(datasette, _LATEST),
        "sites": _sites(await rows(datasette, _SITES), by_day, suspects, now),
        "suspects": suspects,
        "totals": (await rows(datasette, _TOTALS))[0] | {"new": sum(row["new"] for row in by_day)},
    }
    return Response.html(await datasette.render_template("front.html", context, request=request))


def _sites(
    sites: list[ResultRow], by_day: list[ResultRow], suspects: list[ResultRow], now: datetime
) -> list[ResultRow]:
    """Every site with its stories, the new ones and a sparkline of the last days, the busiest first.
    Without the outlets known from archives alone, which may be thousands.
    """
    days = [f"{now - timedelta(days=n):%Y-%m-%d}" for n in reversed(range(_DAYS))]
    configured = {row["name"]: row for row in sites}
    summaries = []
    for name in {*configured, *(None for row in by_day if row["site"] is None)}:
        own = [row for row in by_day if row["site"] == name]
        stories = {row["day"]: row["stories"] for row in own}
        figures = {
            "stories": sum(stories.values()),
            "new": sum(row["new"] for row in own),
            "spark": spark([stories.get(day, 0) for day in days]),
            "suspect": next((row["why"] for row in suspects if row["site"] == name), None),
        }
        summaries.append({"name": name, **configured.get(name, {}), **figures})
    return sorted(summaries, key=lambda site: (-site["new"], -site["stories"], site["name"] or ""))
