"""Suspect sites: those that answer and yield nothing of what they used to yield, and why.

Each rule holds a site's last crawls against the earlier ones, so that a site which never yielded
anything is not suspect, and one that cannot be reached is failing, but not suspect for days.
"""

import json
from collections import Counter
from collections.abc import Sequence

from sqlite_utils import Database

from storage.clock import later
from storage.rows import Row

_IN_A_ROW = 3
_PARTLY = 6
_DAY = 86_400.0
_MONTH = 28 * _DAY
# Pages; less is chance.
_FEW = 5
_ENOUGH = 10


def suspicion(db: Database, site: str, now: str) -> str | None:
    """Why the site is suspect; None when it is as usual."""
    rows = _last(db, site)
    return (
        _refused(rows)
        or _emptied(db, site, rows)
        or _barren(db, site, now)
        or _partly_lost(rows)
        or _unreachable(db, site, rows, now)
        or _silent(db, site, rows, now)
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
    """Its lists came whole and had nothing in them; "not modified" since then says the same."""
    since = next((at for at, row in enumerate(rows) if row["read"]), None)
    if since is None or since == 0 or rows[since]["links"]:
        return None
    before = db.execute(
        "SELECT links FROM crawls WHERE site = ? AND links > 0 ORDER BY started DESC LIMIT 1",
        [site],
    ).fetchone()
    if before is None or any(row["outcome"] == "failed" for row in rows[:since]):
        return None
    return f"its lists are empty; they used to have {before[0]} articles"


def _barren(db: Database, site: str, now: str) -> str | None:
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


def _silent(db: Database, site: str, rows: Sequence[Row], now: str) -> str | None:
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
    longest = _longest_silence(db, site, last)
    if longest is None or later(last, 3 * longest) > now:
        return None
    return f"nothing new since {last[:10]}; usually {usual:g} articles a day"


def _longest_silence(db: Database, site: str, until: str) -> float | None:
    """Seconds between two articles, in the two months before `until`."""
    return db.execute(  # type: ignore[no-any-return]
        "SELECT max(86400 * (julianday(first_seen) - julianday(before))) FROM ("
        "SELECT first_seen, lag(first_seen) OVER (ORDER BY first_seen) AS before FROM articles "
        "WHERE site = ? AND first_seen > ?)",
        [site, later(until, -2 * _MONTH)],
    ).fetchone()[0]
