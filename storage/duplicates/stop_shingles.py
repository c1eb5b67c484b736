"""Upkeep: shingles that stand in very many stories tell nothing, and are listed no more."""

import time

from sqlite_utils import Database

from storage.database import transaction
from storage.duplicates.index import CROWD

# Of the texts listed under a shingle. In fewer clusters it belongs to a story that ran everywhere.
_MANY = CROWD // 2
_BATCH = 20

_CLUSTERS = (
    "SELECT count(DISTINCT entries.pivot) FROM _sketches "
    "JOIN _entries AS entries USING (entry) WHERE hash = ?"
)


def stop_crowded(db: Database, seconds: float = 5.0) -> int:
    """Look at the shingles that were found crowded, for at most `seconds`; how many are stopped.

    What is left is there the next time. Other writers wait for some milliseconds at most.
    """
    deadline = time.monotonic() + seconds
    stopped = 0
    while time.monotonic() < deadline and (hashes := _crowded(db)):
        with transaction(db):
            stopped += sum(_stop(db, hash_) for hash_ in hashes)
    return stopped


def _crowded(db: Database) -> list[int]:
    rows = db.conn.execute("SELECT hash FROM _crowded_shingles LIMIT ?", [_BATCH])
    return [hash_ for (hash_,) in rows.fetchall()]


def _stop(db: Database, hash_: int) -> bool:
    clusters = db.conn.execute(_CLUSTERS, [hash_]).fetchone()[0]
    db.conn.execute("DELETE FROM _crowded_shingles WHERE hash = ?", [hash_])
    if clusters < _MANY:
        return False
    db.conn.execute("INSERT OR IGNORE INTO _stop_shingles VALUES (?, ?)", [hash_, clusters])
    db.conn.execute("DELETE FROM _sketches WHERE hash = ?", [hash_])
    return True
