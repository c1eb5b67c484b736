"""Texts that the corpus holds under another id: rows of `copies`, and how a text moves from `articles`
to `copies` and back with all that belongs to it.
"""

import json
from collections.abc import Iterable

from sqlite_utils import Database

from items import Article, RemovedLine
from storage import article_rows, revisions
from storage.article_rows import METADATA, Row, article_from, article_row, get_one, insert, update

# What both tables hold of a text.
_SHARED = (
    *("id", *METADATA, "text", "words", "text_hash"),
    *("found_by", "first_seen", "last_seen"),
)
_REVISION = (*revisions.KEPT, "valid_from", "valid_to", "removed", "cause")


def add_article(db: Database, row: Row, lines: Iterable[RemovedLine], number: int | None) -> int:
    """A text that is in neither table, into the corpus; `number` where it is free."""
    number = free_number(db, number)
    db.execute(insert([*_SHARED, "number"], "articles"), row | {"number": number})
    article_rows.write_removed(db, number, lines)
    return number


def add_copy(db: Database, row: Row, lines: Iterable[RemovedLine], copy: Row) -> None:
    """The same as a copy; `copy` says of what."""
    _insert_copy(db, row, copy | {"removed": article_rows.as_json(lines)})


def to_copies(db: Database, number: int, copy: Row) -> None:
    """An article leaves the corpus. Its number stays its own."""
    row = get_one(db, "articles", "number", number)
    assert row is not None
    kept = {
        "removed": article_rows.as_json(article_rows.read_removed(db, number).get(number, ())),
        "revisions": _revisions(db, number),
        "number": number,
    }
    db.execute("DELETE FROM articles WHERE number = ?", [number])
    _insert_copy(db, row, copy | kept)


def to_articles(db: Database, article_id: str) -> int:
    """A copy enters the corpus, under the number it had if it was there before."""
    row = get_one(db, "copies", "id", article_id)
    assert row is not None
    db.execute("DELETE FROM copies WHERE id = ?", [article_id])
    number = add_article(db, row, article_rows.from_json(row["removed"]), row["number"])
    for revision in json.loads(row["revisions"] or "[]"):
        written = insert([*_REVISION, "article"], "revisions")
        db.execute(written, {"cause": None, **revision, "article": number})
    return number


def change_copy(db: Database, article_id: str, changes: Row) -> None:
    db.execute(update(changes, "copies", "id"), changes | {"id": article_id})


def free_number(db: Database, wanted: int | None) -> int:
    """`wanted` where free, else the next one. A number is never given out a second time."""
    if wanted is not None and wanted >= 0:
        taken = "SELECT 1 FROM articles WHERE number = :n UNION ALL SELECT 1 FROM copies WHERE number = :n"
        if db.execute(taken, {"n": wanted}).fetchone() is None:
            return wanted
    highest = "SELECT max(number) FROM articles", "SELECT max(number) FROM copies"
    numbers = [db.execute(sql).fetchone()[0] for sql in highest]
    return 1 + max(-1 if number is None else int(number) for number in numbers)


def _insert_copy(db: Database, row: Row, copy: Row) -> None:
    db.execute(insert([*_SHARED, *copy], "copies"), row | copy)


def _revisions(db: Database, number: int) -> str | None:
    rows = db.query("SELECT * FROM revisions WHERE article = ? ORDER BY revision", [number])
    kept = [{name: row[name] for name in _REVISION} for row in rows]
    return json.dumps(kept, ensure_ascii=False) if kept else None


def get(db: Database, article_id: str) -> Article | None:
    row = get_one(db, "copies", "id", article_id)
    return article_from(row, article_rows.from_json(row["removed"])) if row else None


def rewrite_copy(db: Database, article: Article) -> None:
    """The text of a copy as cleaning has it now: no revision, nobody has edited it."""
    row = article_row(article)
    changes = {name: row[name] for name in revisions.TEXT}
    changes["removed"] = article_rows.as_json(article.removed)
    _change(db, row, changes)


def is_same(current: Row, row: Row) -> bool:
    """Whether a visit to a copy found its text as it was, up to spelling."""
    return bool(current["text_hash"] == row["text_hash"])


def complete(db: Database, current: Row, row: Row) -> None:
    """As `revisions.complete`."""
    _change(db, current, revisions.missing(current, row))


def replace(db: Database, current: Row, row: Row, lines: Iterable[RemovedLine]) -> None:
    """The text of `row` becomes the copy's; the one before is kept with it."""
    changes = {name: row[name] for name in METADATA if row[name]}
    changes |= {name: row[name] for name in revisions.TEXT}
    changes |= {
        "published": current["published"] or row["published"],
        "last_seen": max(current["last_seen"], row["last_seen"]),
        "removed": article_rows.as_json(lines),
        "revisions": _with(current, row["first_seen"]),
    }
    _change(db, current, changes)


def reprocess_copy(
    db: Database, current: Row, changes: Row, now: str, lines: revisions.Lines
) -> None:
    """As `revisions.reprocess`."""
    if "text" in changes:
        changes = changes | {
            "removed": article_rows.as_json(lines),
            "revisions": _with(current, now, revisions.REPROCESSED),
        }
    _change(db, current, changes)


def _with(current: Row, replaced: str, why: str | None = None) -> str:
    """The past of a copy whose text is replaced, as JSON."""
    kept = json.loads(current["revisions"] or "[]")
    since = kept[-1]["valid_to"] if kept else current["first_seen"]
    kept.append(revisions.revision(current, since, replaced, current["removed"], why))
    return json.dumps(kept, ensure_ascii=False)


def _change(db: Database, current: Row, changes: Row) -> None:
    if changes:
        db.execute(update(changes, "copies", "id"), changes | {"id": current["id"]})
