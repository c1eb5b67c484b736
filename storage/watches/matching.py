"""What the watches find among the articles that came or changed.

Triggers queue each such article in the transaction that writes it, so that none is passed over: not by
a kill, not for the number that it gets, not while the index lags behind. The watches are asked about
the queued articles alone, in a database in memory that has these and nothing else: what a watch costs
does not grow with the corpus, however frequent its words are.

An article is found once by a watch, by its id: when it first matches, be it by its first text or by a
later one. It must have been seen first since the watch was made, so that a rebuild of the corpus, or
of an export of another, brings up nothing old. A copy that becomes an article is no news, and neither is
an article that takes the place of one that was found.
"""

import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from sqlite_utils import Database

from storage import search
from storage.article_rows import Row, insert
from storage.database import transaction
from storage.migrations.schema import schema_of
from storage.selection import SelectionError, conditions
from storage.watches.rows import Watch, watch_of
from text.timestamps import add_seconds

logger = logging.getLogger(__name__)

_BATCH = 500
# A page may wait for so many seconds, from when it was fetched until it is stored.
_GRACE = 3600
_WATCHES = "SELECT *, 0 AS matches, NULL AS last_match FROM _watches ORDER BY watch"
_ENTRIES = "SELECT entry, article, was_copy FROM _watch_queue ORDER BY entry LIMIT ?"
# Silent where one of its copies was found before it.
_ADD = """
INSERT OR IGNORE INTO _watch_matches (watch, article, found_at, silent)
SELECT :watch, id, :now, :silent OR EXISTS (
    SELECT 1 FROM copies JOIN _watch_matches AS earlier
    ON earlier.watch = :watch AND earlier.article = copies.id WHERE copies.original = articles.number)
FROM articles WHERE id = :article AND EXISTS (SELECT 1 FROM _watches WHERE watch = :watch)
"""
_POST = """
INSERT OR IGNORE INTO _watch_outbox (channel, match)
SELECT channel, match FROM _watch_matches JOIN _watch_channels USING (watch)
WHERE watch = :watch AND article = :article AND NOT silent
"""


@dataclass(frozen=True, slots=True)
class _Entry:
    entry: int
    article: str
    was_copy: bool


def find_matches(db: Database, now: str) -> int:
    """Ask all watches about what is queued; returns how many matches there were to tell of. Another
    process may do the same.
    """
    total = 0
    while entries := [_Entry(*row) for row in db.execute(_ENTRIES, [_BATCH]).fetchall()]:
        active = list(_active(db))
        found = list(_matches(db, active, entries))
        with transaction(db):
            total += _record(db, found, now)
            done = [(entry.entry,) for entry in entries]
            db.conn.executemany("DELETE FROM _watch_queue WHERE entry = ?", done)
    return total


def is_pending(db: Database) -> bool:
    return db.execute("SELECT 1 FROM _watch_queue LIMIT 1").fetchone() is not None


def _active(db: Database) -> Iterator[tuple[Watch, int]]:
    """Each watch, with the last entry that is older than it."""
    for row in db.query(_WATCHES):
        try:
            yield watch_of(row), row["after"]
        except SelectionError as error:
            logger.error("the watch %s cannot be asked: %s", row["name"], error)


def _matches(
    db: Database, active: Sequence[tuple[Watch, int]], entries: Sequence[_Entry]
) -> Iterator[tuple[int, _Entry]]:
    """The number of a watch, and an entry that it selects."""
    since = min((watch.made_at for watch, _ in active), default="")
    if not since:
        return
    articles = _articles(db, {entry.article for entry in entries}, add_seconds(since, -_GRACE))
    if not articles:
        return
    with closing(_database_of(db, articles)) as small:
        for watch, after in active:
            selected = _selected(small, watch)
            for entry in entries:
                if entry.article in selected and entry.entry > after:
                    yield watch.watch, entry


def _articles(db: Database, ids: set[str], since: str) -> list[Row]:
    sql = (
        "SELECT * FROM articles WHERE id IN (SELECT value FROM json_each(:ids)) "
        "AND first_seen >= :since"
    )
    return list(db.query(sql, {"ids": json.dumps(sorted(ids)), "since": since}))


def _database_of(db: Database, articles: Sequence[Row]) -> Database:
    """A database of these articles and their copies, with all indexes."""
    small = Database(sqlite3.connect(":memory:", isolation_level=None), execute_plugins=False)
    for statement in schema_of(db):
        small.execute(statement)
    numbers = json.dumps([row["number"] for row in articles])
    sql = "SELECT * FROM copies WHERE original IN (SELECT value FROM json_each(:numbers))"
    copies = list(db.query(sql, {"numbers": numbers}))
    with transaction(small):
        for table, rows in (("articles", articles), ("copies", copies)):
            if rows:
                small.conn.executemany(insert(rows[0], table), rows)
        search.index_pending(small)
    return small


def _selected(small: Database, watch: Watch) -> set[str]:
    sql, values = conditions(watch.selection)
    where = " AND ".join([*sql, "first_seen >= :first_seen"])
    values["first_seen"] = add_seconds(watch.made_at, -_GRACE)
    rows = small.execute(f"SELECT id FROM articles WHERE {where}", values)  # noqa: S608
    return {article for (article,) in rows.fetchall()}


def _record(db: Database, found: Sequence[tuple[int, _Entry]], now: str) -> int:
    """Inside a transaction. The index is brought up to date, so that a search has what is told of."""
    total = 0
    for watch, entry in found:
        values = {"watch": watch, "article": entry.article, "now": now, "silent": entry.was_copy}
        if db.execute(_ADD, values).rowcount > 0:
            db.execute(_POST, values)
            total += not entry.was_copy
    search.index_pending(db)
    return total
