"""All verdicts made anew, after a change of the rule or of the index. Can be killed and goes on
where it was; crawls go on beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from storage import search
from storage.article_rows import get_one
from storage.database import transaction
from storage.duplicates import index
from storage.duplicates.compare import compare_texts
from storage.duplicates.deduplicate import (
    SHORTEST,
    apply_comparisons,
    compare_with_candidates,
    enter,
)
from storage.duplicates.entries import EntryCache
from storage.duplicates.shingles import fingerprint

# Entries a transaction: other writers wait for some 50 ms.
_BATCH = 25

_MISSING = """
SELECT id, text_hash FROM (
    SELECT id, text_hash, first_seen, number, length(text) AS length FROM articles UNION ALL
    SELECT id, text_hash, first_seen, number, length(text) FROM copies)
WHERE length >= ? AND id NOT IN (SELECT id FROM _duplicate_entries)
ORDER BY first_seen, number IS NULL, number, id
"""
_STANDING = """
SELECT id, NULL AS original FROM articles UNION ALL
SELECT copies.id, articles.id FROM copies JOIN articles ON articles.number = copies.original
"""
_CHANGED = f"""
SELECT id, before.original, now.original FROM _before_rebuild AS before
JOIN ({_STANDING}) AS now USING (id) WHERE before.original IS NOT now.original ORDER BY id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class ClusterChange:
    """A text whose original is another than before; None: it is an article itself."""

    id: str
    before: str | None
    after: str | None


def rebuild(db: Database) -> Iterator[tuple[int, int]]:
    """Judge everything again; yields how many texts are done, and of how many. `finish` ends it."""
    with transaction(db):
        done, last = _state(db) or _begin(db)
    while done < last:
        yield done, last
        with transaction(db):
            done, last = _go_on(db)


def finish_rebuild(db: Database) -> list[ClusterChange]:
    """What the rebuild has changed, all in all; it is forgotten with that."""
    with transaction(db):
        changes = [ClusterChange(*row) for row in db.conn.execute(_CHANGED).fetchall()]
        db.conn.execute("DELETE FROM _before_rebuild")
        db.conn.execute("DELETE FROM _rebuild")
    return changes


def _state(db: Database) -> tuple[int, int] | None:
    """The entry that was done last, and the one to end with."""
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
    db.conn.execute(f"INSERT INTO _before_rebuild {_STANDING}")
    last = int(
        db.conn.execute("SELECT coalesce(max(entry), 0) FROM _duplicate_entries").fetchone()[0]
    )
    db.conn.execute("INSERT INTO _rebuild (last, done) VALUES (?, 0)", [last])
    return 0, last


def _go_on(db: Database) -> tuple[int, int]:
    """The next entries; where that leads to. Another process may have ended it all."""
    done, last = _state(db) or (0, 0)
    rows = db.conn.execute(
        "SELECT entry, id FROM _duplicate_entries WHERE entry > ? AND entry <= ? "
        "ORDER BY entry LIMIT ?",
        [done, last, _BATCH],
    ).fetchall()
    for entry, article_id in rows:
        _judge(db, entry, article_id)
    search.index_pending(db)
    done = rows[-1][0] if rows else last
    db.conn.execute("UPDATE _rebuild SET done = ?", [done])
    return done, last


def _judge(db: Database, entry: int, article_id: str) -> None:
    """Pairs that were alike are compared again, so that a text only moves if it has to."""
    row = get_one(db, "articles", "id", article_id) or get_one(db, "copies", "id", article_id)
    if row is None:
        return
    enter(db, row, entry)
    texts, near = EntryCache(db), index.alike_to(db, entry)
    for other in near:
        verdict = compare_texts(texts.compared_text(entry), texts.compared_text(other))
        if verdict.kind == "distinct":
            index.remove_pairs(db, entry, [other])
        else:
            index.put_pairs(db, entry, other, verdict)
    compare_with_candidates(texts, entry, row)
    apply_comparisons(texts, [entry, *near])
