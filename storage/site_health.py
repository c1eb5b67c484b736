"""A site's health, judged after every crawl: failures in a row, recent and usual yield, and why it is
suspect.

Most rules compare a site's last crawls with the earlier ones; those for sites that never gave anything
are in `fruitless_sites`, those for articles that are all alike in `alike_articles`. One that cannot be reached is failing, but not suspect for days.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from sqlite_utils import Database

from storage.alike_articles import alike
from storage.article_rows import Row
from storage.fruitless_sites import in_words, never_gave, rejections
from text.timestamps import add_seconds, format_utc

_DAY = 86_400.0
_MONTH = 28 * _DAY
# Pages of the last crawls, and articles of the earlier ones; fewer are chance.
_MIN_PAGES = 5
_MIN_ARTICLES = 10
# Crawls.
_IN_A_ROW = 3
_PARTLY_IN_A_ROW = 6


def barren(db: Database, site: str, now: str) -> str | None:
    """Its pages are fetched, and hardly one of them is an article any more."""
    rows = db.query(
        "SELECT new + revised + unchanged + copies AS good, rejected + failed AS bad, "
        "other_counts "
        "FROM crawls WHERE site = ? AND started > ? AND fetched + new + rejected + failed > 0 "
        "ORDER BY started DESC, crawl DESC LIMIT 200",
        [site, add_seconds(now, -_MONTH)],
    )
    good, earlier_good, earlier_bad = 0, 0, 0
    bad: Counter[str] = Counter()
    for row in rows:
        rejected = rejections(row)
        if good + bad.total() < 2 * _MIN_PAGES:
            good += row["good"]
            bad += rejected
        else:
            earlier_good += row["good"]
            earlier_bad += rejected.total()
    if good + bad.total() < _MIN_PAGES or 10 * good > bad.total():
        return None
    if earlier_bad > earlier_good:
        return None
    if earlier_good < _MIN_ARTICLES:
        is_one = good == 0 and len(bad) == 1 and bad.total() >= 2 * _MIN_PAGES
        return f"all of its last pages have one reason: {in_words(bad)}" if is_one else None
    return f"hardly a page of it is an article any more: {in_words(bad)}"


def silent(db: Database, site: str, rows: Sequence[Row], now: str) -> str | None:
    """Nothing new for far longer than ever before, though crawls succeed. The usual yield is that of the
    weeks before: the stored one sinks to nothing while the silence lasts.
    """
    last = db.execute(
        "SELECT max(coalesce(s.last_new_article, ''), coalesce((SELECT max(first_seen) FROM copies "
        "WHERE site = s.name), '')) FROM sites AS s WHERE s.name = ?",
        [site],
    ).fetchone()[0]
    if not last or not rows or rows[0]["outcome"] != "finished":
        return None
    first, longest, count = _silences(db, site, last)
    usual = count / max(1.0, _days(last, first))
    if not usual or add_seconds(last, max(_DAY, _MIN_ARTICLES / usual * _DAY)) > now:
        return None
    if first > add_seconds(last, -_MONTH / 2) or add_seconds(last, 3 * longest) > now:
        return None
    return (
        f"nothing new since {last[:10]}; usually {usual:.1f} articles a day: where its front page has "
        "later ones, name it in `sections`"
    )


def _silences(db: Database, site: str, until: str) -> tuple[str, float, int]:
    """In the two months before `until`: when the first article was seen, the most seconds between two of
    them, and how many there are.
    """
    first, longest, count = db.execute(
        "SELECT min(first_seen), max(86400 * (julianday(first_seen) - julianday(before))), count(*) "
        "FROM (SELECT first_seen, lag(first_seen) OVER (ORDER BY first_seen) AS before FROM articles "
        "WHERE site = ? AND first_seen > ?)",
        [site, add_seconds(until, -2 * _MONTH)],
    ).fetchone()
    return first or until, longest or 0.0, count


def suspicion(db: Database, site: str, now: str) -> str | None:
    """Why the site is suspect; None: it is not."""
    rows = _last(db, site)
    return (
        _refused(rows)
        or never_gave(db, site, rows, now)
        or alike(db, site)
        or _emptied(db, site, rows)
        or barren(db, site, now)
        or _partly_lost(rows)
        or _unreachable(db, site, rows, now)
        or silent(db, site, rows, now)
    )


def _last(db: Database, site: str) -> list[Row]:
    """The latest crawls that finished or failed, the latest first."""
    return list(
        db.query(
            "SELECT outcome, started, sources_read, links_listed, refused, trouble, "
            "coalesce(json_extract(other_counts, '$.sources_failed'), 0) AS sources_failed "
            "FROM crawls WHERE site = ? AND outcome IN ('finished', 'failed') ORDER BY started DESC, crawl DESC "
            "LIMIT 12",
            [site],
        )
    )


def _refused(rows: Sequence[Row]) -> str | None:
    """A block page, an error page, another kind of document than before."""
    last = rows[:_IN_A_ROW]
    if len(last) == _IN_A_ROW and all(
        row["outcome"] == "failed" and row["refused"] for row in last
    ):
        return f"answers, but not as it did: {last[0]['trouble']}"
    return None


def _emptied(db: Database, site: str, rows: Sequence[Row]) -> str | None:
    """Its lists were fetched and are empty, and a later crawl found them so too, or not modified."""
    without = list(takewhile(lambda row: not row["links_listed"], rows))
    since = max(
        (position for position, row in enumerate(without) if row["sources_read"]), default=0
    )
    if since == 0:
        return None
    before = db.execute(
        "SELECT links_listed FROM crawls WHERE site = ? AND links_listed > 0 "
        "ORDER BY started DESC, crawl DESC LIMIT 1",
        [site],
    ).fetchone()
    if before is None or any(row["outcome"] == "failed" for row in rows[:since]):
        return None
    return f"its lists are empty; they used to have {before[0]} articles"


def _partly_lost(rows: Sequence[Row]) -> str | None:
    """One of several sources keeps failing, the others are fine."""
    last, before = rows[:_PARTLY_IN_A_ROW], rows[_PARTLY_IN_A_ROW:]
    if len(last) < _PARTLY_IN_A_ROW or not all(row["sources_failed"] for row in last):
        return None
    if any(row["outcome"] == "finished" and not row["sources_failed"] for row in before):
        return f"one of its sources fails: {last[0]['trouble']}"
    return None


def _unreachable(db: Database, site: str, rows: Sequence[Row], now: str) -> str | None:
    """For days, while other sites can be reached, so that it is not our network."""
    if len(rows) < _IN_A_ROW or any(row["outcome"] == "finished" for row in rows[:_IN_A_ROW]):
        return None
    last, others = db.execute(
        "SELECT (SELECT last_success FROM sites WHERE name = :site), max(last_success) FROM sites",
        {"site": site},
    ).fetchone()
    if last and last < add_seconds(now, -3 * _DAY) < add_seconds(now, -_DAY) < others:
        return f"cannot be reached since {last[:10]}: {rows[0]['trouble']}"
    return None


# Covered by two indexes: 3 000 times, a month of a large site, take 2 ms.
_TIMES = """
SELECT published, first_seen FROM articles WHERE site = :site AND published > :since
UNION ALL SELECT NULL, first_seen FROM articles
    WHERE site = :site AND published IS NULL AND first_seen > :since
UNION ALL SELECT published, first_seen FROM copies WHERE site = :site AND published > :since
UNION ALL SELECT NULL, first_seen FROM copies
    WHERE site = :site AND published IS NULL AND first_seen > :since
"""

PublicationTimes = list[tuple[str | None, str]]


def times(db: Database, site: str, days: float, now: str) -> PublicationTimes:
    """When the texts of the last `days` were published (None: not known) and first seen.

    A copy counts, since the site published it. An article of years ago does not, however late it is
    discovered.
    """
    since = format_utc(datetime.fromisoformat(now) - timedelta(days=days))
    rows = db.execute(_TIMES, {"site": site, "since": since}).fetchall()
    return [(published, seen) for published, seen in rows if (published or seen) <= now]


# Days. The yield of the last two is compared with that of the four weeks before them.
RECENT = 2.0
USUAL = 28.0


def update_health(db: Database, site: str, outcome: str, now: str, *, found: bool) -> None:
    """After a crawl of `site`, inside its transaction; `found`: it stored something new."""
    db.execute(
        "UPDATE sites SET "
        "last_success = iif(:outcome = 'finished', :now, last_success), "
        "failures_in_a_row = CASE :outcome WHEN 'finished' THEN 0 "
        "WHEN 'failed' THEN failures_in_a_row + 1 ELSE failures_in_a_row END, "
        "last_new_article = (SELECT max(first_seen) FROM articles WHERE site = :site) "
        "WHERE name = :site",
        {"outcome": outcome, "now": now, "site": site},
    )
    if found or _is_first_of_the_day(db, site, now):
        usual, recent = yields(times(db, site, USUAL + RECENT, now), now)
        db.execute(
            "UPDATE sites SET usual_yield = ?, recent_yield = ? WHERE name = ?",
            [usual, recent, site],
        )
    db.execute(
        "UPDATE sites SET suspect_reason = ? WHERE name = ?", [suspicion(db, site, now), site]
    )


def yields(published: PublicationTimes, now: str) -> tuple[float | None, float]:
    """Articles a day, usually (None: not known for long enough) and recently."""
    ages = [_days(now, at or seen) for at, seen in published]
    recent = sum(age < RECENT for age in ages) / RECENT
    known = min(max(ages, default=0.0) - RECENT, USUAL)
    if known < 1:
        return None, recent
    return round(sum(age >= RECENT for age in ages) / known, 2), recent


def _days(now: str, then: str) -> float:
    """An imported time may have no zone, and is read as UTC."""
    naive = datetime.fromisoformat(then).replace(tzinfo=None)
    return (datetime.fromisoformat(now).replace(tzinfo=None) - naive).total_seconds() / 86_400


def _is_first_of_the_day(db: Database, site: str, now: str) -> bool:
    """Yields sink as days pass, also without anything new."""
    ended = db.execute(
        "SELECT count(*) FROM (SELECT 1 FROM crawls WHERE site = ? AND started >= ? LIMIT 2)",
        [site, now[:10]],
    ).fetchone()[0]
    return bool(ended < 2)
