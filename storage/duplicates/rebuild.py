"""All texts compared anew, after a change of the rule or of the index. A killed rebuild resumes where
it was; crawls go on meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from storage import search
from storage.article_rows import get_text
from storage.database import transaction
from storage.duplicates import index
from storage.duplicates.compare import compare_texts
from storage.duplicates.deduplicate import (
    apply_comparisons,
    compare_with_candidates,
    enter,
)
from storage.duplicates.entries import EntryCache
from storage.duplicates.shingles import SHORTEST, fingerprint

# Entries in a transaction: other writers wait for some 50 ms.
_BATCH = 25

_MISSING = """
SELECT id, text_hash FROM (
    SELECT id, text_hash, first_seen, number, length(text) AS length FROM articles UNION ALL
    SELECT id, text_hash, first_seen, number, length(text) FROM copies)
WHERE length >= ? AND id NOT IN (SELECT id FROM _duplicate_entries)
ORDER BY first_seen, number IS NULL, number, id
"""
_ORIGINALS = """
SELECT id, NULL AS original FROM articles UNION ALL
SELECT copies.id, articles.id FROM copies JOIN articles ON articles.number = copies.original
"""
_CHANGED = f"""
SELECT id, before.original, now.original FROM _before_rebuild AS before
JOIN ({_ORIGINALS}) AS now USING (id) WHERE before.original IS NOT now.original ORDER BY id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class ClusterChange:
    """A text with another original than before; None: it is an article itself."""

    id: str
    before: str | None
    after: str | None


def rebuild(db: Database) -> Iterator[tuple[int, int]]:
    """Yields how many texts are done, and how many there are. `finish_rebuild` ends it."""
    with transaction(db):
        done, last = _state(db) or _begin(db)
    while done < last:
        yield done, last
        with transaction(db):
            done, last = _rebuild_batch(db)


def finish_rebuild(db: Database) -> list[ClusterChange]:
    """What the rebuild has changed; its own records are deleted."""
    with transaction(db):
        changes = [ClusterChange(*row) for row in db.conn.execute(_CHANGED).fetchall()]
        db.conn.execute("DELETE FROM _before_rebuild")
        db.conn.execute("DELETE FROM _rebuild")
    return changes


def _state(db: Database) -> tuple[int, int] | None:
    """The last entry that is done, and the one to end with."""
    row: tuple[int, int] | None = db.conn.execute("SELECT done, last FROM _rebuild").fetchone()
    return row


def _begin(db: Database) -> tuple[int, int]:
    for article_id, text_hash in db.conn.execute(_MISSING, [SHORTEST]):
        db.conn.execute(
            "INSERT INTO _duplicate_entries (id, fingerprint, size, representative) "
            "VALUES (?, ?, 0, 1 + coalesce((SELECT max(entry) FROM _duplicate_entries), 0))",
            [article_id, fingerprint({"text_hash": text_hash})],
        )
    for table in ("_duplicate_sketches", "_stop_shingles", "_crowded_shingles", "_before_rebuild"):
        db.conn.execute(f"DELETE FROM {table}")  # noqa: S608
    db.conn.execute(f"INSERT INTO _before_rebuild {_ORIGINALS}")
    last = int(
        db.conn.execute("SELECT coalesce(max(entry), 0) FROM _duplicate_entries").fetchone()[0]
    )
    db.conn.execute("INSERT INTO _rebuild (last, done) VALUES (?, 0)", [last])
    return 0, last


def _rebuild_batch(db: Database) -> tuple[int, int]:
    """Compare the next entries; returns the new state. Another process may have finished the rebuild."""
    done, last = _state(db) or (0, 0)
    rows = db.conn.execute(
        "SELECT entry, id FROM _duplicate_entries WHERE entry > ? AND entry <= ? "
        "ORDER BY entry LIMIT ?",
        [done, last, _BATCH],
    ).fetchall()
    for entry, article_id in rows:
        _compare(db, entry, article_id)
    search.index_pending(db)
    done = rows[-1][0] if rows else last
    db.conn.execute("UPDATE _rebuild SET done = ?", [done])
    return done, last


def _compare(db: Database, entry: int, article_id: str) -> None:
    """Its pairs are compared first, so that a text moves only if it has to."""
    row = get_text(db, article_id)
    if row is None:
        return
    enter(db, row, entry)
    cache, near = EntryCache(db), index.alike_to(db, entry)
    for other in near:
        comparison = compare_texts(cache.compared_text(entry), cache.compared_text(other))
        if comparison.kind == "distinct":
            cache.remove_pairs(entry, [other])
        else:
            cache.put_pairs(entry, other, comparison)
    compare_with_candidates(cache, entry, row)
    apply_comparisons(cache, entry, near)
