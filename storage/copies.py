"""Texts that the corpus already holds under another id: out of the corpus, on the record."""

from collections.abc import Iterable

from sqlite_utils import Database

from items import RemovedLine
from storage import removed
from storage.rows import Row, insert

# Characters; shorter texts (a score, a correction, a stub) are equal by chance.
_SHORTEST = 200


def keep(db: Database, row: Row, lines: Iterable[RemovedLine], earlier: Row | None) -> bool:
    """Whether `row` is a copy, and then it is in `copies`. `earlier` is its row there."""
    if earlier and earlier["text_hash"] == row["text_hash"]:
        _seen_again(db, row)
        return True
    original = _original(db, row)
    if original is None:
        return False
    db.execute("DELETE FROM copies WHERE id = ?", [row["id"]])
    copy = row | original | {"kind": "exact", "jaccard": 1.0, "containment": 1.0}
    copy |= {"removed": removed.as_json(lines), "number": earlier and earlier["number"]}
    db.execute(insert(copy, "copies"), copy)
    return True


def _original(db: Database, row: Row) -> Row | None:
    if len(row["text"]) < _SHORTEST:
        return None
    sql = (
        "SELECT number AS of, url AS of_url, published AS of_published FROM articles "
        "WHERE text_hash = ? ORDER BY number LIMIT 1"
    )
    return next(iter(db.query(sql, [row["text_hash"]])), None)


def _seen_again(db: Database, row: Row) -> None:
    db.execute(
        "UPDATE copies SET last_seen = max(last_seen, :last_seen) WHERE id = :id",
        {"last_seen": row["last_seen"], "id": row["id"]},
    )
