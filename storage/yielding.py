"""Whether a site's articles still come: pages that are articles no more, and silence. What follows
from it is in `suspicion`.
"""

import json
from collections import Counter
from collections.abc import Sequence

from sqlite_utils import Database

from storage.article_rows import Row
from text.timestamps import later

_DAY = 86_400.0
_MONTH = 28 * _DAY
# Pages; less is chance.
_FEW = 5
_ENOUGH = 10


def barren(db: Database, site: str, now: str) -> str | None:
    """Its pages come and hardly one of them is an article any more."""
    rows = db.query(
        "SELECT new + revised + unchanged + copies AS good, rejected + failed AS bad, other "
        "FROM crawls WHERE site = ? AND started > ? AND fetched + new + rejected + failed > 0 "
        "ORDER BY started DESC, crawl DESC LIMIT 200",
        [site, later(now, -_MONTH)],
    )
    good, earlier_good, earlier_bad = 0, 0, 0
    bad: Counter[str] = Counter()
    for row in rows:
        turned_away = _turned_away(row)
        if good + bad.total() < 2 * _FEW:
            good += row["good"]
            bad += turned_away
        else:
            earlier_good += row["good"]
            earlier_bad += turned_away.total()
    if good + bad.total() < _FEW or 10 * good > bad.total():
        return None
    if earlier_good < _ENOUGH or earlier_bad > earlier_good:
        return None
    why = ", ".join(f"{reason} {count}" for reason, count in bad.most_common(2))
    return f"hardly a page of it is an article any more: {why}"


def _turned_away(row: Row) -> Counter[str]:
    """Pages by the reason for which they were not taken, where that says something of the site."""
    counts: dict[str, int] = json.loads(row["other"] or "{}")
    found: Counter[str] = Counter()
    for name, count in counts.items():
        verdict, _, reason = name.partition(": ")
        if (verdict == "rejected" and reason != "too_old") or (
            verdict == "failed" and reason.startswith("http_4")
        ):
            found[reason] += count
    return found


def silent(db: Database, site: str, rows: Sequence[Row], now: str) -> str | None:
    """Nothing new for far longer than it ever was silent. Crawls go well, so it is not us."""
    last, usual = db.execute(
        "SELECT max(s.last_new_article, coalesce((SELECT max(first_seen) FROM copies WHERE "
        "site = s.name), '')), s.usual_yield FROM sites AS s WHERE s.name = ?",
        [site],
    ).fetchone()
    if not last or not usual or not rows or rows[0]["outcome"] != "finished":
        return None
    if later(last, max(_DAY, _ENOUGH / usual * _DAY)) > now:
        return None
    first, longest = _silences(db, site, last)
    if first > later(last, -_MONTH / 2) or later(last, 3 * longest) > now:
        return None
    return f"nothing new since {last[:10]}; usually {usual:.1f} articles a day"


def _silences(db: Database, site: str, until: str) -> tuple[str, float]:
    """In the two months before `until`: when the first article came, and the most seconds between
    two of them.
    """
    first, longest = db.execute(
        "SELECT min(first_seen), max(86400 * (julianday(first_seen) - julianday(before))) FROM ("
        "SELECT first_seen, lag(first_seen) OVER (ORDER BY first_seen) AS before FROM articles "
        "WHERE site = ? AND first_seen > ?)",
        [site, later(until, -2 * _MONTH)],
    ).fetchone()
    return first or until, longest or 0.0
