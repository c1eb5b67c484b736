"""The index by shingle: which texts may be like this one, found by one query.

A shingle lists its first texts only (`CROWD`), so that no query grows with the corpus. What is
listed to the full is noted for the upkeep (`stop_shingles`), which decides whether it tells
anything.
"""

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlite_utils import Database

# Texts under one shingle.
CROWD = 200
# Candidates that are compared word for word.
_MOST = 40
FEWEST_HITS = 2

_FIND = (
    "SELECT sketches.hash, sketches.entry FROM json_each(?) AS wanted "
    "CROSS JOIN _sketches AS sketches ON sketches.hash = wanted.value"
)
_STOPPED = (
    "SELECT hash FROM json_each(?) AS wanted "
    "CROSS JOIN _stop_shingles ON _stop_shingles.hash = wanted.value"
)
_ADD = "INSERT OR IGNORE INTO _sketches (hash, entry) SELECT value, ? FROM json_each(?)"
_REMOVE = "DELETE FROM _sketches WHERE hash = ? AND entry = ?"
_NOTE = "INSERT OR IGNORE INTO _crowded_shingles (hash) VALUES (?)"


@dataclass(frozen=True, slots=True)
class Found:
    """Entries that share shingles with a sketch, most first, and the hashes to list a text under."""

    entries: list[int]
    hashes: list[int]


def find(db: Database, sketch: Collection[int]) -> Found:
    """A pair shares at least two hashes; the best are enough."""
    wanted = json.dumps(list(sketch))
    rows = db.conn.execute(_FIND, [wanted]).fetchall()
    hits = Counter(entry for _, entry in rows)
    likely = [(count, entry) for entry, count in hits.items() if count >= FEWEST_HITS]
    likely.sort(reverse=True)
    full = {hash_ for hash_, count in Counter(hash_ for hash_, _ in rows).items() if count >= CROWD}
    stopped = {hash_ for (hash_,) in db.conn.execute(_STOPPED, [wanted]).fetchall()}
    if full:
        db.conn.executemany(_NOTE, [(hash_,) for hash_ in sorted(full)])
    return Found(
        [entry for _, entry in likely[:_MOST]],
        [hash_ for hash_ in sketch if hash_ not in full and hash_ not in stopped],
    )


def add(db: Database, entry: int, hashes: Collection[int]) -> None:
    db.conn.execute(_ADD, [entry, json.dumps(list(hashes))])


def remove(db: Database, entry: int, sketch: Collection[int]) -> None:
    db.conn.executemany(_REMOVE, [(hash_, entry) for hash_ in sketch])
