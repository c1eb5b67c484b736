"""Suspect sites: those that answer and yield nothing of what they used to yield, and why.

Each rule holds a site's last crawls against the earlier ones, so that a site which never yielded
anything is not suspect, and one that cannot be reached is failing, but not suspect for days.
"""

from collections.abc import Sequence
from itertools import takewhile

from sqlite_utils import Database

from storage.article_rows import Row
from storage.yielding import barren, silent
from text.timestamps import later

_IN_A_ROW = 3
_PARTLY = 6
_DAY = 86_400.0


def suspicion(db: Database, site: str, now: str) -> str | None:
    """Why the site is suspect; None when it is as usual."""
    rows = _last(db, site)
    return (
        _refused(rows)
        or _emptied(db, site, rows)
        or barren(db, site, now)
        or _partly_lost(rows)
        or _unreachable(db, site, rows, now)
        or silent(db, site, rows, now)
    )


def _last(db: Database, site: str) -> list[Row]:
    """The latest crawls that came to an end of their own, the latest first."""
    return list(
        db.query(
            "SELECT outcome, started, read, links, refused, trouble, "
            "coalesce(json_extract(other, '$.sources_failed'), 0) AS sources_failed FROM crawls "
            "WHERE site = ? AND outcome IN ('finished', 'failed') ORDER BY started DESC, crawl DESC "
            "LIMIT 12",
            [site],
        )
    )


def _refused(rows: Sequence[Row]) -> str | None:
    """A block page, an error page, another kind of document than it was."""
    last = rows[:_IN_A_ROW]
    if len(last) == _IN_A_ROW and all(
        row["outcome"] == "failed" and row["refused"] for row in last
    ):
        return f"answers, but not as it did: {last[0]['trouble']}"
    return None


def _emptied(db: Database, site: str, rows: Sequence[Row]) -> str | None:
    """Its lists came whole and had nothing in them; once more, or "not modified", says the same."""
    without = list(takewhile(lambda row: not row["links"], rows))
    since = max((at for at, row in enumerate(without) if row["read"]), default=0)
    if since == 0:
        return None
    before = db.execute(
        "SELECT links FROM crawls WHERE site = ? AND links > 0 ORDER BY started DESC LIMIT 1",
        [site],
    ).fetchone()
    if before is None or any(row["outcome"] == "failed" for row in rows[:since]):
        return None
    return f"its lists are empty; they used to have {before[0]} articles"


def _partly_lost(rows: Sequence[Row]) -> str | None:
    """One of several sources is gone for good, and the others go on."""
    last, before = rows[:_PARTLY], rows[_PARTLY:]
    if len(last) < _PARTLY or not all(row["sources_failed"] for row in last):
        return None
    if any(row["outcome"] == "finished" and not row["sources_failed"] for row in before):
        return f"one of its sources fails: {last[0]['trouble']}"
    return None


def _unreachable(db: Database, site: str, rows: Sequence[Row], now: str) -> str | None:
    """For days, while others can be reached: then it is not our network."""
    if len(rows) < _IN_A_ROW or any(row["outcome"] == "finished" for row in rows[:_IN_A_ROW]):
        return None
    last, others = db.execute(
        "SELECT (SELECT last_success FROM sites WHERE name = :site), max(last_success) FROM sites",
        {"site": site},
    ).fetchone()
    if last and last < later(now, -3 * _DAY) < later(now, -_DAY) < others:
        return f"cannot be reached since {last[:10]}: {rows[0]['trouble']}"
    return None
