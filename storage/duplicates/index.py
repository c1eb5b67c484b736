"""The index by shingle: which texts may be like this one, found by one query.

A shingle lists its first texts only (`CROWD`), so that no query grows with the corpus. What is
listed to the full is noted for the upkeep (`stop_shingles`), which decides whether it tells
anything.
"""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from storage.duplicates.compare import LEAST_SHARED
from storage.duplicates.sketch import Sketched, least_hits

# Texts under one shingle.
CROWD = 200
# Candidates whose sizes are looked up, and those of them that are compared word for word.
_LOOKED_AT, _MOST = 200, 40
FEWEST_HITS = 2

_FIND = (
    "SELECT sketches.hash, sketches.entry FROM json_each(?) AS wanted "
    "CROSS JOIN _sketches AS sketches ON sketches.hash = wanted.value"
)
_STOPPED = (
    "SELECT hash FROM json_each(?) AS wanted "
    "CROSS JOIN _stop_shingles ON _stop_shingles.hash = wanted.value"
)
_SKETCHED = (
    "SELECT entry, size, sketched FROM json_each(?) AS wanted "
    "CROSS JOIN _entries ON _entries.entry = wanted.value"
)
_ADD = "INSERT OR IGNORE INTO _sketches (hash, entry) SELECT value, ? FROM json_each(?)"
_REMOVE = "DELETE FROM _sketches WHERE hash = ? AND entry = ?"
_NOTE = "INSERT OR IGNORE INTO _crowded_shingles (hash) VALUES (?)"


@dataclass(frozen=True, slots=True)
class Found:
    """Entries that share shingles with a sketch, most first, and the hashes to list a text under."""

    entries: list[int]
    hashes: list[int]


def find(db: Database, sketch: Sequence[int], size: int) -> Found:
    """Those that share as many hashes as a text must that the rule could link to this one, which
    has `size` shingles; two at the least. The best are enough.
    """
    wanted = json.dumps(sketch)
    rows = db.conn.execute(_FIND, [wanted]).fetchall()
    full = {hash_ for hash_, count in Counter(hash_ for hash_, _ in rows).items() if count >= CROWD}
    stopped = {hash_ for (hash_,) in db.conn.execute(_STOPPED, [wanted]).fetchall()}
    if full:
        db.conn.executemany(_NOTE, [(hash_,) for hash_ in sorted(full)])
    listed = [hash_ for hash_ in sketch if hash_ not in full and hash_ not in stopped]
    hits = Counter(entry for _, entry in rows)
    return Found(_likely(db, hits, Sketched(size, len(listed))), listed)


def _likely(db: Database, hits: Counter[int], ours: Sketched) -> list[int]:
    """What is alike by chance, for a phrase that both have, is passed over: to compare it would take
    most of the time in a large database.
    """
    most = sorted(((count, entry) for entry, count in hits.items() if count >= FEWEST_HITS))
    counts = {entry: count for count, entry in most[: -_LOOKED_AT - 1 : -1]}
    if not counts:
        return []
    rows = db.conn.execute(_SKETCHED, [json.dumps(list(counts))]).fetchall()
    sizes = {entry: Sketched(size, sketched) for entry, size, sketched in rows}
    likely = [
        entry
        for entry, count in counts.items()
        if entry in sizes and count >= least_hits(ours, sizes[entry], LEAST_SHARED)
    ]
    return likely[:_MOST]


def add(db: Database, entry: int, hashes: Collection[int]) -> None:
    db.conn.execute(_ADD, [entry, json.dumps(list(hashes))])


def remove(db: Database, entry: int, sketch: Collection[int]) -> None:
    db.conn.executemany(_REMOVE, [(hash_, entry) for hash_ in sketch])
