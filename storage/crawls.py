"""The record of crawls; what follows from it for a site is in `site_health`."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from items import Site
from storage import frontier, site_health, sites
from storage.article_rows import Row, insert, update
from storage.database import transaction
from text.normalise import normalise_text

# The columns by the names of a session's counts.
_COLUMNS = {
    name: name
    for name in (
        *("queued", "fetched", "new", "revised", "unchanged"),
        *("copies", "rejected", "failed", "refused"),
    )
} | {"read": "sources_read", "links": "links_listed"}


# The outcome of a crawl that ended without a word.
KILLED = "killed"
# Those of crawls that could not begin, for a reason that a person has to mend. They sent no request.
NOT_BEGUN = ("no_access", "no_browser", "no_cluster")


def last(db: Database, site: str) -> Row | None:
    """The crawl that began last, by its number: a clock that is set back makes its time a later one's."""
    sql = "SELECT * FROM crawls WHERE site = ? ORDER BY crawl DESC LIMIT 1"
    return next(iter(db.query(sql, [site])), None)


def seconds_since_kill(db: Database, crawl: int, site: str, now: str) -> float | None:
    """Since the site's last crawl before `crawl` sent its last request, at least; None: it was not
    killed. When it was killed is known from when it was found out.
    """
    row = db.execute(
        "SELECT outcome, finished FROM crawls WHERE site = ? AND crawl < ? "
        "AND coalesce(outcome NOT IN (?, ?, ?), 1) ORDER BY started DESC, crawl DESC LIMIT 1",
        [site, crawl, *NOT_BEGUN],
    ).fetchone()
    if row is None or row[0] not in (None, KILLED):
        return None
    found = datetime.fromisoformat(min(row[1] or now, now))
    return (datetime.fromisoformat(now) - found).total_seconds()


_SET_BACK = (
    "UPDATE crawls SET started = :now, finished = min(finished, :now) "
    "WHERE site = :site AND started > :now"
)


def begin(db: Database, site: Site, now: str) -> int:
    """Returns the new crawl's number. Where the site's last crawl lies in the future, the clock has been
    set back since, and the times of its queue and of its crawls are set back with it: what is later
    by number is never earlier by time.
    """
    with transaction(db):
        sites.describe(db, site)
        [before] = db.execute("SELECT last_crawl FROM sites WHERE name = ?", [site.name]).fetchone()
        if before and before > now:
            frontier.set_back(db, site.name, before, now)
            db.execute(_SET_BACK, {"site": site.name, "now": now})
        db.execute("UPDATE sites SET last_crawl = ? WHERE name = ?", [now, site.name])
        crawl = db.execute("INSERT INTO crawls (site, started) VALUES (?, ?)", [site.name, now])
    return int(crawl.lastrowid or 0)


def record_not_begun(db: Database, site: Site, outcome: str, trouble: str, now: str) -> None:
    """A row of `crawls` for those in a row that could not begin with this `outcome`, of NOT_BEGUN: the
    service tries again every few minutes.
    """
    row: Row = {"outcome": outcome, "finished": now, "trouble": normalise_text(trouble) or None}
    with transaction(db):
        sites.describe(db, site)
        before = last(db, site.name)
        if before and before["outcome"] == outcome:
            db.execute(update(row, "crawls", "crawl"), row | {"crawl": before["crawl"]})
        else:
            row |= {"site": site.name, "started": now}
            db.execute(insert(row, "crawls"), row)


def started(db: Database, crawl: int) -> str:
    """When the crawl with this number began."""
    [time] = db.execute("SELECT started FROM crawls WHERE crawl = ?", [crawl]).fetchone()
    return str(time)


def finish(
    db: Database,
    crawl: int,
    outcome: str,
    counts: Mapping[str, int],
    now: str,
    *,
    trouble: str = "",
) -> None:
    """`outcome`: `finished` is a success, `failed` a failure, anything else (`stopped`, …)
    neither. `counts` go to the columns of their names, the rest to `other_counts`.
    """
    other = {name: count for name, count in counts.items() if name not in _COLUMNS}
    row: Row = {column: counts.get(name, 0) for name, column in _COLUMNS.items()}
    row |= {"outcome": outcome, "finished": now, "trouble": normalise_text(trouble) or None}
    # Sorted: two crawls with the same counts give the same row.
    row["other_counts"] = json.dumps(other, ensure_ascii=False, sort_keys=True) if other else None
    with transaction(db):
        db.execute(update(row, "crawls", "crawl"), row | {"crawl": crawl})
        site = db.execute("SELECT site FROM crawls WHERE crawl = ?", [crawl]).fetchone()[0]
        site_health.update_health(db, site, outcome, now, found=bool(row["new"] or row["copies"]))
