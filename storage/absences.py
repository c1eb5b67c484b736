"""Articles that are no longer on their site. One look that misses a page proves nothing: a second one,
hours later, marks it gone, unless the site misses most of what is looked at.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage.article_rows import Row, get_one, get_text
from storage.database import transaction
from storage.rechecks import HOUR
from text.normalise import normalise_text
from text.timestamps import add_seconds

# Seconds. A deployment that goes wrong is mended within hours; what is still missed after a week, while
# other articles are there, is not there.
SECOND_LOOK = 6 * HOUR
_MASS_REMOVAL = 7 * 24 * HOUR
# Looks at what is missed or gone are further and further apart, and end.
_LONGEST_WAIT, _LAST_LOOK = 30 * 24 * HOUR, 180 * 24 * HOUR
# Stored articles that are looked at beside what is missed, to see that it is not the site.
_MAX_CONTROLS = 10
_MIN_CONTROLS = 3


@dataclass(frozen=True, slots=True)
class AbsenceVerdict:
    """Of a crawl: `gone` articles were marked; `withheld` were missed twice and not marked, since the
    site missed `missed` of `looks`.
    """

    gone: int = 0
    withheld: int = 0
    missed: int = 0
    looks: int = 0

    def in_words(self) -> str:
        """Empty where nothing was withheld."""
        if not self.withheld:
            return ""
        return (
            f"{self.missed} of {self.looks} stored articles that were looked at are missing: "
            "none is marked as gone, since it may be the site"
        )


def stored_address(db: Database, url: str) -> Row | None:
    """The row of an address whose article is stored."""
    row = get_one(db, "frontier", "url", normalise_text(url))
    if row is None or not row["article"]:
        return None
    return row if get_text(db, row["article"]) else None


def miss(db: Database, address: Row, reason: str, now: str) -> None:
    """A look at a stored article's `address` found no page. Inside a transaction."""
    missed_at = min(address["missed_at"] or now, now)
    waited = _seconds_between(missed_at, now)
    wait = min(max(waited, SECOND_LOOK), _LONGEST_WAIT)
    is_last = waited > _LAST_LOOK
    db.execute(
        "UPDATE frontier SET state = iif(state = 'gone', 'gone', 'done'), reason = :reason, "
        "missed_at = :missed_at, looked_at = :now, recheck_at = :next, attempts = 0, due = NULL, "
        "payload = NULL, etag = NULL, last_modified = NULL WHERE url = :url",
        {
            "url": address["url"],
            "reason": normalise_text(reason),
            "missed_at": missed_at,
            "now": now,
            "next": None if is_last else add_seconds(now, wait),
        },
    )
    if waited >= SECOND_LOOK and address["state"] != "gone":
        _look_at_others(db, address["site"], now)


def found(db: Database, url: str, article_id: str, now: str) -> None:
    """A look found the article's page: it is back, where it was gone. Inside a transaction."""
    db.execute(
        "UPDATE frontier SET looked_at = ?, missed_at = NULL WHERE url = ?",
        [now, normalise_text(url)],
    )
    end_absence(db, article_id, now)


def end_absence(db: Database, article_id: str, now: str) -> None:
    """The article is on its site. Inside a transaction."""
    db.execute(
        "UPDATE absences SET back_at = ? WHERE id = ? AND back_at IS NULL", [now, article_id]
    )
    for table in ("articles", "copies"):
        sql = f"UPDATE {table} SET gone_at = NULL WHERE id = ? AND gone_at IS NOT NULL"  # noqa: S608
        db.execute(sql, [article_id])


def confirm(db: Database, address: Row, now: str) -> None:
    """A look found the stored article's page as it was. Inside a transaction."""
    db.execute(
        "UPDATE frontier SET state = 'done', reason = '', attempts = 0, due = NULL, payload = NULL, "
        "finished_at = ?, recheck_at = NULL WHERE url = ?",
        [now, address["url"]],
    )
    for table in ("articles", "copies"):
        sql = f"UPDATE {table} SET last_seen = max(last_seen, ?) WHERE id = ?"  # noqa: S608
        db.execute(sql, [now, address["article"]])
    found(db, address["url"], address["article"], now)


def _look_at_others(db: Database, site: str, now: str) -> None:
    """As many other articles as are missed are due at once, the latest of them, up to _MAX_CONTROLS."""
    since = add_seconds(now, -HOUR)
    missed, there = _looks(db, site, since)
    pending = db.execute(
        "SELECT count(*) FROM frontier WHERE site = ? AND recheck_at <= ? AND missed_at IS NULL",
        [site, now],
    ).fetchone()[0]
    wanted = min(max(missed, _MIN_CONTROLS), _MAX_CONTROLS) - there - pending
    if wanted > 0:
        db.execute(
            "UPDATE frontier SET recheck_at = :now WHERE url IN (SELECT url FROM frontier "
            "WHERE site = :site AND state = 'done' AND reason = '' AND article IS NOT NULL "
            "AND missed_at IS NULL AND coalesce(looked_at, '') < :since ORDER BY rowid DESC LIMIT :n)",
            {"now": now, "site": site, "since": since, "n": wanted},
        )


def _looks(db: Database, site: str, since: str) -> tuple[int, int]:
    """How many stored articles were missed, and how many were there, since a time."""
    missed, there = db.execute(
        "SELECT coalesce(sum(missed_at IS NOT NULL AND state <> 'gone'), 0), "
        "coalesce(sum(missed_at IS NULL), 0) FROM frontier WHERE site = ? AND looked_at >= ?",
        [site, since],
    ).fetchone()
    return int(missed), int(there)


_MISSED_TWICE = """
SELECT url, article, reason, missed_at, looked_at FROM frontier AS missing
WHERE site = :site AND looked_at >= :since AND state = 'done' AND missed_at IS NOT NULL
AND strftime('%s', looked_at) - strftime('%s', missed_at) >= :wait AND NOT EXISTS (
    SELECT 1 FROM frontier AS other WHERE other.site = :site AND other.looked_at > missing.missed_at
    AND other.article = missing.article AND other.missed_at IS NULL)
"""


def mark_gone(db: Database, site: str, since: str, now: str) -> AbsenceVerdict:
    """Judge what the looks since a time, a crawl's begin, missed for the second time, in one
    transaction. Where more are missed than are there, none is gone; but what has been missed for a week
    is, if a few are there.
    """
    with transaction(db):
        values = {"site": site, "since": since, "wait": SECOND_LOOK}
        rows = list(db.query(_MISSED_TWICE, values))
        if not rows:
            return AbsenceVerdict()
        missed, there = _looks(db, site, since)
        long_ago = add_seconds(now, -_MASS_REMOVAL) if there >= _MIN_CONTROLS else ""
        counted = rows if there >= missed else [r for r in rows if r["missed_at"] <= long_ago]
        for row in counted:
            _mark(db, row)
    return AbsenceVerdict(len(counted), len(rows) - len(counted), missed, missed + there)


def _mark(db: Database, row: Row) -> None:
    db.execute("UPDATE frontier SET state = 'gone' WHERE url = ?", [row["url"]])
    known = "SELECT 1 FROM absences WHERE id = ? AND back_at IS NULL"
    if db.execute(known, [row["article"]]).fetchone():
        return
    db.execute(
        "INSERT INTO absences (id, url, reason, missed_at, gone_at) VALUES (?, ?, ?, ?, ?)",
        [row["article"], row["url"], row["reason"], row["missed_at"], row["looked_at"]],
    )
    for table in ("articles", "copies"):
        sql = f"UPDATE {table} SET gone_at = ? WHERE id = ?"  # noqa: S608
        db.execute(sql, [row["looked_at"], row["article"]])


def mark_imported(db: Database, article_id: str, gone_at: str) -> None:
    """An export says since when the article has been gone. Inside a transaction."""
    for table in ("articles", "copies"):
        sql = f"UPDATE {table} SET gone_at = ? WHERE id = ? AND last_seen <= ?"  # noqa: S608
        db.execute(sql, [gone_at, article_id, gone_at])


def absences_of(db: Database, article_id: str) -> list[Row]:
    """When the article was gone, and when it came back, in order."""
    sql = "SELECT * FROM absences WHERE id = ? ORDER BY absence"
    return list(db.query(sql, [article_id]))


def _seconds_between(first: str, last: str) -> float:
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()
