"""What a database's file holds of deleted rows beside its tables: terms in old segments of the full-text
index, free places of its pages, and the write-ahead log.
"""

import os
import shutil
from collections.abc import Callable

from sqlite_utils import Database

from storage.database import FILE, clear_errors, folder_of, transaction
from storage.maintenance import checkpoint

_PURGE, _COMPACT = "purge", "compact"
# Tries, of half a second each: a query of the reader takes no longer.
_TRIES = 20
# Pages of the index that a step merges: other writers wait for some tenths of a second.
_MERGED = 500


def note_purge(db: Database, *, compact: bool, now: str) -> None:
    """Inside a transaction that deletes. `compact`: the whole file is to be written anew."""
    for task in (_PURGE, _COMPACT) if compact else (_PURGE,):
        db.execute("INSERT OR REPLACE INTO _upkeep (task, done) VALUES (?, ?)", [task, now])


def purge(db: Database, on_step: Callable[[str], None] = lambda step: None) -> bool:
    """Do what is noted; False: readers kept the log from being emptied, and it stays noted."""
    noted = {task for (task,) in db.execute("SELECT task FROM _upkeep").fetchall()}
    if not noted & {_PURGE, _COMPACT}:
        return True
    on_step("the full-text index")
    merge_search(db)
    if _COMPACT in noted:
        on_step("the database's file")
        compact(db)
        _done(db, _COMPACT)
    # Twice: with the row that says that it is done.
    emptied = any(checkpoint(db) for _ in range(_TRIES))
    if emptied:
        _done(db, _PURGE)
        checkpoint(db)
    return emptied


def merge_search(db: Database) -> None:
    """Merge the index into one segment, in which nothing is left of deleted entries."""
    step = -_MERGED
    while True:
        before = db.conn.total_changes
        with transaction(db):
            db.execute("INSERT INTO _search (_search, rank) VALUES ('merge', ?)", [step])
        # Two changes: there was nothing to merge (https://www.sqlite.org/fts5.html#the_merge_command).
        if db.conn.total_changes - before < 2:
            return
        step = _MERGED


def compact(db: Database) -> None:
    """Write the file anew from its tables: pages that were moved leave copies behind, which not even
    `secure_delete` overwrites. Takes as much room on the disk as the file has.
    """
    os.environ["SQLITE_TMPDIR"] = str(folder_of(db))  # the disk with the room, not a small /tmp
    with clear_errors(db):
        db.conn.execute("VACUUM")


def room_to_compact(db: Database) -> bool:
    """Whether the disk has the room: a second file, and the same in the log."""
    folder = folder_of(db)
    return shutil.disk_usage(folder).free > 2.2 * (folder / FILE).stat().st_size


def _done(db: Database, task: str) -> None:
    with transaction(db):
        db.execute("DELETE FROM _upkeep WHERE task = ?", [task])
