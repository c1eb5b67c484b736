"""The index of duplicates: candidates of a text by shingle, pairs that are alike, and stop shingles,
which are too common to tell anything.

A shingle lists its first `CROWD` texts only, so that no query grows with the corpus. One with a full
list is noted, and maintenance decides whether it is a stop shingle.
"""

import json
import time
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from storage.database import transaction
from storage.duplicates.compare import LEAST_SHARED, Comparison, Relation
from storage.duplicates.shingles import Sketched, least_hits

# Texts that one shingle lists.
CROWD = 200
# Candidates whose sizes are read, and those of them that are compared word for word.
_MAX_LIKELY, _MAX_COMPARED = 200, 40
FEWEST_HITS = 2

_FIND = (
    "SELECT sketches.hash, sketches.entry FROM json_each(?) AS wanted "
    "CROSS JOIN _duplicate_sketches AS sketches ON sketches.hash = wanted.value"
)
_STOPPED = (
    "SELECT hash FROM json_each(?) AS wanted "
    "CROSS JOIN _stop_shingles ON _stop_shingles.hash = wanted.value"
)
_SKETCHED = (
    "SELECT entry, size, sketched FROM json_each(?) AS wanted "
    "CROSS JOIN _duplicate_entries ON _duplicate_entries.entry = wanted.value"
)
_ADD = "INSERT OR IGNORE INTO _duplicate_sketches (hash, entry) SELECT value, ? FROM json_each(?)"
_REMOVE = "DELETE FROM _duplicate_sketches WHERE hash = ? AND entry = ?"
_NOTE_CROWDED = "INSERT OR IGNORE INTO _crowded_shingles (hash) VALUES (?)"


@dataclass(frozen=True, slots=True)
class IndexHits:
    """Entries that share shingles with a sketch, most first, and the hashes to list its text under."""

    entries: list[int]
    hashes: list[int]


def find_candidates(db: Database, sketch: Sequence[int], size: int) -> IndexHits:
    """The best candidates: they share as many hashes, two at least, as any text must that the rule may
    link to this one, which has `size` shingles.
    """
    wanted = json.dumps(sketch)
    rows = db.conn.execute(_FIND, [wanted]).fetchall()
    full = {hash_ for hash_, count in Counter(hash_ for hash_, _ in rows).items() if count >= CROWD}
    stopped = {hash_ for (hash_,) in db.conn.execute(_STOPPED, [wanted]).fetchall()}
    if full:
        db.conn.executemany(_NOTE_CROWDED, [(hash_,) for hash_ in sorted(full)])
    listed = [hash_ for hash_ in sketch if hash_ not in full and hash_ not in stopped]
    hits = Counter(entry for _, entry in rows)
    return IndexHits(_likely(db, hits, Sketched(size, len(listed))), listed)


def _likely(db: Database, hits: Counter[int], wanted: Sketched) -> list[int]:
    """Leaves out texts that share a phrase by chance: comparing them would take most of the time in a
    large database.
    """
    ranked = sorted(((count, entry) for entry, count in hits.items() if count >= FEWEST_HITS))
    counts = {entry: count for count, entry in ranked[: -_MAX_LIKELY - 1 : -1]}
    if not counts:
        return []
    rows = db.conn.execute(_SKETCHED, [json.dumps(list(counts))]).fetchall()
    sizes = {entry: Sketched(size, sketched) for entry, size, sketched in rows}
    likely = [
        entry
        for entry, count in counts.items()
        if entry in sizes and count >= least_hits(wanted, sizes[entry], LEAST_SHARED)
    ]
    return likely[:_MAX_COMPARED]


def add_sketch(db: Database, entry: int, hashes: Collection[int]) -> None:
    db.conn.execute(_ADD, [entry, json.dumps(list(hashes))])


def remove_sketch(db: Database, entry: int, sketch: Collection[int]) -> None:
    db.conn.executemany(_REMOVE, [(hash_, entry) for hash_ in sketch])


_REVERSED: dict[str, Relation] = {"contains": "part", "part": "contains"}


@dataclass(frozen=True, slots=True, order=True)
class Closeness:
    """Of two, the closer one is the greater."""

    jaccard: float
    containment: float


def put_pairs(db: Database, entry: int, other: int, comparison: Comparison) -> None:
    """`comparison`: what `entry` is to `other`."""
    figures = round(comparison.jaccard, 4), round(comparison.containment, 4)
    reversed_ = _REVERSED.get(comparison.kind, comparison.kind)
    db.conn.executemany(
        "INSERT OR REPLACE INTO _duplicate_pairs (entry, other, kind, jaccard, containment) "
        "VALUES (?, ?, ?, ?, ?)",
        [(entry, other, comparison.kind, *figures), (other, entry, reversed_, *figures)],
    )


def copies_of(db: Database, entry: int) -> dict[int, Closeness]:
    """The texts that are copies of `entry`, whichever came first."""
    rows = db.conn.execute(
        "SELECT other, jaccard, containment FROM _duplicate_pairs "
        "WHERE entry = ? AND kind = 'copy'",
        [entry],
    )
    return {other: Closeness(*figures) for other, *figures in rows.fetchall()}


def copies_among(db: Database, entry: int, others: Iterable[int]) -> set[int]:
    """Those of `others` that are copies of `entry`, which may have any number of them."""
    rows = db.conn.execute(
        "SELECT other FROM json_each(?) AS wanted CROSS JOIN _duplicate_pairs "
        "ON entry = ? AND other = wanted.value WHERE kind = 'copy'",
        [json.dumps(sorted(others)), entry],
    )
    return {other for (other,) in rows.fetchall()}


def copied_sizes(db: Database, entry: int) -> list[tuple[int, float]]:
    """Of each copy of `entry`: its size, and the containment of the two."""
    rows = db.conn.execute(
        "SELECT size, containment FROM _duplicate_pairs AS pairs "
        "JOIN _duplicate_entries AS others ON others.entry = pairs.other "
        "WHERE pairs.entry = ? AND kind = 'copy'",
        [entry],
    )
    return rows.fetchall()


def alike_to(db: Database, entry: int) -> list[int]:
    """The texts that are alike to `entry` in any way."""
    rows = db.conn.execute("SELECT other FROM _duplicate_pairs WHERE entry = ?", [entry]).fetchall()
    return [other for (other,) in rows]


def remove_pairs(db: Database, entry: int, others: Iterable[int]) -> None:
    pairs = [(entry, other) for other in others]
    db.conn.executemany("DELETE FROM _duplicate_pairs WHERE entry = ? AND other = ?", pairs)
    reversed_ = [(other, entry) for _, other in pairs]
    db.conn.executemany("DELETE FROM _duplicate_pairs WHERE entry = ? AND other = ?", reversed_)


# Clusters of the texts that a shingle lists. In fewer it belongs to a story that many published.
_MIN_CLUSTERS = CROWD // 2
_BATCH = 20

_CLUSTERS = (
    "SELECT count(DISTINCT entries.representative) FROM _duplicate_sketches "
    "JOIN _duplicate_entries AS entries USING (entry) WHERE hash = ?"
)


def stop_crowded(db: Database, seconds: float = 5.0) -> int:
    """Check the crowded shingles, for at most `seconds`; returns how many became stop shingles.

    The next call takes those that are left. Other writers wait for some milliseconds at most.
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
    if clusters < _MIN_CLUSTERS:
        return False
    db.conn.execute("INSERT OR IGNORE INTO _stop_shingles VALUES (?, ?)", [hash_, clusters])
    db.conn.execute("DELETE FROM _duplicate_sketches WHERE hash = ?", [hash_])
    return True
