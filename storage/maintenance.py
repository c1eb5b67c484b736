"""What a database needs that runs for years: its log emptied, its statistics fresh, a copy of it."""

import os
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from storage import leases
from storage.database import clear_errors, transaction
from text.timestamps import add_seconds, utc_now

# Half a second is what a writer beside us may have to wait.
_PATIENCE_MS = 500
_IDLE_DAYS = 7
_CRAWL_DAYS = 400
_BATCH = 5000


def checkpoint(db: Database) -> bool:
    """Empty the write-ahead log; False when readers or writers were in the way, which is no harm."""
    before = db.conn.execute("PRAGMA busy_timeout").fetchone()[0]
    db.conn.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
    try:
        busy, _, _ = db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.conn.execute(f"PRAGMA busy_timeout = {before}")
    return not busy


def optimise(db: Database) -> None:
    """Statistics for the query planner, where they are out of date; a sample of each index."""
    db.conn.execute("PRAGMA analysis_limit = 1000")
    db.conn.execute("PRAGMA optimize")


def back_up(db: Database, folder: Path, *, keep: int, now: str) -> Path:
    """A whole copy, `warraq-2026-11-01.db`; the oldest beyond `keep` go. Raises StorageError.

    It takes a read transaction: writers go on meanwhile.
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
    """Forget old polls that brought nothing: a thousand sites make 50 000 a day. How many."""
    gone = 0
    while deleted := _delete(
        db, add_seconds(now, -_IDLE_DAYS * 86_400), add_seconds(now, -_CRAWL_DAYS * 86_400)
    ):
        gone += deleted
    return gone


def _delete(db: Database, idle: str, old: str) -> int:
    """The last crawl that found anything listed stays: `suspicion` remembers by it."""
    with transaction(db):
        return db.execute(
            "DELETE FROM crawls WHERE crawl IN (SELECT crawl FROM crawls WHERE started < ? OR ("
            "started < ? AND outcome = 'finished' AND "
            "queued + fetched + new + revised + unchanged + copies + rejected + failed = 0) "
            "EXCEPT SELECT max(crawl) FROM crawls WHERE links_listed > 0 GROUP BY site LIMIT ?)",
            [old, idle, _BATCH],
        ).rowcount


def end_killed_crawls(db: Database, now: str) -> int:
    """Crawls that never came to an end, of sites that no one is crawling. How many."""
    open_ = db.execute("SELECT DISTINCT site FROM crawls WHERE finished IS NULL").fetchall()
    dead = [site for (site,) in open_ if leases.holder(db, site, now) is None]
    with transaction(db):
        return sum(
            db.execute(
                "UPDATE crawls SET finished = ?, outcome = 'killed' WHERE site = ? AND finished IS NULL",
                [now, site],
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
    """Whether `hours` have passed since the task was done."""
    done = last_done(db, task)
    elapsed = (
        datetime.fromisoformat(now or utc_now()) - datetime.fromisoformat(done) if done else None
    )
    return elapsed is None or elapsed.total_seconds() >= hours * 3600
