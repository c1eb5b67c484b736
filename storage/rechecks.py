"""When a stored article's address is looked at again though no source says that it has changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from items import Validators
from storage.article_rows import Row
from text.normalise import normalise_text
from text.timestamps import add_seconds

HOUR = 3600
# A site is looked at again after a failed re-check no sooner than that.
_AFTER_FAILURE = 6 * HOUR


@dataclass(frozen=True, slots=True)
class Visit:
    """What a crawl's visit of a stored article leaves at its address: when it was, when the next one is,
    if there is one, and what that one sends.
    """

    looked_at: str | None = None
    recheck_at: str | None = None
    validators: Validators | None = None

    def columns(self) -> Row:
        sent = self.validators if self.recheck_at else None
        return {
            "looked_at": self.looked_at,
            "recheck_at": self.recheck_at,
            "etag": sent and sent.etag,
            "last_modified": sent and sent.last_modified,
        }


def plan_recheck(db: Database, url: str, article: Row, hours: Sequence[float], now: str) -> None:
    """Have `url`, stored as `article`, visited again. Inside a transaction."""
    when = next_visit(db, article, hours, now)
    db.execute("UPDATE frontier SET recheck_at = ? WHERE url = ?", [when, normalise_text(url)])


def next_visit(db: Database, article: Row, hours: Sequence[float], now: str) -> str | None:
    """When the address of the stored `article` is visited next: `hours` after it was first seen, without
    those that were over before it was.
    """
    if not hours:
        return None
    seen = db.execute(
        "SELECT first_seen FROM articles WHERE id = ?1 UNION ALL "
        "SELECT first_seen FROM copies WHERE id = ?1",
        [article["id"]],
    ).fetchone()
    return _next_recheck(seen[0], article["published"], sorted(hours), now) if seen else None


def _next_recheck(seen: str, published: str | None, hours: Sequence[float], now: str) -> str | None:
    """An article that was found days after its publication is as little likely to be edited within the
    hour as any of its age. One without a date is left alone: a first crawl may find thousands of them.
    """
    if not published or not hours or published < add_seconds(seen, -hours[-1] * HOUR):
        return None
    left = [after for after in hours if published >= add_seconds(seen, -after * HOUR)]
    times = (add_seconds(seen, after * HOUR) for after in left)
    return next((time for time in times if time > now), None)


def put_off(db: Database, url: str, reason: str, now: str, until: str | None = None) -> None:
    """The re-check told nothing of the article, which stays as it is, and is due once more. Inside a
    transaction.
    """
    db.execute(
        "UPDATE frontier SET reason = ?, recheck_at = ? WHERE url = ?",
        [normalise_text(reason), until or add_seconds(now, _AFTER_FAILURE), normalise_text(url)],
    )


def due_rechecks(db: Database, site: str, n: int, now: str) -> list[Row]:
    """Second looks at what was missed, then the newest addresses."""
    sql = (
        "SELECT * FROM frontier WHERE site = ? AND recheck_at <= ? AND state IN ('done', 'gone') "
        "ORDER BY missed_at IS NULL, discovered_at DESC LIMIT ?"
    )
    return list(db.query(sql, [site, now, n]))


def first_recheck(db: Database, site: str) -> str | None:
    """When the site's next recheck is due."""
    sql = "SELECT min(recheck_at) FROM frontier WHERE site = ? AND recheck_at IS NOT NULL"
    row: tuple[str | None] = db.execute(sql, [site]).fetchone()
    return row[0]
