"""The first page: what is new, how each site is doing, and which of them is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from browse.queries import Answer, answers, rows
from browse.svg_charts import spark

_DAYS = 14
_LATEST = """
SELECT number, site, section, title, published, first_seen, language, substr(text, 1, 400) AS text
FROM articles ORDER BY published DESC LIMIT 13
"""
# All of it from the index of (site, first_seen): no article is read.
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
    suspects = await answers(datasette, "suspects")
    context: dict[str, Any] = {
        "latest": await rows(datasette, _LATEST),
        "sites": _sites(await rows(datasette, _SITES), by_day, suspects, now),
        "suspects": suspects,
        "totals": (await rows(datasette, _TOTALS))[0] | {"new": sum(r["new"] for r in by_day)},
    }
    return Response.html(await datasette.render_template("front.html", context, request=request))


def _sites(
    sites: list[Answer], by_day: list[Answer], suspects: list[Answer], now: datetime
) -> list[Answer]:
    """Every site with its count, what is new, and a line of its last days; the busiest first. Outlets
    that are known from archives alone may be thousands: they are not among them.
    """
    days = [f"{now - timedelta(days=n):%Y-%m-%d}" for n in reversed(range(_DAYS))]
    known = {row["name"]: row for row in sites}
    found = []
    for name in {*known, *(None for row in by_day if row["site"] is None)}:
        own = [row for row in by_day if row["site"] == name]
        count = {row["day"]: row["stories"] for row in own}
        figures = {
            "stories": sum(count.values()),
            "new": sum(row["new"] for row in own),
            "spark": spark([count.get(day, 0) for day in days]),
            "suspect": next((row["why"] for row in suspects if row["site"] == name), None),
        }
        found.append({"name": name, **known.get(name, {}), **figures})
    return sorted(found, key=lambda site: (-site["new"], -site["stories"], site["name"] or ""))
