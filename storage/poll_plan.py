"""What the service reads to choose the time of a site's next poll, and that time."""

from sqlite_utils import Database

from storage.article_rows import Row, get_one
from storage.database import transaction
from storage.rechecks import first_recheck
from storage.sites import ensure


def plans(db: Database) -> dict[str, str]:
    """The time of the next poll, by site, of those that have one."""
    rows = db.execute("SELECT name, next_poll FROM sites WHERE next_poll IS NOT NULL").fetchall()
    return dict(rows)


def plan(db: Database, site: str, when: str | None) -> None:
    """None: no more polls."""
    with transaction(db):
        ensure(db, site)
        db.execute("UPDATE sites SET next_poll = ? WHERE name = ?", [when, site])


def health(db: Database, site: str) -> Row:
    """The site's row; a site without one is healthy."""
    return get_one(db, "sites", "name", site) or {"failures_in_a_row": 0, "suspect_reason": None}


def suspects(db: Database) -> dict[str, str]:
    """The reason by suspect site."""
    return dict(
        db.execute(
            "SELECT name, suspect_reason FROM sites WHERE suspect_reason IS NOT NULL"
        ).fetchall()
    )


def due(db: Database, site: str, now: str) -> str | None:
    """When the first of the site's addresses is due, queued or for a recheck; `now` at the earliest."""
    queued = "FROM frontier WHERE site = :site AND state = 'queued'"
    # One due row is enough; the minimum would read the whole queue.
    if db.execute(
        f"SELECT 1 {queued} AND due <= :now LIMIT 1", {"site": site, "now": now}
    ).fetchone():
        return now
    first = db.execute(f"SELECT min(due) {queued}", {"site": site}).fetchone()[0]
    times = [time for time in (first, first_recheck(db, site)) if time]
    return max(now, min(times)) if times else None
