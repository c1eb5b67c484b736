"""How a site is doing, noted after every crawl: successes, failures in a row, yield, suspicion."""

from datetime import datetime

from sqlite_utils import Database

from storage.publishing import Times, times
from storage.site_health import suspicion

# Days. What the last two bring is held against the four weeks before them.
RECENT = 2.0
USUAL = 28.0


def note(db: Database, site: str, outcome: str, now: str, *, found: bool) -> None:
    """A crawl of `site` has ended; `found`: it brought something new. Inside its transaction."""
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
    db.execute("UPDATE sites SET suspect = ? WHERE name = ?", [suspicion(db, site, now), site])


def yields(published: Times, now: str) -> tuple[float | None, float]:
    """Articles a day, usually (None: not known long enough to say) and recently."""
    ages = [_days(now, at or seen) for at, seen in published]
    recent = sum(age < RECENT for age in ages) / RECENT
    known = min(max(ages, default=0.0) - RECENT, USUAL)
    if known < 1:
        return None, recent
    return round(sum(age >= RECENT for age in ages) / known, 2), recent


def _days(now: str, then: str) -> float:
    """An imported time may have no zone: it is taken as UTC."""
    naive = datetime.fromisoformat(then).replace(tzinfo=None)
    return (datetime.fromisoformat(now).replace(tzinfo=None) - naive).total_seconds() / 86_400


def _is_first_of_the_day(db: Database, site: str, now: str) -> bool:
    """Without anything new, yields still sink as days pass."""
    ended = db.execute(
        "SELECT count(*) FROM (SELECT 1 FROM crawls WHERE site = ? AND started >= ? LIMIT 2)",
        [site, now[:10]],
    ).fetchone()[0]
    return bool(ended < 2)
