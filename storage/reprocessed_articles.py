"""What an archived page that is refined again means for the articles: decided without writing, then
applied. A dry run leaves the second part out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
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
from storage.article_rows import Row, article_row, current_version, get_one, next_number
from storage.articles import store
from storage.canonical_claims import at_address, is_same_story, settle_stored
from storage.duplicates import copies, deduplicate
from storage.formats.documents import ExportedArticle
from storage.prepared_articles import as_stored, prepared_text
from storage.rights import added_rights, rights_columns
from storage.unfolding import number_page, unfold
from text.normalise import normalise_article
from text.urls import article_id

ReprocessOutcome = Literal[
    "restored",  # the article was not in the database
    "revised",  # nor was this later text of it
    "changed",  # another text by today's rules
    "corrected",  # other metadata
    "same",
    "unfolded",  # stored as the article of other stories
    "found",  # the page had been rejected, and is an article now
    "rejected",  # it still is
    "lost",  # rejected by today's rules: what is stored of it stays
    "gone",  # its record cannot be read
]


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """A row of `table`: `articles` or `copies`. `dated`: its dates may be corrected, since the archive
    has no other page of it.
    """

    table: str
    row: Row
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """About `page`, a row of `_archived_pages`. Without an `article` nothing is written; with
    `changes`, columns of `current` are rewritten; else the article is stored.
    """

    outcome: ReprocessOutcome
    page: Row
    article: Article | ExportedArticle | None = None
    current: StoredArticle | None = None
    changes: Row = field(default_factory=dict)


FindArticle = Callable[[str], StoredArticle | None]  # by id


def find_stored(db: Database, article_id: str) -> StoredArticle | None:
    for table in ("articles", "copies"):
        if row := get_one(db, table, "id", article_id):
            pages = "SELECT count(*) FROM (SELECT 1 FROM _archived_pages WHERE article = ? LIMIT 2)"
            dated = db.execute(pages, [article_id]).fetchone()[0] < 2
            return StoredArticle(table, row, dated)
    return None


def decide(
    page: Row,
    article: Article,
    find: FindArticle,
    *,
    from_start: bool = False,
    own_url: str | None = None,
) -> Decision:
    """`article` is what the page gives by today's rules, cleaned. `from_start`: the database was
    emptied, so that it has not had this page. `own_url`: of its story, stored as another's.
    """
    if own_url:
        own = replace(article, id=article_id(own_url), url=own_url, address=None)
        return Decision("unfolded", page, normalise_article(own))
    if page["article"]:
        # It stays the article it was, whatever canonical address the page names today.
        if article.address and article_id(article.address) == page["article"]:
            article = at_address(article)
        if article.id != page["article"]:
            article = replace(article, id=page["article"])
    article = as_stored(article)
    current = find(article.id)
    if current is None:
        return Decision("restored" if page["article"] else "found", page, article)
    if not page["article"]:
        return Decision("same", page)  # another page of the article was stored
    if from_start or current.row["last_seen"] < page["ingested_at"]:
        return Decision("revised", page, article, current)
    changes = differences(current.row, article, dated=current.dated)
    if not changes:
        return _confirmed(page, article, current)
    outcome: ReprocessOutcome = "changed" if "text" in changes else "corrected"
    return Decision(outcome, page, article, current, changes)


def decide_of_many(page: Row, article: Article, find: FindArticle, *, later: bool) -> Decision:
    """About a page of an article that has pages of other addresses too, which were its copies or have
    been taken for it. `later`: there is a later page.
    """
    article = normalise_article(replace(article, id=page["article"]))
    current = find(article.id)
    if current is None:
        return Decision("restored", page, article)
    if current.row["last_seen"] < page["ingested_at"]:
        return Decision("revised", page, article, current)
    is_own = is_same_story(current.row, article_row(article))
    if is_own and later:
        return Decision("same", page)
    # The text of another story: its dates are wrong too.
    current = replace(current, dated=current.dated or not is_own)
    changes = differences(current.row, article, dated=current.dated)
    if not changes:
        return _confirmed(page, article, current)
    return Decision(
        "changed" if "text" in changes else "corrected", page, article, current, changes
    )


def _confirmed(page: Row, article: Article, current: StoredArticle) -> Decision:
    """All of it is as today's rules have it: they are the ones that it is refined by."""
    version = current_version()
    if current.row.get("refined_by") == version:
        return Decision("same", page)
    return Decision("same", page, article, current, {"refined_by": version})


def decide_export(page: Row, exported: ExportedArticle, find: FindArticle) -> Decision:
    """An imported article that an export of ours wrote is not refined: it is put back where it is
    missing.
    """
    if find(page["article"]):
        return Decision("same", page)
    return Decision("restored", page, exported)


def apply_decision(db: Database, decision: Decision, now: str) -> None:
    """Inside a transaction."""
    page, article, current = decision.page, decision.article, decision.current
    if isinstance(article, ExportedArticle):
        _store_export(db, page, article, _last_seen(decision))
    elif article is not None and decision.outcome == "unfolded":
        if unfold(db, page, article, now):
            _store(db, page, article, page["ingested_at"])
        number_page(db, page, article.id)
        search.index_pending(db)
    elif article is not None and current is not None and decision.changes:
        rewrite_article(db, current.table, current.row, article, decision.changes, now)
    elif article is not None:
        _store(db, page, article, _last_seen(decision))


def stored_by(decision: Decision) -> StoredArticle:
    """What applying a decision to store an article leaves, as far as later decisions read it."""
    article = decision.article
    if isinstance(article, ExportedArticle):
        article = replace(normalise_article(article.article), id=decision.page["article"])
    assert article is not None
    row = article_row(article) | rights_columns(article.rights)
    row |= {"number": decision.page["number"]}
    return StoredArticle("articles", row | {"last_seen": _last_seen(decision)})


def _last_seen(decision: Decision) -> str:
    page, article, current = decision.page, decision.article, decision.current
    if isinstance(article, ExportedArticle):
        return article.last_seen or article.first_seen or str(page["ingested_at"])
    # To read a text in a file is not to see it on its site.
    is_known = current is not None and page["kind"] == "import"
    return str(current.row["last_seen"] if current and is_known else page["ingested_at"])


def differences(current: Row, article: Article, *, dated: bool) -> Row:
    """The columns of the stored article that would change; its dates only where they are `dated`."""
    row = prepared_text(article).row
    changes = revisions.corrected(current, row, dated=dated)
    # Its address is in its id.
    changes.pop("url", None)
    if row["text"] != current["text"]:
        changes |= {name: row[name] for name in revisions.TEXT}
    elif row["kinds"] != current["kinds"]:
        changes["kinds"] = row["kinds"]
    return changes | added_rights(current, article.rights)


def rewrite_article(
    db: Database, table: str, current: Row, article: Article, changes: Row, now: str
) -> ReprocessOutcome:
    """Bring `current`, a row of `articles` or `copies`, to what later rules make of it; a text that they
    change becomes a revision. Inside a transaction.
    """
    if not changes:
        return "same"
    is_same = changes.keys() == {"refined_by"}
    changes = {**changes, "refined_by": current_version()}
    write = revisions.reprocess if table == "articles" else copies.reprocess_copy
    write(db, current, changes, now, article.removed)
    deduplicate.process_queue(db)
    search.index_pending(db)
    return "same" if is_same else "changed" if "text" in changes else "corrected"


def _store_export(db: Database, page: Row, exported: ExportedArticle, last_seen: str) -> None:
    """An article as its export was imported."""
    first = exported.first_seen or page["ingested_at"]
    number = page["number"] if page["number"] is not None else _unused(db)
    article = replace(normalise_article(exported.article), id=page["article"], number=number)
    store(
        db,
        article,
        found_by=exported.found_by,
        now=first,
        last_seen=last_seen,
        visit=False,
        refined_by=exported.refined_by,
    )


def _store(db: Database, page: Row, article: Article, last_seen: str) -> None:
    """As it was stored then: under its number, if that is free; under a new one if it had none."""
    settle_stored(db, article, page["ingested_at"])
    number = _unused(db) if page["number"] is None else page["number"]
    stored = store(
        db,
        replace(article, number=number),
        key=page["url"],
        found_by=page["found_by"] or "",
        now=page["ingested_at"],
        last_seen=last_seen,
        visit=page["article"] is None,
        refined_by=current_version(),
    )
    if page["article"] is None:
        db.execute(
            "UPDATE _archived_pages SET article = ?, number = ?, site = ?, outcome = ?, "
            "reason = '' WHERE page = ?",
            [article.id, stored.number, article.site, stored.outcome, page["page"]],
        )


def _unused(db: Database) -> int:
    """A number that no article has, nor has had as far as the archive knows."""
    return next_number(db, archived=True)


# Emptied for a rebuild. What was learned of the sites stays, and so does the frontier.
_TABLES = (
    *("revisions", "removed_lines", "related", "copies", "articles", "_canonical_claims"),
    *("_duplicate_entries", "_duplicate_sketches", "_duplicate_pairs", "_duplicate_queue"),
    *("_stop_shingles", "_crowded_shingles", "_rebuild", "_before_rebuild"),
)
_WITHOUT_PAGE = """
SELECT id FROM (SELECT id, site FROM articles UNION ALL SELECT id, site FROM copies) AS stored
WHERE (?1 IS NULL OR site = ?1) AND NOT EXISTS (
    SELECT 1 FROM _archived_pages WHERE _archived_pages.article = stored.id)
"""


def without_page(db: Database, site: str | None = None) -> int:
    """Articles and copies, of one site or of all, of which the archive has no page."""
    sql = f"SELECT count(*) FROM ({_WITHOUT_PAGE})"  # noqa: S608
    return int(db.execute(sql, [site]).fetchone()[0])


def unreadable(db: Database, folder: Path) -> int:
    """Pages of articles that are lost from the archive or damaged. Reads all of them."""
    lost, page = 0, 0
    scope = ReprocessScope(last=2**62)
    while rows := pages_after(db, scope, STORED, page, 200):
        page = rows[-1]["page"]
        for row in rows:
            located = locate_page(db, row)
            parts = (located, *located.later) if located else ()
            try:
                lost += not parts or not all(read_body(folder, part) for part in parts)
            except ArchiveError:
                lost += 1
    return lost


def empty(db: Database) -> None:
    """Inside a transaction. The caller has made sure that all of it can be made anew."""
    for table in _TABLES:
        db.execute(f"DELETE FROM {table}")  # noqa: S608
    search.rebuild_search(db)
