"""Texts that the corpus holds under another id: out of the corpus, on the record. How they get
there and out is the work of `duplicates`.
"""

import json
from collections.abc import Iterable

from sqlite_utils import Database

from items import Article, RemovedLine
from storage import removed, revisions
from storage.article_rows import METADATA, Row, article_from, article_row, update
from storage.reading import one


def get(db: Database, article_id: str) -> Article | None:
    row = one(db, "copies", "id", article_id)
    return article_from(row, removed.from_json(row["removed"])) if row else None


def rewrite(db: Database, article: Article) -> None:
    """The text of a copy as cleaning has it now: no revision, nobody has edited it."""
    row = article_row(article)
    changes = {name: row[name] for name in revisions.TEXT}
    changes["removed"] = removed.as_json(article.removed)
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
        "removed": removed.as_json(lines),
        "revisions": _with(current, row["first_seen"]),
    }
    _change(db, current, changes)


def reprocess(db: Database, current: Row, changes: Row, now: str, lines: revisions.Lines) -> None:
    """As `revisions.reprocess`."""
    if "text" in changes:
        changes = changes | {
            "removed": removed.as_json(lines),
            "revisions": _with(current, now, revisions.REPROCESSED),
        }
    _change(db, current, changes)


def _with(current: Row, replaced: str, why: str | None = None) -> str:
    """The past of a copy whose text is replaced, as JSON."""
    kept = json.loads(current["revisions"] or "[]")
    since = kept[-1]["replaced"] if kept else current["first_seen"]
    kept.append(revisions.revision(current, since, replaced, current["removed"], why))
    return json.dumps(kept, ensure_ascii=False)


def _change(db: Database, current: Row, changes: Row) -> None:
    if changes:
        db.execute(update(changes, "copies", "id"), changes | {"id": current["id"]})
