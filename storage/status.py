"""How every site is doing, in figures."""

from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """`site` is None for texts that were imported without one; `frontier` counts addresses by state, `gone`
    the articles that are no longer on the site.
    Yields are articles a day; `trouble` is the last crawl's, `suspect` the reason.
    """

    site: str | None
    articles: int = 0
    copies: int = 0
    gone: int = 0
    last_new_article: str | None = None
    last_crawl: str | None = None
    outcome: str | None = None
    failures_in_a_row: int = 0
    suspect: str | None = None
    last_success: str | None = None
    next_poll: str | None = None
    usual_yield: float | None = None
    recent_yield: float | None = None
    trouble: str | None = None
    frontier: dict[str, int] = field(default_factory=dict)


_SITES = """
SELECT known.site,
    (SELECT count(*) FROM articles WHERE articles.site IS known.site) AS articles,
    (SELECT count(*) FROM copies WHERE copies.site IS known.site) AS copies,
    (SELECT count(*) FROM articles WHERE articles.site IS known.site AND gone_at IS NOT NULL) AS gone,
    (SELECT max(first_seen) FROM articles WHERE articles.site IS known.site) AS last_new_article,
    sites.last_crawl,
    (SELECT outcome FROM crawls WHERE crawls.site = known.site AND finished IS NOT NULL
        ORDER BY started DESC, crawl DESC LIMIT 1) AS outcome,
    coalesce(sites.failures_in_a_row, 0) AS failures_in_a_row,
    sites.suspect_reason AS suspect,
    sites.last_success,
    sites.next_poll,
    sites.usual_yield,
    sites.recent_yield,
    (SELECT trouble FROM crawls WHERE crawls.site = known.site AND finished IS NOT NULL
        ORDER BY started DESC, crawl DESC LIMIT 1) AS trouble
FROM (
    SELECT name AS site FROM sites WHERE imported_at IS NULL OR last_crawl IS NOT NULL
    UNION SELECT site FROM articles WHERE site IS NULL
    UNION SELECT site FROM copies WHERE site IS NULL
) AS known LEFT JOIN sites ON sites.name = known.site
ORDER BY known.site IS NULL, known.site
"""


_ARCHIVED = """
SELECT count(*), coalesce(sum((SELECT count(*) FROM articles WHERE site = sites.name)), 0)
FROM sites WHERE imported_at IS NOT NULL AND last_crawl IS NULL
"""


def from_archives(db: Database) -> tuple[int, int]:
    """The number of outlets known from web archives alone, and of their articles."""
    outlets, articles = db.execute(_ARCHIVED).fetchone()
    return int(outlets), int(articles)


def per_site(db: Database) -> list[SiteStatus]:
    """The crawled sites by name, then the texts that belong to none."""
    frontier: dict[str | None, dict[str, int]] = {}
    counts = "SELECT site, state, count(*) FROM frontier GROUP BY site, state"
    for site, state, count in db.execute(counts).fetchall():
        frontier.setdefault(site, {})[state] = count
    rows: list[dict[str, Any]] = list(db.query(_SITES))
    return [SiteStatus(**row, frontier=frontier.get(row["site"], {})) for row in rows]


def rejections(db: Database) -> dict[str, int]:
    """The addresses that gave no article, counted by reason."""
    sql = (
        "SELECT reason, count(*) FROM frontier WHERE state IN ('rejected', 'denied', 'failed') "
        "GROUP BY reason"
    )
    return dict(db.execute(sql).fetchall())
