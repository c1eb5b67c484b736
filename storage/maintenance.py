"""What keeps a database fit for years: checkpoints, statistics, backups, old crawls deleted."""

import os
from pathlib import Path

from sqlite_utils import Database

from storage import crawls, leases
from storage.database import clear_errors, transaction
from text.timestamps import add_seconds, utc_now

# Other writers may have to wait this long.
_BUSY_MS = 500
_IDLE_DAYS = 7
_CRAWL_DAYS = 400
_BATCH = 5000


def checkpoint(db: Database) -> bool:
    """Empty the write-ahead log. False: readers or writers were in the way; the next call may do it."""
    before = db.conn.execute("PRAGMA busy_timeout").fetchone()[0]
    db.conn.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    try:
        busy, _, _ = db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.conn.execute(f"PRAGMA busy_timeout = {before}")
    return not busy


def optimise(db: Database) -> None:
    """Refresh the query planner's statistics where they are out of date, from a sample of each index."""
    db.conn.execute("PRAGMA analysis_limit = 1000")
    db.conn.execute("PRAGMA optimize")


def back_up(db: Database, folder: Path, *, keep: int, now: str) -> Path:
    """A full copy, `warraq-2026-11-01.db`; the newest `keep` stay. Raises StorageError.

    It takes a read transaction, so that writers are not blocked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"warraq-{now[:10]}.db"
    partial = folder / f".{target.name}.part"
    partial.unlink(missing_ok=True)
    with clear_errors(db):
        db.conn.execute("VACUUM INTO ?", [str(partial)])
    _flush(partial)
    partial.replace(target)
    for old in sorted(folder.glob("warraq-????-??-??.db"))[:-keep]:
        old.unlink()
    return target


def _flush(file: Path) -> None:
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


def thin_crawls(db: Database, now: str) -> int:
    """Delete old polls that found nothing; returns how many. A thousand sites make 50 000 a day."""
    total = 0
    while deleted := _delete(
        db, add_seconds(now, -_IDLE_DAYS * 86_400), add_seconds(now, -_CRAWL_DAYS * 86_400)
    ):
        total += deleted
    return total


def _delete(db: Database, idle: str, old: str) -> int:
    """A site's last crawl that found links listed stays: `site_health.suspicion` compares with it."""
    with transaction(db):
        return db.execute(
            "DELETE FROM crawls WHERE crawl IN (SELECT crawl FROM crawls WHERE started < ? OR ("
            "started < ? AND outcome = 'finished' AND "
            "queued + fetched + new + revised + unchanged + copies + rejected + failed = 0) "
            "EXCEPT SELECT max(crawl) FROM crawls WHERE links_listed > 0 GROUP BY site LIMIT ?)",
            [old, idle, _BATCH],
        ).rowcount


def end_killed_crawls(db: Database, now: str) -> int:
    """Close the crawls without an end of sites that nobody is crawling; returns how many."""
    open_ = db.execute("SELECT DISTINCT site FROM crawls WHERE finished IS NULL").fetchall()
    dead = [site for (site,) in open_ if leases.holder(db, site, now) is None]
    with transaction(db):
        return sum(
            db.execute(
                "UPDATE crawls SET finished = ?, outcome = ? WHERE site = ? AND finished IS NULL",
                [now, crawls.KILLED, site],
            ).rowcount
            for site in dead
        )


def last_done(db: Database, task: str) -> str | None:
    row = db.execute("SELECT done FROM _upkeep WHERE task = ?", [task]).fetchone()
    return row[0] if row else None


def mark_done(db: Database, task: str, now: str) -> None:
    with transaction(db):
        db.execute("INSERT OR REPLACE INTO _upkeep (task, done) VALUES (?, ?)", [task, now])


def is_due(db: Database, task: str, hours: float, now: str | None = None) -> bool:
    """Whether the task was never done, or `hours` have passed since. A time in the future is of a clock
    that was wrong, and says nothing.
    """
    done, now = last_done(db, task), now or utc_now()
    return done is None or not add_seconds(now, -hours * 3600) < done <= now
