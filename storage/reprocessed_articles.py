"""What became of an archived page when it was refined again, into the database."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from items import Article
from storage import revisions, search
from storage.archive.read_pages import (
    STORED,
    ArchiveError,
    ReprocessScope,
    locate_page,
    pages_after,
    read_body,
)
from storage.article_rows import Row, article_row, get_one
from storage.articles import store
from storage.duplicates import copies, deduplicate
from storage.formats.documents import ExportedArticle
from text.normalise import normalise_article

ReprocessOutcome = Literal["restored", "revised", "changed", "corrected", "same", "found"]


def reprocess_page(
    db: Database, page: Row, article: Article, now: str, *, anew: bool = False
) -> ReprocessOutcome:
    """`article` is what the page, a row of `_archived_pages`, gives by today's rules, cleaned.
    `restored`: it was not in the database; `revised`: nor was this later text of it; `found`: the page
    had been turned away. `anew`: the database has not had this page. Inside a transaction.
    """
    if page["article"]:
        # It stays the article it was, whatever address the page now says is its own.
        article = replace(article, id=page["article"])
    article = normalise_article(article)
    for table in ("articles", "copies"):
        current = get_one(db, table, "id", article.id)
        seen = current and not anew and current["last_seen"] >= page["ingested_at"]
        if current and (seen or not page["article"]):
            if not page["article"]:
                return "same"  # another page of it was stored
            changes = changes_of(db, current, article)
            return rewrite_article(db, table, current, article, changes, now)
        if current:
            # To find a text in a file is not to see it on its site.
            last = current["last_seen"] if page["kind"] == "import" else None
            _store(db, page, article, last)
            return "revised"
    _store(db, page, article)
    return "restored" if page["article"] else "found"


def stored(db: Database, article_id: str) -> Row | None:
    """The row of the article, or of the copy."""
    return get_one(db, "articles", "id", article_id) or get_one(db, "copies", "id", article_id)


def changes_of(db: Database, current: Row, article: Article) -> Row:
    """The columns of the stored article that would be other ones."""
    pages = "SELECT count(*) FROM (SELECT 1 FROM _archived_pages WHERE article = ? LIMIT 2)"
    alone = db.execute(pages, [article.id]).fetchone()[0] < 2
    return differences(current, article, dated=alone)


def differences(current: Row, article: Article, *, dated: bool) -> Row:
    row = article_row(article)
    changes = revisions.corrected(current, row, dated=dated)
    # Its address is in its id.
    changes.pop("url", None)
    if row["text"] != current["text"]:
        changes |= {name: row[name] for name in revisions.TEXT}
    return changes


def rewrite_article(
    db: Database, table: str, current: Row, article: Article, changes: Row, now: str
) -> ReprocessOutcome:
    """`current`, a row of `articles` or `copies`, as later rules have it; a text that they change
    becomes a revision. Inside a transaction.
    """
    if not changes:
        return "same"
    write = revisions.reprocess if table == "articles" else copies.reprocess_copy
    write(db, current, changes, now, article.removed)
    deduplicate.process_queue(db)
    search.index_pending(db)
    return "changed" if "text" in changes else "corrected"


def restore(db: Database, kept: ExportedArticle, page: Row) -> ReprocessOutcome:
    """An article that an export of ours wrote, as it was imported."""
    if stored(db, page["article"]):
        return "same"
    first = kept.first_seen or page["ingested_at"]
    last = kept.last_seen or first
    wanted = page["number"] if page["number"] is not None else _unused(db)
    article = replace(normalise_article(kept.article), id=page["article"], number=wanted)
    store(db, article, found_by=kept.found_by, now=first, last_seen=last, visit=False)
    return "restored"


def _store(db: Database, page: Row, article: Article, seen: str | None = None) -> None:
    """As it was stored then: its number, if that is free; for one that had none, a new one."""
    wanted = _unused(db) if page["number"] is None else page["number"]
    done = store(
        db,
        replace(article, number=wanted),
        key=page["url"],
        found_by=page["found_by"] or "",
        now=page["ingested_at"],
        last_seen=seen,
        visit=page["article"] is None,
    )
    if page["article"] is None:
        db.execute(
            "UPDATE _archived_pages SET article = ?, number = ?, site = ?, outcome = ?, "
            "reason = '' WHERE page = ?",
            [article.id, done.number, article.site, done.outcome, page["page"]],
        )


def _unused(db: Database) -> int:
    """A number that no article has, nor has had as far as the archive knows."""
    sql = (
        "SELECT 1 + max(coalesce((SELECT max(number) FROM articles), -1), "
        "coalesce((SELECT max(number) FROM copies), -1), "
        "coalesce((SELECT max(number) FROM _archived_pages), -1))"
    )
    found: int = db.execute(sql).fetchone()[0]
    return found


# What was learned of the sites stays, and so does the frontier.
_TABLES = (
    *("revisions", "removed_lines", "related", "copies", "articles"),
    *("_duplicate_entries", "_duplicate_sketches", "_duplicate_pairs", "_duplicate_queue"),
    *("_stop_shingles", "_crowded_shingles", "_rebuild", "_before_rebuild"),
)
_WITHOUT_PAGE = """
SELECT id FROM (SELECT id, site FROM articles UNION ALL SELECT id, site FROM copies) AS stored
WHERE (?1 IS NULL OR site = ?1) AND NOT EXISTS (
    SELECT 1 FROM _archived_pages WHERE _archived_pages.article = stored.id)
"""


def without_page(db: Database, site: str | None = None) -> int:
    """How many articles and copies, of one site or of all, the archive has no page of."""
    sql = f"SELECT count(*) FROM ({_WITHOUT_PAGE})"  # noqa: S608
    return int(db.execute(sql, [site]).fetchone()[0])


def unreadable(db: Database, folder: Path) -> int:
    """How many pages of articles the archive has lost, or holds damaged. Reads all of them."""
    lost, page = 0, 0
    scope = ReprocessScope(last=2**62)
    while rows := pages_after(db, scope, STORED, page, 200):
        page = rows[-1]["page"]
        for row in rows:
            one = locate_page(db, row)
            try:
                lost += one is None or not read_body(folder, one)
            except ArchiveError:
                lost += 1
    return lost


def empty(db: Database) -> None:
    """Inside a transaction. Whoever calls this has made sure that nothing is lost."""
    for table in _TABLES:
        db.execute(f"DELETE FROM {table}")  # noqa: S608
    search.rebuild_search(db)
