"""Recent articles are looked at again: the times are in the frontier, the address stays `done`."""

from collections.abc import Sequence

from sqlite_utils import Database

from storage.article_rows import Row
from text.normalise import storable
from text.timestamps import later

_HOUR = 3600


def plan(db: Database, url: str, article: Row, hours: Sequence[float], now: str) -> None:
    """The next look at `url`, which holds `article`: so many hours after the first, if the article
    was published not long before that. Inside a transaction only.
    """
    seen = db.execute(
        "SELECT first_seen FROM articles WHERE id = ?1 UNION ALL "
        "SELECT first_seen FROM copies WHERE id = ?1",
        [article["id"]],
    ).fetchone()
    when = _next(seen[0], article["published"], sorted(hours), now) if seen else None
    db.execute("UPDATE frontier SET recheck = ? WHERE url = ?", [when, storable(url)])


def due(db: Database, site: str, n: int, now: str) -> list[Row]:
    """Rows of the frontier to look at again, the newest first."""
    sql = (
        "SELECT * FROM frontier WHERE site = ? AND recheck <= ? AND state = 'done' "
        "ORDER BY found DESC LIMIT ?"
    )
    return list(db.query(sql, [site, now, n]))


def first(db: Database, site: str) -> str | None:
    """When the site's next look is due."""
    sql = "SELECT min(recheck) FROM frontier WHERE site = ? AND recheck IS NOT NULL"
    found: tuple[str | None] = db.execute(sql, [site]).fetchone()
    return found[0]


def _next(seen: str, published: str | None, hours: Sequence[float], now: str) -> str | None:
    if not hours or not published or published < later(seen, -hours[-1] * _HOUR):
        return None
    looks = (later(seen, after * _HOUR) for after in hours)
    return next((look for look in looks if look > now), None)
