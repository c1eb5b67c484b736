"""What is archived, in figures."""

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Summary:
    """Of one site; `bytes` are compressed."""

    site: str | None
    pages: int
    revisits: int
    bytes: int
    first: str
    last: str


def summary(db: Database) -> list[Summary]:
    """An answer that holds many pages counts as often as it holds one."""
    rows = db.execute(
        "SELECT site, count(*), count(refers), sum(length) FILTER (WHERE part IS NULL), "
        "min(fetched), max(fetched) FROM _pages GROUP BY site ORDER BY site"
    ).fetchall()
    return [
        Summary(site, pages, again, size or 0, *days) for site, pages, again, size, *days in rows
    ]
