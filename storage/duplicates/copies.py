"""Copies of an article's text: rows of `copies`, and how a text moves from `articles` to `copies` and
back with its removed lines and revisions.
"""

import json
from collections.abc import Iterable

from sqlite_utils import Database

from items import Article, RemovedLine
from storage import article_rows, revisions
from storage.article_rows import (
    MAX_NUMBER,
    METADATA,
    Row,
    article_from,
    article_row,
    get_one,
    insert,
    next_number,
    update,
)
from storage.rights import changed_rights

# The columns that both tables have.
_SHARED = (
    *("id", *METADATA, *revisions.TEXT),
    *("found_by", "first_seen", "last_seen", "gone_at", "rights", "reserved"),
    "refined_by",
)
# Of a copy; those of an article are rows of their own.
_MAX_REVISIONS, _MAX_REVISION_CHARS = 50, 1_000_000
# Of revisions that were kept before there were these columns.
_LATER_COLUMNS = dict.fromkeys(("cause", "kinds", "refined_by"))
_REVISION = (*revisions.KEPT, "valid_from", "valid_to", "removed", "cause")


def add_article(db: Database, row: Row, lines: Iterable[RemovedLine], number: int | None) -> int:
    """Store a text that is in neither table; returns its number, `number` where that is free."""
    number = free_number(db, number)
    db.execute(insert([*_SHARED, "number"], "articles"), row | {"number": number})
    article_rows.add_removed(db, number, lines)
    return number


def add_copy(db: Database, row: Row, lines: Iterable[RemovedLine], copy: Row) -> None:
    """The same as a copy; `copy`: the columns about its original."""
    _insert_copy(db, row, copy | {"removed": article_rows.as_json(lines)})


def to_copies(db: Database, number: int, copy: Row) -> None:
    """An article becomes a copy. Its number stays reserved for it."""
    row = get_one(db, "articles", "number", number)
    assert row is not None
    columns = {
        "removed": article_rows.as_json(article_rows.read_removed(db, number).get(number, ())),
        "revisions": _revisions(db, number),
        "number": number,
    }
    db.execute("DELETE FROM articles WHERE number = ?", [number])
    _insert_copy(db, row, copy | columns)


def to_articles(db: Database, article_id: str) -> int:
    """A copy becomes an article, under the number that it had if it was one before."""
    row = get_one(db, "copies", "id", article_id)
    assert row is not None
    db.execute("DELETE FROM copies WHERE id = ?", [article_id])
    number = add_article(db, row, article_rows.from_json(row["removed"]), row["number"])
    for revision in json.loads(row["revisions"] or "[]"):
        sql = insert([*_REVISION, "article"], "revisions")
        db.execute(sql, {**_LATER_COLUMNS, **revision, "article": number})
    return number


def change_copy(db: Database, article_id: str, changes: Row) -> None:
    db.execute(update(changes, "copies", "id"), changes | {"id": article_id})


def free_number(db: Database, wanted: int | None) -> int:
    """`wanted` where it is free, else the next one. No number is used twice."""
    if wanted is not None and 0 <= wanted <= MAX_NUMBER:
        taken = "SELECT 1 FROM articles WHERE number = :n UNION ALL SELECT 1 FROM copies WHERE number = :n"
        if db.execute(taken, {"n": wanted}).fetchone() is None:
            return wanted
    return next_number(db)


def _insert_copy(db: Database, row: Row, copy: Row) -> None:
    db.execute(insert([*_SHARED, *copy], "copies"), row | copy)


def _revisions(db: Database, number: int) -> str | None:
    rows = db.query("SELECT * FROM revisions WHERE article = ? ORDER BY revision", [number])
    past = [{name: row[name] for name in _REVISION} for row in rows]
    return json.dumps(past, ensure_ascii=False) if past else None


def get(db: Database, article_id: str) -> Article | None:
    row = get_one(db, "copies", "id", article_id)
    return article_from(row, article_rows.from_json(row["removed"])) if row else None


def rewrite_copy(db: Database, article: Article) -> None:
    """Write the cleaned text of a copy. It becomes no revision: the site has changed nothing."""
    row = article_row(article)
    changes = {name: row[name] for name in revisions.TEXT}
    changes["removed"] = article_rows.as_json(article.removed)
    _change(db, row, changes)


def is_same(current: Row, row: Row) -> bool:
    """Whether a visit to a copy found the same text, up to spelling."""
    return bool(current["text_hash"] == row["text_hash"])


def complete(db: Database, current: Row, row: Row) -> None:
    """As `revisions.complete`."""
    _change(db, current, revisions.missing(current, row))


def replace(db: Database, current: Row, row: Row, lines: Iterable[RemovedLine]) -> None:
    """The text of `row` becomes the copy's, and the previous one a revision in its row."""
    changes = {name: row[name] for name in METADATA if row[name]}
    changes |= {name: row[name] for name in revisions.TEXT}
    changes |= {
        "access": row["access"],
        "refined_by": row["refined_by"],
        **changed_rights(current, row),
        "published": current["published"] or row["published"],
        "last_seen": max(current["last_seen"], row["last_seen"]),
        "removed": article_rows.as_json(lines),
        "revisions": _with_revision(current, row["first_seen"]),
    }
    _change(db, current, changes)


def reprocess_copy(
    db: Database, current: Row, changes: Row, now: str, lines: revisions.Lines
) -> None:
    """As `revisions.reprocess`."""
    if "text" in changes:
        changes = changes | {
            "removed": article_rows.as_json(lines),
            "revisions": _with_revision(current, now, revisions.REPROCESSED),
        }
    _change(db, current, changes)


def _with_revision(current: Row, valid_to: str, cause: str | None = None) -> str:
    """The latest revisions of a copy, with its current text, which is being replaced, as JSON."""
    past = json.loads(current["revisions"] or "[]")
    valid_from = past[-1]["valid_to"] if past else current["first_seen"]
    past.append(revisions.revision(current, valid_from, valid_to, current["removed"], cause))
    # All of them are written anew with each: a page that is another at every visit would have no end.
    while len(past) > 1 and sum(len(old["text"]) for old in past) > _MAX_REVISION_CHARS:
        del past[0]
    return json.dumps(past[-_MAX_REVISIONS:], ensure_ascii=False)


def _change(db: Database, current: Row, changes: Row) -> None:
    if changes:
        db.execute(update(changes, "copies", "id"), changes | {"id": current["id"]})
